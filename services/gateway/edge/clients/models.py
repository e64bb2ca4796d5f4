"""Systems that call us with credentials of their own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, DateTime, Integer, LargeBinary, Text
from sqlmodel import Field

from services.gateway.tables import Base


class Client(Base, table=True):
    """A system of a body, a district's for one. `id` is how it signs its references; the secret is kept as
    its SHA-256 (it has 256 random bits); the former one stays good until the next change."""

    id: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    agency: str = Field(sa_column=Column(Text, nullable=False))
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    former_secret: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    registered_by: str = Field(sa_column=Column(Text, nullable=False))
    registered_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
