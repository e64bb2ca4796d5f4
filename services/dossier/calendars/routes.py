"""`/v1/calendar`: anyone reads it; leaders change a day, or a body's hours, after a dry run."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from kit.auth import Caller, Forbidden
from kit.clock import Day
from kit.db import Database, Session
from services.dossier import queries
from services.dossier.auth import Leader
from services.dossier.calendars import commands
from services.dossier.calendars import queries as calendars
from services.dossier.calendars.current import calendar_of
from services.dossier.calendars.models import CalendarChange, DayOverride, OfficeHours
from services.dossier.calendars.schemas import (
    CalendarView,
    ChangeView,
    DayDecision,
    DayView,
    HoursDecision,
    MovedDate,
    MovedView,
)
from services.dossier.office import Desk, Office
from services.dossier.routes.screen import the_database
from services.dossier.schemas import AgencyCode

router = APIRouter(prefix="/v1/calendar", tags=["calendar"])
Storehouse = Annotated[Database, Depends(the_database)]
DryRun = Annotated[bool, Query(description="only say of which dossiers a date would move")]
MOST = 10_000


class _Tried(Exception):
    """Undoes the transaction of a dry run."""


@router.get("/{year}")
async def get_calendar(
    year: Annotated[int, Path(ge=2000, le=2099)],
    session: Session,
    desk: Desk,
    response: Response,
    agency: Annotated[AgencyCode, Query()] = "000.00.00.H28",
) -> CalendarView:
    """Holidays, swapped days and decisions of a year, each with its cause."""
    until = desk.settings.announced_until
    calendar = await calendar_of(session, agency, until)
    decided = await calendars.overrides(session, year)
    days = [calendar.day(date(year, 1, 1) + timedelta(days=n)) for n in range(366)]
    response.headers["Cache-Control"] = "public, max-age=60"
    return CalendarView(
        year=year,
        provisional=date(year, 12, 31) > until,
        hours=[f"{start:%H:%M}–{end:%H:%M}" for start, end in calendar.hours_on(date(year, 12, 31)).spans],
        days=[
            DayView(
                date=day.date,
                worked=day.worked,
                cause=day.cause,
                name=day.name,
                decision=decided[day.date].decision if day.date in decided else None,
            )
            for day in days
            if day.date.year == year and day.cause not in ("workday", "weekend")
        ],
    )


@router.put("/days/{day}")
async def put_day(
    day: Day,
    decided: DayDecision,
    caller: Leader,
    database: Storehouse,
    desk: Desk,
    *,
    dry_run: DryRun = False,
) -> ChangeView:
    """A day off or worked by decision, for the whole province."""
    override = DayOverride(day=day, **decided.model_dump())
    async with database.transaction() as session:
        if not await queries.leads_the_province(session, caller):
            raise Forbidden(roles="leader")
    return await _change(database, desk, caller, override, dry_run=dry_run)


@router.put("/hours/{agency}")
async def put_hours(
    agency: AgencyCode,
    decided: HoursDecision,
    caller: Leader,
    database: Storehouse,
    desk: Desk,
    *,
    dry_run: DryRun = False,
) -> ChangeView:
    """Processing hours of a body, apart from its reception hours, from a day on."""
    spans = [[f"{span.opens:%H:%M}", f"{span.closes:%H:%M}"] for span in decided.spans]
    hours = OfficeHours(agency=agency, valid_from=decided.valid_from, spans=spans)
    async with database.transaction() as session:
        if not await queries.is_below(session, agency, str(caller.agency)):
            raise Forbidden(roles="leader")
    return await _change(database, desk, caller, hours, dry_run=dry_run)


async def _change(
    database: Database, desk: Office, caller: Caller, put: DayOverride | OfficeHours, *, dry_run: bool
) -> ChangeView:
    """What moves is computed in the transaction of the change, which a dry run then undoes."""
    moved: list[MovedView] = []
    try:
        async with database.transaction() as session:
            change = await _put(session, desk, caller, put)
            dossiers = list(await calendars.concerned(session, change, None, MOST, lock=False))
            moved += map(_moved, await commands.moves(session, desk, dossiers))
            if dry_run:
                raise _Tried
    except _Tried:
        return ChangeView(dry_run=True, moved=moved)
    while await commands.follow(database, desk):
        pass
    return ChangeView(dry_run=False, moved=moved)


def _moved(found: commands.Moved) -> MovedView:
    return MovedView(
        id=found.dossier.id,
        code=str(found.dossier.code),
        old_promise=found.old.promised_at,
        new_promise=found.new.promised_at,
        dates=[
            MovedDate(date=name, old=getattr(found.old, name), new=getattr(found.new, name))
            for name in found.names
        ],
    )


async def _put(
    session: Session, desk: Office, caller: Caller, put: DayOverride | OfficeHours
) -> CalendarChange:
    if isinstance(put, DayOverride):
        return await commands.change_day(session, desk, caller, put)
    return await commands.change_hours(session, desk, caller, put)
