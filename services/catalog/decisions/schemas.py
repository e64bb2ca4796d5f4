"""Decisions as editors send them and everyone sees them."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Literal, Self

from fastapi import Query
from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from kit import page
from kit.clock import Day, Local
from kit.text import Incoming, Line, Text, fold
from services.catalog.bodies.schemas import BodyCode
from services.catalog.content import Code
from services.catalog.content import Level as GovernmentLevel
from services.catalog.schemas import Ref, Why

MOST_ITEMS = 5000
State = Literal[
    "as_decided", "lower_level", "not_offered", "unknown_procedure", "ambiguous_name", "own_choice"
]
#: 1588/QĐ-UBND, 20/2020/QĐ-TTg.
_NUMBER = r"^\d{1,6}[^\s\\]{1,80}$"


class Item(Incoming):
    """A line of the list: the procedure by code, or by its name as it stands there; one body, or all of a
    level of government."""

    procedure: Code | None = None
    name: Annotated[Text, StringConstraints(min_length=1, max_length=4000)] | None = None
    agency: BodyCode | None = None
    government_level: GovernmentLevel | None = None
    online_level: int = Field(ge=1, le=4)
    mandated: bool = True

    @model_validator(mode="after")
    def _says_which_and_whom(self) -> Self:
        if self.procedure is None and self.name is None:
            raise PydanticCustomError("missing", "a code or a name is needed", {"at": ["procedure"]})
        if self.agency is None and self.government_level is None:
            raise PydanticCustomError("missing", "a body or a level is needed", {"at": ["agency"]})
        if self.agency is not None and self.government_level is not None:
            raise PydanticCustomError("extra_forbidden", "one of both only", {"at": ["government_level"]})
        return self

    def key(self) -> tuple[str, str]:
        return self.procedure or fold(self.name or ""), self.agency or self.government_level or ""


class Head(Incoming):
    """`date`: when it was signed. In force from `valid_from` until the day before `valid_to`. `reason`: why a
    list that is recorded already is put right."""

    number: Annotated[Line, StringConstraints(pattern=_NUMBER)]
    date: Day
    title: Annotated[Text, StringConstraints(min_length=1, max_length=2000)]
    valid_from: Day
    valid_to: Day | None = None
    reason: Annotated[Text, StringConstraints(max_length=2000)] = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            facts = {"gt": self.valid_from.isoformat(), "at": ["valid_to"]}
            raise PydanticCustomError("greater_than", "it ends after it begins", facts)
        return self

    @property
    def slug(self) -> str:
        """Its number without a slash, and the year, as numbers begin anew: `1588-qd-ubnd-2020`."""
        return f"{re.sub(r'[^a-z0-9]+', '-', fold(self.number)).strip('-')}-{self.date.year}"


class NewDecision(Head):
    items: Annotated[list[Item], Field(min_length=1, max_length=MOST_ITEMS)]

    def digest(self) -> bytes:
        """The same for the same list, whoever sends it and why."""
        return hashlib.sha256(self.model_dump_json(exclude={"reason"}).encode()).digest()

    @classmethod
    def described(cls) -> dict[str, Any]:
        """For the API's document: its lines written in, as a hand-made body cannot refer to components."""
        whole = cls.model_json_schema()
        whole["properties"]["items"]["items"] = whole.pop("$defs")["Item"]
        return whole


class Application(Incoming):
    """From when on the offerings are to be made: by default from the day on which the decision takes effect,
    and not before today."""

    dry_run: bool = False
    valid_from: Day | None = None
    reason: Why
    after: Annotated[int, Field(ge=0, le=MOST_ITEMS, description="`next` of the answer before")] = 0


class ComparisonAsked(page.Asked):
    on: Annotated[Day | None, Query(description="default: today")] = None
    revision: Annotated[int | None, Query(ge=1, le=100_000, description="default: the newest")] = None
    state: Annotated[State | None, Query()] = None
    mandated: bool | None = None


# What callers see.


class DecisionView(BaseModel):
    """`id` stands in addresses, as a number holds a slash. `revision` counts from 1."""

    id: str
    number: str
    date: Day
    title: str
    valid_from: Day
    valid_to: Day | None
    revision: int
    items: int
    recorded_at: Local


class Unresolved(BaseModel):
    """A line whose procedure is not found in the catalogue, or by a name that several have (`candidates`)."""

    number: int
    state: Literal["unknown_procedure", "ambiguous_name"]
    procedure: str | None
    name: str | None
    candidates: list[Ref]


class Recorded(DecisionView):
    outcome: Literal["created", "revised", "unchanged"]
    unresolved: list[Unresolved]


class ItemView(BaseModel):
    number: int
    procedure: str | None
    name: str | None
    agency: str | None
    government_level: str | None
    online_level: int
    mandated: bool


class Compared(BaseModel):
    """A line of the list beside what is offered, or (`own_choice`, `number` null) what is offered online
    without being in the list. `online_level`: decided; `offered_level`: the highest of that body, or of
    any body of that level of government, by `bodies` of them."""

    state: State
    number: int | None
    procedure: Ref | None
    name: str | None = Field(description="as the list has it")
    agency: Ref | None
    government_level: str | None
    online_level: int | None
    mandated: bool
    offered_level: int | None
    bodies: int


class Counts(BaseModel):
    as_decided: int = 0
    lower_level: int = 0
    not_offered: int = 0
    unknown_procedure: int = 0
    ambiguous_name: int = 0
    own_choice: int = 0


class Comparison(BaseModel):
    decision: DecisionView
    on: Day
    definition: dict[str, str]
    counts: Counts
    mandated: Counts
    items: list[Compared]
    next: str | None


class Hindered(BaseModel):
    """Why a line made no offering: codes with words, as of any refused offering."""

    number: int
    procedure: str | None
    name: str | None
    agency: str | None
    errors: list[dict[str, str]]


class Applied(BaseModel):
    """Of this piece of the list. `offerings`: how many are (or would be) new, a body and a procedure each.
    `next`: send it as `after` for the next piece; null: that was the last."""

    dry_run: bool
    valid_from: Day
    lines: int
    offerings: int
    unchanged: int
    hindered: list[Hindered]
    next: int | None
