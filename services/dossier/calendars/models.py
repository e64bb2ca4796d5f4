"""What the province knows of its days and hours beyond the library of public holidays."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Column, Date, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.dossier.tables import Base, moment


class DayOverride(Base, table=True):
    """A day off, or worked, by decision; it goes over what the library says."""

    __tablename__ = "day_override"
    day: date = Field(sa_column=Column(Date, primary_key=True))
    worked: bool = Field(sa_column=Column(Boolean, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    decision: str = Field(sa_column=Column(Text, nullable=False))


class OfficeHours(Base, table=True):
    """Processing hours of a body, and of those below it that have none of their own, from a day on.
    `spans`: [["07:30", "11:30"], …], in order."""

    __tablename__ = "office_hours"
    agency: str = Field(sa_column=Column(Text, primary_key=True))
    valid_from: date = Field(sa_column=Column(Date, primary_key=True))
    spans: list[list[str]] = Field(sa_column=Column(JSONB, nullable=False))


class CalendarChange(Base, table=True):
    """A change and how far the promises have followed it: `applied_at` null while some may not have.
    `first` to `last`: the days that it concerns; `agency`: whose hours, null for all bodies."""

    __tablename__ = "calendar_change"
    __table_args__ = (Index("calendar_change_open_idx", "id", postgresql_where=text("applied_at IS NULL")),)

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    agency: str | None = Field(default=None, sa_column=Column(Text))
    first: date = Field(sa_column=Column(Date, nullable=False))
    last: date = Field(sa_column=Column(Date, nullable=False))
    by: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=moment(nullable=False))
    applied_at: datetime | None = Field(default=None, sa_column=moment())
