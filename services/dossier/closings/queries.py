"""Closings and amendments, and the books that they have frozen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import FromClause, Row, Select, Table, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.closings.errors import AmendmentMissing, ClosingMissing
from services.dossier.closings.models import (
    CLOSED_BODY,
    CLOSED_FACT,
    CLOSED_LABEL,
    CLOSED_UNIT,
    FACT,
    Amendment,
    Closing,
    Seal,
)
from services.dossier.figures.book import LIVE, Book


async def closing(session: AsyncSession, closing_id: UUID) -> Closing:
    """Raises ClosingMissing."""
    found = await session.get(Closing, closing_id)
    if found is None:
        raise ClosingMissing
    return found


async def of_month(session: AsyncSession, month: date) -> Closing | None:
    found: Closing | None = await session.scalar(select(Closing).where(col(Closing.month) == month))
    return found


async def amendment(session: AsyncSession, closing_id: UUID, number: int) -> Amendment:
    """Raises AmendmentMissing."""
    found = await session.get(Amendment, (closing_id, number))
    if found is None:
        raise AmendmentMissing
    return found


async def seal(session: AsyncSession, closing_id: UUID, number: int = 0) -> Seal:
    return await session.get_one(Seal, (closing_id, number))


async def seals(session: AsyncSession, closing_id: UUID) -> Sequence[Seal]:
    """Of the closing, then of its amendments."""
    query = select(Seal).where(col(Seal.closing_id) == closing_id).order_by(col(Seal.number))
    return (await session.scalars(query)).all()


async def all_ids(session: AsyncSession) -> Sequence[UUID]:
    return (await session.scalars(select(col(Closing.id)).order_by(col(Closing.month)))).all()


async def newest(session: AsyncSession, closing_id: UUID) -> int:
    """The number of the amendment that stands; 0 if there is none."""
    query = select(func.coalesce(func.max(col(Amendment.number)), 0))
    return int(await session.scalar(query.where(col(Amendment.closing_id) == closing_id)) or 0)


def _listed() -> Select[Closing, Seal, int]:
    amendments = select(func.count()).where(col(Amendment.closing_id) == col(Closing.id)).scalar_subquery()
    sealed = and_(col(Seal.closing_id) == col(Closing.id), col(Seal.number) == 0)
    return select(Closing, Seal, amendments.label("amendments")).join(Seal, sealed)


async def shown(session: AsyncSession, closing_id: UUID) -> Row[Closing, Seal, int]:
    """With its seal and the number of its amendments. Raises ClosingMissing."""
    found = (await session.execute(_listed().where(col(Closing.id) == closing_id))).one_or_none()
    if found is None:
        raise ClosingMissing
    return found


async def closings(
    session: AsyncSession, before: date | None, limit: int
) -> Sequence[Row[Closing, Seal, int]]:
    """The newest months first."""
    query = _listed().order_by(col(Closing.month).desc()).limit(limit)
    if before is not None:
        query = query.where(col(Closing.month) < before)
    return (await session.execute(query)).all()


async def amendments(
    session: AsyncSession, closing_id: UUID, after: int, limit: int
) -> Sequence[Row[Amendment, Seal]]:
    sealed = and_(
        col(Seal.closing_id) == col(Amendment.closing_id), col(Seal.number) == col(Amendment.number)
    )
    query = select(Amendment, Seal).join(Seal, sealed)
    query = query.where(col(Amendment.closing_id) == closing_id, col(Amendment.number) > after)
    return (await session.execute(query.order_by(col(Amendment.number)).limit(limit))).all()


def book(closing_id: UUID, number: int = 0) -> Book:
    """What reports of the closed month are counted from; with a number, as that amendment left it."""

    def known(frozen: Table, live: FromClause) -> FromClause:
        of = and_(frozen.c.closing_id == closing_id, frozen.c.number <= number)
        return select(*(frozen.c[column.name] for column in live.c)).where(of).subquery(frozen.name)

    return Book(
        facts=standing(closing_id, number),
        bodies=known(CLOSED_BODY, LIVE.bodies),
        labels=known(CLOSED_LABEL, LIVE.labels),
        units=known(CLOSED_UNIT, LIVE.units),
        monthly=False,
        closing=closing_id,
    )


def standing(closing_id: UUID, number: int) -> FromClause:
    """Of each fact the newest state up to that amendment. Looked up one by one: of a month that was closed a
    moment ago the planner knows nothing yet, and would compare each fact with all of them."""
    fact, newer = CLOSED_FACT.c, CLOSED_FACT.alias("newer").c
    found = select(*(fact[name] for name in FACT)).where(fact.closing_id == closing_id, fact.number <= number)
    if number:
        newest = select(func.max(newer.number)).where(
            newer.closing_id == closing_id, newer.id == fact.id, newer.number <= number
        )
        found = found.where(fact.number == newest.scalar_subquery())
    return found.subquery("closed_fact")
