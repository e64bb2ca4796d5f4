"""The tables of identity; those of the federation are in its own room and share the metadata."""

from __future__ import annotations

from datetime import datetime
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
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.gateway.federation import models as federation_models
from services.gateway.tables import Base, metadata


def _moment(*, nullable: bool = True) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


class Account(Base, table=True):
    """A person or body known from an outside issuer. Name, papers and contact are encrypted; the
    identity number is found by its keyed hash."""

    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("issuer IN ('portal', 'staff')", name="issuer"),
        CheckConstraint("kind IN ('citizen', 'business', 'organisation', 'staff')", name="kind"),
        Index(
            "account_paper_index_key",
            "paper_index",
            unique=True,
            postgresql_where=text("paper_index IS NOT NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    issuer: str = Field(sa_column=Column(Text, nullable=False))
    subject: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    profile: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    paper_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    agency: str | None = Field(default=None, sa_column=Column(Text))
    seen_at: datetime = Field(sa_column=_moment(nullable=False))


class BrowserSession(Base, table=True):
    """A browser that is logged in; the cookie holds the secret whose SHA-256 is the key here."""

    __tablename__ = "browser_session"
    key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    account_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("account.id"), nullable=False, index=True))
    expires_at: datetime = Field(sa_column=_moment(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=_moment())


class RefreshToken(Base, table=True):
    """One link of a chain of refresh tokens; one that comes a second time ends the whole family."""

    __tablename__ = "refresh_token"
    key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    family: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    account_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("account.id"), nullable=False))
    expires_at: datetime = Field(sa_column=_moment(nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=_moment())
    ended_at: datetime | None = Field(default=None, sa_column=_moment())


__all__ = ["Account", "BrowserSession", "RefreshToken", "federation_models", "metadata"]
