"""Who read what; and the indexes by which the event log is searched."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text, Uuid
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.dossier.tables import Base, metadata, moment

EVENT = metadata.tables["event"]
Index("event_actor_id_idx", EVENT.c.actor, EVENT.c.id)
Index("event_time_idx", EVENT.c.time)


class AccessLog(Base, table=True):
    """Reads of personal data by staff (rule 16). No chain, no feed, its own retention."""

    __tablename__ = "access_log"
    __table_args__ = (Index(None, "actor", "id"), Index(None, "at"))

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    at: datetime = Field(sa_column=moment(nullable=False))
    actor: str = Field(sa_column=Column(Text, nullable=False))
    agency: str | None = Field(default=None, sa_column=Column(Text))
    dossier_id: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    what: str = Field(sa_column=Column(Text, nullable=False))
