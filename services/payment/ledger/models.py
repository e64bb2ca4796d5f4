"""The books: each movement takes an amount from one account to another, so they balance by construction."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Identity, Index, UniqueConstraint, Uuid
from sqlmodel import Field

from services.payment.tables import Base, moment, of_payment, words


class Account(StrEnum):
    """Of a body, with a provider (the counter is one): what it holds for the body, what the body earned as
    phí and as lệ phí, and what is owed to payers who paid twice."""

    HELD = "held"
    FEE = "fee"
    CHARGE = "charge"
    OWED = "owed"


_ACCOUNTS = ", ".join(f"'{account.value}'" for account in Account)


class Movement(Base, table=True):
    """One line of the books, never changed: the application has no right to. `agency` is the body whose fee
    it is, `day` Vietnam's, `transaction` the provider's number, `line` the fee line, or "" for what is owed.
    """

    __tablename__ = "ledger_movement"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(f"debit IN ({_ACCOUNTS}) AND credit IN ({_ACCOUNTS})", name="account"),
        CheckConstraint("(debit = 'held') <> (credit = 'held')", name="held"),
        CheckConstraint("kind IN ('capture', 'overpayment', 'refund')", name="kind"),
        CheckConstraint("(kind = 'refund') = (refund_id IS NOT NULL)", name="refund"),
        UniqueConstraint("payment_id", "kind", "transaction", "line", name="ledger_movement_once_key"),
        Index(None, "agency", "day"),
        Index(None, "provider", "day"),
        Index(None, "refund_id"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    at: datetime = Field(sa_column=moment(nullable=False))
    day: date = Field(sa_column=Column(Date, nullable=False))
    kind: str = Field(sa_column=words())
    agency: str = Field(sa_column=words())
    provider: str = Field(sa_column=words())
    debit: Account = Field(sa_column=words())
    credit: Account = Field(sa_column=words())
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    payment_id: UUID = Field(sa_column=of_payment())
    refund_id: UUID | None = Field(default=None, sa_column=Column(Uuid))
    transaction: str = Field(sa_column=words())
    line: str = Field(sa_column=words())
