"""What bodies are to reach in a year, and how it came to be."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, ForeignKeyConstraint, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.dossier.tables import Base, moment


def _text(*, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    return Column(Text, primary_key=primary_key, nullable=nullable)


def _number(*, primary_key: bool = False) -> Column[int]:
    return Column(Integer, primary_key=primary_key, nullable=False, autoincrement=False)


class Target(Base, table=True):
    """Of a body, an indicator and a year. `value`: a fraction of 1, assigned by `decision`; without one the
    row holds the body's measures alone, and the target of whoever is above it applies.
    `measures`: [{"text", "owner", "due_on"}, …], in the body's order."""

    __table_args__ = (
        CheckConstraint("indicator IN ('online-share', 'on-time', 'paid-online')", name="indicator"),
        CheckConstraint("year BETWEEN 2000 AND 2099", name="year"),
        CheckConstraint("value > 0 AND value <= 1", name="value"),
        CheckConstraint(
            "num_nonnulls(value, decision, decided_on, effective_from) IN (0, 4)", name="decided"
        ),
        CheckConstraint("version >= 0", name="version"),
    )

    year: int = Field(sa_column=_number(primary_key=True))
    indicator: str = Field(sa_column=_text(primary_key=True))
    agency: str = Field(sa_column=_text(primary_key=True))
    version: int = Field(default=0, sa_column=_number())
    value: Decimal | None = Field(default=None, sa_column=Column(Numeric(7, 6)))
    decision: str | None = Field(default=None, sa_column=_text(nullable=True))
    decided_on: date | None = Field(default=None, sa_column=Column(Date))
    effective_from: date | None = Field(default=None, sa_column=Column(Date))
    measures: list[dict[str, Any]] = Field(default=[], sa_column=Column(JSONB, nullable=False))


class TargetVersion(Base, table=True):
    """What a target became by a change. Write-once: measures are free text, which the event log does not
    take. `content`: the members of the target as JSON has them."""

    __tablename__ = "target_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["year", "indicator", "agency"], ["target.year", "target.indicator", "target.agency"]
        ),
    )

    year: int = Field(sa_column=_number(primary_key=True))
    indicator: str = Field(sa_column=_text(primary_key=True))
    agency: str = Field(sa_column=_text(primary_key=True))
    version: int = Field(sa_column=_number(primary_key=True))
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    by: str = Field(sa_column=_text())
    at: datetime = Field(sa_column=moment(nullable=False))
