"""What callers send and see. Tables never come in or go out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from kit.clock import Day
from kit.text import Incoming, Line, Text
from services.catalog.content import Content
from services.catalog.difference import Change

Why = Annotated[Text, StringConstraints(min_length=1, max_length=2000)]


class NewProcedure(Content):
    """`reason`: kept in the event log, not in the content."""

    reason: Line = ""

    def content(self) -> Content:
        return Content.model_construct(
            **{name: getattr(self, name) for name in Content.model_fields}, _fields_set=self.model_fields_set
        )


class DraftChanges(Incoming):
    """Top-level members of the content that change; `"form": "generic"` puts the generic form.
    `reason`: kept in the event log."""

    reason: Line = ""
    name: Any = None
    field: Any = None
    government_levels: Any = None
    audiences: Any = None
    channels: Any = None
    description: Any = None
    requirements: Any = None
    steps: Any = None
    stages: Any = None
    processing_time: Any = None
    cases: Any = None
    papers: Any = None
    fees: Any = None
    results: Any = None
    legal_basis: Any = None
    form: Any = None

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set - {"reason"}}


class Publication(Incoming):
    valid_from: Day | None = Field(default=None, description="default: today")
    reason: Why


class Abolition(Publication):
    pass


class Reason(Incoming):
    reason: Why


# What callers see.


class Ref(BaseModel):
    code: str
    name: str


class Facet(BaseModel):
    value: str
    label: str
    count: int


class ProcedureView(BaseModel):
    """The version in force on the day asked for. `gaps`: what an applicant would miss, code and words."""

    code: str
    version: int
    number: int
    status: str
    source: str
    sample: bool
    online_level: int
    valid_from: date | None
    valid_to: date | None = Field(description="the day before which it was in force; null: open")
    abolished_from: date | None
    content: dict[str, Any]
    gaps: list[Facet] = []


class VersionItem(BaseModel):
    """In force from `valid_from` until the day before `valid_to`."""

    number: int
    state: str
    valid_from: date | None
    valid_to: date | None
    reason: str


class VersionView(VersionItem):
    content: dict[str, Any]
    gaps: list[str]


class AgencyView(BaseModel):
    code: str
    name: str
    kind: str
    government_level: str
    unit_code: str
    parent_code: str | None
    receives_for: list[str]
    address: str
    reception_hours: str
    valid_from: date
    valid_to: date | None
    sample_identifier: bool


class UnitView(BaseModel):
    code: str
    name: str
    kind: str
    level: str
    parent_code: str | None
    valid_from: date
    valid_to: date | None
    successor_code: str | None


class Published(BaseModel):
    """What comes into force, from when, and field by field what it changes."""

    code: str
    version: int
    number: int
    valid_from: date
    gaps: list[str]
    changes: list[Change]


class DraftView(BaseModel):
    """`changes`: against the version in force today. `missing`: those of the gaps for which it could not be
    published now, at the level at which it is offered."""

    code: str
    version: int
    number: int
    content: dict[str, Any]
    gaps: list[str]
    level: int
    missing: list[str]
    changes: list[Change]


class DraftItem(BaseModel):
    code: str
    number: int
    name: str
    field: Ref
    gaps: list[str]
