"""Counts for the figures: of whole months by the sums, of single days by the facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Date,
    Float,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import FIRST
from services.dossier.figures.book import LIVE, Book
from services.dossier.figures.indicator import By
from services.dossier.figures.models import FinishedMonth, ReceivedMonth
from services.dossier.figures.period import Span

GroupBy = Literal["agency", "child", "government_level", "unit", "field", "procedure", "channel", "month"]
Scope = Literal["own", "below"]
Counts = dict[str, float | None]
#: Groups in which a row has several bodies.
OF_BODY = ("child", "government_level", "unit")
KEYS = ("receiving_agency", "resolving_agency", "procedure_code", "field_code", "channel", "online_level")
_ZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True)
class Asked:
    """`agency`: the body, with those below it where `scope` says so. Grouped by child: the bodies right below
    it, each with all below that."""

    agency: str
    scope: Scope
    span: Span
    by: By
    group_by: GroupBy
    book: Book = LIVE


async def plan_each(session: AsyncSession) -> None:
    """For the rest of the transaction: the general plan, which a statement has from its sixth run on, does
    not know how many days it is asked for, and took 20 times as long on a closing of 48,000 facts."""
    await session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


def within(column: ColumnElement[str], asked: Asked) -> ColumnElement[bool]:
    if asked.scope == "own":
        return column == asked.agency
    return or_(column == asked.agency, column.in_(asked.book.below(asked.agency)))


def receptions(asked: Asked) -> Subquery:
    """Rows of counts by all keys."""
    month, fact, span = ReceivedMonth, asked.book.facts.c, asked.span
    names = ("received", "counted", "fee_dossiers", "fee_online", "supplemented", "rounds")
    has_fee = fact.fee_amount > 0
    of_fact: tuple[Any, ...] = (
        fact.quantity.label("received"),
        case((fact.origin == "count", fact.quantity), else_=0).label("counted"),
        case((has_fee, 1), else_=0).label("fee_dossiers"),
        case((and_(has_fee, fact.fee_online), 1), else_=0).label("fee_online"),
        case((fact.rounds > 0, 1), else_=0).label("supplemented"),
        fact.rounds.label("rounds"),
    )
    single = [
        select(month_of(fact.received_on).label("month"), *columns(fact, KEYS), *of_fact).where(
            fact.counts, fact.received_on.between(days.first, days.last)
        )
        for days in _by_days(asked)
    ]
    return _counted(asked, _whole_months(month, names, span), single)


def _by_days(asked: Asked) -> list[Span]:
    return asked.span.days() if asked.book.monthly else [asked.span]


def _counted(asked: Asked, months: Select[Any], days: Sequence[Select[Any]]) -> Subquery:
    return union_all(*([months] if asked.book.monthly else []), *days).subquery("counted")


def _whole_months(table: Any, names: Sequence[str], span: Span) -> Select[Any]:
    start, end = span.months()
    return select(table.month, *columns(table, KEYS), *columns(table, names)).where(
        table.month >= start, table.month < end
    )


def columns(table: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(table, name) for name in names]


def _finished(asked: Asked, as_of: datetime | None) -> Subquery:
    """Rows of counts by all keys; only of what had ended before `as_of`, whose day is read from the facts, as
    it is not over."""
    month, fact, span = FinishedMonth, asked.book.facts.c, asked.span
    days = _by_days(asked)
    ended: ColumnElement[bool] = fact.finished_at.is_not(None)
    if as_of is not None and span.first <= span.last and as_of < span.end():
        span = Span(span.first, span.last - timedelta(days=1))
        days = [*_by_days(replace(asked, span=span)), Span(asked.span.last, asked.span.last)]
        ended = fact.finished_at < as_of
    names = ("ended", "early", "on_time", "late", "unscored")
    finished, scored = day_of(fact.finished_at), day_of(fact.scored_at)
    decided = fact.outcome.in_(("granted", "rejected"))
    in_time = fact.finished_at <= fact.scored_at
    of_fact: tuple[Any, ...] = (
        literal(1).label("ended"),
        case((and_(decided, finished < scored), 1), else_=0).label("early"),
        case((and_(decided, finished >= scored, in_time), 1), else_=0).label("on_time"),
        case((and_(decided, fact.finished_at > fact.scored_at), 1), else_=0).label("late"),
        case((and_(decided, fact.scored_at.is_(None)), 1), else_=0).label("unscored"),
    )
    single = [
        select(month_of(finished).label("month"), *columns(fact, KEYS), *of_fact).where(
            fact.counts, ended, finished_within(fact, some)
        )
        for some in days
    ]
    return _counted(asked, _whole_months(month, names, span), single)


def day_of(moment: ColumnElement[Any]) -> ColumnElement[date]:
    """In Vietnam."""
    return cast(func.timezone(_ZONE, moment), Date)


def month_of(day: ColumnElement[Any]) -> ColumnElement[date]:
    """Its first day."""
    return cast(func.date_trunc("month", day), Date)


def finished_within(fact: Any, days: Span) -> ColumnElement[bool]:
    """By the moments, which are indexed."""
    return and_(fact.finished_at >= days.start(), fact.finished_at < days.end())


async def key_of(session: AsyncSession, counted: Any, asked: Asked) -> ColumnElement[Any]:
    """The row that a row of `counted` belongs to; it has the columns of `KEYS`, and a month."""
    agency = counted.c[asked.by]
    if asked.group_by in OF_BODY:
        known = json.dumps(await keys_of_bodies(session, asked))
        return func.coalesce(cast(literal(known), JSONB)[agency].astext, literal(""))
    keys: dict[str, ColumnElement[Any]] = {
        "agency": agency,
        "field": counted.c.field_code,
        "procedure": counted.c.procedure_code,
        "channel": counted.c.channel,
        "month": counted.c.month,
    }
    return keys[asked.group_by]


async def keys_of_bodies(session: AsyncSession, asked: Asked) -> dict[str, str]:
    """Of the asked body and each below it: the row that it is in, where rows are of several bodies."""
    bodies = asked.book.bodies.c
    below = bodies.code.in_(asked.book.below(asked.agency))
    if asked.group_by == "child":
        rows = await session.execute(select(bodies.code, bodies.ancestors).where(below))
        return {asked.agency: asked.agency, **_children(asked.agency, rows)}
    rows = await session.execute(
        select(bodies.code, func.coalesce(bodies[asked.group_by], literal(""))).where(below)
    )
    return {row[0]: row[1] for row in rows}


def _children(agency: str, rows: Iterable[Any]) -> dict[str, str]:
    """Of each body below: the one right below `agency` that it belongs to."""
    above = {row.code: set(row.ancestors) - {agency} for row in rows if row.code != agency}
    tops = {code for code, known in above.items() if not (known - {code}) & above.keys()}
    return {code: min(known & tops) for code, known in above.items() if known & tops}


async def received(session: AsyncSession, asked: Asked) -> dict[str, Counts]:
    """By the group's key: received, eligible, online, fee_dossiers, fee_online, supplemented, rounds; and
    without the count lines, of whose dossiers nothing more is known: received_online, received_otherwise."""
    counted = receptions(asked)
    n = counted.c.received
    followed = n - counted.c.counted
    eligible = counted.c.online_level >= 3
    sums = {
        "received": func.sum(n),
        "eligible": func.coalesce(func.sum(n).filter(eligible), 0),
        "online": func.coalesce(func.sum(n).filter(and_(eligible, counted.c.channel == "online")), 0),
        "received_online": func.coalesce(func.sum(followed).filter(counted.c.channel == "online"), 0),
        "received_otherwise": func.coalesce(func.sum(followed).filter(counted.c.channel != "online"), 0),
        **{
            name: func.sum(counted.c[name])
            for name in ("fee_dossiers", "fee_online", "supplemented", "rounds")
        },
    }
    return await grouped(session, counted, asked, sums)


async def finished(session: AsyncSession, asked: Asked, as_of: datetime | None = None) -> dict[str, Counts]:
    """By the group's key: ended, early, on_time, late, unscored; before `as_of` if it is given."""
    counted = _finished(asked, as_of)
    names = ("ended", "early", "on_time", "late", "unscored")
    return await grouped(session, counted, asked, {name: func.sum(counted.c[name]) for name in names})


async def grouped(
    session: AsyncSession, counted: Subquery, asked: Asked, sums: Mapping[str, ColumnElement[Any]]
) -> dict[str, Counts]:
    key = (await key_of(session, counted, asked)).label("key")
    rows = await session.execute(
        select(key, *(value.label(name) for name, value in sums.items()))
        .where(within(counted.c[asked.by], asked))
        .group_by(key)
        .order_by(key)
    )
    return {str(row.key): {name: int(getattr(row, name) or 0) for name in sums} for row in rows}


async def worked(session: AsyncSession, asked: Asked) -> tuple[dict[str, Counts], Counts]:
    """By the group's key, and of all: over the facts, as percentiles do not add up."""
    fact = asked.book.facts.c
    counted = (
        select(
            month_of(day_of(fact.finished_at)).label("month"),
            *columns(fact, KEYS),
            fact.worked_minutes,
        )
        .where(
            fact.counts,
            fact.outcome.in_(("granted", "rejected")),
            finished_within(fact, asked.span),
            fact.worked_minutes.is_not(None),
        )
        .subquery("counted")
    )
    key = (await key_of(session, counted, asked)).label("key")
    hours = cast(counted.c.worked_minutes, Float) / 60

    def percentile(part: float) -> ColumnElement[Any]:
        return func.percentile_cont(part).within_group(hours.asc())

    here = within(counted.c[asked.by], asked)
    shown = (func.count(), percentile(0.5), percentile(0.9))
    rows = await session.execute(select(key, *shown).where(here).group_by(key).order_by(key))
    total = (await session.execute(select(literal(""), *shown).where(here))).one()
    return {str(row[0]): _hours(*row[1:]) for row in rows}, _hours(*total[1:])


def _hours(decided: int, median: float | None, p90: float | None) -> Counts:
    return {"decided": int(decided), "median": median and float(median), "p90": p90 and float(p90)}


async def names(session: AsyncSession, book: Book, kind: GroupBy, keys: Sequence[str]) -> dict[str, str]:
    """What people call bodies, units, fields and procedures; keys without a name are left out."""
    bodies, labels, units = book.bodies.c, book.labels.c, book.units.c
    if kind in ("agency", "child"):
        query = select(bodies.code, bodies.name).where(bodies.code.in_(keys))
    elif kind in ("field", "procedure"):
        query = select(labels.code, labels.name).where(labels.kind == kind, labels.code.in_(keys))
    elif kind == "unit":
        query = select(units.code, units.name).where(units.code.in_(keys))
    else:
        return {}
    return {row[0]: row[1] for row in await session.execute(query)}


async def synthetic(session: AsyncSession, asked: Asked) -> bool:
    """Whether something that was generated may be counted: received in the span, or of what is counted by its
    decision earlier, too. In a constant: the general plan, which a statement has from its sixth run on, finds
    no partial index by a parameter, and read all facts."""
    fact = asked.book.facts.c
    seed: ColumnElement[str] = literal_column("'seed'")
    first = FIRST.date() if asked.by == "resolving_agency" else asked.span.first
    seeds = select(literal(1)).where(fact.origin == seed, fact.received_on.between(first, asked.span.last))
    return bool(await session.scalar(select(seeds.exists())))


async def root(session: AsyncSession, book: Book = LIVE) -> str | None:
    """The province: the body above all others."""
    bodies = book.bodies.c
    found: str | None = await session.scalar(
        select(bodies.code).where(func.cardinality(bodies.ancestors) == 1).order_by(bodies.code).limit(1)
    )
    return found
