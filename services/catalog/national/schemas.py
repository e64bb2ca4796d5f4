"""What comes from the national database, what editors decide about it, and what they see."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from kit.clock import Day, Local
from kit.page import Asked
from kit.text import Incoming, Line
from services.catalog.content import Code
from services.catalog.national.status import ProposalKind, ProposalState
from services.catalog.national.threeway import Choice, Difference
from services.catalog.schemas import Ref, Why

ChangedField = Annotated[Line, StringConstraints(min_length=1, max_length=200)]


class Imports(Incoming):
    items: list[Any] = Field(max_length=200)
    source: Literal["national-portal"]


class Closings(Incoming):
    codes: list[Code] = Field(max_length=1000)
    reason: Line


Outcome = Literal["created", "updated", "proposed", "unchanged", "refused"]


class ImportRow(BaseModel):
    """Proposed: a change of what we have, which waits for an editor."""

    code: str
    outcome: Outcome
    errors: list[dict[str, Any]] = []


class ImportReport(BaseModel):
    rows: list[ImportRow]


class Closed(BaseModel):
    """Codes that are abolished, and those whose abolition waits for an editor."""

    closed: list[str]
    proposed: list[str]


class Acceptance(Incoming):
    """`take`: for a field ("name", "fees/LP-01") or a whole list ("fees"), the national text or ours. What is
    not named becomes national; where both have changed, it has to be named."""

    valid_from: Day | None = Field(default=None, description="default: today")
    reason: Why
    take: dict[ChangedField, Choice] = Field(default={}, max_length=1000)


class Rejection(Incoming):
    reason: Why


class Item(Incoming):
    """A proposal at the version that the caller saw."""

    id: UUID
    version: int = Field(ge=0)


class Many(Incoming):
    items: list[Item] = Field(min_length=1, max_length=200)


class AcceptMany(Many):
    input: Acceptance


class RejectMany(Many):
    input: Rejection


class ProposalsAsked(Asked):
    state: ProposalState | None = None
    kind: ProposalKind | None = None
    field: Annotated[Line | None, Field(max_length=60, description="code of a field")] = None
    conflict: Annotated[bool | None, Field(description="whether a field was changed on both sides")] = None


class MappingsAsked(Asked):
    limit: int = Field(default=20, ge=1, le=50)
    unmapped: bool = Field(default=False, description="those without a mapping, each with suggestions")


class NationalCode(Incoming):
    national_code: Code
    reason: Why


class ProposalItem(BaseModel):
    """`version` is the procedure's: send it in `If-Match`. `changes`: how many fields the national database
    changed; `conflicts`: how many of them we have changed as well."""

    id: UUID
    version: int
    procedure: Ref
    field: Ref
    kind: ProposalKind
    state: ProposalState
    changes: int
    conflicts: int
    opened_at: Local
    decided_at: Local | None
    decided_by: str | None
    reason: str


class EarlierProposal(BaseModel):
    id: UUID
    kind: ProposalKind
    state: ProposalState
    opened_at: Local
    decided_at: Local | None
    decided_by: str | None
    reason: str


class ProposalView(ProposalItem):
    """`level`: the highest at which somebody offers it; `missing`: gaps that stand against it once the
    national text is taken whole. `seen`: the procedure's version when the proposal was opened. `draft`: the
    number of our draft, which follows in what it has not changed itself."""

    differences: list[Difference]
    level: int
    missing: list[str]
    seen: int
    draft: int | None
    earlier: list[EarlierProposal]


class Decided(BaseModel):
    """`number` and `valid_from` of the version that was published, null where nothing new was."""

    id: UUID
    state: ProposalState
    version: int
    number: int | None = None
    valid_from: date | None = None


class Answer(BaseModel):
    """What became of one of many: what was decided, or the problem."""

    id: UUID
    status: int
    decided: Decided | None = None
    problem: dict[str, Any] | None = None


class Answers(BaseModel):
    done: int
    items: list[Answer]


class SuggestedCode(BaseModel):
    """`score`: likeness of the names, 0 to 1."""

    code: str
    name: str
    score: float
    same_field: bool
    same_level: bool


class MappingView(BaseModel):
    """A procedure of the province's own, and the national one that it corresponds to."""

    local: Ref
    national: Ref | None = None
    since: Local | None = None
    mapped_by: str | None = None
    suggestions: list[SuggestedCode] = []
