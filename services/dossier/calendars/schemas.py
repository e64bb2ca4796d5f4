"""Days and hours, as callers send and see them."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from kit.text import Incoming, Line

Words = Annotated[Line, StringConstraints(min_length=1, max_length=200)]


class DayDecision(Incoming):
    worked: bool
    name: Words = Field(description="what people read, in Vietnamese")
    decision: Words = Field(description="number of the decision")


class Span(Incoming):
    opens: time
    closes: time


class HoursDecision(Incoming):
    """Spans in order, none overlapping, from `valid_from` on."""

    valid_from: date
    spans: list[Span] = Field(min_length=1, max_length=6)

    @model_validator(mode="after")
    def _in_order(self) -> HoursDecision:
        moments = [moment for span in self.spans for moment in (span.opens, span.closes)]
        if any(one >= other for one, other in pairwise(moments)):
            raise ValueError("spans in order")
        return self


class MovedView(BaseModel):
    id: UUID
    code: str
    old_promise: datetime
    new_promise: datetime


class ChangeView(BaseModel):
    """The dossiers whose promise moves: would move, with `dry_run`."""

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
