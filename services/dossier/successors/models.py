"""What has to follow a body to its successor, and how far it has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Integer, Text
from sqlmodel import Field

from services.dossier.tables import Base, moment


class SuccessionWork(Base, table=True):
    """An ended body and who has now what it had; how many of its things were taken over so far. `next_look`:
    when to look again, since what is late (an upload, a reopening) may still come to the old body."""

    __tablename__ = "succession_work"
    __table_args__ = (CheckConstraint("old <> new", name="itself"),)

    old: str = Field(sa_column=Column(Text, primary_key=True))
    new: str = Field(sa_column=Column(Text, nullable=False))
    dossiers: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    drafts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    openings: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    opinions: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    next_look: datetime = Field(sa_column=moment(nullable=False))
