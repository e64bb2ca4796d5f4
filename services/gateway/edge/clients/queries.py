"""Every select of the clients."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.edge.clients.errors import ClientMissing
from services.gateway.edge.clients.models import Client


async def client(session: AsyncSession, client_id: str) -> Client | None:
    return await session.get(Client, client_id)


async def clients(session: AsyncSession, agencies: Collection[str]) -> Sequence[Client]:
    query = select(Client).where(col(Client.agency).in_(agencies)).order_by(col(Client.id))
    return (await session.scalars(query)).all()


async def lock(session: AsyncSession, client_id: str, agencies: Collection[str]) -> Client:
    """Raises ClientMissing, also for those of other bodies."""
    query = select(Client).where(col(Client.id) == client_id, col(Client.agency).in_(agencies))
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise ClientMissing
    return found
