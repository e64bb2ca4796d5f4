"""Who has an account here, and what they are logged in with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field
from uuid_utils.compat import uuid7

from kit.vault import Sealed
from services.gateway.tables import Base


def _moment(*, nullable: bool = False) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


def _of_account() -> Column[UUID]:
    return Column(Uuid, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True)


class Account(Base, table=True):
    """A person or body that has logged in. `issuer` and `subject` say where and as whom: a TechID at
    the national portal, a `sub` at the staff's provider. `profile` is encrypted:
    {name, phone, email, papers: [{type, number}]}; roles and agency are those of the last login."""

    __table_args__ = (
        CheckConstraint("kind IN ('citizen', 'business', 'organisation', 'staff')", name="kind"),
        CheckConstraint("(issuer = 'staff') = (kind = 'staff')", name="issuer"),
        Index("account_issuer_subject_key", "issuer", "subject", unique=True),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    version: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    issuer: str = Field(sa_column=Column(Text, nullable=False))
    subject: str = Field(sa_column=Column(Text, nullable=False))
    profile: bytes = Field(sa_column=Column(Sealed, nullable=False))
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    agency: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(sa_column=_moment())
    logged_in_at: datetime = Field(sa_column=_moment())


class AccountNumber(Base, table=True):
    """An identity number by which an account is found again, as a keyed hash: one account a number."""

    __tablename__ = "account_number"
    hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    account_id: UUID = Field(sa_column=_of_account())


class BrowserSession(Base, table=True):
    """A login in a browser; the cookie holds its id, sealed."""

    __tablename__ = "session"
    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    account_id: UUID = Field(sa_column=_of_account())
    created_at: datetime = Field(sa_column=_moment())
    expires_at: datetime = Field(sa_column=_moment())
    revoked_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class RefreshToken(Base, table=True):
    """A refresh token, by its SHA-256; good once. All that came from one login are a family: when one
    is used a second time, somebody has a copy, and the whole family ends."""

    __tablename__ = "refresh_token"
    hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    family: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    account_id: UUID = Field(sa_column=_of_account())
    expires_at: datetime = Field(sa_column=_moment())
    used_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
