"""Who goes on with what an ended body had, and the plans that said so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.catalog.models import Base


def _body(*, primary_key: bool = False) -> Column[str]:
    return Column(Text, ForeignKey("agency.code"), primary_key=primary_key, nullable=False)


class Succession(Base, table=True):
    """From `starts`, the day after its last, the new body goes on with what the old one had; of several, the
    `main` one took it. A trigger holds the days, so that there is no circle: the new one is there on
    `starts`, when the old one no longer is. `told_at`: when the neighbours were told that it has come."""

    __table_args__ = (
        CheckConstraint("old <> new", name="itself"),
        Index("succession_one_main_key", "old", unique=True, postgresql_where=text("main")),
        Index(None, "new"),
    )

    old: str = Field(sa_column=_body(primary_key=True))
    new: str = Field(sa_column=_body(primary_key=True))
    starts: date = Field(sa_column=Column(Date, nullable=False))
    main: bool = Field(sa_column=Column(Boolean, nullable=False))
    decision: str = Field(sa_column=Column(Text, nullable=False))
    told_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class Reorganisation(Base, table=True):
    """A plan that was applied, by the digest of its rows."""

    digest: str = Field(sa_column=Column(Text, primary_key=True))
    rows: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    applied_by: str = Field(sa_column=Column(Text, nullable=False))
    applied_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
