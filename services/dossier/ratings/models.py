"""What the owner thought of it, and tries to name oneself by a dossier's code."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Integer
from sqlmodel import Field

from kit.vault import Sealed
from services.dossier.tables import Base, moment, of_dossier


class Rating(Base, table=True):
    """One a dossier (rule 14). `points`: 3 content, 2 so so, 1 not content; the comment is sealed."""

    __table_args__ = (CheckConstraint("points BETWEEN 1 AND 3", name="points"),)

    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    points: int = Field(sa_column=Column(Integer, nullable=False))
    comment: bytes | None = Field(default=None, sa_column=Column(Sealed))
    at: datetime = Field(sa_column=moment(nullable=False))


class CheckTries(Base, table=True):
    """How often somebody gave the last four digits for a dossier within an hour (rule 12)."""

    __tablename__ = "check_tries"
    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    hour: datetime = Field(sa_column=moment(nullable=False, primary_key=True))
    tries: int = Field(sa_column=Column(Integer, nullable=False))
