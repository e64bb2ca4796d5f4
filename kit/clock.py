"""The only reader of the time. Everything else is handed a `Clock`."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def _is_number(value: Any) -> bool:
    """Pydantic would take it for seconds since 1970, so that "2020" is a moment of that year."""
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, int | float)


def _written_out(value: Any) -> Any:
    if _is_number(value):
        raise PydanticCustomError("datetime_parsing", "an ISO 8601 moment is needed")
    return value


def _day_written_out(value: Any) -> Any:
    if _is_number(value):
        raise PydanticCustomError("date_parsing", "a date YYYY-MM-DD is needed")
    return value


#: Moments that callers may name: beyond them, adding a day or an offset leaves what `datetime` can hold, and
#: two digits no longer say the year.
FIRST, LAST = datetime(2000, 1, 1, tzinfo=VIETNAM), datetime(2100, 1, 1, tzinfo=VIETNAM)


def _of_our_time(moment: datetime) -> datetime:
    if not FIRST <= moment < LAST:
        raise PydanticCustomError("moment_out_of_range", "a moment of 2000 to 2099 is needed")
    return moment


def _day_of_our_time(day: date) -> date:
    if not FIRST.year <= day.year < LAST.year:
        raise PydanticCustomError("date_out_of_range", "a day of 2000 to 2099 is needed")
    return day


def _in_vietnam(moment: datetime) -> datetime:
    return moment.astimezone(VIETNAM)


#: A moment as callers send it: ISO 8601 with an offset, of the years 2000 to 2099.
Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_of_our_time)]
#: A day as callers send it, of the same years.
Day = Annotated[date, BeforeValidator(_day_written_out), AfterValidator(_day_of_our_time)]
#: A moment as callers see it: with Vietnam's offset, whatever the database gave.
Local = Annotated[datetime, AfterValidator(_in_vietnam)]


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class ShiftedClock:
    """A clock that ticks like the real one, but stood at another moment when it was set."""

    shift: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


def clock_from(start: datetime | None, set_at: float | None = None) -> Clock:
    """The clock of a process: real, or started at `start` when the real time was `set_at` (Unix seconds).

    All processes of one system are given the same pair, so that they agree to the millisecond.
    """
    if start is None:
        return SystemClock()
    if start.tzinfo is None:
        start = start.replace(tzinfo=VIETNAM)
    real = datetime.fromtimestamp(time.time() if set_at is None else set_at, UTC)
    return ShiftedClock(start.astimezone(UTC) - real)


def civil_date(moment: datetime) -> str:
    """The day in Vietnam, `YYYY-MM-DD`."""
    return moment.astimezone(VIETNAM).date().isoformat()


def today(clock: Clock) -> date:
    """The present day in Vietnam."""
    return clock.now().astimezone(VIETNAM).date()


def elapsed() -> float:
    """Seconds on a clock that never jumps: for time-outs and measurements only."""
    return time.monotonic()


async def pause(seconds: float) -> None:
    await asyncio.sleep(seconds)
