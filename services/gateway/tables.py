"""The gateway's own registry and the kit's tables in it; models of all its rooms build on this."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from kit import events, idempotency

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
idempotency.table(metadata)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """SQLModel's default registry is global; this one is the gateway's."""

    metadata = metadata
