"""Offerings as editors send and everyone sees them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field, StringConstraints

from kit import page
from kit.clock import Day, Local
from kit.text import Incoming, Line, Text
from services.catalog.schemas import Ref, Why

Level = Annotated[int, Field(ge=1, le=4)]


class OfferingTerms(Incoming):
    """`valid_from` until terms take over that were set for a later day. `other_level`: yes, this body is of a
    level of government that the procedure does not name. Why it is offered says `decision`, or `reason`."""

    online_level: Level
    valid_from: Day | None = Field(default=None, description="default: today")
    decision: Annotated[Line, StringConstraints(min_length=1)] | None = None
    mandated: bool = False
    pay_online_from: Day | None = None
    pilot: bool = False
    other_level: bool = False
    reason: Annotated[Text, StringConstraints(max_length=2000)] = ""

    def kept(self) -> dict[str, Any]:
        """What an offering holds of them."""
        return self.model_dump(exclude={"valid_from", "other_level", "reason"})


class Ending(Incoming):
    """The first day on which it is not offered any more (default today)."""

    from_: Day | None = Field(default=None, alias="from")
    reason: Why


class OffersAsked(page.Asked):
    on: Annotated[Day | None, Query(description="default: today")] = None
    online_level: Annotated[Level | None, Query()] = None
    mandated: bool | None = None


# What callers see.


class Terms(BaseModel):
    """From `valid_from` until the day before `valid_to` (null: open)."""

    online_level: int
    payable_online: bool
    pay_online_from: date | None
    pilot: bool
    mandated: bool
    decision: str | None
    valid_from: date | None
    valid_to: date | None


class OfferingView(Terms):
    """Who takes it: the resolving body, and the office where it is handed in."""

    agency: Ref
    unit: str
    address: str
    hours: str
    received_by: list[Ref]


class OfferedItem(Terms):
    """What a body offers on a day."""

    procedure: Ref
    field: Ref


class ChangeView(BaseModel):
    """`terms` are null where the body ended to offer it."""

    at: Local
    by: str
    action: Literal["offer", "end"]
    starts: date
    terms: dict[str, Any] | None
    reason: str


class OfferingHistory(BaseModel):
    """`periods`: what was, is and will be offered; `changes`: all that was decided about it, newest first,
    also what has given way since."""

    agency: Ref
    procedure: Ref
    periods: list[Terms]
    changes: list[ChangeView]
