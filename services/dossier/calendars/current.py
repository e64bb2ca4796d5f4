"""The calendar of a body, as it stands in this transaction."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.calendar import Calendar, Hours, Override
from services.dossier.calendars.models import DayOverride, OfficeHours
from services.dossier.models import Body

#: Whoever computes a promise shares it, whoever changes the calendar has it alone: no promise is made by
#: a calendar that was changed meanwhile, and left out of the change.
LOCK = 0x4D43_4343


async def calendar_of(session: AsyncSession, agency: str, announced_until: date) -> Calendar:
    """Overrides, and hours of the body itself or of the nearest above it, else the default hours."""
    await session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": LOCK})
    days = (await session.scalars(select(DayOverride))).all()
    distance = func.array_position(col(Body.ancestors), col(OfficeHours.agency))
    query = (
        select(OfficeHours, distance)
        .join(Body, distance.is_not(None))
        .where(col(Body.code) == agency)
        .order_by(distance, col(OfficeHours.valid_from))
    )
    rows = (await session.execute(query)).all()
    hours = [_hours(row[0]) for row in rows if row[1] == rows[0][1]]
    return Calendar(
        overrides={day.day: Override(day.worked, day.name) for day in days},
        hours=(Hours(), *hours),
        announced_until=announced_until,
    )


def _hours(row: OfficeHours) -> Hours:
    spans = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in row.spans)
    return Hours(row.valid_from, spans)
