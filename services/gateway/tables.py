"""The metadata and base of the gateway's tables; all are collected in `models`."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from kit import events

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)
events.tables(metadata)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """This service's own registry: SQLModel's default one is global."""

    metadata = metadata
