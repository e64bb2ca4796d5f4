"""A day or the hours of a body change; the dates follow, dossier by dossier, or it is only tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.db import Database
from kit.events import Audience
from services.dossier.calendars import queries as calendars
from services.dossier.calendars.current import calendar_of
from services.dossier.calendars.models import CalendarChange, DayOverride, OfficeHours
from services.dossier.commands.step import Move, record
from services.dossier.dates import NAMES, Calendars, Dates, dates
from services.dossier.models import Dossier
from services.dossier.office import Office
from services.dossier.status import Status

PIECE = 500
CLERK = Caller(sub="dossier", kind="service", name="dossier", roles=frozenset({"service"}))


@dataclass(frozen=True)
class Moved:
    """A dossier of which a date follows a change: what its dates are now, and what they become."""

    dossier: Dossier
    old: Dates
    new: Dates

    @property
    def names(self) -> list[str]:
        return [name for name in NAMES if getattr(self.old, name) != getattr(self.new, name)]


async def change_day(
    session: AsyncSession, office: Office, caller: Caller, day: DayOverride
) -> CalendarChange:
    """Put an override; the dates follow later. Idempotent."""
    await calendars.alone(session)
    await session.merge(day)
    return await _noted(session, office, caller, None, day.day, day.day)


async def change_hours(
    session: AsyncSession, office: Office, caller: Caller, hours: OfficeHours
) -> CalendarChange:
    """Put the hours of a body from a day on; the dates follow later. Idempotent."""
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
    """Let the dates follow a change that waits, in pieces; True while there may be more. Safe to run twice
    at once and to be killed: what a date should be follows from the facts of its dossier."""
    async with database.transaction() as session:
        change = await calendars.waiting_change(session)
    if change is None:
        return False
    after: UUID | None = None
    while True:
        async with database.transaction() as session:
            dossiers = await calendars.concerned(session, change, after, PIECE, lock=True)
            for moved in await moves(session, office, list(dossiers)):
                for name in NAMES:
                    setattr(moved.dossier, name, getattr(moved.new, name))
                move = Move(at=office.clock.now(), data={"change": change.id})
                event, audience = _told(moved)
                await record(session, office, CLERK, moved.dossier, event, move, audience=audience)
        if len(dossiers) < PIECE:
            break
        after = dossiers[-1].id
    async with database.transaction() as session:
        done = await session.get(CalendarChange, change.id)
        assert done is not None
        done.applied_at = office.clock.now()
    return True


def _told(moved: Moved) -> tuple[str, Audience]:
    """The citizen is told of the date that they were given. What is scored after an apology, when a stage is
    due, and an answer that waits for themselves, is for the offices."""
    if "promised_at" in moved.names:
        return "dossier.promise-moved", "public"
    if "answer_due_at" in moved.names and moved.dossier.status == Status.SUBMITTED:
        return "dossier.answer-moved", "public"
    return "dossier.dates-moved", "internal"


async def moves(session: AsyncSession, office: Office, dossiers: list[Dossier]) -> list[Moved]:
    """Those of the dossiers of which a date is not what the calendar of this transaction says."""
    pauses = await calendars.pauses_of(session, dossiers)
    known = {
        agency: await calendar_of(session, agency, office.settings.announced_until)
        for agency in sorted({agency for dossier in dossiers for agency in _agencies(dossier)})
    }
    found = []
    for dossier in dossiers:
        old = Dates(**{name: getattr(dossier, name) for name in NAMES})
        new = dates(dossier, pauses[dossier.id], Calendars(*(known[a] for a in _agencies(dossier))))
        if new != old:
            found.append(Moved(dossier, old, new))
    return found


def _agencies(dossier: Dossier) -> tuple[str, str, str]:
    """In the order of `Calendars`."""
    return dossier.receiving_agency, dossier.resolving_agency, dossier.holder_agency
