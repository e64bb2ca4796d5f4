"""What was open: when the period began, and at a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import FIRST
from services.dossier.figures.period import Span, begin, last_day
from services.dossier.figures.queries import KEYS, Asked, Counts, columns, finished, grouped, received


async def carried_over(session: AsyncSession, asked: Asked) -> dict[str, Counts]:
    """Received before the span and not ended before it. By month: in the row of the first."""
    earlier = Span(FIRST.date(), asked.span.first - timedelta(days=1))
    whole = replace(asked, span=earlier)
    came, went = await received(session, whole), await finished(session, whole)
    left: dict[str, float] = defaultdict(int)
    for key in came.keys() | went.keys():
        row = str(begin(asked.span.first)) if asked.group_by == "month" else key
        left[row] += _of(came, key, "received_online") + _of(came, key, "received_otherwise")
        left[row] -= _of(went, key, "ended")
    return {key: {"carried_over": number} for key, number in left.items()}


def _of(rows: Mapping[str, Counts], key: str, name: str) -> float:
    return rows.get(key, {}).get(name) or 0


async def pending(session: AsyncSession, asked: Asked, as_of: datetime) -> dict[str, Counts]:
    """Received before then and not ended before then: in time, or past the scored promise. By month: in
    the row of the last."""
    fact = asked.book.facts.c
    counted = (
        select(
            last_month(asked).label("month"),
            *columns(fact, KEYS),
            fact.scored_at,
        )
        .where(open_at(fact, as_of))
        .subquery("counted")
    )
    late = and_(counted.c.scored_at.is_not(None), counted.c.scored_at < as_of)
    sums = {"pending": func.count().filter(~func.coalesce(late, False)), "overdue": func.count().filter(late)}
    return await grouped(session, counted, asked, sums)


def last_month(asked: Asked) -> ColumnElement[date]:
    return literal(begin(max(asked.span.first, asked.span.last)), Date)


def open_at(fact: Any, as_of: datetime) -> ColumnElement[bool]:
    """As it stood just before: what came or ended at midnight is of the day that begins."""
    return and_(
        fact.counts,
        fact.origin != "count",
        fact.received_on <= last_day(as_of),
        or_(fact.finished_at.is_(None), fact.finished_at >= as_of),
    )
