"""The days that a figure is of, and how they are put together of whole months and single days. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kit.clock import FIRST, LAST, VIETNAM

#: 2020, 2020-10, 2020-Q4.
PATTERN = r"^\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?$"


@dataclass(frozen=True)
class Span:
    """From `first` to `last`, both included."""

    first: date
    last: date

    def months(self) -> tuple[date, date]:
        """The whole months within: the first day of the first, and of the one after the last; equal where
        there is none."""
        start = self.first if self.first.day == 1 else after(self.first)
        return start, max(start, begin(self.last + timedelta(days=1)))

    def days(self) -> list[Span]:
        """What is left beside the whole months."""
        start, end = self.months()
        if start == end:
            return [self]
        before, rest = Span(self.first, start - timedelta(days=1)), Span(end, self.last)
        return [span for span in (before, rest) if span.first <= span.last]

    def start(self) -> datetime:
        """The moment at which it begins."""
        return datetime.combine(self.first, time(), VIETNAM)

    def end(self) -> datetime:
        """The moment at which it is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), VIETNAM)

    def until(self, moment: datetime) -> Span:
        """Its days that had begun by then; without a day (`last` before `first`) if none had."""
        return Span(self.first, min(self.last, last_day(moment)))

    def shifted(self) -> Span:
        """The span of the same length in months, or days, before this one."""
        start, end = self.months()
        if not self.days():
            count = (end.year - start.year) * 12 + end.month - start.month
            first = start
            for _ in range(count):
                first = begin(first - timedelta(days=1))
            return Span(first, start - timedelta(days=1))
        length = self.last - self.first
        return Span(self.first - length - timedelta(days=1), self.first - timedelta(days=1))


def last_day(moment: datetime) -> date:
    """The day that was running just before; at midnight the one that is over."""
    return (moment - timedelta(microseconds=1)).astimezone(VIETNAM).date()


def begin(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def after(day: date) -> date:
    """The first day of the next month."""
    return begin(begin(day) + timedelta(days=31))


def read(period: str) -> Span:
    """2020, 2020-10 or 2020-Q4. Raises ValueError."""
    if not re.match(PATTERN, period) or not FIRST.year <= int(period[:4]) < LAST.year:
        raise ValueError(period)
    year, _, part = period.partition("-")
    month, count = (1, 12) if not part else (3 * int(part[1]) - 2, 3) if part[0] == "Q" else (int(part), 1)
    first = last = date(int(year), month, 1)
    for _ in range(count):
        last = after(last)
    return Span(first, last - timedelta(days=1))
