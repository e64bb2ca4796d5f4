"""Counts for the figures: of whole months by the sums, of single days by the facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.clock import FIRST
from services.dossier.figures.book import LIVE, Book
from services.dossier.figures.definitions import By
from services.dossier.figures.models import FinishedMonth, ReceivedMonth
from services.dossier.figures.period import Span
from services.dossier.models import Body

GroupBy = Literal["agency", "child", "government_level", "unit", "field", "procedure", "channel", "month"]
Scope = Literal["own", "below"]
Counts = dict[str, float | None]
_KEYS = ("receiving_agency", "resolving_agency", "procedure_code", "field_code", "channel", "online_level")
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


def within(column: ColumnElement[str], asked: Asked) -> ColumnElement[bool]:
    if asked.scope == "own":
        return column == asked.agency
    return or_(column == asked.agency, column.in_(asked.book.below(asked.agency)))


def _received(asked: Asked) -> Subquery:
    """Rows of counts by all keys."""
    month, fact, span = ReceivedMonth, asked.book.facts.c, asked.span
    names = ("received", "fee_dossiers", "fee_online", "supplemented", "rounds")
    has_fee = fact.fee_amount > 0
    of_fact: tuple[Any, ...] = (
        fact.quantity.label("received"),
        case((has_fee, 1), else_=0).label("fee_dossiers"),
        case((and_(has_fee, fact.fee_online), 1), else_=0).label("fee_online"),
        case((fact.rounds > 0, 1), else_=0).label("supplemented"),
        fact.rounds.label("rounds"),
    )
    of_month = cast(func.date_trunc("month", fact.received_on), Date)
    single = [
        select(of_month.label("month"), *_columns(fact, _KEYS), *of_fact).where(
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
    return select(table.month, *_columns(table, _KEYS), *_columns(table, names)).where(
        table.month >= start, table.month < end
    )


def _columns(table: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(table, name) for name in names]


def _finished(asked: Asked) -> Subquery:
    month, fact, span = FinishedMonth, asked.book.facts.c, asked.span
    names = ("ended", "early", "on_time", "late", "unscored")
    finished, scored = (cast(func.timezone(_ZONE, c), Date) for c in (fact.finished_at, fact.scored_at))
    decided = fact.outcome.in_(("granted", "rejected"))
    in_time = fact.finished_at <= fact.scored_at
    of_fact: tuple[Any, ...] = (
        literal(1).label("ended"),
        case((and_(decided, finished < scored), 1), else_=0).label("early"),
        case((and_(decided, finished >= scored, in_time), 1), else_=0).label("on_time"),
        case((and_(decided, fact.finished_at > fact.scored_at), 1), else_=0).label("late"),
        case((and_(decided, fact.scored_at.is_(None)), 1), else_=0).label("unscored"),
    )
    of_month = cast(func.date_trunc("month", finished), Date)
    single = [
        select(of_month.label("month"), *_columns(fact, _KEYS), *of_fact).where(
            fact.counts, finished_within(fact, days)
        )
        for days in _by_days(asked)
    ]
    return _counted(asked, _whole_months(month, names, span), single)


def finished_within(fact: Any, days: Span) -> ColumnElement[bool]:
    """By the moments, which are indexed."""
    first = func.timezone(_ZONE, cast(days.first, Date))
    beyond = func.timezone(_ZONE, cast(days.last, Date) + 1)
    return and_(fact.finished_at >= first, fact.finished_at < beyond)


async def _key(session: AsyncSession, counted: Any, asked: Asked) -> ColumnElement[Any]:
    agency, bodies = counted.c[asked.by], asked.book.bodies.c
    if asked.group_by == "child":
        known = await children(session, asked)
        return func.coalesce(cast(literal(json.dumps(known)), JSONB)[agency].astext, agency)
    of_body = {
        name: func.coalesce(select(bodies[name]).where(bodies.code == agency).scalar_subquery(), literal(""))
        for name in ("government_level",)
    }
    keys: dict[str, ColumnElement[Any]] = {
        **of_body,
        "agency": agency,
        "field": counted.c.field_code,
        "procedure": counted.c.procedure_code,
        "channel": counted.c.channel,
        "month": counted.c.month,
    }
    return keys[asked.group_by]


async def children(session: AsyncSession, asked: Asked) -> dict[str, str]:
    """Of each body below the asked one: the one right below it that it belongs to."""
    bodies = asked.book.bodies.c
    rows = await session.execute(
        select(bodies.code, bodies.ancestors).where(bodies.code.in_(asked.book.below(asked.agency)))
    )
    above = {row.code: set(row.ancestors) - {asked.agency} for row in rows if row.code != asked.agency}
    tops = {code for code, known in above.items() if not (known - {code}) & above.keys()}
    return {code: min(known & tops) for code, known in above.items() if known & tops}


async def received(session: AsyncSession, asked: Asked) -> dict[str, Counts]:
    """By the group's key: received, eligible, online, fee_dossiers, fee_online, supplemented, rounds."""
    counted = _received(asked)
    n = counted.c.received
    eligible = counted.c.online_level >= 3
    sums = {
        "received": func.sum(n),
        "eligible": func.coalesce(func.sum(n).filter(eligible), 0),
        "online": func.coalesce(func.sum(n).filter(and_(eligible, counted.c.channel == "online")), 0),
        "received_online": func.coalesce(func.sum(n).filter(counted.c.channel == "online"), 0),
        "received_otherwise": func.coalesce(func.sum(n).filter(counted.c.channel != "online"), 0),
        **{
            name: func.sum(counted.c[name])
            for name in ("fee_dossiers", "fee_online", "supplemented", "rounds")
        },
    }
    return await _grouped(session, counted, asked, sums)


async def finished(session: AsyncSession, asked: Asked) -> dict[str, Counts]:
    counted = _finished(asked)
    names = ("ended", "early", "on_time", "late", "unscored")
    return await _grouped(session, counted, asked, {name: func.sum(counted.c[name]) for name in names})


async def _grouped(
    session: AsyncSession, counted: Subquery, asked: Asked, sums: Mapping[str, ColumnElement[Any]]
) -> dict[str, Counts]:
    key = (await _key(session, counted, asked)).label("key")
    rows = await session.execute(
        select(key, *(value.label(name) for name, value in sums.items()))
        .where(within(counted.c[asked.by], asked))
        .group_by(key)
        .order_by(key)
    )
    return {str(row.key): {name: int(getattr(row, name) or 0) for name in sums} for row in rows}


async def carried_over(session: AsyncSession, asked: Asked) -> dict[str, Counts]:
    """Received before the span and not ended before it."""
    earlier = Span(FIRST.date(), asked.span.first - timedelta(days=1))
    whole = replace(asked, span=earlier)
    came, went = await received(session, whole), await finished(session, whole)
    return {
        key: {
            "carried_over": (came.get(key, {}).get("received") or 0) - (went.get(key, {}).get("ended") or 0)
        }
        for key in came.keys() | went.keys()
    }


async def pending(session: AsyncSession, asked: Asked, as_of: datetime) -> dict[str, Counts]:
    """Received by then and not ended by then: in time, or past the scored promise."""
    fact = asked.book.facts.c
    counted = (
        select(
            cast(func.date_trunc("month", fact.received_on), Date).label("month"),
            *_columns(fact, _KEYS),
            fact.scored_at,
        )
        .where(open_at(fact, as_of))
        .subquery("counted")
    )
    late = and_(counted.c.scored_at.is_not(None), counted.c.scored_at < as_of)
    sums = {"pending": func.count().filter(~func.coalesce(late, False)), "overdue": func.count().filter(late)}
    return await _grouped(session, counted, asked, sums)


def open_at(fact: Any, as_of: datetime) -> ColumnElement[bool]:
    return and_(
        fact.counts,
        fact.origin != "count",
        fact.received_on <= cast(func.timezone(_ZONE, as_of), Date),
        or_(fact.finished_at.is_(None), fact.finished_at > as_of),
    )


async def worked(session: AsyncSession, asked: Asked) -> dict[str, Counts]:
    """Percentiles do not add up: over the facts."""
    fact = asked.book.facts.c
    counted = (
        select(
            cast(func.date_trunc("month", func.timezone(_ZONE, fact.finished_at)), Date).label("month"),
            *_columns(fact, _KEYS),
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
    key = (await _key(session, counted, asked)).label("key")
    hours = cast(counted.c.worked_minutes, Float) / 60

    def percentile(part: float) -> ColumnElement[Any]:
        return func.percentile_cont(part).within_group(hours.asc())

    here = within(counted.c[asked.by], asked)
    columns = (func.count(), percentile(0.5), percentile(0.9))
    rows = list(await session.execute(select(key, *columns).where(here).group_by(key).order_by(key)))
    total = (await session.execute(select(literal(""), *columns).where(here))).one()
    return {
        str(row[0]): {
            "decided": int(row[1]),
            "median": row[2] and float(row[2]),
            "p90": row[3] and float(row[3]),
        }
        for row in [*rows, total]
    }


async def names(session: AsyncSession, book: Book, kind: GroupBy, keys: Sequence[str]) -> dict[str, str]:
    """What people call bodies, fields and procedures; keys without a name are left out."""
    bodies, labels = book.bodies.c, book.labels.c
    if kind in ("agency", "child"):
        query = select(bodies.code, bodies.name).where(bodies.code.in_(keys))
    elif kind in ("field", "procedure"):
        query = select(labels.code, labels.name).where(labels.kind == kind, labels.code.in_(keys))
    else:
        return {}
    return {row[0]: row[1] for row in await session.execute(query)}


async def synthetic(session: AsyncSession, asked: Asked) -> bool:
    """Whether something that was generated is among what was received in the span."""
    fact = asked.book.facts.c
    seeds = select(literal(1)).where(
        fact.origin == "seed", fact.received_on.between(asked.span.first, asked.span.last)
    )
    return bool(await session.scalar(select(seeds.exists())))


async def root(session: AsyncSession) -> str | None:
    """The province: the body above all others."""
    found: str | None = await session.scalar(
        select(col(Body.code))
        .where(func.cardinality(col(Body.ancestors)) == 1)
        .order_by(col(Body.code))
        .limit(1)
    )
    return found
