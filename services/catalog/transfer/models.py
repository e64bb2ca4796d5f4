"""Imports and exports, with their files in pieces.

The files lie in the database: they come and go with their job, in its transactions, a few a month of at most
26 MiB each. Another store (a folder, S3) would have to be kept in step with it.
"""

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
from services.catalog.transfer.status import FINAL, Kind, Part, State


def _among(column: str, values: type[Kind | Part | State]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


def _words(*, nullable: bool = False) -> Column[Any]:
    return Column(Text, nullable=nullable)


def _moment(*, nullable: bool = True) -> Column[Any]:
    return Column(DateTime(timezone=True), nullable=nullable)


def _number() -> Column[Any]:
    return Column(Integer, nullable=False)


_OPEN = f"state NOT IN ({', '.join(repr(state.value) for state in sorted(FINAL))})"


class Transfer(Base, table=True):
    """An import or export. `options`: ImportOptions or ExportOptions. Whoever holds the `lease` until
    `leased_until` works on it. `done` of `total` rows (null while they are counted), `counts` by outcome.
    `attempts`: in a row that came to nothing. `failure`: a problem, where nothing more could be done."""

    __table_args__ = (
        CheckConstraint(_among("kind", Kind), name="kind"),
        CheckConstraint(_among("state", State), name="state"),
        CheckConstraint("format IN ('jsonl', 'csv', 'xlsx')", name="format"),
        CheckConstraint("done >= 0 AND (total IS NULL OR done <= total)", name="progress"),
        CheckConstraint(f"({_OPEN}) = (finished_at IS NULL)", name="finished"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failure"),
        Index(None, "actor", "kind", "id"),
        Index("transfer_open_idx", "kind", "id", postgresql_where=text(_OPEN)),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    kind: Kind = Field(sa_column=_words())
    state: State = Field(default=State.QUEUED, sa_column=_words())
    format: str = Field(sa_column=_words())
    actor: str = Field(sa_column=_words())
    agency: str | None = Field(default=None, sa_column=_words(nullable=True))
    options: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    total: int | None = Field(default=None, sa_column=Column(Integer))
    done: int = Field(default=0, sa_column=_number())
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    failure: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    created_at: datetime = Field(sa_column=_moment(nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=_moment())
    attempts: int = Field(default=0, sa_column=_number())
    lease: UUID | None = Field(default=None, sa_column=Column(Uuid))
    leased_until: datetime | None = Field(default=None, sa_column=_moment())


def _of_transfer() -> Column[Any]:
    return Column(Uuid, ForeignKey("transfer.id", ondelete="CASCADE"), primary_key=True)


class Chunk(Base, table=True):
    """A run of the upload's bytes, or of the result's."""

    __tablename__ = "transfer_chunk"
    __table_args__ = (CheckConstraint(_among("part", Part), name="part"),)

    transfer_id: UUID = Field(sa_column=_of_transfer())
    part: Part = Field(sa_column=Column(Text, primary_key=True))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Piece(Base, table=True):
    """Rows that were worked on in one transaction, each with its `Outcome`. The key lets nobody work on them
    a second time."""

    __tablename__ = "transfer_piece"

    transfer_id: UUID = Field(sa_column=_of_transfer())
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    rows: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
