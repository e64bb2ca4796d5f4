"""How what is offered is used, as staff ask for it and see it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from fastapi import Query
from pydantic import BaseModel, model_validator
from pydantic_core import PydanticCustomError

from kit import page
from kit.clock import Day
from services.catalog.content import Code
from services.catalog.identifiers import BodyCode
from services.catalog.schemas import Ref

Agency = Annotated[BodyCode | None, Query()]
Procedure = Annotated[Code | None, Query()]
Number = Annotated[int, Query(ge=0, le=1_000_000)]


On = Annotated[Day | None, Query(description="as it was offered that day, not after today; default: today")]


class UnusedAsked(page.Asked):
    """Dossiers are counted from `since` to `on`. `counted`: of all channels, or only what was received
    online."""

    since: Day
    on: On = None
    at_most: Number = 0
    counted: Literal["all", "online"] = "all"
    agency: Agency = None
    procedure: Procedure = None
    online_level: Annotated[int | None, Query(ge=3, le=4)] = None


class CandidatesAsked(page.Asked):
    first: Annotated[Day, Query(alias="from")]
    last: Annotated[Day, Query(alias="to")]
    on: On = None
    at_least: Annotated[int, Query(ge=1, le=1_000_000)] = 1
    agency: Agency = None
    procedure: Procedure = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            facts = {"ge": self.first.isoformat(), "at": ["to"]}
            raise PydanticCustomError("greater_than_equal", "to is not before from", facts)
        return self


# What callers see.


class Definition(BaseModel):
    """In the caller's language."""

    id: str
    version: int
    texts: dict[str, str]


class Unused(BaseModel):
    """`offered_since`: by the terms of the day. `received`: dossiers of all channels; `received_online`: of
    these."""

    procedure: Ref
    agency: Ref
    online_level: int
    offered_since: date | None
    received: int
    received_online: int


class UnusedPage(BaseModel):
    indicator: Literal["services-without-dossiers"] = "services-without-dossiers"
    definition: Definition
    first_day: date
    last_day: date
    items: list[Unused]
    next: str | None


class Gap(BaseModel):
    code: str
    label: str


class Candidate(BaseModel):
    """`online_level`: at which the body offers it that day, null where it does not. `missing_for_3`, `_4`:
    what the version in force lacks for that level; nothing: it could be offered so."""

    procedure: Ref
    agency: Ref
    received: int
    online_level: int | None
    missing_for_3: list[Gap]
    missing_for_4: list[Gap]


class CandidatePage(BaseModel):
    indicator: Literal["online-candidates"] = "online-candidates"
    definition: Definition
    first_day: date
    last_day: date
    items: list[Candidate]
    next: str | None


class Received(BaseModel):
    """Dossiers of one channel, as the dossier service counts them."""

    channel: str
    received: int


class ExplainedUnused(Unused):
    """`channels` add up to `received`."""

    channels: list[Received]


class ExplainedUnusedPage(UnusedPage):
    """The same rows, each with what its numbers are made of."""

    counted_by: Literal["dossier"] = "dossier"
    items: list[ExplainedUnused]  # type: ignore[assignment]


class ExplainedCandidate(Candidate):
    """`channels` add up to `received`."""

    channels: list[Received]


class ExplainedCandidatePage(CandidatePage):
    """The same rows, each with what its numbers are made of."""

    counted_by: Literal["dossier"] = "dossier"
    items: list[ExplainedCandidate]  # type: ignore[assignment]
