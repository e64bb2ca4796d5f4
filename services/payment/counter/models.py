"""What a cashier answers for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Uuid, text
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.payment.tables import Base, moment, words


class CashShift(Base, table=True):
    """A cashier's drawer from opening to close. Amounts in đồng: `opening` was in it; at the close `expected`
    should be and `counted` was; `note` says why they differ."""

    __tablename__ = "cash_shift"
    __table_args__ = (
        CheckConstraint("opening >= 0 AND counted >= 0", name="amounts"),
        CheckConstraint(
            "(closed_at IS NULL) = (counted IS NULL) AND (closed_at IS NULL) = (expected IS NULL)",
            name="closed",
        ),
        CheckConstraint("counted = expected OR note <> ''", name="difference_has_note"),
        Index("cash_shift_one_open_key", "cashier", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index(None, "agency", "opened_at"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    agency: str = Field(sa_column=words())
    cashier: str = Field(sa_column=words())
    cashier_name: str = Field(sa_column=words())
    opened_at: datetime = Field(sa_column=moment(nullable=False))
    opening: int = Field(sa_column=Column(BigInteger, nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=moment())
    counted: int | None = Field(default=None, sa_column=Column(BigInteger))
    expected: int | None = Field(default=None, sa_column=Column(BigInteger))
    note: str = Field(default="", sa_column=words())
