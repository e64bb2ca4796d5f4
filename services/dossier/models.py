"""The tables of the dossier service."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from kit.vault import Sealed
from services.dossier.status import CLOSED, Status
from services.dossier.tables import Base, moment, of_dossier

_OPEN = text("status NOT IN (" + ", ".join(f"'{status.value}'" for status in sorted(CLOSED)) + ")")
_STATUSES = ", ".join(f"'{status.value}'" for status in Status)


class Body(Base, table=True):
    """A copy of the catalogue's bodies, for rights and names. `ancestors` includes the body itself, and
    those that have succeeded it with all above them; `successors`: only these, one after the other.
    `unit`: the code of its administrative unit; null until the catalogue has been read for it."""

    code: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    government_level: str = Field(sa_column=Column(Text, nullable=False))
    unit: str | None = Field(default=None, sa_column=Column(Text))
    ancestors: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    successors: list[str] = Field(
        default=[], sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )


class Dossier(Base, table=True):
    """One dossier. `version` is the seq of its last event. What the catalogue said on the day of
    submission is frozen in `procedure`; form data and applicant are encrypted.

    `promised_at` is what the citizen is told, `scored_at` what on-time is measured by: an apology moves
    only the first (rule 8). What they are counted from is kept beside (`dates.py`): `given_promise`, if it
    was printed elsewhere or an officer gave it instead of the procedure's time; `extended_to`, the date of
    the apology; `stage_entered_at`. `rounds`: supplement requests so far. `waiting_until`: when the citizen's
    turn ends, while it is theirs. `found_by`: keyed hashes of the words of the applicant's name and of their
    identity numbers. `stage`, from 0: the procedure's step that it is at, due at `stage_due_at`.
    `facts` (see `facts.py`) are sealed, too; null where nothing was said.
    `external_code` was printed by another system and is tracked like ours; what that system sent by
    mistake is `voided_at`. `origin` seed: generated for a demonstration and told to
    nobody. One whose time of retention is over is a tombstone since `purged_at`.
    """

    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint("channel IN ('online', 'counter', 'post')", name="channel"),
        CheckConstraint("(status = 'draft') = (code IS NULL)", name="code_from_submission"),
        CheckConstraint("version >= 0", name="version"),
        CheckConstraint("origin IN ('live', 'seed')", name="origin"),
        Index(None, "owner", text("id DESC")),
        Index("dossier_submitted_idx", text("submitted_at DESC"), text("id DESC")),
        Index(
            "dossier_assignee_idx", "assignee", text("id DESC"), postgresql_where=text("assignee IS NOT NULL")
        ),
        Index("dossier_open_promise_idx", "promised_at", postgresql_where=_OPEN),
        Index(None, "waiting_until", postgresql_where=text("waiting_until IS NOT NULL")),
        Index("dossier_found_by_idx", "found_by", postgresql_using="gin"),
        Index("dossier_draft_saved_at_idx", "saved_at", postgresql_where=text("status = 'draft'")),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    code: str | None = Field(default=None, sa_column=Column(Text, unique=True))
    external_code: str | None = Field(default=None, sa_column=Column(Text, unique=True))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    status: Status = Field(sa_column=Column(Text, nullable=False))
    came_from: str | None = Field(default=None, sa_column=Column(Text))
    channel: str = Field(sa_column=Column(Text, nullable=False))
    owner: str = Field(sa_column=Column(Text, nullable=False))
    verified: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    origin: str = Field(default="live", sa_column=Column(Text, nullable=False, server_default="live"))
    procedure_code: str = Field(sa_column=Column(Text, nullable=False))
    procedure: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    online_level: int = Field(sa_column=Column(Integer, nullable=False))
    receiving_agency: str = Field(sa_column=Column(Text, nullable=False))
    resolving_agency: str = Field(sa_column=Column(Text, nullable=False))
    holder_agency: str = Field(sa_column=Column(Text, nullable=False))
    assignee: str | None = Field(default=None, sa_column=Column(Text))
    assignee_name: str | None = Field(default=None, sa_column=Column(Text))
    form: bytes = Field(sa_column=Column(Sealed, nullable=False))
    applicant: bytes = Field(sa_column=Column(Sealed, nullable=False))
    facts: bytes | None = Field(default=None, sa_column=Column(Sealed))
    found_by: list[int] = Field(default=[], sa_column=Column(ARRAY(BigInteger), nullable=False))
    created_at: datetime = Field(sa_column=moment(nullable=False))
    saved_at: datetime = Field(sa_column=moment(nullable=False))
    submitted_at: datetime | None = Field(default=None, sa_column=moment())
    answer_due_at: datetime | None = Field(default=None, sa_column=moment())
    accepted_at: datetime | None = Field(default=None, sa_column=moment())
    promised_at: datetime | None = Field(default=None, sa_column=moment())
    promise_reason: str | None = Field(default=None, sa_column=Column(Text))
    given_promise: datetime | None = Field(default=None, sa_column=moment())
    scored_at: datetime | None = Field(default=None, sa_column=moment())
    extended_at: datetime | None = Field(default=None, sa_column=moment())
    extended_to: datetime | None = Field(default=None, sa_column=moment())
    rounds: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    waiting_until: datetime | None = Field(default=None, sa_column=moment())
    reminded_at: datetime | None = Field(default=None, sa_column=moment())
    assigned_at: datetime | None = Field(default=None, sa_column=moment())
    stage: int | None = Field(default=None, sa_column=Column(Integer))
    stage_entered_at: datetime | None = Field(default=None, sa_column=moment())
    stage_due_at: datetime | None = Field(default=None, sa_column=moment())
    finished_at: datetime | None = Field(default=None, sa_column=moment())
    outcome: str | None = Field(default=None, sa_column=Column(Text))
    returned_at: datetime | None = Field(default=None, sa_column=moment())
    return_method: str | None = Field(default=None, sa_column=Column(Text))
    voided_at: datetime | None = Field(default=None, sa_column=moment())
    purged_at: datetime | None = Field(default=None, sa_column=moment())


class Access(Base, table=True):
    """A dossier opened to a body that neither received nor resolves it."""

    __tablename__ = "dossier_access"
    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    agency: str = Field(sa_column=Column(Text, primary_key=True))
    reason: str = Field(sa_column=Column(Text, nullable=False))


class Visibility(Base, table=True):
    """Which bodies see a dossier: those concerned, all above them, those that it was opened to; none while
    it is a draft. Kept by triggers, so that a body's list is one range of an index (ADR 7)."""

    __tablename__ = "dossier_visibility"
    __table_args__ = (
        Index("dossier_visibility_newest_idx", "agency", text("dossier_id DESC")),
        Index("dossier_visibility_status_idx", "agency", "status", text("dossier_id DESC")),
        Index("dossier_visibility_procedure_idx", "agency", "procedure_code", text("dossier_id DESC")),
        Index(
            "dossier_visibility_submitted_idx", "agency", text("submitted_at DESC"), text("dossier_id DESC")
        ),
    )

    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    agency: str = Field(sa_column=Column(Text, primary_key=True))
    status: str = Field(sa_column=Column(Text, nullable=False))
    procedure_code: str = Field(sa_column=Column(Text, nullable=False))
    submitted_at: datetime = Field(sa_column=moment(nullable=False))


class Document(Base, table=True):
    """A file of a dossier: a paper of the applicant, or (paper_code NULL) a result. `superseded_by`: the
    newer version that stands instead. `scan`: off (no scanner is configured), waiting, clean, infected."""

    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("kind IN ('paper', 'result')", name="kind"),
        CheckConstraint("scan IN ('off', 'waiting', 'clean', 'infected')", name="scan"),
        Index("document_scan_next_try_idx", "scan_next_try", postgresql_where=text("scan = 'waiting'")),
        Index(None, "dossier_id"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    dossier_id: UUID = Field(sa_column=of_dossier())
    kind: str = Field(sa_column=Column(Text, nullable=False))
    paper_code: str | None = Field(default=None, sa_column=Column(Text))
    filename: str = Field(sa_column=Column(Text, nullable=False))
    media_type: str = Field(sa_column=Column(Text, nullable=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: str = Field(sa_column=Column(Text, nullable=False))
    storage_key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    uploaded_by: str = Field(sa_column=Column(Text, nullable=False))
    uploaded_at: datetime = Field(sa_column=moment(nullable=False))
    reused_from: UUID | None = Field(default=None, sa_column=Column(Uuid))
    superseded_by: UUID | None = Field(default=None, sa_column=Column(Uuid))
    scan: str = Field(default="off", sa_column=Column(Text, nullable=False))
    scan_attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    scan_next_try: datetime | None = Field(default=None, sa_column=moment())

    @property
    def counts(self) -> bool:
        """Whether it is a paper that was given: the newest of its versions, and not known to be infected."""
        return self.superseded_by is None and self.scan != "infected"


class PaperReceived(Base, table=True):
    """Originals and copies of one of the papers, as the office received them on paper (rule 5)."""

    __tablename__ = "paper_received"
    __table_args__ = (CheckConstraint("originals >= 0 AND copies >= 0", name="counts"),)

    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    paper_code: str = Field(sa_column=Column(Text, primary_key=True))
    originals: int = Field(sa_column=Column(Integer, nullable=False))
    copies: int = Field(sa_column=Column(Integer, nullable=False))


class Step(Base, table=True):
    """The readable history, one row a step; the event log refers to it by (dossier, seq)."""

    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    action: str = Field(sa_column=Column(Text, nullable=False))
    status: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=moment(nullable=False))
    actor: str = Field(sa_column=Column(Text, nullable=False))
    actor_name: str = Field(sa_column=Column(Text, nullable=False))
    agency: str | None = Field(default=None, sa_column=Column(Text))
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    due_at: datetime | None = Field(default=None, sa_column=moment())


class Supplement(Base, table=True):
    """A supplement request, all items at once, and its answer; at most one is open."""

    __table_args__ = (
        Index(
            "supplement_one_open_key",
            "dossier_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL AND closed_at IS NULL"),
        ),
    )

    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    items: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    answers: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    requested_at: datetime = Field(sa_column=moment(nullable=False))
    requested_by: str = Field(sa_column=Column(Text, nullable=False))
    due_on: date = Field(sa_column=Column(Date, nullable=False))
    answered_at: datetime | None = Field(default=None, sa_column=moment())
    closed_at: datetime | None = Field(default=None, sa_column=moment())


class Pause(Base, table=True):
    """A time that does not count: a supplement or a payment was awaited, or the dossier was closed and
    reopened (rule 7). At most one is open. `old_promise` is null where the first answer waited, not yet a
    promise; `new_promise` is null while it is open, and where closing the dossier ended it, so that it has
    moved nothing: if it is reopened, the closure that follows is one pause with it (`dates.py`)."""

    __table_args__ = (
        CheckConstraint("cause IN ('supplement', 'payment', 'closed')", name="cause"),
        CheckConstraint("ended_at >= started_at", name="ended_at"),
        CheckConstraint("new_promise IS NULL OR ended_at IS NOT NULL", name="new_promise"),
        Index("pause_one_open_key", "dossier_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    cause: str = Field(sa_column=Column(Text, nullable=False))
    started_at: datetime = Field(sa_column=moment(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=moment())
    old_promise: datetime | None = Field(default=None, sa_column=moment())
    new_promise: datetime | None = Field(default=None, sa_column=moment())


class Opinion(Base, table=True):
    """What another body was asked, and said; citizens never see it. One is open per body."""

    __table_args__ = (
        Index(
            "opinion_one_open_key",
            "dossier_id",
            "agency",
            unique=True,
            postgresql_where=text("given_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    dossier_id: UUID = Field(sa_column=of_dossier())
    agency: str = Field(sa_column=Column(Text, nullable=False))
    question: str = Field(sa_column=Column(Text, nullable=False))
    asked_by: str = Field(sa_column=Column(Text, nullable=False))
    asked_at: datetime = Field(sa_column=moment(nullable=False))
    due_on: date | None = Field(default=None, sa_column=Column(Date))
    answer: str | None = Field(default=None, sa_column=Column(Text))
    given_by: str | None = Field(default=None, sa_column=Column(Text))
    given_at: datetime | None = Field(default=None, sa_column=moment())


class Remark(Base, table=True):
    """A note among the offices; citizens never see it."""

    __table_args__ = (Index(None, "dossier_id"),)

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    dossier_id: UUID = Field(sa_column=of_dossier())
    at: datetime = Field(sa_column=moment(nullable=False))
    by: str = Field(sa_column=Column(Text, nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))
    agency: str | None = Field(default=None, sa_column=Column(Text))
    text: str = Field(sa_column=Column(Text, nullable=False))


class FeeDue(Base, table=True):
    """What is to be paid for a purpose, in đồng: at submission, acceptance or return the lines that were
    frozen; `additional-1`, `-2`, … what an officer required later, with `lines` of its own."""

    __tablename__ = "fee_due"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    purpose: str = Field(sa_column=Column(Text, primary_key=True))
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    lines: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    settled_at: datetime | None = Field(default=None, sa_column=moment())
    payment_id: str | None = Field(default=None, sa_column=Column(Text))
    channel: str | None = Field(default=None, sa_column=Column(Text))
    provider: str | None = Field(default=None, sa_column=Column(Text))
    refund_proposed_at: datetime | None = Field(default=None, sa_column=moment())


class Result(Base, table=True):
    """A result document and the code by which anyone verifies it. `outcome` is what was decided then,
    whatever is decided after a reopening; `replaced_by`: the code of the result that stands instead."""

    __table_args__ = (
        CheckConstraint("outcome IN ('granted', 'rejected')", name="outcome"),
        CheckConstraint(
            "replaced_by IS NULL OR (revoked_at IS NOT NULL AND replaced_by <> verification_code)",
            name="replaced_by",
        ),
        Index(None, "dossier_id"),
    )

    verification_code: str = Field(sa_column=Column(Text, primary_key=True))
    dossier_id: UUID = Field(sa_column=of_dossier())
    document_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("document.id"), nullable=False, unique=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    result_code: str | None = Field(default=None, sa_column=Column(Text))
    outcome: str | None = Field(default=None, sa_column=Column(Text))
    issued_at: datetime = Field(sa_column=moment(nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=moment())
    revoked_because: str | None = Field(default=None, sa_column=Column(Text))
    replaced_by: str | None = Field(
        default=None, sa_column=Column(Text, ForeignKey("result.verification_code"))
    )


class CodeCounter(Base, table=True):
    """The last serial of a body's day. The row's lock makes codes gapless under concurrency."""

    __tablename__ = "code_counter"
    agency: str = Field(sa_column=Column(Text, primary_key=True))
    day: date = Field(sa_column=Column(Date, primary_key=True))
    last: int = Field(sa_column=Column(Integer, nullable=False))
