"""What the gateway remembers of its dealings with the national portal: state rows first."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
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

from kit.vault import Sealed
from services.gateway.tables import Base


def _moment(*, nullable: bool = True) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


class PortalLink(Base, table=True):
    """The connection to the portal, one row per calling unit. The session is encrypted."""

    __tablename__ = "portal_link"
    unit: str = Field(sa_column=Column(Text, primary_key=True))
    session: bytes | None = Field(default=None, sa_column=Column(Sealed))
    reachable: bool | None = Field(default=None, sa_column=Column(Boolean))
    since: datetime | None = Field(default=None, sa_column=_moment())
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))


class FederatedDossier(Base, table=True):
    """A dossier as the portal is to know it. `wanted_version` comes from the dossier's feed;
    `sent_version` is what the portal has whole. `steps_offered` above `steps_sent`: a call with
    steps did not come back, and whether they arrived has to be asked.

    Whoever holds the lease (`leased_until`, `lease`) is the only one that sends this dossier.
    """

    __tablename__ = "federated_dossier"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'refused', 'unknown', 'parked')", name="state"),
        CheckConstraint("steps_sent <= steps_offered", name="steps"),
        Index(
            "federated_dossier_due_idx",
            "next_try",
            postgresql_where=text("state IN ('waiting', 'unknown', 'refused')"),
        ),
        Index(None, "state", "code"),
    )

    dossier_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    code: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    wanted_version: int = Field(sa_column=Column(Integer, nullable=False))
    sent_version: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    steps_offered: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    steps_sent: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    wanted_since: datetime = Field(sa_column=_moment(nullable=False))
    next_try: datetime = Field(sa_column=_moment(nullable=False))
    leased_until: datetime | None = Field(default=None, sa_column=_moment())
    lease: UUID | None = Field(default=None, sa_column=Column(Uuid))
    last_error: str = Field(default="", sa_column=Column(Text, nullable=False))
    created_at_portal: datetime | None = Field(default=None, sa_column=_moment())
    updated_at_portal: datetime | None = Field(default=None, sa_column=_moment())
    decided_by: str | None = Field(default=None, sa_column=Column(Text))


class SyncRun(Base, table=True):
    """One sync of the procedures of the national database; at most one is under way."""

    __tablename__ = "sync_run"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        Index(
            "sync_run_one_open_key",
            text("(true)"),
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    state: str = Field(default="waiting", sa_column=Column(Text, nullable=False))
    force: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    requested_by: str = Field(sa_column=Column(Text, nullable=False))
    requested_at: datetime = Field(sa_column=_moment(nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=_moment())
    total: int | None = Field(default=None, sa_column=Column(Integer))
    done: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    withdrawn: list[str] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    kept: list[str] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    closing_proposed: list[str] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    next_try: datetime = Field(sa_column=_moment(nullable=False))
    leased_until: datetime | None = Field(default=None, sa_column=_moment())
    lease: UUID | None = Field(default=None, sa_column=Column(Uuid))
    last_error: str = Field(default="", sa_column=Column(Text, nullable=False))


class SyncRow(Base, table=True):
    """One item of the portal's list and what became of it. `outcome` NULL: still to be done; proposed: a
    change of what we have, which waits for an editor."""

    __tablename__ = "sync_row"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('taken_in', 'repaired', 'proposed', 'refused', 'other_level', 'level_missing')",
            name="outcome",
        ),
        Index("sync_row_open_idx", "run_id", "position", postgresql_where=text("outcome IS NULL")),
        Index(None, "run_id", "outcome", "position"),
    )

    run_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("sync_run.id", ondelete="CASCADE"), primary_key=True)
    )
    position: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    code: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    outcome: str | None = Field(default=None, sa_column=Column(Text))
    unchanged: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    repairs: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    gaps: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    errors: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class NationalProcedure(Base, table=True):
    """A procedure that the catalogue has from the national database. `digest` is of the content
    handed over last: what has not changed is not handed over again."""

    __tablename__ = "national_procedure"
    code: str = Field(sa_column=Column(Text, primary_key=True))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    taken_at: datetime = Field(sa_column=_moment(nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=_moment())
