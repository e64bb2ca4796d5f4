"""How long personal data is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Integer, Text
from sqlmodel import Field

from services.dossier.tables import Base, moment


class RetentionRule(Base, table=True):
    """Months after which a closed dossier of a procedure loses its personal data; `procedure` "*" for all
    that have no rule of their own. Without a rule, nothing goes."""

    __tablename__ = "retention_rule"
    __table_args__ = (CheckConstraint("months > 0", name="months"),)

    procedure: str = Field(sa_column=Column(Text, primary_key=True))
    months: int = Field(sa_column=Column(Integer, nullable=False))
    decision: str = Field(sa_column=Column(Text, nullable=False))
    decided_by: str = Field(sa_column=Column(Text, nullable=False))
    decided_at: datetime = Field(sa_column=moment(nullable=False))
