"""What we read of a dossier: the answer of the dossier service's `/internal/dossiers/{id}`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Read(BaseModel):
    """Base of what is read from a neighbour: what we do not know of is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Named(Read):
    code: str
    name: str


class Procedure(Named):
    field: Named


class Paper(Read):
    type: str
    number: str


class Applicant(Read):
    kind: str
    name: str
    papers: list[Paper] = []
    phone: str | None = None
    email: str | None = None
    tech_id: str | None = None


class Fee(Read):
    """`amount` in đồng, None when unknown."""

    code: str
    name: str
    kind: str
    amount: int | None
    due_at: str


class Document(Read):
    id: str
    filename: str
    url: str
    paper_code: str | None = None
    digitised: bool = False
    reused: bool = False


class Supplement(Read):
    number: int
    requested_by: str
    reason: str
    requested_at: datetime
    answered_by: str | None = None
    answered_at: datetime | None = None
    old_promise: datetime | None = None
    new_promise: datetime | None = None
    documents: list[Document] = []


class Result(Read):
    id: str
    name: str
    url: str
    code: str | None = None
    verification_code: str | None = None


class Step(Read):
    seq: int
    at: datetime
    status_code: str
    actor_name: str = ""
    title: str | None = None
    agency_name: str | None = None
    text: str = ""
    started_at: datetime | None = None
    due_at: datetime | None = None


class Snapshot(Read):
    """`status_code` is the national one, "1" to "10"; `version` the seq of the last event in it."""

    id: UUID
    code: str
    version: int
    status_code: str
    channel: str
    procedure: Procedure
    receiving: Named
    resolving: Named
    applicant: Applicant
    verified: bool = False
    summary: str | None = None
    submitted_at: datetime | None = None
    accepted_at: datetime | None = None
    promised_at: datetime | None = None
    finished_at: datetime | None = None
    refused_at: datetime | None = None
    returned_at: datetime | None = None
    return_method: str | None = None
    note: str | None = None
    fees: list[Fee] = []
    paid_online: str = "none"
    documents: list[Document] = []
    supplements: list[Supplement] = []
    results: list[Result] = []
    steps: list[Step] = []
