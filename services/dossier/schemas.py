"""What callers send and see. Tables never come in or go out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from kit.text import Incoming, Line, Text
from services.dossier.status import Action, Status

ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.\-]{3,60}$")]
AgencyCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.\-]{2,40}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9 .]{8,16}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$", max_length=254)]


class Contact(Incoming):
    """Where the citizen is reached about this dossier; by default as the account says."""

    phone: Phone | None = None
    email: Email | None = None


class OnBehalf(Incoming):
    """For whom the caller acts; a paper MANDATE then proves it."""

    kind: Literal["citizen", "business", "household_business", "state_body", "other"]
    name: Annotated[Line, StringConstraints(min_length=1, max_length=200)]
    relation: Annotated[Line, StringConstraints(min_length=1, max_length=100)]
    paper_type: Literal["personal_number", "id_card", "passport", "tax_code", "none"] = "none"
    paper_number: Annotated[Line, StringConstraints(max_length=20)] | None = None


class NewDossier(Incoming):
    """A draft, or with `submit` a submission at once (where no papers are required)."""

    procedure: ProcedureCode
    agency: AgencyCode = Field(description="the resolving body, which offers the procedure")
    form: dict[str, Any] = Field(default_factory=dict)
    contact: Contact | None = None
    on_behalf: OnBehalf | None = None
    submit: bool = False


class ChangedDossier(Incoming):
    form: dict[str, Any] | None = None
    contact: Contact | None = None


class Nothing(Incoming):
    pass


class Acceptance(Incoming):
    """`promised_on` with `reason` only where the catalogue has no processing time (rule 6)."""

    promised_on: date | None = None
    reason: Text | None = None


class Reason(Incoming):
    reason: Annotated[Text, StringConstraints(min_length=1)]


class Note(Incoming):
    note: Text = ""


class Assignment(Incoming):
    """`assignee`: the officer's `sub`; absent, the caller takes it."""

    assignee: Line | None = None
    note: Text = ""


class PassingOn(Incoming):
    """To the next stage of the procedure, if it has stages, and to `assignee`, if named."""

    assignee: Line | None = None
    note: Text = ""


class Forwarding(Incoming):
    agency: AgencyCode
    note: Annotated[Text, StringConstraints(min_length=1)]


class OpinionRequest(Incoming):
    agency: AgencyCode
    question: Annotated[Text, StringConstraints(min_length=1)]
    due_on: date | None = None


class OpinionAnswer(Incoming):
    answer: Annotated[Text, StringConstraints(min_length=1)]


class FeeLine(Incoming):
    """`kind` fee (phí) or charge (lệ phí); `amount` in đồng."""

    code: Annotated[Line, StringConstraints(min_length=1, max_length=60)]
    name: Annotated[Line, StringConstraints(min_length=1)]
    kind: Literal["fee", "charge"]
    amount: int = Field(ge=1, le=10**12)
    refundable: bool = False


class PaymentDemand(Incoming):
    """Lines that only the processing showed to be due; `due_on` defaults to 30 days from today."""

    lines: list[FeeLine] = Field(min_length=1, max_length=50)
    reason: Annotated[Text, StringConstraints(min_length=1)]
    due_on: date | None = None


class Extension(Incoming):
    """The apology with a new date, which must be worked and after the promised one (rule 8)."""

    reason: Annotated[Text, StringConstraints(min_length=1)]
    promised_on: date


class Reopening(Incoming):
    """`promised_on` only for a refused dossier of a procedure without processing time."""

    reason: Annotated[Text, StringConstraints(min_length=1)]
    promised_on: date | None = None


class NewRemark(Incoming):
    text: Annotated[Text, StringConstraints(min_length=1)]


class SupplementItem(Incoming):
    """One thing that is missing or wrong; with `paper`, a document of that paper answers it."""

    text: Annotated[Text, StringConstraints(min_length=1)]
    paper: Line | None = None


class SupplementRequest(Incoming):
    """Everything at once (rules, section 8.3); `due_on` defaults to 30 days from today."""

    reason: Annotated[Text, StringConstraints(min_length=1)]
    items: list[SupplementItem] = Field(min_length=1, max_length=50)
    due_on: date | None = None


class SupplementAnswer(Incoming):
    item: int = Field(ge=1, le=50)
    note: Annotated[Text, StringConstraints(min_length=1)]


class SupplementAnswers(Incoming):
    """Items that ask for a paper are answered by uploading it; the others by a note here."""

    answers: list[SupplementAnswer] = Field(default_factory=list, max_length=50)


class ResultDocument(Incoming):
    document: UUID = Field(description="an uploaded document of kind result")
    name: Annotated[Line, StringConstraints(min_length=1)]
    result_code: Line | None = None


class Completion(Incoming):
    outcome: Literal["granted", "rejected"]
    documents: list[ResultDocument] = Field(min_length=1, max_length=20)
    note: Text = ""


class HandOver(Incoming):
    method: Literal["in_person", "post", "online"]
    tracking_number: Line | None = None
    note: Text = ""


# What callers see.


class Ref(BaseModel):
    code: str
    name: str


class ActionView(BaseModel):
    """Something that this caller may do now: a button with its label and form."""

    action: Action
    label: str
    method: str = "POST"
    href: str
    input_schema: dict[str, Any]


class PaperView(BaseModel):
    code: str
    name: str
    required: bool
    types: list[str]
    documents: int


class DocumentView(BaseModel):
    id: UUID
    kind: str
    paper: str | None
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime


class FeeView(BaseModel):
    """What is due for a purpose, in đồng; `settled_at` null while it is owed."""

    purpose: str
    amount: int
    lines: list[dict[str, Any]]
    settled_at: datetime | None
    payment: str | None
    refund_proposed_at: datetime | None


class SupplementView(BaseModel):
    number: int
    reason: str
    items: list[dict[str, Any]]
    answers: list[dict[str, Any]] | None
    requested_at: datetime
    due_on: date
    answered_at: datetime | None
    old_promise: datetime | None
    new_promise: datetime | None


class ResultView(BaseModel):
    name: str
    result_code: str | None
    document: UUID
    verification_code: str
    verify_url: str
    issued_at: datetime


class StageView(BaseModel):
    """Where a dossier is in its procedure's stages, from 1; `signs`: the stage carries the right to sign."""

    number: int
    of: int
    name: str
    signs: bool
    due_at: datetime | None


class RemarkView(BaseModel):
    id: UUID
    at: datetime
    by: str
    agency: str | None
    text: str


class OpinionView(BaseModel):
    agency: str
    question: str
    asked_by: str
    asked_at: datetime
    due_on: date | None
    answer: str | None
    given_by: str | None
    given_at: datetime | None


class Counts(BaseModel):
    """The queues of a desk. `due_soon`: promised by the end of the next working day; `past_turn`: the
    applicant neither supplemented nor paid in time, so that an officer may stop it."""

    by_status: dict[str, int]
    mine: int
    unassigned: int
    late: int
    due_soon: int
    unanswered: int
    past_turn: int


class OfficerLoad(BaseModel):
    sub: str
    name: str
    open: int
    last_assigned_at: datetime | None


class Officers(BaseModel):
    items: list[OfficerLoad]


class BulkItem(Incoming):
    id: UUID
    version: int = Field(ge=0)


class Bulk(Incoming):
    """Dossiers at the versions that the caller saw, and what the action takes."""

    items: list[BulkItem] = Field(min_length=1, max_length=200)
    input: dict[str, Any] = Field(default_factory=dict)


class BulkAnswer(BaseModel):
    id: UUID
    status: int
    version: int | None = None
    problem: dict[str, Any] | None = None


class BulkReport(BaseModel):
    done: int
    items: list[BulkAnswer]


class Backroom(BaseModel):
    """What the offices say among themselves about a dossier."""

    notes: list[RemarkView]
    opinions: list[OpinionView]


class DossierItem(BaseModel):
    """A row of a list."""

    id: UUID
    code: str | None
    version: int
    status: Status
    status_label: str
    procedure: Ref
    receiving_agency: str
    resolving_agency: str
    channel: str
    assignee: str | None
    created_at: datetime
    submitted_at: datetime | None
    promised_at: datetime | None
    late: bool


class Missing(BaseModel):
    """What a draft still lacks: a field of its form or a paper."""

    pointer: str
    code: str
    detail: str


class DossierView(BaseModel):
    """One call shows the screen."""

    id: UUID
    code: str | None
    version: int
    status: Status
    status_label: str
    national_status: str | None
    channel: str
    procedure: dict[str, Any]
    receiving: Ref
    resolving: Ref
    holder: Ref
    assignee: str | None
    applicant: dict[str, Any]
    form: dict[str, Any]
    papers: list[PaperView]
    documents: list[DocumentView]
    fees: list[FeeView]
    fee_unknown: bool
    supplements: list[SupplementView]
    results: list[ResultView]
    created_at: datetime
    submitted_at: datetime | None
    answer_due_at: datetime | None
    accepted_at: datetime | None
    promised_at: datetime | None
    scored_at: datetime | None
    waiting_until: datetime | None
    stage: StageView | None
    finished_at: datetime | None
    outcome: str | None
    returned_at: datetime | None
    return_method: str | None
    missing: list[Missing]
    what_next: str
    actions: list[ActionView]


class StepView(BaseModel):
    seq: int
    action: str
    status: Status
    status_label: str
    at: datetime
    by: str
    agency: str | None
    note: str
    due_at: datetime | None


class History(BaseModel):
    items: list[StepView]


class TrackView(BaseModel):
    """Progress by code alone: no personal data (rule 12)."""

    code: str
    status: Status
    status_label: str
    procedure: Ref
    receiving: Ref
    resolving: Ref
    submitted_at: datetime | None
    promised_at: datetime | None
    finished_at: datetime | None


class ResultCheck(BaseModel):
    """What anyone learns from a verification code: that it is genuine, not whose it is."""

    verification_code: str
    valid: bool
    name: str
    outcome: str
    procedure: Ref
    issued_by: Ref
    issued_at: datetime
    dossier_code: str
    sha256: str


class LinkView(BaseModel):
    href: str
    expires_at: datetime
