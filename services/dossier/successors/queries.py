"""What bodies hold, and what of it a successor takes over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.dossier.models import Access, Dossier, Opinion, Visibility
from services.dossier.status import CLOSED, Status
from services.dossier.successors.models import SuccessionWork

_OPEN = sorted(set(Status) - CLOSED - {Status.DRAFT})
FIRST = 5
CONCERNED = ("receiving_agency", "resolving_agency", "holder_agency")


def _lies_with(old: str) -> ColumnElement[bool]:
    return or_(*(col(getattr(Dossier, name)) == old for name in CONCERNED))


def dossiers_of(old: str) -> ColumnElement[bool]:
    """Open dossiers that lie with a body; its own rows of `Visibility` lead there (ADR 7)."""
    seen = select(col(Visibility.dossier_id)).where(
        col(Visibility.agency) == old, col(Visibility.status).in_(_OPEN)
    )
    return and_(col(Dossier.status).in_(_OPEN), _lies_with(old), col(Dossier.id).in_(seen))


def drafts_of(old: str) -> ColumnElement[bool]:
    return and_(col(Dossier.status) == Status.DRAFT, _lies_with(old))


def opinions_of(old: str, new: str | None = None) -> ColumnElement[bool]:
    """What the body was asked and has not answered; not where `new` was asked, too: it gives one opinion."""
    theirs = and_(col(Opinion.agency) == old, col(Opinion.given_at).is_(None))
    return theirs if new is None else and_(theirs, ~_asked(new))


def openings_of(old: str, new: str | None = None) -> ColumnElement[bool]:
    """What was opened to the body, and not to `new`."""
    seen = select(col(Visibility.dossier_id)).where(col(Visibility.agency) == old)
    theirs = and_(col(Access.agency) == old, col(Access.dossier_id).in_(seen))
    return theirs if new is None else and_(theirs, ~_opened(new))


def _asked(new: str) -> ColumnElement[bool]:
    other = aliased(Opinion)
    return exists().where(
        col(other.dossier_id) == col(Opinion.dossier_id),
        col(other.agency) == new,
        col(other.given_at).is_(None),
    )


def _opened(new: str) -> ColumnElement[bool]:
    other = aliased(Access)
    return exists().where(col(other.dossier_id) == col(Access.dossier_id), col(other.agency) == new)


async def claim(session: AsyncSession, now: datetime) -> SuccessionWork | None:
    """One that is to be looked at, its row locked: nobody else works on it."""
    query = select(SuccessionWork).where(col(SuccessionWork.next_look) <= now)
    query = query.order_by(col(SuccessionWork.next_look), col(SuccessionWork.old)).limit(1)
    found: SuccessionWork | None = await session.scalar(query.with_for_update(skip_locked=True))
    return found


async def due(session: AsyncSession, now: datetime) -> bool:
    query = select(col(SuccessionWork.old)).where(col(SuccessionWork.next_look) <= now)
    return (await session.scalar(query.limit(1))) is not None


async def piece(session: AsyncSession, old: str, new: str, limit: int) -> tuple[Sequence[Dossier], bool]:
    """Of what lies with the body or is asked of it, the first by id, locked, and whether something was left
    because somebody works on it at this moment."""
    asked = select(col(Opinion.dossier_id)).where(opinions_of(old, new))
    ways = (
        dossiers_of(old),
        drafts_of(old),
        and_(col(Dossier.status).in_(_OPEN), col(Dossier.id).in_(asked)),
    )
    ids: set[UUID] = set()
    for way in ways:
        query = select(col(Dossier.id)).where(way).order_by(col(Dossier.id)).limit(limit)
        ids |= set(await session.scalars(query))
    chosen = sorted(ids)[:limit]
    rows = await session.scalars(
        select(Dossier)
        .where(col(Dossier.id).in_(chosen), col(Dossier.status).not_in(CLOSED))
        .order_by(col(Dossier.id))
        .with_for_update(of=Dossier, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = rows.all()
    return found, len(found) < len(chosen)


async def opinions(
    session: AsyncSession, old: str, new: str, dossiers: Sequence[UUID]
) -> dict[UUID, Opinion]:
    query = select(Opinion).where(opinions_of(old, new), col(Opinion.dossier_id).in_(dossiers))
    return {row.dossier_id: row for row in await session.scalars(query)}


async def openings(session: AsyncSession, old: str, new: str, limit: int) -> Sequence[UUID]:
    """Dossiers that are opened to the old body, and not to the new one."""
    query = select(col(Access.dossier_id)).where(openings_of(old, new))
    return (await session.scalars(query.order_by(col(Access.dossier_id)).limit(limit))).all()


async def holdings(
    session: AsyncSession, bodies: Mapping[str, str | None]
) -> list[tuple[str, str, int, list[str]]]:
    """(body, what, how many, the first codes or ids) of what a successor would take over, or has not yet."""
    found = []
    for old, new in bodies.items():
        asked = and_(opinions_of(old, new), col(Dossier.status).in_(_OPEN))
        code = func.coalesce(col(Dossier.code), cast(col(Dossier.id), Text))
        for what, query in (
            ("dossiers", select(code).where(dossiers_of(old))),
            ("drafts", select(code).where(drafts_of(old))),
            ("openings", _of_dossier(select(code), Access).where(openings_of(old, new))),
            ("opinions", _of_dossier(select(code), Opinion).where(asked)),
        ):
            count = await session.scalar(select(func.count()).select_from(query.subquery()))
            if count:
                first = await session.scalars(query.order_by(col(Dossier.id)).limit(FIRST))
                found.append((old, what, int(count), list(first)))
    return found


async def totals(session: AsyncSession, bodies: Collection[str]) -> dict[str, int]:
    """Of dossiers and drafts, each counted once, however many of its bodies are among these."""
    seen = select(col(Visibility.dossier_id)).where(
        col(Visibility.agency).in_(bodies), col(Visibility.status).in_(_OPEN)
    )
    lies = or_(*(col(getattr(Dossier, name)).in_(bodies) for name in CONCERNED))
    draft = col(Dossier.status) == Status.DRAFT
    query = select(func.count().filter(~draft), func.count().filter(draft)).where(
        lies, or_(draft, and_(col(Dossier.status).in_(_OPEN), col(Dossier.id).in_(seen)))
    )
    dossiers, drafts = (await session.execute(query)).one()
    return {"dossiers": int(dossiers), "drafts": int(drafts)}


def _of_dossier(query: Select[str], table: type[Access | Opinion]) -> Select[str]:
    return query.join(table, col(table.dossier_id) == col(Dossier.id))


async def done(session: AsyncSession) -> Sequence[SuccessionWork]:
    return (await session.scalars(select(SuccessionWork).order_by(col(SuccessionWork.old)))).all()
