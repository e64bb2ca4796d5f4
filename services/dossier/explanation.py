"""Why a dossier is promised for that moment: start, each pause, the apology (rule 9). Pure.

It counts as `dates.py` does, by the calendar of today, so that it always ends at the promise that stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kit.clock import VIETNAM
from services.dossier.calendar import Calendar, Day
from services.dossier.dates import first_promise, of_promise, term_of, waits
from services.dossier.deadline import Promise, after_each, promise, skipped
from services.dossier.models import Dossier, Pause, Step
from services.dossier.status import CLOSED, Action


@dataclass(frozen=True)
class Waited:
    """A pause, and what it made of the promise; `new` None while it is open."""

    pause: Pause
    old: datetime | None
    new: datetime | None


@dataclass(frozen=True)
class Apologised:
    at: datetime
    reason: str
    old: datetime
    new: datetime


@dataclass(frozen=True)
class Explanation:
    """`made`: how the procedure's time was counted; None for a date that was given, or before the acceptance.
    `skipped`: the days off from the acceptance to the promise that stands."""

    first: datetime | None
    made: Promise | None
    before: list[Waited]
    apology: Apologised | None
    since: list[Waited]
    skipped: Sequence[Day]
    provisional: bool


def explain(
    dossier: Dossier, pauses: Sequence[Pause], steps: Sequence[Step], calendar: Calendar
) -> Explanation:
    """`pauses` and `steps` in order. Pauses of the first answer are not the promise's."""
    first, last = first_promise(dossier, calendar), dossier.promised_at
    at, to = dossier.extended_at, dossier.extended_to
    own = [pause for pause in pauses if pause.old_promise is not None]
    before = _waited(dossier, [p for p in own if at is None or p.started_at < at], first, calendar)
    apology = None
    if at is not None and to is not None and first is not None:
        old = next((waited.new for waited in reversed(before) if waited.new), first)
        apology = Apologised(at, _reason(steps), old, to)
    since = _waited(dossier, [p for p in own if at is not None and p.started_at >= at], to, calendar)
    return Explanation(
        first=first,
        made=_made(dossier, calendar),
        before=before,
        apology=apology,
        since=since,
        skipped=_skipped(dossier.accepted_at, last, calendar),
        provisional=last is not None and last.astimezone(VIETNAM).date() > calendar.announced_until,
    )


def _made(dossier: Dossier, calendar: Calendar) -> Promise | None:
    term = term_of(dossier)
    if dossier.accepted_at is None or term is None or dossier.given_promise is not None:
        return None
    return promise(dossier.accepted_at, term, calendar)


def _waited(
    dossier: Dossier, pauses: list[Pause], first: datetime | None, calendar: Calendar
) -> list[Waited]:
    """Each pause with the promise before and after it, beginning from `first`."""
    if first is None:
        return [Waited(pause, None, None) for pause in pauses]
    counted = of_promise(pauses)
    while dossier.status in CLOSED and counted and counted[-1].new_promise is None:
        counted.pop()
    after = after_each(first, waits(counted), term_of(dossier), calendar)
    found, old = [], first
    for place, pause in enumerate(pauses):
        new = after[place] if place < len(after) else old
        found.append(Waited(pause, old, new if pause.ended_at is not None else None))
        old = new
    return found


def _reason(steps: Sequence[Step]) -> str:
    return next((step.note for step in reversed(steps) if step.action == Action.EXTEND), "")


def _skipped(first: datetime | None, last: datetime | None, calendar: Calendar) -> Sequence[Day]:
    if first is None or last is None:
        return ()
    return skipped(first.astimezone(VIETNAM).date(), last.astimezone(VIETNAM).date(), calendar)
