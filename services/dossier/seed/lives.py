"""What becomes of a dossier after it was received, as of the evening of the report's day. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple

from services.dossier.calendar import Calendar
from services.dossier.seed.figures import FIRST, LAST
from services.dossier.status import Status

#: Seconds: Vietnam before UTC, 07:30, from when on lunch is over, lunch, a day's work.
_VIETNAM, _OPENING, _NOON, _LUNCH, WORKED = 25_200, 27_000, 14_400, 5_400, 28_800
WITHDRAWN, STOPPED, STUCK, ON_THE_DAY, REJECTED, MOST_LATE = 0.006, 0.004, 0.0015, 0.38, 0.025, 30


class Life(NamedTuple):
    """`finished_at` is null while it is open."""

    promised_at: datetime
    status: Status
    finished_at: datetime | None = None
    outcome: str | None = None
    returned_at: datetime | None = None


def worked_days() -> list[date]:
    """From the year's beginning until everything that was received is due, or late."""
    calendar = Calendar()
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 120))
    return [day for day in days if calendar.worked(day)]


@lru_cache(maxsize=512)
def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(seconds=_VIETNAM)


def moment(day: date, worked: float) -> datetime:
    """On a worked day, after so many seconds of work."""
    seconds = int(_OPENING + worked + (_LUNCH if worked >= _NOON else 0))
    return _midnight(day) + timedelta(seconds=seconds)


#: What is open then stays open.
REPORTED_AT = moment(LAST, WORKED)


def life(chance: Random, days: Sequence[date], day: int, worked: float, term: int, late: float) -> Life:
    """Of a dossier received on `days[day]` after `worked` seconds of work, with a term in working days
    (rule 6: they count from the next one, until closing time). `late`: how many are decided late."""
    promised = moment(days[day + term], WORKED)
    fate = chance.random()
    if fate < STUCK:
        return Life(promised, Status.IN_PROGRESS)
    if fate < STUCK + WITHDRAWN + STOPPED:
        status = Status.WITHDRAWN if fate < STUCK + WITHDRAWN else Status.STOPPED
        at = _within(chance, days, day, worked, day + chance.randrange(term + 1))
        return Life(promised, status, at) if at <= REPORTED_AT else _open(promised, days, day)
    finished = _within(chance, days, day, worked, day + _taken(chance, term, late))
    if finished > REPORTED_AT:
        return _open(promised, days, day)
    outcome = "rejected" if chance.random() < REJECTED else "granted"
    returned = finished + timedelta(hours=chance.choice((1, 2, 24, 48, 72)))
    if returned > REPORTED_AT:
        return Life(promised, Status.COMPLETED, finished, outcome)
    return Life(promised, Status.RETURNED, finished, outcome, returned)


def _open(promised: datetime, days: Sequence[date], day: int) -> Life:
    """Whoever came on the last day waits for somebody to begin."""
    return Life(promised, Status.ACCEPTED if days[day] == LAST else Status.IN_PROGRESS)


def _taken(chance: Random, term: int, late: float) -> int:
    """Working days until the decision."""
    if chance.random() < late:
        return term + 1 + min(int(chance.expovariate(0.4)), MOST_LATE)
    return term if chance.random() < ON_THE_DAY else chance.randrange(term)


def _within(chance: Random, days: Sequence[date], day: int, worked: float, end: int) -> datetime:
    """A moment of `days[end]`, after it was received."""
    begin = worked if end == day else 0.0
    return moment(days[end], begin + chance.random() * (WORKED - 60 - begin) + 30)
