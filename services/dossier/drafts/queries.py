"""Reads for drafts: what the owner gave before; drafts that nobody saves, turns that end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.drafts.models import Leftover
from services.dossier.errors import DocumentMissing
from services.dossier.models import Document, Dossier
from services.dossier.status import WAITING, Status

_RECENT = 20


async def earlier(session: AsyncSession, owner: str) -> Sequence[Dossier]:
    """The owner's latest dossiers, newest first."""
    query = select(Dossier).where(col(Dossier.owner) == owner).order_by(col(Dossier.id).desc())
    return (await session.scalars(query.limit(_RECENT))).all()


async def given_before(
    session: AsyncSession, owner: str, papers: list[str]
) -> list[tuple[Document, Dossier]]:
    """The newest document of each of these papers, and its dossier."""
    query = (
        select(Document, Dossier)
        .join(Dossier, col(Dossier.id) == col(Document.dossier_id))
        .where(
            col(Dossier.owner) == owner,
            col(Dossier.status) != Status.DRAFT,
            col(Document.kind) == "paper",
            col(Document.paper_code).in_(papers),
        )
        .ext(distinct_on(col(Document.paper_code)))
        .order_by(col(Document.paper_code), col(Document.id).desc())
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def own_document(session: AsyncSession, owner: str, document_id: UUID) -> Document:
    """A document of any dossier of the owner's. Raises DocumentMissing."""
    query = (
        select(Document)
        .join(Dossier, col(Dossier.id) == col(Document.dossier_id))
        .where(col(Document.id) == document_id, col(Dossier.owner) == owner, col(Document.kind) == "paper")
    )
    found: Document | None = await session.scalar(query)
    if found is None:
        raise DocumentMissing
    return found


async def unsaved_since(
    session: AsyncSession, moment: datetime, *, warned_by: datetime | None = None
) -> Dossier | None:
    """A draft that nobody saved since, locked: one whose owner was told by then, else one who was not."""
    told = col(Dossier.reminded_at).is_(None) if warned_by is None else col(Dossier.reminded_at) <= warned_by
    query = select(Dossier).where(col(Dossier.status) == Status.DRAFT, col(Dossier.saved_at) < moment, told)
    found: Dossier | None = await session.scalar(query.limit(1).with_for_update(skip_locked=True))
    return found


async def turn_ending(session: AsyncSession, until: datetime) -> Dossier | None:
    """A dossier whose applicant has to act before `until` and was not reminded, locked."""
    query = select(Dossier).where(
        col(Dossier.status).in_(WAITING),
        col(Dossier.waiting_until) < until,
        col(Dossier.reminded_at).is_(None),
    )
    found: Dossier | None = await session.scalar(query.limit(1).with_for_update(skip_locked=True))
    return found


async def leftovers(session: AsyncSession) -> Sequence[Leftover]:
    return (await session.scalars(select(Leftover).limit(100).with_for_update(skip_locked=True))).all()
