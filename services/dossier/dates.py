"""The dates of a dossier from its facts: first answer, promise, what is scored, stage (rules 6 to 8). Pure.

The steps of a dossier and a change of the calendar both ask here, so that what stands in a dossier is what
its facts say under the calendar of the day, and a change moves just what it touches.

Each date has a beginning, and the pauses since then move it:

- the first answer is due a working day after submission, by the calendar of the receiving body;
- the promise is what somebody gave (`given_promise`), else the procedure's time from acceptance, by the
  calendar of the resolving body. It is what is scored. After an apology the citizen is promised the date of
  the apology instead, moved by the pauses since then;
- a stage is due its hours after it was entered, by the calendar of the holder, to the minute.

Pauses of the first answer and of the promise are told apart by `old_promise`. Every ended pause of an open
dossier counts, also one that was ended by closing the dossier: that one has moved nothing when it ended, but
once the dossier is open again the closure goes on from it, and both are counted as one. In a closed dossier
it does not count: nobody works on it, and it is scored by the promise that it was closed with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from kit.clock import VIETNAM
from services.dossier.calendar import Calendar
from services.dossier.deadline import Term, Wait, add_minutes, after_each, opening, promise
from services.dossier.models import Dossier, Pause

FIRST_ANSWER = Term(1, "working_days")
#: To the minute, as terms in hours are; how many does not matter to a pause.
_BY_THE_MINUTE = Term(1, "hours")


@dataclass(frozen=True)
class Calendars:
    receiving: Calendar
    resolving: Calendar
    holder: Calendar


@dataclass(frozen=True)
class Dates:
    answer_due_at: datetime | None
    promised_at: datetime | None
    scored_at: datetime | None
    stage_due_at: datetime | None


NAMES = ("answer_due_at", "promised_at", "scored_at", "stage_due_at")


def term_of(dossier: Dossier) -> Term | None:
    """The procedure's processing time as it was frozen, None where the catalogue has none."""
    frozen = dossier.procedure["processing_time"]
    return Term(frozen["amount"], frozen["unit"]) if frozen else None


def dates(dossier: Dossier, pauses: Sequence[Pause], calendars: Calendars) -> Dates:
    """What the dates of an open dossier are; those that nothing is known of stay as they are."""
    scored = _scored(dossier, pauses, calendars.resolving)
    return Dates(
        answer_due_at=_answer_due(dossier, pauses, calendars.receiving),
        promised_at=_extended(dossier, pauses, calendars.resolving) or scored or dossier.promised_at,
        scored_at=scored or dossier.scored_at,
        stage_due_at=_stage_due(dossier, pauses, calendars.holder),
    )


def first_promise(dossier: Dossier, calendar: Calendar) -> datetime | None:
    """What the pauses start from; None before the acceptance."""
    if dossier.given_promise is not None:
        return dossier.given_promise
    term = term_of(dossier)
    if dossier.accepted_at is None or term is None:
        return None
    return promise(dossier.accepted_at, term, calendar).promised_at


def of_promise(pauses: Sequence[Pause]) -> list[Pause]:
    """The ended ones that move the promise."""
    return [pause for pause in pauses if pause.ended_at is not None and pause.old_promise is not None]


def waits(pauses: Sequence[Pause]) -> list[Wait]:
    """The ended ones of the pauses, which are in order."""
    return [
        Wait(pause.started_at, pause.ended_at, goes_on=_closed_meanwhile(pause, following))
        for pause, following in zip_longest(pauses, pauses[1:])
        if pause.ended_at is not None
    ]


def _closed_meanwhile(pause: Pause, following: Pause | None) -> bool:
    """Whether closing the dossier ended it, and the dossier was opened again."""
    return following is not None and following.cause == "closed" and pause.new_promise is None


def _scored(dossier: Dossier, pauses: Sequence[Pause], calendar: Calendar) -> datetime | None:
    first = first_promise(dossier, calendar)
    return first and _last(first, of_promise(pauses), term_of(dossier), calendar)


def _extended(dossier: Dossier, pauses: Sequence[Pause], calendar: Calendar) -> datetime | None:
    to, at = dossier.extended_to, dossier.extended_at
    if to is None or at is None:
        return dossier.promised_at if at is not None else None
    since = [pause for pause in of_promise(pauses) if pause.started_at >= at]
    return _last(to, since, term_of(dossier), calendar)


def _answer_due(dossier: Dossier, pauses: Sequence[Pause], calendar: Calendar) -> datetime | None:
    if dossier.submitted_at is None or dossier.answer_due_at is None or dossier.accepted_at is not None:
        return dossier.answer_due_at
    first = promise(dossier.submitted_at, FIRST_ANSWER, calendar).promised_at
    return _last(first, [p for p in pauses if p.old_promise is None], FIRST_ANSWER, calendar)


def _stage_due(dossier: Dossier, pauses: Sequence[Pause], calendar: Calendar) -> datetime | None:
    entered = dossier.stage_entered_at
    if dossier.stage is None or entered is None:
        return dossier.stage_due_at
    minutes = dossier.procedure["stages"][dossier.stage]["hours"] * 60
    first = add_minutes(opening(entered.astimezone(VIETNAM), calendar), minutes, calendar)
    since = [pause for pause in pauses if pause.started_at >= entered]
    return _last(first, since, _BY_THE_MINUTE, calendar)


def _last(first: datetime, pauses: Sequence[Pause], term: Term | None, calendar: Calendar) -> datetime:
    return [first, *after_each(first, waits(pauses), term, calendar)][-1]
