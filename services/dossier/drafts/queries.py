"""Reads for drafts: what the owner gave before; drafts that nobody saves, turns that end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.drafts.models import Leftover
from services.dossier.errors import DocumentMissing
from services.dossier.models import Document, Dossier, FeeDue, Result
from services.dossier.sentence import BEFORE_THE_RESULT
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
    """A paper of any dossier of the owner's, or a result that they have. Raises DocumentMissing."""
    query = (
        select(Document)
        .join(Dossier, col(Dossier.id) == col(Document.dossier_id))
        .where(
            col(Document.id) == document_id,
            col(Dossier.owner) == owner,
            or_(
                col(Document.kind) == "paper",
                exists().where(col(Result.document_id) == col(Document.id), _in_their_hands()),
            ),
        )
    )
    found: Document | None = await session.scalar(query)
    if found is None:
        raise DocumentMissing
    return found


async def results(session: AsyncSession, owner: str) -> list[tuple[Result, Document, Dossier]]:
    """Of the owner's dossiers, newest first: what they have and is in force."""
    query = (
        select(Result, Document, Dossier)
        .join(Document, col(Document.id) == col(Result.document_id))
        .join(Dossier, col(Dossier.id) == col(Result.dossier_id))
        .where(col(Dossier.owner) == owner, _in_their_hands())
        .order_by(col(Result.issued_at).desc())
        .limit(_RECENT)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(query)]


async def result_of(session: AsyncSession, document_id: UUID) -> tuple[str, str | None] | None:
    """Of a document that is a result: its dossier's procedure, and the result's code."""
    row = (
        await session.execute(
            select(col(Dossier.procedure_code), col(Result.result_code))
            .join(Result, col(Result.dossier_id) == col(Dossier.id))
            .where(col(Result.document_id) == document_id)
        )
    ).first()
    return (row[0], row[1]) if row else None


def _in_their_hands() -> ColumnElement[bool]:
    """Of a result and its dossier: signed, in force, and nothing owed for it."""
    owed = exists().where(
        col(FeeDue.dossier_id) == col(Dossier.id),
        col(FeeDue.settled_at).is_(None),
        col(FeeDue.purpose).in_(BEFORE_THE_RESULT),
    )
    signed = col(Dossier.status).in_((Status.COMPLETED, Status.RETURNED))
    return and_(signed, col(Result.revoked_at).is_(None), not_(owed))


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
