"""The tables of the payment service."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from kit import idempotency, tables
from services.payment.status import LIVE, OPEN, Status

metadata = tables.begin()
idempotency.table(metadata)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """This service's own registry: SQLModel's default one is global."""

    metadata = metadata


def _text(*, nullable: bool = False) -> Column[str]:
    return Column(Text, nullable=nullable)


def _moment(*, nullable: bool = True) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


def among(*statuses: Status) -> str:
    """SQL: the status is one of these."""
    return f"status IN ({', '.join(repr(status.value) for status in statuses)})"


class Payment(Base, table=True):
    """One attempt to pay one purpose of one dossier. `version` is the seq of its last event.

    `lines` and `amount` (đồng) are the dossier's, frozen at its submission. `attempts`, `next_try` and
    `last_error` are the state of asking the provider; `next_try` is also the asker's lease.
    `overpaid`: the provider's transactions that took money for a fee that was settled already.
    """

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "purpose ~ '^(submission|acceptance|return|additional-[1-9][0-9]?)$'", name="purpose"
        ),
        CheckConstraint(among(*Status), name="status"),
        CheckConstraint(
            "status <> 'succeeded' OR (provider_transaction IS NOT NULL AND settled_at IS NOT NULL)",
            name="succeeded_has_transaction",
        ),
        Index(
            "payment_one_live_key", "dossier_id", "purpose", unique=True, postgresql_where=text(among(*LIVE))
        ),
        Index("payment_next_try_idx", "next_try", postgresql_where=text(among(*OPEN))),
        Index(None, "dossier_id", "purpose", "id"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    status: Status = Field(default=Status.CREATED, sa_column=_text())
    dossier_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    dossier_code: str = Field(sa_column=_text())
    purpose: str = Field(sa_column=_text())
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    payer: str = Field(sa_column=_text())
    agency: str = Field(sa_column=_text())
    resolving_agency: str = Field(sa_column=_text())
    provider: str = Field(sa_column=_text())
    reference: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    provider_transaction: str | None = Field(default=None, sa_column=_text(nullable=True))
    bank: str | None = Field(default=None, sa_column=_text(nullable=True))
    next_url: str | None = Field(default=None, sa_column=_text(nullable=True))
    return_url: str = Field(sa_column=_text())
    failure: str | None = Field(default=None, sa_column=_text(nullable=True))
    overpaid: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    created_at: datetime = Field(sa_column=_moment(nullable=False))
    expires_at: datetime = Field(sa_column=_moment(nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=_moment())
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    next_try: datetime = Field(sa_column=_moment(nullable=False))
    last_error: str | None = Field(default=None, sa_column=_text(nullable=True))


class CallbackMessage(Base, table=True):
    """What a provider sent, as it came, also when it was refused: the reason says why."""

    __tablename__ = "callback_message"
    __table_args__ = (
        CheckConstraint("outcome IN ('applied', 'repeated', 'refused')", name="outcome"),
        CheckConstraint("(outcome = 'refused') = (reason IS NOT NULL)", name="refused_has_reason"),
        Index(None, "reference"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    provider: str = Field(sa_column=_text())
    received_at: datetime = Field(sa_column=_moment(nullable=False))
    reference: str = Field(sa_column=_text())
    payment_id: UUID | None = Field(
        default=None, sa_column=Column(Uuid, ForeignKey("payment.id"), nullable=True)
    )
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    outcome: str = Field(sa_column=_text())
    reason: str | None = Field(default=None, sa_column=_text(nullable=True))
