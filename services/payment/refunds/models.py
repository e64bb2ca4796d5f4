"""Money that goes back, or may have to."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.payment.refunds.status import ABROAD, RefundStatus
from services.payment.tables import Base, moment, of_payment, words


def among(*statuses: RefundStatus) -> str:
    """SQL: the status is one of these."""
    return f"status IN ({', '.join(repr(status.value) for status in statuses)})"


class Refund(Base, table=True):
    """`version` is the seq of its last event. `lines`: [{code, kind, name, amount}] of the payment's lines,
    empty code for what was paid twice, whose transaction is then `overpaid`. `cause`: who or what thought of
    it. `by_provider`: the provider is told; else a person gives the money back (`method` cash, card or
    transfer, in cash from the drawer of `shift_id`). `reference` is ours at the provider, the same
    until it refuses; `sent_at`: when the provider was told last."""

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(among(*RefundStatus), name="status"),
        CheckConstraint(
            "cause IN ('request', 'withdrawn', 'refused', 'stopped', 'closed', 'overpaid', 'reconciliation')",
            name="cause",
        ),
        CheckConstraint("approved_by <> requested_by OR NOT second_person", name="second_person"),
        CheckConstraint("(cause = 'overpaid') = (overpaid IS NOT NULL)", name="overpaid"),
        CheckConstraint(
            "status <> 'succeeded' OR (provider_transaction IS NOT NULL AND settled_at IS NOT NULL)",
            name="succeeded_has_transaction",
        ),
        Index("refund_one_abroad_key", "payment_id", unique=True, postgresql_where=text(among(*ABROAD))),
        Index(
            "refund_one_proposal_key",
            "payment_id",
            text("coalesce(overpaid, '')"),
            unique=True,
            postgresql_where=text("cause <> 'request' AND status <> 'rejected'"),
        ),
        Index(None, "payment_id"),
        Index("refund_next_try_idx", "next_try", postgresql_where=text("next_try IS NOT NULL")),
        Index(None, "status", "id"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    status: RefundStatus = Field(sa_column=words())
    payment_id: UUID = Field(sa_column=of_payment())
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    cause: str = Field(sa_column=words())
    reason: str = Field(sa_column=words())
    overpaid: str | None = Field(default=None, sa_column=words(nullable=True))
    by_provider: bool
    second_person: bool = False
    reference: str = Field(sa_column=words(unique=True))
    requested_by: str | None = Field(default=None, sa_column=words(nullable=True))
    approved_by: str | None = Field(default=None, sa_column=words(nullable=True))
    method: str | None = Field(default=None, sa_column=words(nullable=True))
    shift_id: UUID | None = Field(default=None, sa_column=Column(Uuid))
    provider_transaction: str | None = Field(default=None, sa_column=words(nullable=True))
    failure: str | None = Field(default=None, sa_column=words(nullable=True))
    created_at: datetime = Field(sa_column=moment(nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=moment())
    settled_at: datetime | None = Field(default=None, sa_column=moment())
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    next_try: datetime | None = Field(default=None, sa_column=moment())
    last_error: str | None = Field(default=None, sa_column=words(nullable=True))
