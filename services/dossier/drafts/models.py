"""What a purged draft leaves to be cleared away."""

from __future__ import annotations

from sqlalchemy import Column, Text
from sqlmodel import Field

from services.dossier.tables import Base


class Leftover(Base, table=True):
    """A file whose dossier is gone; it is deleted from the store, then from here."""

    storage_key: str = Field(sa_column=Column(Text, primary_key=True))
