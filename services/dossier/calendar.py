"""Which days are worked in Vietnam, and from when until when. Pure.

Holidays come from the library `holidays` (public holidays and announced swaps); `overrides` says
what it does not know yet: days off or worked by decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

import holidays

from kit.clock import VIETNAM

Span = tuple[time, time]

#: Rule 6: Monday to Friday, 07:30–11:30 and 13:00–17:00.
DEFAULT_SPANS: tuple[Span, ...] = ((time(7, 30), time(11, 30)), (time(13), time(17)))


@dataclass(frozen=True)
class Hours:
    """Processing hours of a working day from a date on; the latest that has begun counts."""

    valid_from: date = date.min
    spans: tuple[Span, ...] = DEFAULT_SPANS

    @property
    def opening(self) -> time:
        return self.spans[0][0]

    @property
    def closing(self) -> time:
        return self.spans[-1][1]


@dataclass(frozen=True)
class Day:
    """A day with the cause of its being worked or not: `workday`, `weekend`, `holiday`, `swap`
    (worked in exchange for another day) or `decision` (an override). `name` in Vietnamese."""

    date: date
    worked: bool
    cause: Literal["workday", "weekend", "holiday", "swap", "decision"]
    name: str


@dataclass(frozen=True)
class Override:
    worked: bool
    name: str


@dataclass(frozen=True)
class Calendar:
    """`hours` sorted by `valid_from`; `announced_until`: swaps beyond it are not announced yet."""

    overrides: Mapping[date, Override] = field(default_factory=dict)
    hours: Sequence[Hours] = (Hours(),)
    announced_until: date = date(2026, 12, 31)

    def day(self, on: date) -> Day:
        if override := self.overrides.get(on):
            return Day(on, override.worked, "decision", override.name)
        off, swapped = _year(on.year)
        if on in swapped:
            return Day(on, worked=True, cause="swap", name="Làm bù")
        if name := off.get(on):
            return Day(on, worked=False, cause="holiday", name=name)
        if on.weekday() >= 5:
            return Day(on, worked=False, cause="weekend", name=("Thứ Bảy", "Chủ Nhật")[on.weekday() - 5])
        return Day(on, worked=True, cause="workday", name="Ngày làm việc")

    def worked(self, on: date) -> bool:
        return self.day(on).worked

    def next_worked(self, after: date) -> date:
        """The first worked day after `after`."""
        on = after + timedelta(days=1)
        while not self.worked(on):
            on += timedelta(days=1)
        return on

    def hours_on(self, on: date) -> Hours:
        return next(hours for hours in reversed(self.hours) if hours.valid_from <= on)

    def spans(self, on: date) -> list[tuple[datetime, datetime]]:
        """The processing hours of a day as moments; none on a day off."""
        if not self.worked(on):
            return []
        return [
            (datetime.combine(on, start, VIETNAM), datetime.combine(on, end, VIETNAM))
            for start, end in self.hours_on(on).spans
        ]

    def closing(self, on: date) -> datetime:
        return datetime.combine(on, self.hours_on(on).closing, VIETNAM)


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[dict[date, str], frozenset[date]]:
    """Holidays and worked weekend days of a year. A year at a time: the library's list of worked
    weekend days is not filtered by year."""
    found = holidays.country_holidays("VN", years=[year], language="vi")
    swapped = frozenset(day for day in found.weekend_workdays if day.year == year)
    return {day: name for day, name in found.items() if day.year == year}, swapped
