"""A day or the hours of a body change; the promises follow, dossier by dossier, or it is only tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.db import Database
from services.dossier.calendar import Calendar
from services.dossier.calendars import queries as calendars
from services.dossier.calendars.current import calendar_of
from services.dossier.calendars.models import CalendarChange, DayOverride, OfficeHours
from services.dossier.commands.clock import term_of
from services.dossier.commands.step import Move, record
from services.dossier.deadline import promise, resume
from services.dossier.models import Dossier, Pause
from services.dossier.office import Office

PIECE = 500
CLERK = Caller(sub="dossier", kind="service", name="dossier", roles=frozenset({"service"}))


@dataclass(frozen=True)
class Moved:
    """A dossier whose promise follows a change; `scored` is what on-time is measured by."""

    dossier: Dossier
    old: datetime
    new: datetime
    scored: datetime


async def change_day(
    session: AsyncSession, office: Office, caller: Caller, day: DayOverride
) -> CalendarChange:
    """Put an override; the promises follow later. Idempotent."""
    await calendars.alone(session)
    await session.merge(day)
    return await _noted(session, office, caller, None, day.day, day.day)


async def change_hours(
    session: AsyncSession, office: Office, caller: Caller, hours: OfficeHours
) -> CalendarChange:
    """Put the hours of a body from a day on; the promises follow later. Idempotent."""
    await calendars.alone(session)
    await session.merge(hours)
    return await _noted(session, office, caller, hours.agency, hours.valid_from, date.max)


async def _noted(
    session: AsyncSession, office: Office, caller: Caller, agency: str | None, first: date, last: date
) -> CalendarChange:
    last = min(last, date(first.year + 20, 12, 31))
    change = CalendarChange(agency=agency, first=first, last=last, by=caller.actor, at=office.clock.now())
    session.add(change)
    await session.flush()
    return change


async def follow(database: Database, office: Office) -> bool:
    """Let the promises follow a change that waits, in pieces; True while there may be more. Safe to run
    twice at once and to be killed: what a promise should be follows from the facts of its dossier."""
    async with database.transaction() as session:
        change = await calendars.waiting_change(session)
    if change is None:
        return False
    after: UUID | None = None
    while True:
        async with database.transaction() as session:
            dossiers = await calendars.concerned(session, change, after, PIECE, lock=True)
            for moved in await moves(session, office, list(dossiers)):
                moved.dossier.scored_at = moved.scored
                moved.dossier.promised_at = moved.new
                move = Move(at=office.clock.now(), data={"change": change.id})
                await record(session, office, CLERK, moved.dossier, "dossier.promise-moved", move)
        if len(dossiers) < PIECE:
            break
        after = dossiers[-1].id
    async with database.transaction() as session:
        done = await session.get(CalendarChange, change.id)
        assert done is not None
        done.applied_at = office.clock.now()
    return True


async def moves(session: AsyncSession, office: Office, dossiers: list[Dossier]) -> list[Moved]:
    """Those of the dossiers whose promise is not what the calendar of this transaction says."""
    pauses = await calendars.pauses_of(session, dossiers)
    known: dict[str, Calendar] = {}
    found = []
    for dossier in dossiers:
        agency = dossier.resolving_agency
        if agency not in known:
            until = office.settings.announced_until
            known[agency] = await calendar_of(session, agency, until)
        scored = recomputed(dossier, pauses[dossier.id], known[agency])
        if scored is None or dossier.promised_at is None:
            continue
        # An apology's date was given by a leader: it stands; what is scored moves all the same.
        new = dossier.promised_at if dossier.extended_at else scored
        if (new, scored) != (dossier.promised_at, dossier.scored_at):
            found.append(Moved(dossier, dossier.promised_at, new, scored))
    return found


def recomputed(dossier: Dossier, pauses: list[Pause], calendar: Calendar) -> datetime | None:
    """The promise from its facts: acceptance, term, ended pauses. None for one that an officer gave."""
    term = term_of(dossier)
    if dossier.accepted_at is None or term is None:
        return None
    at = promise(dossier.accepted_at, term, calendar).promised_at
    for pause in pauses:
        if pause.ended_at is not None and pause.new_promise is not None:
            at = resume(at, pause.started_at, pause.ended_at, term, calendar)
    return at
