"""A copy of the catalogue's administrative units, for the addresses in forms."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, Date, Text
from sqlmodel import Field

from services.dossier.tables import Base


class Unit(Base, table=True):
    """Of all days. `valid_to`: its last day; `successor_code`: which one stands in its place afterwards."""

    code: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    level: str = Field(sa_column=Column(Text, nullable=False))
    parent_code: str | None = Field(default=None, sa_column=Column(Text))
    successor_code: str | None = Field(default=None, sa_column=Column(Text))
    valid_from: date = Field(sa_column=Column(Date, nullable=False))
    valid_to: date | None = Field(default=None, sa_column=Column(Date))
