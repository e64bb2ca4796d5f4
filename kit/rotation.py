"""Everything sealed, under the newest key: after a new one was put first and before the old one goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, MetaData, Table, select, tuple_, update

from kit.db import Database
from kit.vault import Sealed, Vault

#: Rows a transaction.
PIECE = 500


def sealed(metadata: MetaData) -> dict[Table, list[Column[Any]]]:
    """The columns of a service that hold what was sealed, by table."""
    found = {
        table: [column for column in table.columns if isinstance(column.type, Sealed)]
        for table in metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


async def rotate(
    database: Database, metadata: MetaData, vault: Vault, say: Callable[[str, int, int], None]
) -> int:
    """How many values were sealed anew. Beside a running system: a value that changes meanwhile is under the
    newest key already, and is left alone. Cut off, it is simply run again.

    `say(table, rows read, values sealed anew)` after each piece.
    """
    total = 0
    for table, columns in sealed(metadata).items():
        total += await _table(database, table, columns, vault, say)
    return total


async def _table(
    database: Database,
    table: Table,
    columns: list[Column[Any]],
    vault: Vault,
    say: Callable[[str, int, int], None],
) -> int:
    key = list(table.primary_key.columns)
    after: tuple[Any, ...] | None = None
    read = done = 0
    while True:
        query = select(*key, *columns).order_by(*key).limit(PIECE)
        if after is not None:
            query = query.where(tuple_(*key) > after)
        async with database.transaction() as session:
            rows = (await session.execute(query)).all()
            for row in rows:
                for column, value in zip(columns, row[len(key) :], strict=True):
                    new = vault.resealed(value) if value is not None else None
                    if new is not None:
                        here = [part == known for part, known in zip(key, row, strict=False)]
                        statement = update(table).where(*here, column == value).values({column: new})
                        await session.execute(statement)
                        done += 1
        read += len(rows)
        if rows:
            after = tuple(rows[-1][: len(key)])
            say(table.name, read, done)
        if len(rows) < PIECE:
            return done
