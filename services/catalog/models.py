"""The tables of the catalogue."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSONB, TSVECTOR, ExcludeConstraint, Range
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from kit import idempotency, tables

metadata = tables.begin()
idempotency.table(metadata)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """This service's own registry: SQLModel's default one is global."""

    metadata = metadata


def _text(*, nullable: bool = False) -> Column[str]:
    return Column(Text, nullable=nullable)


def _day(*, nullable: bool = True) -> Column[date]:
    return Column(Date, nullable=nullable)


class Unit(Base, table=True):
    """An administrative unit with its official code and the days on which it exists."""

    __table_args__ = (Index("unit_plain_words_idx", text("plain_words(name)")),)

    code: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=_text())
    kind: str = Field(sa_column=_text())
    level: str = Field(sa_column=_text())
    parent_code: str | None = Field(default=None, sa_column=Column(Text, index=True))
    valid_from: date = Field(sa_column=_day(nullable=False))
    valid_to: date | None = Field(default=None, sa_column=_day())
    successor_code: str | None = Field(default=None, sa_column=_text(nullable=True))
    sort_key: str = Field(sa_column=_text())


class Agency(Base, table=True):
    """A body. `receives_for`: the bodies whose dossiers this office takes in (rule 1)."""

    __table_args__ = (Index("agency_plain_words_idx", text("plain_words(name)")),)

    code: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=_text())
    kind: str = Field(sa_column=_text())
    government_level: str = Field(sa_column=_text())
    unit_code: str = Field(sa_column=_text())
    parent_code: str | None = Field(default=None, sa_column=_text(nullable=True))
    receives_for: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    address: str = Field(default="", sa_column=_text())
    reception_hours: str = Field(default="", sa_column=_text())
    valid_from: date = Field(sa_column=_day(nullable=False))
    valid_to: date | None = Field(default=None, sa_column=_day())
    sort_key: str = Field(sa_column=_text())
    sample_identifier: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))


class Procedure(Base, table=True):
    """A procedure. `version` is the seq of its last event. What it says stands in its versions."""

    __table_args__ = (CheckConstraint("source IN ('local', 'national')", name="source"),)

    code: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    source: str = Field(sa_column=_text())
    abolished_from: date | None = Field(default=None, sa_column=_day())
    abolished_reason: str | None = Field(default=None, sa_column=_text(nullable=True))


class Version(Base, table=True):
    """One version of a procedure, in force on the days of `valid`. Once published its content never changes
    (trigger), and no two are in force on one day (exclusion constraint). `valid_from` stays where `valid`
    becomes empty, because another took its place on its first day. The columns from `name` on repeat the
    content, for lists and search."""

    __tablename__ = "procedure_version"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published')", name="state"),
        CheckConstraint("(state = 'draft') = (valid IS NULL)", name="valid_once_published"),
        ExcludeConstraint(
            ("procedure_code", "="), ("valid", "&&"), using="gist", name="procedure_version_one_a_day"
        ),
        Index(
            "procedure_version_one_draft_key",
            "procedure_code",
            unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
        # The words that search looks for; not mapped, as nobody reads it.
        Column("search", TSVECTOR, Computed("search_words(name_folded, search_text)", persisted=True)),
        Index("procedure_version_search_idx", "search", postgresql_using="gin"),
        Index(None, "sort_key", "procedure_code"),
        Index(None, "field_code"),
    )
    __mapper_args__ = {"exclude_properties": ["search"]}

    procedure_code: str = Field(
        sa_column=Column(Text, ForeignKey("procedure.code"), primary_key=True, nullable=False)
    )
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    state: str = Field(sa_column=_text())
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    gaps: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    valid: Range[date] | None = Field(default=None, sa_column=Column(DATERANGE))
    valid_from: date | None = Field(default=None, sa_column=_day())
    reason: str = Field(default="", sa_column=_text())
    name: str = Field(sa_column=_text())
    name_folded: str = Field(sa_column=_text())
    search_text: str = Field(sa_column=_text())
    sort_key: str = Field(sa_column=_text())
    field_code: str = Field(sa_column=_text())
    field_name: str = Field(sa_column=_text())
    government_levels: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    audiences: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    channels: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    sample: bool = Field(sa_column=Column(Boolean, nullable=False))

    model_config = {"arbitrary_types_allowed": True}


class Offering(Base, table=True):
    """Which body offers which procedure, at which level, since when, under which decision."""

    __table_args__ = (
        CheckConstraint("online_level BETWEEN 1 AND 4", name="online_level"),
        ExcludeConstraint(
            ("agency", "="),
            ("procedure_code", "="),
            ("valid", "&&"),
            using="gist",
            name="offering_one_a_day",
        ),
        Index(None, "procedure_code"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    agency: str = Field(sa_column=Column(Text, ForeignKey("agency.code"), nullable=False))
    procedure_code: str = Field(sa_column=Column(Text, ForeignKey("procedure.code"), nullable=False))
    online_level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    valid: Range[date] = Field(sa_column=Column(DATERANGE, nullable=False))
    decision: str | None = Field(default=None, sa_column=_text(nullable=True))
    mandated: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    pay_online_from: date | None = Field(default=None, sa_column=_day())
    pilot: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))

    model_config = {"arbitrary_types_allowed": True}
