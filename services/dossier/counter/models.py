"""Papers that came over the counter or by post."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Integer, Text
from sqlmodel import Field

from services.dossier.tables import Base, of_dossier


class PaperReceived(Base, table=True):
    """Originals and copies of one of the papers, as the office received them on paper (rule 5)."""

    __tablename__ = "paper_received"
    __table_args__ = (CheckConstraint("originals >= 0 AND copies >= 0", name="counts"),)

    dossier_id: UUID = Field(sa_column=of_dossier(primary_key=True))
    paper_code: str = Field(sa_column=Column(Text, primary_key=True))
    originals: int = Field(sa_column=Column(Integer, nullable=False))
    copies: int = Field(sa_column=Column(Integer, nullable=False))
