"""Which file is to be scanned next."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.models import Document, Dossier


async def next_waiting(session: AsyncSession, now: datetime) -> Document | None:
    """One whose time has come, locked."""
    query = (
        select(Document)
        .where(col(Document.scan) == "waiting", col(Document.scan_next_try) <= now)
        .order_by(col(Document.scan_next_try))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: Document | None = await session.scalar(query)
    return found


async def of_document(session: AsyncSession, document_id: UUID) -> tuple[Document, Dossier] | None:
    """Both locked, the dossier first; None when a purge took them meanwhile."""
    query = (
        select(Dossier)
        .join(Document, col(Document.dossier_id) == col(Dossier.id))
        .where(col(Document.id) == document_id)
        .with_for_update(of=Dossier)
    )
    dossier: Dossier | None = await session.scalar(query)
    document = await session.get(Document, document_id, with_for_update=True)
    return (document, dossier) if dossier is not None and document is not None else None
