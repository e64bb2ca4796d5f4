"""What districts' systems send, and what they are answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.clock import Day, Local, Moment
from kit.problem import FieldError
from kit.text import Incoming, Line, Text
from services.dossier.facts import Facts
from services.dossier.schemas import AgencyCode, Applicant, ProcedureCode, ReceivedPaper, unsaid
from services.dossier.status import Status

#: How many items a call may have.
MOST = 1000

OwnReference = Annotated[Line, StringConstraints(min_length=1, max_length=100)]


def _trackable(code: str) -> str:
    """It becomes part of an address, where dot segments mean something else."""
    if {".", ".."}.intersection(code.split("/")):
        raise ValueError("dot segment")
    return code


#: With strokes, as in "77/2020", but none at an end and no two together.
_PRINTED = r"^[0-9A-Za-z.\-]+(/[0-9A-Za-z.\-]+)*$"
DossierCode = Annotated[
    str, StringConstraints(pattern=_PRINTED, min_length=5, max_length=60), AfterValidator(_trackable)
]


class BatchItem(Incoming):
    """A dossier that was received on paper elsewhere. Its channel is never online by word (rule 2).

    `agency` resolves it; `receiving_agency` took it in, by default the same. `external_code` was printed
    already and is tracked like ours; `promised_at` is then kept. Facts, papers and form are as much as is
    known.
    """

    reference: OwnReference
    procedure: ProcedureCode
    agency: AgencyCode
    received_at: Moment
    channel: Literal["counter", "post"]
    applicant: Applicant
    receiving_agency: AgencyCode | None = None
    external_code: DossierCode | None = None
    promised_at: Moment | None = None
    form: dict[str, Any] = Field(default_factory=dict)
    facts: Facts | None = Field(default=None, exclude_if=unsaid)
    papers: list[ReceivedPaper] = Field(default_factory=list, max_length=300)


class Declared(Incoming):
    """How many dossiers the system received on that day, in all."""

    day: Day
    total: int = Field(ge=0, le=10**6)


class Batch(BaseModel):
    """Each item is read (and cleaned) on its own, so that a wrong one stops no other."""

    model_config = ConfigDict(extra="forbid")

    items: list[Any] = Field(min_length=1, max_length=MOST)
    declared: Declared | None = None


class Described(Incoming):
    """As `Batch`, for the API's document: its items are read one by one, but look like this."""

    items: list[BatchItem] = Field(min_length=1, max_length=MOST)
    declared: Declared | None = None

    @classmethod
    def openapi(cls) -> dict[str, Any]:
        """With its parts in it, as a hand-made body cannot refer to the document's components."""
        whole = cls.model_json_schema()
        parts = whole.pop("$defs")

        def put_in(node: Any) -> Any:
            if isinstance(node, list):
                return [put_in(child) for child in node]
            if not isinstance(node, dict):
                return node
            if "$ref" in node:
                return put_in(parts[node["$ref"].rsplit("/", 1)[1]])
            return {key: put_in(child) for key, child in node.items()}

        described: dict[str, Any] = put_in(whole)
        return described


class ItemAnswer(BaseModel):
    index: int
    reference: str | None
    outcome: Literal["created", "updated", "unchanged", "refused"]
    id: UUID | None = None
    code: str | None = None
    errors: list[FieldError] = []


class DayTotal(BaseModel):
    """`open` until as many were taken in as the system declares; `missing` is below zero when more were."""

    system: str
    agency: str | None
    day: date
    declared: int | None
    received: int
    missing: int | None
    open: bool


class TotalsAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")


class Totals(BaseModel):
    items: list[DayTotal]


class BatchAnswer(BaseModel):
    batch: UUID
    created: int
    updated: int
    unchanged: int
    refused: int
    items: list[ItemAnswer]
    declared: DayTotal | None = None


class BatchView(BaseModel):
    id: UUID
    system: str
    agency: str
    at: Local
    created: int
    updated: int
    unchanged: int
    refused: int
    voided_at: Local | None
    voided_because: str | None


class Void(Incoming):
    reason: Annotated[Text, StringConstraints(min_length=1)]


class Voided(BaseModel):
    batch: UUID
    voided: int


Reported = Literal[
    "start", "pass-on", "request-supplement", "supplement", "extend",
    "complete", "return", "withdraw", "stop", "reopen",
]  # fmt: skip


class ProgressItem(Incoming):
    """A step that was taken elsewhere. `reference` names the dossier, `step` the step itself in the system's
    own words (by default reference, action and moment together)."""

    reference: OwnReference
    action: Reported
    occurred_at: Moment
    officer: Annotated[Line, StringConstraints(max_length=200)] = ""
    reason: Text = ""
    step: OwnReference | None = None
    promised_on: Day | None = Field(default=None, description="extend, reopen")
    due_on: Day | None = Field(default=None, description="request-supplement")
    outcome: Literal["granted", "rejected"] = "granted"
    method: Literal["in_person", "post", "online"] = "in_person"

    @model_validator(mode="after")
    def _name_the_step(self) -> ProgressItem:
        self.step = self.step or f"{self.reference} {self.action} {self.occurred_at.isoformat()}"
        return self


class Progress(BaseModel):
    """Each step is read (and cleaned) on its own."""

    model_config = ConfigDict(extra="forbid")

    steps: list[Any] = Field(min_length=1, max_length=MOST)


class StepAnswer(BaseModel):
    index: int
    reference: str | None
    outcome: Literal["done", "unchanged", "refused"]
    status: Status | None = None
    errors: list[FieldError] = []


class ProgressAnswer(BaseModel):
    done: int
    unchanged: int
    refused: int
    steps: list[StepAnswer]


class Referred(BaseModel):
    """A dossier as its own system may see it: where it is, no personal data."""

    id: UUID
    reference: str
    code: str
    external_code: str | None
    version: int
    status: Status
    status_label: str
    procedure: str
    agency: str
    received_at: Local | None
    promised_at: Local | None
    finished_at: Local | None
    returned_at: Local | None
    voided_at: Local | None
