"""Counts for the statements that no report of an indicator has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, Text, func, select, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.figures.models import ReceivedMonth
from services.dossier.figures.queries import Asked, key_of, receptions, within

#: Month (its first day), receiving body, procedure, channel.
Key = tuple[date, str, str, str]
_KEY = (
    col(ReceivedMonth.month),
    col(ReceivedMonth.receiving_agency),
    col(ReceivedMonth.procedure_code),
    col(ReceivedMonth.channel),
)


@dataclass(frozen=True)
class Received:
    """A cell: how many were received; at least one."""

    month: date
    agency: str
    procedure: str
    channel: str
    count: int

    @property
    def key(self) -> Key:
        return self.month, self.agency, self.procedure, self.channel


async def received(session: AsyncSession, asked: Asked, after: Key | None, limit: int) -> Sequence[Received]:
    """Cells of whole months by their key: those after `after`, at least `limit` + 1 if there are so many, and
    all of each group (month and body) that one of them is of, those before `after` too: what may be shown of
    a group depends on all its cells. From the sums; no fact is read."""
    end = await session.execute(
        _cells(asked, after).with_only_columns(*_KEY[:2]).order_by(*_KEY).offset(limit).limit(1)
    )
    last = end.one_or_none()
    query, group = _cells(asked, None), tuple_(*_KEY[:2])
    if after is not None:
        query = query.where(group >= after[:2])
    if last is not None:
        query = query.where(group <= tuple(last))
    rows = await session.execute(query.order_by(*_KEY))
    return [Received(row[0], row[1], row[2], row[3], int(row[4])) for row in rows]


def _cells(asked: Asked, after: Key | None) -> Select[date, str, str, str, int]:
    start, end = asked.span.months()
    count = func.sum(col(ReceivedMonth.received))
    month, agency = col(ReceivedMonth.month), type_coerce(col(ReceivedMonth.receiving_agency), Text)
    query = (
        select(*_KEY, count)
        .where(month >= start, month < end, within(agency, asked))
        .group_by(*_KEY)
        .having(count > 0)
    )
    if after is not None:
        query = query.where(tuple_(*_KEY[:2]) >= after[:2], tuple_(*_KEY) > after)
    return query


async def counted(session: AsyncSession, asked: Asked) -> dict[str, int]:
    """By the group's key: dossiers that were told as counts of a day, of which nothing more is known."""
    rows = receptions(asked)
    key = (await key_of(session, rows, asked)).label("key")
    found = await session.execute(
        select(key, func.sum(rows.c.counted))
        .where(within(rows.c[asked.by], asked))
        .group_by(key)
        .having(func.sum(rows.c.counted) > 0)
    )
    return {str(row[0]): int(row[1]) for row in found}
