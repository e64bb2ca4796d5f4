"""Payments, what providers said of them, the accounts that they go to, and a copy of the bodies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSONB, ExcludeConstraint, Range
from sqlmodel import Field
from uuid_utils.compat import uuid7

from kit.vault import Sealed
from services.payment.status import LIVE, Status
from services.payment.tables import Base, moment, of_payment, words


def among(*statuses: Status) -> str:
    """SQL: the status is one of these."""
    return f"status IN ({', '.join(repr(status.value) for status in statuses)})"


class Body(Base, table=True):
    """A copy of the catalogue's bodies, for rights and names. `ancestors` includes the body itself, first,
    and those that have succeeded it, with all above them; `successors`: only these, one after the other, the
    first from `succeeded_on`."""

    code: str = Field(sa_column=words(primary_key=True))
    name: str = Field(sa_column=words())
    kind: str = Field(sa_column=words())
    government_level: str = Field(sa_column=words())
    ancestors: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    successors: list[str] = Field(
        default=[], sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )
    succeeded_on: date | None = Field(default=None, sa_column=Column(Date))


class PayeeAccount(Base, table=True):
    """The account of a body, and of those below it that have none of their own, on the days of `valid`."""

    __tablename__ = "payee_account"
    __table_args__ = (
        ExcludeConstraint(("agency", "="), ("valid", "&&"), using="gist", name="payee_account_one_a_day"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    agency: str = Field(sa_column=words())
    valid: Range[date] = Field(sa_column=Column(DATERANGE, nullable=False))
    bank: str = Field(sa_column=words())
    number: str = Field(sa_column=words())
    holder: str = Field(sa_column=words())
    tax_code: str = Field(sa_column=words())
    decision: str = Field(sa_column=words())

    model_config = {"arbitrary_types_allowed": True}


class Payment(Base, table=True):
    """One attempt to pay one purpose of one dossier. `version` is the seq of its last event.

    `lines` and `amount` (đồng) are the dossier's, frozen at its submission. `attempts`, `next_try` and
    `last_error` are the state of asking the provider; `next_try` is also the asker's lease, and null when
    there is nothing more to ask. `overpaid`: the provider's transactions that took money for a fee that was
    settled already. `refunding`: what of the amount goes, or has gone, back. `payer_facts`: name and number
    of the payer, for the receipt, sealed. `provider_time`: the provider's own, as it writes it.
    `credited_at`: when the dossier took the money in. `pilot`: paid while online payment of the procedure was
    on trial. At the counter `shift_id` says whose and `method` cash or card.
    """

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("refunding BETWEEN 0 AND amount", name="refunding"),
        CheckConstraint(
            "purpose ~ '^(submission|acceptance|return|additional-[1-9][0-9]?)$'", name="purpose"
        ),
        CheckConstraint(among(*Status), name="status"),
        CheckConstraint(
            "status <> 'succeeded' OR (provider_transaction IS NOT NULL AND settled_at IS NOT NULL)",
            name="succeeded_has_transaction",
        ),
        CheckConstraint("(shift_id IS NULL) = (method IS NULL)", name="counter"),
        CheckConstraint("method IN ('cash', 'card')", name="method"),
        Index(
            "payment_one_live_key", "dossier_id", "purpose", unique=True, postgresql_where=text(among(*LIVE))
        ),
        Index("payment_next_try_idx", "next_try", postgresql_where=text("next_try IS NOT NULL")),
        Index(None, "dossier_id", "purpose", "id"),
        Index(
            "payment_settled_idx", "provider", "settled_at", postgresql_where=text("settled_at IS NOT NULL")
        ),
        Index(None, "created_at"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    status: Status = Field(default=Status.CREATED, sa_column=words())
    dossier_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    dossier_code: str = Field(sa_column=words())
    procedure_code: str = Field(sa_column=words())
    procedure_name: str = Field(sa_column=words())
    pilot: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    purpose: str = Field(sa_column=words())
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    refunding: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    payer: str = Field(sa_column=words())
    payer_facts: bytes | None = Field(default=None, sa_column=Column(Sealed, nullable=True))
    agency: str = Field(sa_column=words())
    resolving_agency: str = Field(sa_column=words())
    payee: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    provider: str = Field(sa_column=words())
    reference: str = Field(sa_column=words(unique=True))
    shift_id: UUID | None = Field(default=None, sa_column=Column(Uuid))
    method: str | None = Field(default=None, sa_column=words(nullable=True))
    provider_transaction: str | None = Field(default=None, sa_column=words(nullable=True))
    provider_time: str | None = Field(default=None, sa_column=words(nullable=True))
    bank: str | None = Field(default=None, sa_column=words(nullable=True))
    next_url: str | None = Field(default=None, sa_column=words(nullable=True))
    return_url: str = Field(sa_column=words())
    failure: str | None = Field(default=None, sa_column=words(nullable=True))
    overpaid: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    created_at: datetime = Field(sa_column=moment(nullable=False))
    expires_at: datetime = Field(sa_column=moment(nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=moment())
    credited_at: datetime | None = Field(default=None, sa_column=moment())
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    next_try: datetime | None = Field(default=None, sa_column=moment())
    last_error: str | None = Field(default=None, sa_column=words(nullable=True))

    @property
    def channel(self) -> str:
        return "online" if self.shift_id is None else "counter"


class CallbackMessage(Base, table=True):
    """What a provider sent, as it came, also when it was refused: the reason says why."""

    __tablename__ = "callback_message"
    __table_args__ = (
        CheckConstraint("outcome IN ('applied', 'repeated', 'refused')", name="outcome"),
        CheckConstraint("(outcome = 'refused') = (reason IS NOT NULL)", name="refused_has_reason"),
        Index(None, "reference"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    provider: str = Field(sa_column=words())
    received_at: datetime = Field(sa_column=moment(nullable=False))
    reference: str = Field(sa_column=words())
    payment_id: UUID | None = Field(default=None, sa_column=of_payment(nullable=True))
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    outcome: str = Field(sa_column=words())
    reason: str | None = Field(default=None, sa_column=words(nullable=True))
