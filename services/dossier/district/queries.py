"""Reads of what districts' systems have sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from services.dossier import queries
from services.dossier.district.errors import BatchMissing
from services.dossier.district.models import Batch, DeclaredTotal, Reference, ReportedStep
from services.dossier.errors import DossierMissing
from services.dossier.models import Body, Dossier


def system_of(caller: Caller) -> str:
    """Whose references they are: a system's own, or those of the office whose officer sends a sheet."""
    return caller.sub if caller.kind == "system" else f"office:{caller.agency}"


async def one_call_at_a_time(session: AsyncSession, system: str) -> None:
    """Until the transaction ends, other calls of this system wait."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7305003))"), {"key": system}
    )


async def references(
    session: AsyncSession, system: str, names: Collection[str]
) -> dict[str, tuple[Reference, str]]:
    """By reference: the row, and the code of its dossier."""
    query = (
        select(Reference, col(Dossier.code))
        .join(Dossier, col(Dossier.id) == col(Reference.dossier_id))
        .where(col(Reference.system) == system, col(Reference.reference).in_(names))
    )
    return {row[0].reference: (row[0], str(row[1])) for row in await session.execute(query)}


async def dossiers_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Dossier]:
    """Locked, in the order of their ids."""
    query = select(Dossier).where(col(Dossier.id).in_(ids)).order_by(col(Dossier.id))
    rows = await session.scalars(query.with_for_update(of=Dossier))
    return {row.id: row for row in rows}


async def taken_codes(session: AsyncSession, codes: Collection[str]) -> dict[str, UUID]:
    """Which of these numbers a dossier has already, printed by a system or given by us."""
    query = select(Dossier).where(or_(col(Dossier.external_code).in_(codes), col(Dossier.code).in_(codes)))
    return {
        code: row.id
        for row in await session.scalars(query)
        for code in (row.external_code, row.code)
        if code is not None and code in codes
    }


async def bodies_below(session: AsyncSession, agency: str, codes: Collection[str]) -> dict[str, bool]:
    """Of these bodies those that exist, and whether each is `agency` or below it."""
    query = select(col(Body.code), queries.below(agency)).where(col(Body.code).in_(codes))
    return {row[0]: bool(row[1]) for row in await session.execute(query)}


async def referred(
    session: AsyncSession, caller: Caller, system: str, reference: str, *, lock: bool = False
) -> tuple[Reference, Dossier]:
    """Raises DossierMissing, also where it is not the caller's to see."""
    query = (
        select(Reference, Dossier)
        .join(Dossier, col(Dossier.id) == col(Reference.dossier_id))
        .where(
            col(Reference.system) == system,
            col(Reference.reference) == reference,
            queries.visible(caller),
        )
    )
    row = (await session.execute(query.with_for_update(of=Dossier) if lock else query)).first()
    if row is None:
        raise DossierMissing
    return row[0], row[1]


async def reported(session: AsyncSession, system: str, step: str) -> ReportedStep | None:
    return await session.get(ReportedStep, (system, step))


async def batch(
    session: AsyncSession, caller: Caller, batch_id: UUID, kind: str = "dossiers", *, lock: bool = False
) -> Batch:
    """One of the caller's system, or of a body that is theirs or below it. Raises BatchMissing."""
    found = await session.get(Batch, batch_id, with_for_update=lock)
    mine = found is not None and found.system == system_of(caller)
    if found is None or found.kind != kind or not (mine or await _leads(session, caller, found.agency)):
        raise BatchMissing
    return found


async def _leads(session: AsyncSession, caller: Caller, agency: str) -> bool:
    return caller.kind == "staff" and await queries.is_below(session, agency, str(caller.agency))


async def of_batch(session: AsyncSession, batch_id: UUID) -> Sequence[Reference]:
    """What it created and nobody has voided."""
    query = select(Reference).where(col(Reference.batch_id) == batch_id, col(Reference.voided_at).is_(None))
    return (await session.scalars(query.order_by(col(Reference.dossier_id)))).all()


async def totals(
    session: AsyncSession, caller: Caller, first: date, last: date
) -> list[tuple[str, str | None, date, int | None, int]]:
    """Per system and day: who, its body, the day, what it declares, what was taken in."""
    received = (
        select(
            col(Reference.system).label("system"),
            col(Reference.received_on).label("day"),
            func.count().label("received"),
        )
        .where(
            col(Reference.voided_at).is_(None),
            col(Reference.received_on) >= first,
            col(Reference.received_on) <= last,
        )
        .group_by(col(Reference.system), col(Reference.received_on))
        .subquery()
    )
    declared = (
        select(DeclaredTotal)
        .where(col(DeclaredTotal.day) >= first, col(DeclaredTotal.day) <= last)
        .subquery()
    )
    bodies = (
        select(col(Batch.system).label("system"), func.max(col(Batch.agency)).label("agency"))
        .group_by(col(Batch.system))
        .subquery()
    )
    system, day = (func.coalesce(declared.c[n], received.c[n]) for n in ("system", "day"))
    both = select(
        system.label("system"), day.label("day"), declared.c.total, received.c.received
    ).select_from(
        declared.outerjoin(
            received,
            (declared.c.system == received.c.system) & (declared.c.day == received.c.day),
            full=True,
        )
    )
    found = both.subquery()
    theirs = select(col(Body.code)).where(queries.below(str(caller.agency)))
    mine = (
        found.c.system == caller.sub
        if caller.kind == "system"
        else or_(bodies.c.agency == caller.agency, bodies.c.agency.in_(theirs))
    )
    query = (
        select(found.c.system, bodies.c.agency, found.c.day, found.c.total, found.c.received)
        .outerjoin(bodies, bodies.c.system == found.c.system)
        .where(mine)
        .order_by(found.c.day, found.c.system)
    )
    return [(r[0], r[1], r[2], r[3], r[4] or 0) for r in await session.execute(query)]
