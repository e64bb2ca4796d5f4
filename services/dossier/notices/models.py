"""Notices, and what became of sending them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, Uuid, text
from sqlmodel import Field
from uuid_utils.compat import uuid7

from kit.vault import Sealed
from services.dossier.tables import Base, moment


class Notice(Base, table=True):
    """Something that the owner of a dossier is told, in words without personal data. It outlives a purged
    draft, therefore refers to its dossier without a key."""

    __table_args__ = (Index(None, "owner", "id"), Index(None, "dossier_id"))

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    dossier_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    owner: str = Field(sa_column=Column(Text, nullable=False))
    event: str = Field(sa_column=Column(Text, nullable=False))
    code: str | None = Field(default=None, sa_column=Column(Text))
    title: str = Field(sa_column=Column(Text, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=moment(nullable=False))
    read_at: datetime | None = Field(default=None, sa_column=moment())


class Delivery(Base, table=True):
    """One notice on one channel. `address` is sealed until it was sent, then gone. `unknown`: no answer came;
    sending again under the same reference (the id) does no harm."""

    __table_args__ = (
        CheckConstraint("channel IN ('sms', 'email')", name="channel"),
        CheckConstraint("state IN ('waiting', 'unknown', 'sent', 'failed')", name="state"),
        CheckConstraint("(address IS NULL) = (state IN ('sent', 'failed'))", name="address"),
        Index("delivery_next_try_idx", "next_try", postgresql_where=text("state IN ('waiting', 'unknown')")),
        Index(None, "notice_id"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    notice_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("notice.id", ondelete="CASCADE"), nullable=False)
    )
    channel: str = Field(sa_column=Column(Text, nullable=False))
    address: bytes | None = Field(default=None, sa_column=Column(Sealed))
    words: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(default="waiting", sa_column=Column(Text, nullable=False))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    next_try: datetime = Field(sa_column=moment(nullable=False))
    last_error: str | None = Field(default=None, sa_column=Column(Text))
    sent_at: datetime | None = Field(default=None, sa_column=moment())
