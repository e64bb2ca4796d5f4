"""What districts' systems send, and what is seen of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from kit.clock import Day, Local
from kit.page import Asked
from kit.problem import FieldError
from kit.text import Incoming
from services.dossier.schemas import AgencyCode, ProcedureCode

#: How many lines a call may have.
MOST = 1000
Channel = Literal["counter", "post"]


class CountItem(Incoming):
    """So many dossiers did `agency` receive on paper that day; 0: none. Online is what citizens submitted
    themselves, and is never counted by word (rule 2)."""

    agency: AgencyCode
    procedure: ProcedureCode
    day: Day
    channel: Channel
    count: int = Field(ge=0, le=100_000)


class Counts(BaseModel):
    """Each item is read on its own, so that a wrong one stops no other."""

    model_config = ConfigDict(extra="forbid")

    items: list[Annotated[Any, WithJsonSchema(CountItem.model_json_schema())]] = Field(
        min_length=1, max_length=MOST
    )


class CountAnswer(BaseModel):
    index: int
    outcome: Literal["created", "updated", "unchanged", "refused"]
    errors: list[FieldError] = []


class CountsAnswer(BaseModel):
    batch: UUID
    created: int
    updated: int
    unchanged: int
    refused: int
    items: list[CountAnswer]


class CountsAsked(Asked):
    """By default the last 31 days, of all bodies within the caller's reach."""

    agency: AgencyCode | None = None
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")


class CountView(BaseModel):
    """A line as it was said last. `dossiers`: so many dossiers on paper stand for its body, procedure and
    day; while there are any, the line is `replaced` and they are counted instead."""

    agency: str
    procedure: str
    day: date
    channel: Channel
    count: int
    online_level: int
    replaced: bool
    voided: bool
    dossiers: int
    batch: UUID
    told_at: Local
