"""Decisions that say what must be offered online, each kept as the list that it is."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.catalog.models import Base


class Decision(Base, table=True):
    """One revision of a decision's list. It never changes (the application may only append): what was copied
    wrongly is put right by the next revision, and the newest counts. Numbers begin anew each year, so that
    `slug` holds the year. `digest`: of all that the list says. In force from `valid_from` until the day
    before `valid_to`."""

    __table_args__ = (
        UniqueConstraint("slug", "revision", name="decision_slug_revision_key"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("valid_to > valid_from", name="valid_to"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    slug: str = Field(sa_column=Column(Text, nullable=False))
    revision: int = Field(sa_column=Column(Integer, nullable=False))
    number: str = Field(sa_column=Column(Text, nullable=False))
    signed_on: date = Field(sa_column=Column(Date, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    valid_from: date = Field(sa_column=Column(Date, nullable=False))
    valid_to: date | None = Field(default=None, sa_column=Column(Date))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    recorded_by: str = Field(sa_column=Column(Text, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class DecisionItem(Base, table=True):
    """A line of the list, as it stands there: the procedure by code, or by name where there is only a
    name; one body, or all of a level of government. Which procedure of the catalogue is meant is found
    when it is read: one that is not there yet is found once it is."""

    __tablename__ = "decision_item"
    __table_args__ = (
        CheckConstraint("code IS NOT NULL OR name IS NOT NULL", name="procedure"),
        CheckConstraint("(agency IS NULL) <> (government_level IS NULL)", name="whom"),
        CheckConstraint("online_level BETWEEN 1 AND 4", name="online_level"),
        Index(None, "code"),
    )

    decision_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("decision.id"), primary_key=True, nullable=False)
    )
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    code: str | None = Field(default=None, sa_column=Column(Text))
    name: str | None = Field(default=None, sa_column=Column(Text))
    name_folded: str | None = Field(default=None, sa_column=Column(Text))
    agency: str | None = Field(default=None, sa_column=Column(Text, ForeignKey("agency.code")))
    government_level: str | None = Field(default=None, sa_column=Column(Text))
    online_level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    mandated: bool = Field(sa_column=Column(Boolean, nullable=False))
