"""The clock of a dossier stops and goes on (rule 7)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.dossier import queries
from services.dossier.deadline import Term, resume
from services.dossier.models import Dossier, Pause
from services.dossier.office import Office

Cause = Literal["supplement", "payment", "closed"]


def term_of(dossier: Dossier) -> Term | None:
    """The procedure's processing time as it was frozen, None where the catalogue has none."""
    frozen = dossier.procedure["processing_time"]
    return Term(frozen["amount"], frozen["unit"]) if frozen else None


async def stop(session: AsyncSession, dossier: Dossier, cause: Cause, at: datetime) -> None:
    """A pause begins, where there is a promise that it can move."""
    if dossier.promised_at is None:
        return
    earlier = await queries.pauses(session, dossier.id)
    session.add(
        Pause(
            dossier_id=dossier.id,
            number=len(earlier) + 1,
            cause=cause,
            started_at=at,
            old_promise=dossier.promised_at,
        )
    )


async def go_on(session: AsyncSession, office: Office, dossier: Dossier, at: datetime) -> None:
    """The open pause ends, if there is one: both promises move by its working time."""
    pause = await open_pause(session, dossier)
    if pause is None:
        return
    pause.ended_at = at
    calendar = await office.calendar(session, dossier.resolving_agency)
    for name in ("promised_at", "scored_at"):
        old = getattr(dossier, name)
        if old is not None:
            moved = resume(old, pause.started_at, at, term_of(dossier), calendar)
            setattr(dossier, name, moved)
    pause.new_promise = dossier.promised_at
    session.add(pause)


async def end(session: AsyncSession, dossier: Dossier, at: datetime) -> None:
    """The dossier is closed while it waited: the pause ends and moves nothing."""
    pause = await open_pause(session, dossier)
    if pause is not None:
        pause.ended_at, pause.new_promise = at, pause.old_promise
        session.add(pause)


async def open_pause(session: AsyncSession, dossier: Dossier) -> Pause | None:
    return next((p for p in await queries.pauses(session, dossier.id) if p.ended_at is None), None)
