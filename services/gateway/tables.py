"""The metadata and base of the gateway's tables."""

from __future__ import annotations

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from kit import tables

metadata = tables.begin()


class Base(SQLModel, registry=registry(metadata=metadata)):
    """This service's own registry: SQLModel's default one is global."""

    metadata = metadata
