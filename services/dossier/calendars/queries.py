"""Changes of the calendar, and the dossiers that they may move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.clock import VIETNAM
from services.dossier.calendars.current import LOCK
from services.dossier.calendars.models import CalendarChange, DayOverride
from services.dossier.models import Body, Dossier, Pause
from services.dossier.queries import below, live
from services.dossier.status import CLOSED


async def alone(session: AsyncSession) -> None:
    """Until this transaction ends, nobody computes a promise."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


async def concerned(
    session: AsyncSession, change: CalendarChange, after: UUID | None, limit: int, *, lock: bool
) -> Sequence[Dossier]:
    """Open dossiers whose time from submission to the last of their dates touches the days of the change, by
    id. Of one that was late already when it was paused, the pause may end after the dates."""
    first = datetime.combine(change.first, time.min, VIETNAM)
    end = datetime.combine(change.last, time.min, VIETNAM) + timedelta(days=1)
    names = (Dossier.answer_due_at, Dossier.promised_at, Dossier.scored_at, Dossier.stage_due_at)
    paused = exists().where(col(Pause.dossier_id) == col(Dossier.id), col(Pause.ended_at) >= first)
    query = select(Dossier).where(
        col(Dossier.status).not_in(CLOSED),
        live(),
        col(Dossier.submitted_at) < end,
        or_(*(col(name) >= first for name in names), paused.correlate(Dossier)),
    )
    if change.agency is not None:
        theirs = select(col(Body.code)).where(below(change.agency)).scalar_subquery()
        agencies = (Dossier.receiving_agency, Dossier.resolving_agency, Dossier.holder_agency)
        query = query.where(or_(*(col(agency).in_(theirs) for agency in agencies)))
    if after is not None:
        query = query.where(col(Dossier.id) > after)
    query = query.order_by(col(Dossier.id)).limit(limit)
    return (await session.scalars(query.with_for_update(of=Dossier) if lock else query)).all()


async def pauses_of(session: AsyncSession, dossiers: Sequence[Dossier]) -> dict[UUID, list[Pause]]:
    query = select(Pause).where(col(Pause.dossier_id).in_([dossier.id for dossier in dossiers]))
    found: dict[UUID, list[Pause]] = {dossier.id: [] for dossier in dossiers}
    for pause in await session.scalars(query.order_by(col(Pause.dossier_id), col(Pause.number))):
        found[pause.dossier_id].append(pause)
    return found


async def waiting_change(session: AsyncSession) -> CalendarChange | None:
    """A change that dates may not have followed yet."""
    query = select(CalendarChange).where(col(CalendarChange.applied_at).is_(None))
    found: CalendarChange | None = await session.scalar(query.order_by(col(CalendarChange.id)).limit(1))
    return found


async def overrides(session: AsyncSession, year: int) -> dict[date, DayOverride]:
    query = select(DayOverride).where(
        col(DayOverride.day) >= date(year, 1, 1), col(DayOverride.day) <= date(year, 12, 31)
    )
    return {row.day: row for row in await session.scalars(query)}
