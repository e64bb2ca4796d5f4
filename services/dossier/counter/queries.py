"""Reads of what came on paper."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.counter.models import PaperReceived


async def received(session: AsyncSession, dossier_id: UUID) -> dict[str, PaperReceived]:
    """By the paper's code."""
    query = select(PaperReceived).where(col(PaperReceived.dossier_id) == dossier_id)
    return {row.paper_code: row for row in await session.scalars(query)}
