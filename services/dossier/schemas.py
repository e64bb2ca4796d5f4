"""What callers send. Tables never come in."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from kit.clock import Day
from kit.text import Incoming, Line, Text
from services.dossier.facts import Facts

ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.\-]{3,60}$")]
AgencyCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.\-]{2,40}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9 .]{8,16}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$", max_length=254)]
ApplicantKind = Literal["citizen", "business", "household_business", "state_body", "other"]
PersonName = Annotated[Line, StringConstraints(min_length=1, max_length=200)]


class Contact(Incoming):
    """Where the citizen is reached about this dossier; by default as the account says."""

    phone: Phone | None = None
    email: Email | None = None


_NUMBERS = {
    "personal_number": r"[0-9]{12}",
    "old_card": r"[0-9]{9}",
    "passport": r"[A-Z0-9]{6,12}",
    "tax_code": r"[0-9]{10}(-[0-9]{3})?|[0-9]{12}",
}


def _of_its_kind(kind: str, number: str) -> str:
    """`kind`: of paper. Raises PydanticCustomError where no such paper has such a number."""
    if not re.fullmatch(_NUMBERS.get(kind, ""), number):
        raise PydanticCustomError("paper_number", "not a number of this kind of paper")
    return number


class OnBehalf(Incoming):
    """For whom the caller acts; a paper MANDATE then proves it."""

    kind: ApplicantKind
    name: PersonName
    relation: Annotated[Line, StringConstraints(min_length=1, max_length=100)]
    paper_type: Literal["personal_number", "old_card", "passport", "tax_code", "none"] = "none"
    paper_number: Annotated[Line, StringConstraints(max_length=20)] | None = None

    @field_validator("paper_number")
    @classmethod
    def _known_form(cls, number: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("paper_type")
        return number if number is None or kind is None else _of_its_kind(kind, number)


class ApplicantPaper(Incoming):
    """Paper as data (rule 15): personal number 12 digits, old card 9, tax code 10, 10-3 or 12."""

    type: Literal["personal_number", "old_card", "passport", "tax_code"]
    number: Annotated[Line, StringConstraints(min_length=1, max_length=20)]

    @field_validator("number")
    @classmethod
    def _known_form(cls, number: str, info: ValidationInfo) -> str:
        kind = info.data.get("type")
        return number if kind is None else _of_its_kind(kind, number)


class Applicant(Incoming):
    """Somebody at the counter. A name is one field, one word is valid; they may have no paper yet."""

    kind: ApplicantKind
    name: PersonName
    papers: list[ApplicantPaper] = Field(default_factory=list, max_length=5)
    phone: Phone | None = None
    email: Email | None = None
    address: Line | None = None


class ReceivedPaper(Incoming):
    """One of the procedure's papers, received on paper."""

    paper: Line
    originals: int = Field(default=0, ge=0, le=100)
    copies: int = Field(default=0, ge=0, le=100)


def unsaid(value: object) -> bool:
    """Left out of fingerprints, so that calls of before facts could be said are recognised when repeated."""
    return value is None


class NewDossier(Incoming):
    """A citizen's draft, or with `submit` a submission at once (where no papers are required).

    An officer says `channel` and `applicant`; with `accept`, code, acceptance and slip come in one step.
    The channel is never online by word: that follows from a citizen's own submission (rule 2).
    """

    procedure: ProcedureCode
    agency: AgencyCode = Field(description="the resolving body, which offers the procedure")
    form: dict[str, Any] = Field(default_factory=dict)
    facts: Facts | None = Field(default=None, exclude_if=unsaid)
    on_behalf: OnBehalf | None = None
    contact: Contact | None = Field(default=None, description="a citizen's")
    submit: bool = Field(default=False, description="a citizen's")
    channel: Literal["counter", "post"] | None = Field(default=None, description="an officer's")
    applicant: Applicant | None = Field(default=None, description="an officer's")
    papers: list[ReceivedPaper] = Field(default_factory=list, max_length=300, description="an officer's")
    accept: bool = Field(default=False, description="an officer's")
    acceptance: Acceptance | None = Field(default=None, description="an officer's")


class ChangedDossier(Incoming):
    """What is said replaces what was said before, as a whole."""

    form: dict[str, Any] | None = None
    facts: Facts | None = None
    contact: Contact | None = None


class Nothing(Incoming):
    pass


class Acceptance(Incoming):
    """`promised_on`, a working day to come, with `reason`, only where the catalogue has no processing time
    (rule 6)."""

    promised_on: Day | None = None
    reason: Text | None = None


class Reason(Incoming):
    reason: Annotated[Text, StringConstraints(min_length=1)]


class Note(Incoming):
    note: Text = ""


class Assignment(Incoming):
    """`assignee`: the officer's `sub`; absent, the caller takes it."""

    assignee: Line | None = None
    note: Text = ""


class Passing(Incoming):
    """To the next stage of the procedure, if there is one, and to `assignee`, if named."""

    assignee: Line | None = None
    note: Text = ""


class PassingOn(Passing):
    """`assignee` may be missing only where there is a next stage."""

    note: Annotated[Text, StringConstraints(min_length=1)]


class Forwarding(Incoming):
    agency: AgencyCode
    note: Annotated[Text, StringConstraints(min_length=1)]


class OpinionRequest(Incoming):
    agency: AgencyCode
    question: Annotated[Text, StringConstraints(min_length=1)]
    due_on: Day | None = None


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
    due_on: Day | None = None


class Extension(Incoming):
    """The apology with a new date, which must be a working day after the promised one (rule 8)."""

    reason: Annotated[Text, StringConstraints(min_length=1)]
    promised_on: Day


class Reopening(Incoming):
    """`promised_on` only for a refused dossier of a procedure without processing time."""

    reason: Annotated[Text, StringConstraints(min_length=1)]
    promised_on: Day | None = None


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
    due_on: Day | None = None


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


class Outcome(Incoming):
    """How it was decided; `documents` may be missing only of what was signed on paper elsewhere."""

    outcome: Literal["granted", "rejected"]
    documents: list[ResultDocument] = Field(default_factory=list, max_length=20)
    note: Text = ""


class Completion(Outcome):
    documents: list[ResultDocument] = Field(min_length=1, max_length=20)


class HandedOver(Incoming):
    """How the result reached the citizen; elsewhere, where we are told no number, as well."""

    method: Literal["in_person", "post", "online"]
    tracking_number: Line | None = None
    note: Text = ""


class HandOver(HandedOver):
    """By post there is a number by which the citizen follows it."""

    tracking_number: Line | None = Field(default=None, validate_default=True)

    @field_validator("tracking_number")
    @classmethod
    def _by_post(cls, number: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("method") == "post" and not number:
            raise PydanticCustomError("missing", "by post there is a number")
        return number


class BulkItem(Incoming):
    id: UUID
    version: int = Field(ge=0)


class Bulk(Incoming):
    """Dossiers at the versions that the caller saw, and what the action takes."""

    items: list[BulkItem] = Field(min_length=1, max_length=200)
    input: dict[str, Any] = Field(default_factory=dict)
