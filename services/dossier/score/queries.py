"""What the score counts of dossiers, each in one statement. Only whole months are asked for, so that what was
received is read from the sums; result files, ratings and second rounds are in the facts alone."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.figures import queries
from services.dossier.figures.backlog import open_at
from services.dossier.figures.models import ReceivedMonth
from services.dossier.figures.queries import Asked


class Decided(NamedTuple):
    """Of dossiers decided in the span. `in_time`: of those `scored`, by the promise and with at most one
    supplement request: the second makes a dossier late (766 §2.1). `online`: received so and, if `granted`,
    with a result file."""

    decided: int
    scored: int
    in_time: int
    displeased: int
    granted: int
    with_file: int
    online: int
    minutes: int
    timed: int


class Fees(NamedTuple):
    """Of dossiers received: those with an amount above zero, and those of them that were paid online."""

    dossiers: int
    online: int


#: A procedure of a body.
Service = tuple[str, str]


async def below(session: AsyncSession, asked: Asked) -> list[str]:
    """The codes of the body and of all below it."""
    codes = await session.scalars(asked.book.below(asked.agency))
    return sorted(codes)


async def decided(session: AsyncSession, asked: Asked, as_of: datetime) -> Decided:
    """Before `as_of`: what was still open then is counted so."""
    fact = asked.book.facts.c
    scored = fact.scored_at.is_not(None)
    granted = fact.outcome == "granted"

    def counted(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(and_(*conditions))

    row = await session.execute(
        select(
            func.count(),
            counted(scored),
            counted(fact.finished_at <= fact.scored_at, fact.rounds <= 1),
            counted(scored, fact.points == 1),
            counted(granted),
            counted(granted, fact.result_file),
            counted(fact.channel == "online", or_(~granted, fact.result_file)),
            func.coalesce(func.sum(fact.worked_minutes), 0),
            func.count(fact.worked_minutes),
        ).where(
            fact.counts,
            fact.outcome.in_(("granted", "rejected")),
            queries.finished_within(fact, asked.span),
            fact.finished_at < as_of,
            queries.within(fact.resolving_agency, asked),
        )
    )
    return Decided(*map(int, row.one()))


async def fees(session: AsyncSession, asked: Asked) -> Fees:
    sums = (func.sum(column) for column in (col(ReceivedMonth.fee_dossiers), col(ReceivedMonth.fee_online)))
    row = await session.execute(select(*(func.coalesce(each, 0) for each in sums)).where(*_received(asked)))
    return Fees(*map(int, row.one()))


async def used(session: AsyncSession, asked: Asked) -> set[Service]:
    """The services of which something was received online."""
    rows = await session.execute(
        select(*_SERVICE)
        .where(*_received(asked), col(ReceivedMonth.channel) == "online")
        .group_by(*_SERVICE)
        .having(func.sum(col(ReceivedMonth.received)) > 0)
    )
    return {(row[0], row[1]) for row in rows}


_BODY: ColumnElement[str] = ReceivedMonth.metadata.tables["received_month"].c.resolving_agency
_SERVICE = (col(ReceivedMonth.procedure_code), _BODY)


def _received(asked: Asked) -> list[ColumnElement[bool]]:
    start, end = asked.span.months()
    month = col(ReceivedMonth.month)
    return [month >= start, month < end, queries.within(_BODY, asked)]


async def overdue(session: AsyncSession, asked: Asked, as_of: datetime) -> int:
    """Open at that moment, past their promise."""
    fact = asked.book.facts.c
    found = await session.scalar(
        select(func.count()).where(
            open_at(fact, as_of),
            fact.scored_at < as_of,
            queries.within(fact.resolving_agency, asked),
        )
    )
    return int(found or 0)
