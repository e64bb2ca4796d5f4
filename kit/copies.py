"""A copy of what a neighbour owns, made equal to what was read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession


async def make_equal(session: AsyncSession, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Afterwards the table has these rows and no others. Its primary key is one column; in its order, so that
    two at once wait for each other instead of for ever."""
    (key,) = table.primary_key.columns
    for row in sorted(rows, key=lambda row: row[key.name]):
        values = {name: value for name, value in row.items() if name != key.name}
        await session.execute(
            insert(table).values(**row).on_conflict_do_update(index_elements=[key], set_=values)
        )
    await session.execute(delete(table).where(key.not_in([row[key.name] for row in rows])))


def ancestors(
    code: str, parents: Mapping[str, str | None], successors: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """A node of a tree and all above it, nearest first; where nodes have been succeeded, whoever took their
    place counts as above them. A cycle in the data ends at its first repetition."""
    found: list[str] = []
    ahead: list[str] = [code]
    while ahead:
        current = ahead.pop()
        if current not in found:
            found.append(current)
            parent = parents.get(current)
            nearest = [*(successors or {}).get(current, ()), *([parent] if parent is not None else [])]
            ahead.extend(reversed(nearest))
    return found
