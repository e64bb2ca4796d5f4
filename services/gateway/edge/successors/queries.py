"""Every select of the successions."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.tally import Things, tally
from services.gateway.edge.clients.models import Client
from services.gateway.edge.identity.models import Account
from services.gateway.edge.successors.models import Successor

FIRST = 5


async def acting(session: AsyncSession, agency: str | None) -> str | None:
    """The body that somebody bound to this one acts for today."""
    found = await session.scalar(select(col(Successor.new)).where(col(Successor.old) == agency))
    return found or agency


async def holdings(session: AsyncSession, bodies: Collection[str]) -> list[tuple[str, str, int, list[str]]]:
    """(body, what, how many, the first by id or login): the systems and the staff that are bound to it."""
    login, client = col(Account.subject), col(Client.id)
    staff = select(col(Account.agency), login, login).where(
        col(Account.kind) == "staff", col(Account.agency).in_(bodies)
    )
    systems = select(col(Client.agency), client, client).where(
        col(Client.agency).in_(bodies), col(Client.revoked_at).is_(None)
    )
    held: dict[str, Things] = {"clients": systems, "staff": staff}
    found = []
    for what, query in held.items():
        found += [(body, what, count, first) for body, count, first in await tally(session, query, FIRST)]
    return found
