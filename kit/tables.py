"""What each service's tables begin with: named constraints and the event log."""

from __future__ import annotations

from sqlalchemy import MetaData

from kit import events

#: PostgreSQL's own way to name, so that errors and migrations can speak of constraints.
NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


def begin() -> MetaData:
    """A service's metadata with the event log in it."""
    metadata = MetaData(naming_convention=NAMING)
    events.tables(metadata)
    return metadata
