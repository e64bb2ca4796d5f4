"""How many dossiers were received."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.figures.models import IntakeFact


async def received(session: AsyncSession, first: date, last: date) -> list[tuple[str, str, str, int]]:
    """Procedure, resolving body, channel and count of what was received from the first to the last day."""
    key = (
        col(IntakeFact.procedure_code),
        col(IntakeFact.resolving_agency),
        col(IntakeFact.channel),
    )
    rows = await session.execute(
        select(*key, func.sum(col(IntakeFact.quantity)))
        .where(
            col(IntakeFact.received_on) >= first,
            col(IntakeFact.received_on) <= last,
            col(IntakeFact.counts),
        )
        .group_by(*key)
        .having(func.sum(col(IntakeFact.quantity)) > 0)
        .order_by(*key)
    )
    return [(procedure, agency, channel, count) for procedure, agency, channel, count in rows]
