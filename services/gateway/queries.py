"""Reads of identity."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.errors import AccountMissing
from services.gateway.models import Account


async def account(session: AsyncSession, sub: str) -> Account:
    """Raises AccountMissing."""
    try:
        found = await session.get(Account, UUID(sub))
    except ValueError:
        found = None
    if found is None:
        raise AccountMissing
    return found
