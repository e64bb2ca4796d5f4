"""Every select of the successions."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.edge.clients.models import Client
from services.gateway.edge.identity.models import Account
from services.gateway.edge.successors.models import Successor

FIRST = 5


async def acting(session: AsyncSession, agency: str | None) -> str | None:
    """The body that somebody bound to this one acts for today."""
    found = await session.scalar(select(col(Successor.new)).where(col(Successor.old) == agency))
    return found or agency


async def holdings(session: AsyncSession, bodies: Collection[str]) -> list[tuple[str, str, int, list[str]]]:
    """(body, what, how many, the first ids): the systems and the staff that are bound to it."""
    found = []
    for old in sorted(bodies):
        staff: Select[str] = select(cast(col(Account.id), String)).where(
            col(Account.kind) == "staff", col(Account.agency) == old
        )
        systems = select(col(Client.id)).where(col(Client.agency) == old, col(Client.revoked_at).is_(None))
        for what, query, order in (("clients", systems, col(Client.id)), ("staff", staff, col(Account.id))):
            count = await session.scalar(select(func.count()).select_from(query.subquery()))
            if count:
                first = await session.scalars(query.order_by(order).limit(FIRST))
                found.append((old, what, int(count), list(first)))
    return found
