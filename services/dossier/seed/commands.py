"""The made-up year goes in: pieces of whole days by COPY, each in a transaction, in order. Cut off and run
again, it goes on after the last piece. Facts and sums follow by the triggers of migration 0012."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import asyncpg

from services.dossier.seed.figures import TOTAL
from services.dossier.seed.plan import Plan
from services.dossier.seed.rows import COLUMNS, Rows, Sealed, Year

#: Others who count paper wait for a piece: of a second or two.
PIECE = 5_000
#: Whoever has this lock in the database loads; a killed one gives it up as its connection ends.
_LOCK, _PATIENCE = 7_305_020, "15s"
_COUNT = "SELECT count(*) FROM intake_fact WHERE origin = 'seed'"


class OtherSeed(Exception):
    """What is there was made from other bodies or services, or by another version."""


class Busy(Exception):
    """Somebody else is loading."""


async def complete(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return int(await connection.fetchval(_COUNT)) == TOTAL
    finally:
        await connection.close()


async def load(
    dsn: str, plan: Plan, sealed: Sealed, show: Callable[[int, int], None], piece: int = PIECE
) -> int:
    """How many dossiers were new; 0 where all are there. `show(done, total)` after each piece. Raises
    OtherSeed, Busy."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await _alone(connection)
        year = Year(plan, sealed)
        sizes = [plan.size(day) for day in range(len(plan.days))]
        before = int(await connection.fetchval(_COUNT))
        begin = await _begin(connection, year, sizes, before)
        done = before
        show(done, sum(sizes))
        for days in _pieces(sizes, begin, piece):
            async with connection.transaction():
                for table, rows in _together(year, days).items():
                    await connection.copy_records_to_table(table, records=rows, columns=COLUMNS[table])
            done += sum(sizes[day] for day in days)
            show(done, sum(sizes))
        return int(done - before)
    finally:
        await connection.close()


async def _alone(connection: asyncpg.Connection) -> None:
    """Raises Busy."""
    await connection.execute(f"SET lock_timeout = '{_PATIENCE}'")
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
    except asyncpg.LockNotAvailableError:
        raise Busy from None
    await connection.execute("SET lock_timeout = 0")


async def _begin(connection: asyncpg.Connection, year: Year, sizes: list[int], before: int) -> int:
    """The first day that is not there yet. Raises OtherSeed."""
    day, left = 0, before
    while left > 0 and day < len(sizes):
        left -= sizes[day]
        day += 1
    if left:
        raise OtherSeed
    if 0 < day < len(sizes):
        last = year.rows(day - 1)["dossier"][-1][0]
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM dossier WHERE id = $1)", last):
            raise OtherSeed
    return day


def _pieces(sizes: list[int], begin: int, piece: int) -> Iterator[range]:
    """Whole days, together about so many rows."""
    first, rows = begin, 0
    for day in range(begin, len(sizes)):
        rows += sizes[day]
        if rows >= piece or day == len(sizes) - 1:
            yield range(first, day + 1)
            first, rows = day + 1, 0


def _together(year: Year, days: range) -> Rows:
    rows: Rows = {table: [] for table in COLUMNS}
    for day in days:
        for table, more in year.rows(day).items():
            rows[table] += more
    return rows
