"""The units that addresses name."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit import addresses
from services.dossier.places.models import Unit


async def units(session: AsyncSession, codes: Collection[str]) -> dict[str, addresses.Unit]:
    """These, their parents and successors, of all days, by code."""
    columns = [getattr(Unit, name) for name in addresses.Unit._fields]
    found = select(*columns).where(col(Unit.code).in_(codes)).cte("found", recursive=True)
    beside = or_(col(Unit.code) == found.c.parent_code, col(Unit.code) == found.c.successor_code)
    rows = await session.execute(select(found.union(select(*columns).join(found, beside))))
    return {row.code: addresses.Unit(*row) for row in rows}


async def copied(session: AsyncSession) -> bool:
    """Whether the catalogue's units have been read at all."""
    return bool(await session.scalar(select(exists().select_from(Unit))))
