"""Reads of notices and of what is to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.errors import NoticeMissing
from services.dossier.notices.models import Delivery, Notice


async def of_owner(session: AsyncSession, owner: str, after: UUID | None, limit: int) -> Sequence[Notice]:
    """Newest first; one more than `limit`."""
    query = select(Notice).where(col(Notice.owner) == owner)
    if after is not None:
        query = query.where(col(Notice.id) < after)
    return (await session.scalars(query.order_by(col(Notice.id).desc()).limit(limit + 1))).all()


async def notice(session: AsyncSession, notice_id: UUID, owner: str) -> Notice:
    """Raises NoticeMissing, also for somebody else's."""
    query = select(Notice).where(col(Notice.id) == notice_id, col(Notice.owner) == owner)
    found: Notice | None = await session.scalar(query.with_for_update())
    if found is None:
        raise NoticeMissing
    return found


async def of_dossier(session: AsyncSession, dossier_id: UUID) -> list[tuple[Notice, list[Delivery]]]:
    """Oldest first, each with its deliveries; two statements."""
    query = select(Notice).where(col(Notice.dossier_id) == dossier_id).order_by(col(Notice.id))
    notices = (await session.scalars(query)).all()
    sendings: dict[UUID, list[Delivery]] = {row.id: [] for row in notices}
    for row in await session.scalars(select(Delivery).where(col(Delivery.notice_id).in_(sendings))):
        sendings[row.notice_id].append(row)
    return [(row, sendings[row.id]) for row in notices]


async def next_delivery(session: AsyncSession, now: datetime) -> Delivery | None:
    """One whose time has come, locked."""
    query = (
        select(Delivery)
        .where(col(Delivery.state).in_(("waiting", "unknown")), col(Delivery.next_try) <= now)
        .order_by(col(Delivery.next_try))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: Delivery | None = await session.scalar(query)
    return found


async def delivery(session: AsyncSession, delivery_id: UUID) -> Delivery:
    found = await session.get(Delivery, delivery_id, with_for_update=True)
    assert found is not None
    return found
