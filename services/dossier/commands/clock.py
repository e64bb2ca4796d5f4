"""The clock of a dossier stops and goes on (rule 7); `dates.py` says what its dates then are."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.dossier import queries
from services.dossier.dates import NAMES, Calendars, dates
from services.dossier.models import Dossier, Pause
from services.dossier.office import Office

Cause = Literal["supplement", "payment", "closed"]


async def stop(session: AsyncSession, dossier: Dossier, cause: Cause, at: datetime) -> None:
    """A pause begins: of the promise, or of the first answer while there is none."""
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
    """The open pause ends, if there is one: the dates move by its working time."""
    pauses = await queries.pauses(session, dossier.id)
    if not pauses or pauses[-1].ended_at is not None:
        return
    pauses[-1].ended_at = at
    await recount(session, office, dossier, pauses)
    pauses[-1].new_promise = dossier.promised_at
    session.add(pauses[-1])


async def end(session: AsyncSession, dossier: Dossier, at: datetime) -> None:
    """The dossier is closed while it waited: the pause ends and has moved nothing."""
    pause = next((p for p in await queries.pauses(session, dossier.id) if p.ended_at is None), None)
    if pause is not None:
        pause.ended_at = at
        session.add(pause)


async def closed(
    session: AsyncSession, office: Office, dossier: Dossier, since: datetime, at: datetime
) -> None:
    """It is open again: the time that it was closed does not count, nor what it then had waited."""
    await stop(session, dossier, "closed", since)
    await session.flush()
    await go_on(session, office, dossier, at)


async def recount(
    session: AsyncSession, office: Office, dossier: Dossier, pauses: list[Pause] | None = None
) -> None:
    """The dates are what the facts say. `pauses`: as the caller has changed them."""
    if pauses is None:
        pauses = await queries.pauses(session, dossier.id)
    calendars = Calendars(
        receiving=await office.calendar(session, dossier.receiving_agency),
        resolving=await office.calendar(session, dossier.resolving_agency),
        holder=await office.calendar(session, dossier.holder_agency),
    )
    found = dates(dossier, pauses, calendars)
    for name in NAMES:
        setattr(dossier, name, getattr(found, name))
