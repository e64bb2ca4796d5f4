"""What callers send and see. Tables never come in or go out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from kit.text import Incoming, Line, Text
from services.catalog.content import Code


class DraftChanges(Incoming):
    """Top-level members of the content that change; `"form": "generic"` puts the generic form."""

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
    papers: Any = None
    fees: Any = None
    results: Any = None
    legal_basis: Any = None
    form: Any = None

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class OfferingTerms(Incoming):
    online_level: int = Field(ge=1, le=4)
    valid_from: date | None = Field(default=None, description="default: today")
    decision: Annotated[Line, StringConstraints(min_length=1)] | None = None
    mandated: bool = False
    pay_online_from: date | None = None
    pilot: bool = False


class Reason(Incoming):
    reason: Annotated[Text, StringConstraints(min_length=1, max_length=2000)]


class FormData(Incoming):
    data: dict[str, Any]


class Imports(Incoming):
    items: list[Any] = Field(max_length=200)
    source: Literal["national-portal"]


class Closings(Incoming):
    codes: list[Code] = Field(max_length=1000)
    reason: Line


# What callers see.


class Ref(BaseModel):
    code: str
    name: str


class ProcedureItem(BaseModel):
    """A row of a search. `fee_total` in đồng: null when an amount is not known."""

    code: str
    name: str
    field: Ref
    government_levels: list[str]
    audiences: list[str]
    channels: list[str]
    online_level: int
    mandated: bool
    offered_by: int
    fee_total: int | None
    processing_time: dict[str, Any] | None
    sample: bool
    source: str


class Facet(BaseModel):
    value: str
    label: str
    count: int


class ProcedurePage(BaseModel):
    items: list[ProcedureItem]
    next: str | None = None
    facets: dict[str, list[Facet]] | None = None


class ProcedureView(BaseModel):
    """The version in force today. `gaps`: what an applicant would miss, code and words."""

    code: str
    version: int
    number: int
    status: str
    source: str
    sample: bool
    online_level: int
    valid_from: date | None
    content: dict[str, Any]
    gaps: list[Facet] = []


class VersionItem(BaseModel):
    number: int
    state: str
    valid_from: date | None
    valid_to: date | None


class VersionView(VersionItem):
    content: dict[str, Any]
    gaps: list[str]


class FormView(BaseModel):
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    layout: dict[str, Any]
    example: dict[str, Any]
    code_lists: list[str]
    generic: bool = Field(description="the province's general form, not one of this procedure's own")


class FormChecked(BaseModel):
    valid: Literal[True] = True


class OfferingView(BaseModel):
    """Who takes it: the resolving body, and the office where it is handed in."""

    agency: Ref
    unit: str
    online_level: int
    payable_online: bool
    pay_online_from: date | None
    pilot: bool
    mandated: bool
    decision: str | None
    valid_from: date | None
    address: str
    hours: str
    received_by: list[Ref]


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
    """What came into force, and field by field what it changed."""

    code: str
    version: int
    number: int
    gaps: list[str]
    changes: list[dict[str, Any]]


class DraftView(BaseModel):
    code: str
    version: int
    number: int
    content: dict[str, Any]
    gaps: list[str]


class ImportRow(BaseModel):
    code: str
    outcome: Literal["created", "updated", "unchanged", "refused"]
    errors: list[dict[str, Any]] = []
