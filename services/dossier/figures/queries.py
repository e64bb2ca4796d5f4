"""Counts for the figures: of whole months by the sums, of single days by the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.clock import FIRST
from services.dossier.figures.definitions import By
from services.dossier.figures.models import FinishedMonth, IntakeFact, Label, ReceivedMonth
from services.dossier.figures.period import Span
from services.dossier.models import Body
from services.dossier.queries import below

GroupBy = Literal["agency", "government_level", "field", "procedure", "channel", "month"]
Scope = Literal["own", "below"]
Counts = dict[str, float | None]
_KEYS = ("receiving_agency", "resolving_agency", "procedure_code", "field_code", "channel", "online_level")
_ZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True)
class Asked:
    """`agency`: the body, with those below it where `scope` says so."""

    agency: str
    scope: Scope
    span: Span
    by: By
    group_by: GroupBy


def within(column: ColumnElement[str], agency: str, scope: Scope) -> ColumnElement[bool]:
    if scope == "own":
        return column == agency
    known = select(col(Body.code)).where(below(agency)).scalar_subquery()
    return or_(column == agency, column.in_(known))


def _received(span: Span) -> Subquery:
    """Rows of counts by all keys."""
    month, fact = ReceivedMonth, IntakeFact
    names = ("received", "fee_dossiers", "fee_online", "supplemented", "rounds")
    has_fee = col(fact.fee_amount) > 0
    of_fact: tuple[Any, ...] = (
        col(fact.quantity),
        case((has_fee, 1), else_=0),
        case((and_(has_fee, col(fact.fee_online)), 1), else_=0),
        case((col(fact.rounds) > 0, 1), else_=0),
        col(fact.rounds),
    )
    of_month = cast(func.date_trunc("month", col(fact.received_on)), Date)
    single = [
        select(of_month.label("month"), *_columns(fact, _KEYS), *of_fact).where(
            col(fact.counts), col(fact.received_on).between(days.first, days.last)
        )
        for days in span.days()
    ]
    return union_all(_whole_months(month, names, span), *single).subquery("counted")


def _whole_months(table: Any, names: Sequence[str], span: Span) -> Select[Any]:
    start, end = span.months()
    return select(table.month, *_columns(table, _KEYS), *_columns(table, names)).where(
        table.month >= start, table.month < end
    )


def _columns(table: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(table, name) for name in names]


def _finished(span: Span) -> Subquery:
    month, fact = FinishedMonth, IntakeFact
    names = ("ended", "early", "on_time", "late", "unscored")
    finished, scored = (
        cast(func.timezone(_ZONE, c), Date) for c in (col(fact.finished_at), col(fact.scored_at))
    )
    decided = col(fact.outcome).in_(("granted", "rejected"))
    in_time = col(fact.finished_at) <= col(fact.scored_at)
    of_fact: tuple[Any, ...] = (
        literal(1),
        case((and_(decided, finished < scored), 1), else_=0),
        case((and_(decided, finished >= scored, in_time), 1), else_=0),
        case((and_(decided, col(fact.finished_at) > col(fact.scored_at)), 1), else_=0),
        case((and_(decided, col(fact.scored_at).is_(None)), 1), else_=0),
    )
    of_month = cast(func.date_trunc("month", finished), Date)
    single = [
        select(of_month.label("month"), *_columns(fact, _KEYS), *of_fact).where(
            col(fact.counts), finished_within(days)
        )
        for days in span.days()
    ]
    return union_all(_whole_months(month, names, span), *single).subquery("counted")


def finished_within(days: Span) -> ColumnElement[bool]:
    """By the moments, which are indexed."""
    first = func.timezone(_ZONE, cast(days.first, Date))
    beyond = func.timezone(_ZONE, cast(days.last, Date) + 1)
    return and_(col(IntakeFact.finished_at) >= first, col(IntakeFact.finished_at) < beyond)


def _key(counted: Any, asked: Asked) -> ColumnElement[Any]:
    agency = counted.c[asked.by]
    keys: dict[str, ColumnElement[Any]] = {
        "agency": agency,
        "government_level": func.coalesce(
            select(col(Body.government_level)).where(col(Body.code) == agency).scalar_subquery(), literal("")
        ),
        "field": counted.c.field_code,
        "procedure": counted.c.procedure_code,
        "channel": counted.c.channel,
        "month": counted.c.month,
    }
    return keys[asked.group_by]


async def received(session: AsyncSession, asked: Asked) -> dict[str, Counts]:
    """By the group's key: received, eligible, online, fee_dossiers, fee_online, supplemented, rounds."""
    counted = _received(asked.span)
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
    counted = _finished(asked.span)
    names = ("ended", "early", "on_time", "late", "unscored")
    return await _grouped(session, counted, asked, {name: func.sum(counted.c[name]) for name in names})


async def _grouped(
    session: AsyncSession, counted: Subquery, asked: Asked, sums: Mapping[str, ColumnElement[Any]]
) -> dict[str, Counts]:
    key = _key(counted, asked).label("key")
    rows = await session.execute(
        select(key, *(value.label(name) for name, value in sums.items()))
        .where(within(counted.c[asked.by], asked.agency, asked.scope))
        .group_by(key)
        .order_by(key)
    )
    return {str(row.key): {name: int(getattr(row, name) or 0) for name in sums} for row in rows}


async def carried_over(session: AsyncSession, asked: Asked) -> dict[str, Counts]:
    """Received before the span and not ended before it."""
    earlier = Span(FIRST.date(), asked.span.first - timedelta(days=1))
    whole = Asked(asked.agency, asked.scope, earlier, asked.by, asked.group_by)
    came, went = await received(session, whole), await finished(session, whole)
    return {
        key: {
            "carried_over": (came.get(key, {}).get("received") or 0) - (went.get(key, {}).get("ended") or 0)
        }
        for key in came.keys() | went.keys()
    }


async def pending(session: AsyncSession, asked: Asked, as_of: datetime) -> dict[str, Counts]:
    """Received by then and not ended by then: in time, or past the scored promise."""
    fact = IntakeFact
    counted = (
        select(
            cast(func.date_trunc("month", col(fact.received_on)), Date).label("month"),
            *(getattr(fact, key) for key in _KEYS),
            col(fact.scored_at),
        )
        .where(
            col(fact.counts),
            col(fact.origin) != "count",
            col(fact.received_on) <= func.timezone(_ZONE, as_of),
            or_(col(fact.finished_at).is_(None), col(fact.finished_at) > as_of),
        )
        .subquery("counted")
    )
    late = and_(counted.c.scored_at.is_not(None), counted.c.scored_at < as_of)
    sums = {"pending": func.count().filter(~func.coalesce(late, False)), "overdue": func.count().filter(late)}
    return await _grouped(session, counted, asked, sums)


async def worked(session: AsyncSession, asked: Asked) -> dict[str, Counts]:
    """Percentiles do not add up: over the facts."""
    fact = IntakeFact
    counted = (
        select(
            cast(func.date_trunc("month", func.timezone(_ZONE, col(fact.finished_at))), Date).label("month"),
            *(getattr(fact, key) for key in _KEYS),
            col(fact.worked_minutes),
        )
        .where(
            col(fact.counts),
            col(fact.outcome).in_(("granted", "rejected")),
            finished_within(asked.span),
            col(fact.worked_minutes).is_not(None),
        )
        .subquery("counted")
    )
    key = (_key(counted, asked)).label("key")
    hours = cast(counted.c.worked_minutes, Float) / 60

    def percentile(part: float) -> ColumnElement[Any]:
        return func.percentile_cont(part).within_group(hours.asc())

    here = within(counted.c[asked.by], asked.agency, asked.scope)
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


async def names(session: AsyncSession, kind: GroupBy, keys: Sequence[str]) -> dict[str, str]:
    """What people call bodies, fields and procedures; keys without a name are left out."""
    if kind == "agency":
        query = select(col(Body.code), col(Body.name)).where(col(Body.code).in_(keys))
    elif kind in ("field", "procedure"):
        query = select(col(Label.code), col(Label.name)).where(
            col(Label.kind) == kind, col(Label.code).in_(keys)
        )
    else:
        return {}
    return {row[0]: row[1] for row in await session.execute(query)}


async def root(session: AsyncSession) -> str | None:
    """The province: the body above all others."""
    found: str | None = await session.scalar(
        select(col(Body.code))
        .where(func.cardinality(col(Body.ancestors)) == 1)
        .order_by(col(Body.code))
        .limit(1)
    )
    return found
