"""What districts' own systems have sent, by their own references."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, LargeBinary, Text, Uuid
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.dossier.tables import Base, moment, of_dossier


class Batch(Base, table=True):
    """One call of a system, and what became of its items: dossiers, or daily counts. Voided with a reason, as
    a whole."""

    __table_args__ = (
        CheckConstraint("(voided_at IS NULL) = (voided_because IS NULL)", name="voided"),
        CheckConstraint("kind IN ('dossiers', 'counts')", name="kind"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    kind: str = Field(default="dossiers", sa_column=Column(Text, nullable=False, server_default="dossiers"))
    system: str = Field(sa_column=Column(Text, nullable=False))
    agency: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=moment(nullable=False))
    created: int = Field(sa_column=Column(Integer, nullable=False))
    updated: int = Field(sa_column=Column(Integer, nullable=False))
    unchanged: int = Field(sa_column=Column(Integer, nullable=False))
    refused: int = Field(sa_column=Column(Integer, nullable=False))
    voided_at: datetime | None = Field(default=None, sa_column=moment())
    voided_because: str | None = Field(default=None, sa_column=Column(Text))


class Reference(Base, table=True):
    """A system's own reference of a dossier; `content` is the keyed hash of what it last said of it,
    `batch_id` the call that created the dossier. One that was voided may be sent again."""

    __table_args__ = (Index(None, "system", "received_on"), Index(None, "batch_id"))

    system: str = Field(sa_column=Column(Text, primary_key=True))
    reference: str = Field(sa_column=Column(Text, primary_key=True))
    dossier_id: UUID = Field(sa_column=of_dossier())
    batch_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("batch.id"), nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_on: date = Field(sa_column=Column(Date, nullable=False))
    voided_at: datetime | None = Field(default=None, sa_column=moment())


class ReportedStep(Base, table=True):
    """A later step that a system has told of; told again, it changes nothing."""

    __tablename__ = "reported_step"
    system: str = Field(sa_column=Column(Text, primary_key=True))
    step: str = Field(sa_column=Column(Text, primary_key=True))
    dossier_id: UUID = Field(sa_column=of_dossier())
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DeclaredTotal(Base, table=True):
    """How many dossiers a system says that it received on a day; the day is open until we have as many."""

    __tablename__ = "declared_total"
    __table_args__ = (CheckConstraint("total >= 0", name="total"),)

    system: str = Field(sa_column=Column(Text, primary_key=True))
    day: date = Field(sa_column=Column(Date, primary_key=True))
    agency: str = Field(sa_column=Column(Text, nullable=False))
    total: int = Field(sa_column=Column(Integer, nullable=False))
    declared_at: datetime = Field(sa_column=moment(nullable=False))
