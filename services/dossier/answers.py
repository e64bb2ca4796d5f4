"""What callers see. Tables never go out."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from kit.clock import Local
from services.dossier.status import Action, Status


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


class TemplateRef(BaseModel):
    name: str
    href: str


class FactsView(BaseModel):
    """What was said of the request, with the names of the day; `exemptions` are claimed, for the officer to
    check: null for those who may not see them."""

    case: Ref | None
    copies: int
    exemptions: list[Ref] | None


class FeeLineView(BaseModel):
    """A frozen line; `amount`, in đồng, null where it is not known. `explanation`, in both languages: how it
    came about, null for those who may not see the facts."""

    code: str
    name: str
    kind: str
    amount: int | None
    due_at: str
    refundable: bool
    explanation: dict[str, str] | None


class PaperView(BaseModel):
    """`documents`: files; `originals`, `copies`: received on paper. `cases`: where it is asked for, if not in
    all; `from_results`: results that stand in for it; `templates`: blanks to fill in, and where they are."""

    code: str
    name: str
    required: bool
    types: list[str]
    documents: int
    originals: int
    copies: int
    cases: list[str]
    from_results: list[str]
    templates: list[TemplateRef]


class DocumentView(BaseModel):
    id: UUID
    kind: str
    paper: str | None
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: Local
    superseded_by: UUID | None
    scan: str


class FeeView(BaseModel):
    """What is due for a purpose, in đồng; `settled_at` null while it is owed."""

    purpose: str
    amount: int
    lines: list[dict[str, Any]]
    settled_at: Local | None
    payment: str | None
    refund_proposed_at: Local | None


class SupplementView(BaseModel):
    number: int
    reason: str
    items: list[dict[str, Any]]
    answers: list[dict[str, Any]] | None
    requested_at: Local
    due_on: date
    answered_at: Local | None
    old_promise: Local | None
    new_promise: Local | None


class ResultView(BaseModel):
    """No longer in force once it was revoked; `replaced_by`: the code of the result that stands instead."""

    name: str
    result_code: str | None
    outcome: str | None
    document: UUID
    verification_code: str
    verify_url: str
    issued_at: Local
    revoked_at: Local | None
    replaced_by: str | None


class StageView(BaseModel):
    """Where a dossier is in its procedure's stages, from 1; `signs`: the stage carries the right to sign."""

    number: int
    of: int
    name: str
    signs: bool
    due_at: Local | None


class RemarkView(BaseModel):
    id: UUID
    at: Local
    by: str
    agency: str | None
    text: str


class OpinionView(BaseModel):
    agency: str
    question: str
    asked_by: str
    asked_at: Local
    due_on: date | None
    answer: str | None
    given_by: str | None
    given_at: Local | None


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
    last_assigned_at: Local | None


class Officers(BaseModel):
    items: list[OfficerLoad]


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


class ApplicantItem(BaseModel):
    """`paper_number`: of their first paper, masked but for the last four."""

    name: str
    paper_number: str | None


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
    applicant: ApplicantItem
    assignee: str | None
    created_at: Local
    submitted_at: Local | None
    promised_at: Local | None
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
    facts: FactsView
    cases: list[Ref]
    papers: list[PaperView]
    documents: list[DocumentView]
    fees: list[FeeView]
    fee_lines: list[FeeLineView]
    fee_unknown: bool
    supplements: list[SupplementView]
    results: list[ResultView]
    created_at: Local
    submitted_at: Local | None
    answer_due_at: Local | None
    accepted_at: Local | None
    promised_at: Local | None
    scored_at: Local | None
    waiting_until: Local | None
    stage: StageView | None
    finished_at: Local | None
    outcome: str | None
    returned_at: Local | None
    return_method: str | None
    external_code: str | None
    voided_at: Local | None
    purged_at: Local | None
    missing: list[Missing]
    what_next: str
    actions: list[ActionView]


class StepView(BaseModel):
    seq: int
    action: str
    status: Status
    status_label: str
    at: Local
    by: str
    agency: str | None
    note: str
    due_at: Local | None


class History(BaseModel):
    items: list[StepView]


class TrackView(BaseModel):
    """Progress by code alone: no personal data. With the last four digits also each step and what to do
    next (rule 12)."""

    code: str
    status: Status
    status_label: str
    procedure: Ref
    receiving: Ref
    resolving: Ref
    submitted_at: Local | None
    promised_at: Local | None
    finished_at: Local | None
    what_next: str | None = None
    steps: list[StepView] | None = None


class ResultCheck(BaseModel):
    """What anyone learns from a verification code: that it is genuine, not whose it is. `valid` is false
    once it was revoked; `replaced_by`: the code of the result that stands instead."""

    verification_code: str
    valid: bool
    revoked_at: Local | None
    replaced_by: str | None
    name: str
    outcome: str
    procedure: Ref
    issued_by: Ref
    issued_at: Local
    dossier_code: str
    sha256: str


class LinkView(BaseModel):
    href: str
    expires_at: Local
