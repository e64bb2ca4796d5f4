"""A day's reconciliation with a provider: its statements, their rows, what differs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.payment.reconciliation.kinds import Action, Kind
from services.payment.reconciliation.lines import LineKind, Source
from services.payment.tables import Base, moment, words


def among(column: str, values: type[Action | Kind | LineKind | Source]) -> str:
    """SQL: the column is one of these."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


def _of(table: str) -> Column[UUID]:
    return Column(Uuid, ForeignKey(f"{table}.id"), nullable=False)


class Reconciliation(Base, table=True):
    """Of one provider and one day of Vietnam. `version` is the seq of its last event. Closed, it is frozen:
    `totals` and `report` are then what was true at the close."""

    __table_args__ = (
        UniqueConstraint("provider", "day", name="reconciliation_one_a_day_key"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (totals IS NULL)"
            " AND (closed_at IS NULL) = (report IS NULL)",
            name="closed",
        ),
        Index(None, "day", "id"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    provider: str = Field(sa_column=words())
    day: date = Field(sa_column=Column(Date, nullable=False))
    opened_at: datetime = Field(sa_column=moment(nullable=False))
    opened_by: str = Field(sa_column=words())
    closed_at: datetime | None = Field(default=None, sa_column=moment())
    closed_by: str | None = Field(default=None, sa_column=words(nullable=True))
    totals: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    report: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class Statement(Base, table=True):
    """A file as it was imported; the one without `replaced_at` counts. `digest`: SHA-256 of what was read of
    it, so the same as CSV and as XLSX. Of `rows`, `unreadable` could not be read, `foreign` are not ours."""

    __table_args__ = (
        CheckConstraint(among("source", Source), name="source"),
        Index(
            "statement_one_current_key",
            "reconciliation_id",
            "source",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    reconciliation_id: UUID = Field(sa_column=_of("reconciliation"))
    source: Source = Field(sa_column=words())
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    form: str = Field(sa_column=words())
    rows: int = Field(sa_column=Column(Integer, nullable=False))
    unreadable: int = Field(sa_column=Column(Integer, nullable=False))
    foreign: int = Field(sa_column=Column(Integer, nullable=False))
    imported_at: datetime = Field(sa_column=moment(nullable=False))
    imported_by: str = Field(sa_column=words())
    replaced_at: datetime | None = Field(default=None, sa_column=moment())


class StatementRow(Base, table=True):
    """A `Line` of the statement that counts; those of a replaced one go."""

    __tablename__ = "statement_row"
    __table_args__ = (
        CheckConstraint(among("kind", LineKind), name="kind"),
        CheckConstraint("amount > 0 OR fault IS NOT NULL", name="amount"),
        Index("statement_row_reference_idx", "reference", postgresql_where=text("reference <> ''")),
    )

    statement_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("statement.id"), primary_key=True))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    kind: LineKind = Field(sa_column=words())
    reference: str = Field(sa_column=words())
    transaction: str = Field(sa_column=words())
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    at: datetime | None = Field(default=None, sa_column=moment())
    account: str = Field(sa_column=words())
    fee: int | None = Field(default=None, sa_column=Column(BigInteger))
    charge: int | None = Field(default=None, sa_column=Column(BigInteger))
    fault: str | None = Field(default=None, sa_column=words(nullable=True))
    raw: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class Difference(Base, table=True):
    """Known by its kind and its subject (a reference, a transaction, a row's digest), so that it stays itself
    when a statement is corrected. `cleared_at`: the last comparison did not find it any more; when it is
    found again, it needs an action again. `note` is for people and may hold anything: never in an event."""

    __table_args__ = (
        UniqueConstraint("reconciliation_id", "kind", "subject", name="difference_once_key"),
        CheckConstraint(among("kind", Kind), name="kind"),
        CheckConstraint(among("action", Action), name="action"),
        CheckConstraint(
            "(action IS NULL) = (acted_at IS NULL) AND (action IS NULL) = (acted_by IS NULL)", name="acted"
        ),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    reconciliation_id: UUID = Field(sa_column=_of("reconciliation"))
    kind: Kind = Field(sa_column=words())
    subject: str = Field(sa_column=words())
    payment_id: UUID | None = Field(default=None, sa_column=Column(Uuid))
    refund_id: UUID | None = Field(default=None, sa_column=Column(Uuid))
    facts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    found_at: datetime = Field(sa_column=moment(nullable=False))
    cleared_at: datetime | None = Field(default=None, sa_column=moment())
    action: Action | None = Field(default=None, sa_column=words(nullable=True))
    note: str = Field(default="", sa_column=words())
    acted_at: datetime | None = Field(default=None, sa_column=moment())
    acted_by: str | None = Field(default=None, sa_column=words(nullable=True))
