"""What the national database last said and what came of it; which of its codes stand for ours."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.catalog.models import Base
from services.catalog.national.status import ProposalKind, ProposalState


def _moment(*, nullable: bool = False) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


def _procedure(**more: Any) -> Column[str]:
    return Column(Text, ForeignKey("procedure.code"), nullable=False, **more)


class NationalText(Base, table=True):
    """The text that we last took in or accepted, from which ours and the next national one differ. `digest`
    of it as it was sent (empty: from before digests of texts were kept). `withdrawn_at`: since when the
    national list no longer names it."""

    __tablename__ = "national_text"

    procedure_code: str = Field(sa_column=_procedure(primary_key=True))
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    taken_at: datetime = Field(sa_column=_moment())
    withdrawn_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class Proposal(Base, table=True):
    """A national change that waits for an editor. `base`: our last text from there, null where we never took
    one; `theirs`: the new one, null for an abolition; each digest of the text as it was sent. `ours`: the
    version of our procedure when it was opened."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind.value) for kind in ProposalKind)})", name="kind"),
        CheckConstraint(f"state IN ({', '.join(repr(one.value) for one in ProposalState)})", name="state"),
        CheckConstraint("(kind = 'abolished') = (theirs IS NULL)", name="theirs"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("state NOT IN ('accepted', 'rejected') OR reason <> ''", name="reason"),
        Index(
            "proposal_one_open_key", "procedure_code", unique=True, postgresql_where=text("state = 'open'")
        ),
        Index(None, "procedure_code", "id"),
        Index(None, "state", "id"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    procedure_code: str = Field(sa_column=_procedure())
    kind: ProposalKind = Field(sa_column=Column(Text, nullable=False))
    state: ProposalState = Field(default=ProposalState.OPEN, sa_column=Column(Text, nullable=False))
    base: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    base_digest: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    theirs: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    theirs_digest: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    ours: int = Field(sa_column=Column(Integer, nullable=False))
    opened_at: datetime = Field(sa_column=_moment())
    decided_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    decided_by: str | None = Field(default=None, sa_column=Column(Text))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))


class CodeMapping(Base, table=True):
    """A procedure of the province's own corresponds to one of the national database."""

    __tablename__ = "code_mapping"
    __table_args__ = (Index(None, "national_code"),)

    local_code: str = Field(sa_column=_procedure(primary_key=True))
    national_code: str = Field(sa_column=_procedure())
    since: datetime = Field(sa_column=_moment())
    mapped_by: str = Field(sa_column=Column(Text, nullable=False))
