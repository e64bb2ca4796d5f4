"""Whom staff and systems of an ended body act for."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field

from services.gateway.tables import Base


class Successor(Base, table=True):
    """A copy of the catalogue's successions whose day has come: who has now what the old body had."""

    __table_args__ = (CheckConstraint("old <> new", name="itself"),)

    old: str = Field(sa_column=Column(Text, primary_key=True))
    new: str = Field(sa_column=Column(Text, nullable=False, index=True))
