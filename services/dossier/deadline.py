"""From acceptance to the promised moment, and why (domain rules 6, 7 and 9). Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from kit.clock import VIETNAM
from services.dossier.calendar import Calendar, Day

Unit = Literal["working_days", "hours", "days", "months"]


@dataclass(frozen=True)
class Term:
    """A processing time, as the catalogue states it."""

    amount: int
    unit: Unit


@dataclass(frozen=True)
class Promise:
    """The promised moment with its derivation.

    `counted_from`: where the count begins; `counted`: the days that count, in order (working-day
    terms); `skipped`: each day between that does not, with its cause; `provisional`: the promise
    lies beyond the last day for which swapped working days are announced.
    """

    accepted_at: datetime
    term: Term
    counted_from: datetime
    promised_at: datetime
    counted: tuple[date, ...]
    skipped: tuple[Day, ...]
    provisional: bool


@dataclass(frozen=True)
class Wait:
    """An ended pause; `goes_on`: the next one begins where it ends, and both are one."""

    begin: datetime
    end: datetime
    goes_on: bool = False


def promise(accepted_at: datetime, term: Term, calendar: Calendar) -> Promise:
    """The promise for a dossier accepted at that moment (aware). Raises ValueError for a term < 1."""
    if term.amount < 1:
        raise ValueError("a term is at least one unit")
    start = opening(accepted_at.astimezone(VIETNAM), calendar)
    counted: list[date] = []
    if term.unit == "hours":
        end = add_minutes(start, term.amount * 60, calendar)
    elif term.unit == "working_days":
        day = start.date()
        while len(counted) < term.amount:
            day = calendar.next_worked(day)
            counted.append(day)
        end = calendar.closing(day)
    else:
        end = calendar.closing(_on_or_after(_by_calendar(start.date(), term), calendar))
    first = accepted_at.astimezone(VIETNAM).date()
    return Promise(
        accepted_at=accepted_at.astimezone(VIETNAM),
        term=term,
        counted_from=start,
        promised_at=end,
        counted=tuple(counted),
        skipped=skipped(first, end.date(), calendar),
        provisional=end.date() > calendar.announced_until,
    )


def resume(
    old: datetime, paused_from: datetime, paused_until: datetime, term: Term | None, calendar: Calendar
) -> datetime:
    """The promise after a pause: the old one plus the pause in working time; for terms in days (and
    promises that an officer gave as a day) rounded up to closing time (rule 7)."""
    paused = working_minutes(paused_from, paused_until, calendar)
    if not paused:
        return old.astimezone(VIETNAM)
    moved = add_minutes(old.astimezone(VIETNAM), paused, calendar)
    if term is not None and term.unit == "hours":
        return moved
    return calendar.closing(moved.date())


def after_each(
    first: datetime, waits: Sequence[Wait], term: Term | None, calendar: Calendar
) -> list[datetime]:
    """The promise after each of the waits, which are in order and do not overlap. One that goes on with the
    next is counted at the end of that one, and until then has moved nothing: counted alone, each would be
    rounded up to a closing time of its own."""
    found: list[datetime] = []
    begin: datetime | None = None
    for wait in waits:
        begin = begin or wait.begin
        if not wait.goes_on:
            first, begin = resume(first, begin, wait.end, term, calendar), None
        found.append(first.astimezone(VIETNAM))
    return found


def opening(moment: datetime, calendar: Calendar) -> datetime:
    """The moment itself within processing hours, else the next opening; lunch counts as open, the
    day has begun and not ended."""
    day = moment.date()
    if calendar.worked(day):
        hours = calendar.hours_on(day)
        if moment.time() < hours.opening:
            return datetime.combine(day, hours.opening, VIETNAM)
        if moment.time() < hours.closing:
            return moment
    after = calendar.next_worked(day)
    return datetime.combine(after, calendar.hours_on(after).opening, VIETNAM)


def add_minutes(start: datetime, minutes: float, calendar: Calendar) -> datetime:
    """`start` plus so many minutes of processing time. Ends within hours, at a closing if need be."""
    left = timedelta(minutes=minutes)
    day = start.date()
    while True:
        for begin, end in calendar.spans(day):
            begin = max(begin, start)  # noqa: PLW2901
            if begin < end:
                if left <= end - begin:
                    return begin + left
                left -= end - begin
        day = calendar.next_worked(day)


def working_minutes(start: datetime, end: datetime, calendar: Calendar) -> float:
    """Minutes of processing time between two moments, 0 when `end` is not after `start`."""
    start, end = start.astimezone(VIETNAM), end.astimezone(VIETNAM)
    total = timedelta()
    day = start.date()
    while day <= end.date():
        for begin, finish in calendar.spans(day):
            total += max(timedelta(), min(finish, end) - max(begin, start))
        day += timedelta(days=1)
    return total.total_seconds() / 60


def skipped(first: date, last: date, calendar: Calendar) -> tuple[Day, ...]:
    """The days off from `first` to `last`, each with its cause."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in map(calendar.day, days) if not day.worked)


def _by_calendar(start: date, term: Term) -> date:
    if term.unit == "days":
        return start + timedelta(days=term.amount)
    months = start.month - 1 + term.amount
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _on_or_after(day: date, calendar: Calendar) -> date:
    return day if calendar.worked(day) else calendar.next_worked(day)
