"""What has to follow a body to its successor."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Date, Integer
from sqlmodel import Field

from services.payment.tables import Base, moment, words


class SuccessionWork(Base, table=True):
    """An ended body, who has now what it had, and from which day. `done_at`: when its account was taken over;
    `accounts`: how many were."""

    __tablename__ = "succession_work"
    __table_args__ = (CheckConstraint("old <> new", name="itself"),)

    old: str = Field(sa_column=words(primary_key=True))
    new: str = Field(sa_column=words())
    starts: date = Field(sa_column=Column(Date, nullable=False))
    accounts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=moment())
