"""Days and hours, as callers send and see them."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from kit.clock import Day, Local
from kit.text import Incoming, Line

Words = Annotated[Line, StringConstraints(min_length=1, max_length=200)]


class DayDecision(Incoming):
    worked: bool
    name: Words = Field(description="what people read, in Vietnamese")
    decision: Words = Field(description="number of the decision")


def _written_out(value: Any) -> Any:
    """Pydantic would take a number for seconds since midnight."""
    if not isinstance(value, str):
        raise PydanticCustomError("clock_time", "HH:MM is needed")
    return value


def _to_the_minute(at: time) -> time:
    """A span that is empty once its seconds are cut would make promises search for ever."""
    if at.tzinfo is not None or at.second or at.microsecond:
        raise PydanticCustomError("clock_time", "HH:MM is needed")
    return at


ClockTime = Annotated[time, BeforeValidator(_written_out), AfterValidator(_to_the_minute)]


class Span(Incoming):
    opens: ClockTime
    closes: ClockTime


#: With a minute of work a day a promise lies centuries ahead.
SHORTEST_DAY = timedelta(hours=1)


def _in_order(spans: list[Span]) -> list[Span]:
    moments = [moment for span in spans for moment in (span.opens, span.closes)]
    if any(one >= other for one, other in pairwise(moments)):
        raise PydanticCustomError("spans_in_order", "spans in order")
    if sum((_since_midnight(s.closes) - _since_midnight(s.opens) for s in spans), timedelta()) < SHORTEST_DAY:
        raise PydanticCustomError("spans_too_short", "at least an hour a day")
    return spans


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)


class HoursDecision(Incoming):
    """Spans in order, none overlapping, at least an hour in all, from `valid_from` on."""

    valid_from: Day
    spans: Annotated[list[Span], Field(min_length=1, max_length=6), AfterValidator(_in_order)]


class MovedDate(BaseModel):
    date: Literal["answer_due_at", "promised_at", "scored_at", "stage_due_at"]
    old: Local
    new: Local


class MovedView(BaseModel):
    """`dates`: all that move. The promise is shown also where it is not among them; null before the
    acceptance."""

    id: UUID
    code: str
    old_promise: Local | None
    new_promise: Local | None
    dates: list[MovedDate]


class ChangeView(BaseModel):
    """The dossiers of which a date moves: would move, with `dry_run`."""

    dry_run: bool
    moved: list[MovedView]


class DayView(BaseModel):
    date: date
    worked: bool
    cause: str
    name: str
    decision: str | None


class CalendarView(BaseModel):
    """A year's days off and swapped days, weekends aside. `provisional`: swaps are not announced yet."""

    year: int
    provisional: bool
    hours: list[str]
    days: list[DayView]
