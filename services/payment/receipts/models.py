"""Receipts, and what they are numbered by."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from kit.vault import Sealed
from services.payment.receipts.status import ReceiptStatus
from services.payment.tables import Base, moment, of_payment, words

_KIND = "kind IN ('fee', 'charge')"


class ReceiptForm(Base, table=True):
    """Which form code and which letters of the series a body, and those below it that have none of their own,
    use for phí or for lệ phí; agency "" is everybody else. This is configuration, kept as data because a body
    registers it with its tax office. The migration's defaults have the shape of Circular 303/2016/TT-BTC:
    01 receipt, BLP of phí and lệ phí, 0 copies for an electronic one, 001 the form; letters, year, E.

    Bodies that share a tax code are given letters of their own, since what names a receipt outside is tax
    code, form, series and number.
    """

    __tablename__ = "receipt_form"
    __table_args__ = (
        CheckConstraint(_KIND, name="kind"),
        CheckConstraint("form_code ~ '^[0-9]{2}BLP[0-9]-[0-9]{3}$'", name="form_code"),
        CheckConstraint("letters ~ '^[A-Z]{2}$'", name="letters"),
        UniqueConstraint("agency", "form_code", name="receipt_form_kinds_apart_key"),
    )

    agency: str = Field(sa_column=words(primary_key=True))
    kind: str = Field(sa_column=words(primary_key=True))
    form_code: str = Field(sa_column=words())
    letters: str = Field(sa_column=words())


class ReceiptSeries(Base, table=True):
    """The numbers of a body in a year under a form: `last` is the last one given, `tax_code` that of then."""

    __tablename__ = "receipt_series"
    __table_args__ = (CheckConstraint("last >= 0", name="last"),)

    agency: str = Field(sa_column=words(primary_key=True))
    year: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    form_code: str = Field(sa_column=words(primary_key=True))
    series: str = Field(sa_column=words(primary_key=True))
    tax_code: str = Field(sa_column=words())
    last: int = Field(sa_column=Column(Integer, nullable=False))


class Receipt(Base, table=True):
    """Of the phí or the lệ phí of a payment; `version` is the seq of its last event.

    What was written stays: the application may update only the columns from `signature` on, `status` and
    `version` (the migration says so to the database). `agency` is the body whose fee it is, `amount` in đồng
    the sum of `lines`, `payer_facts` {name, number}, sealed, `account` at `bank` the body's. `reason`: why it
    was cancelled. `told_at`: since when the issuer knows of that. `next_try`: when the issuer is to be told,
    and the teller's lease; without one there is nothing to tell, or the issuer has refused (`last_error`).
    """

    __table_args__ = (
        CheckConstraint(_KIND, name="kind"),
        CheckConstraint("status IN ('issued', 'signed', 'cancelled')", name="status"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(
            "(signature IS NULL) = (signed_at IS NULL) AND (status <> 'signed' OR signature IS NOT NULL)",
            name="signed",
        ),
        CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)"
            " AND (cancelled_at IS NULL) = (reason IS NULL)"
            " AND (cancelled_at IS NULL) = (cancelled_by IS NULL)"
            " AND (replaced_by IS NULL OR status = 'cancelled')",
            name="cancelled",
        ),
        UniqueConstraint("agency", "year", "form_code", "series", "number", name="receipt_number_key"),
        Index(
            "receipt_one_standing_key",
            "payment_id",
            "kind",
            unique=True,
            postgresql_where=text("status <> 'cancelled'"),
        ),
        Index(None, "payment_id"),
        Index(None, "dossier_code"),
        Index(None, "agency", "id"),
        Index("receipt_next_try_idx", "next_try", postgresql_where=text("next_try IS NOT NULL")),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    status: ReceiptStatus = Field(default=ReceiptStatus.ISSUED, sa_column=words())
    kind: str = Field(sa_column=words())
    agency: str = Field(sa_column=words())
    agency_name: str = Field(sa_column=words())
    tax_code: str = Field(sa_column=words())
    bank: str = Field(sa_column=words())
    account: str = Field(sa_column=words())
    year: int = Field(sa_column=Column(Integer, nullable=False))
    form_code: str = Field(sa_column=words())
    series: str = Field(sa_column=words())
    number: int = Field(sa_column=Column(Integer, nullable=False))
    verification_code: str = Field(sa_column=words(unique=True))
    payment_id: UUID = Field(sa_column=of_payment())
    dossier_code: str = Field(sa_column=words())
    procedure_code: str = Field(sa_column=words())
    procedure_name: str = Field(sa_column=words())
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    provider: str = Field(sa_column=words())
    method: str | None = Field(default=None, sa_column=words(nullable=True))
    transaction: str = Field(sa_column=words())
    payer_facts: bytes | None = Field(default=None, sa_column=Column(Sealed, nullable=True))
    replaces: UUID | None = Field(
        default=None, sa_column=Column(Uuid, ForeignKey("receipt.id"), nullable=True, unique=True)
    )
    issued_at: datetime = Field(sa_column=moment(nullable=False))
    signature: str | None = Field(default=None, sa_column=words(nullable=True))
    signed_at: datetime | None = Field(default=None, sa_column=moment())
    cancelled_at: datetime | None = Field(default=None, sa_column=moment())
    cancelled_by: str | None = Field(default=None, sa_column=words(nullable=True))
    reason: str | None = Field(default=None, sa_column=words(nullable=True))
    replaced_by: UUID | None = Field(
        default=None, sa_column=Column(Uuid, ForeignKey("receipt.id"), nullable=True)
    )
    told_at: datetime | None = Field(default=None, sa_column=moment())
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    next_try: datetime | None = Field(default=None, sa_column=moment())
    last_error: str | None = Field(default=None, sa_column=words(nullable=True))
