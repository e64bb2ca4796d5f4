"""Figures that a source states, kept beside those that are computed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Integer, Numeric, Text, UniqueConstraint, Uuid
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.catalog.models import Base


class StatedFigure(Base, table=True):
    """What a source says of an indicator, never forced to match what is computed. `dimension`: `total`,
    `cell:<government level>:<online level>`, `agency:<code>`, `field:<code>` or `government_level:<level>`.
    `version` is the seq of its last event."""

    __tablename__ = "stated_figure"
    __table_args__ = (
        UniqueConstraint(
            "indicator", "dimension", "unit", "source_date", name="stated_figure_one_a_day_and_unit_key"
        ),
        CheckConstraint("unit IN ('procedures', 'percent')", name="unit"),
        CheckConstraint("value >= 0", name="value"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    version: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    indicator: str = Field(sa_column=Column(Text, nullable=False))
    dimension: str = Field(sa_column=Column(Text, nullable=False))
    unit: str = Field(sa_column=Column(Text, nullable=False))
    value: Decimal = Field(sa_column=Column(Numeric(12, 2), nullable=False))
    source: str = Field(sa_column=Column(Text, nullable=False))
    source_date: date = Field(sa_column=Column(Date, nullable=False))
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    entered_by: str = Field(sa_column=Column(Text, nullable=False))
    entered_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
