"""What was decided about offerings, one after another. What is offered on a day: `models.Offering`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.catalog.models import Base


class OfferingChange(Base, table=True):
    """A body offers a procedure on these `terms` from `starts`, or ends to offer it; by whom, when and why.
    Only appended (the application may not change it): rows of `offering` that gave way are still told of."""

    __tablename__ = "offering_change"
    __table_args__ = (
        CheckConstraint("action IN ('offer', 'end')", name="action"),
        CheckConstraint("(action = 'offer') = (terms IS NOT NULL)", name="terms"),
        Index(None, "procedure_code", "agency", "id"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    agency: str = Field(sa_column=Column(Text, ForeignKey("agency.code"), nullable=False))
    procedure_code: str = Field(sa_column=Column(Text, ForeignKey("procedure.code"), nullable=False))
    action: str = Field(sa_column=Column(Text, nullable=False))
    starts: date = Field(sa_column=Column(Date, nullable=False))
    terms: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    by: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
