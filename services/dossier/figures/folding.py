"""Many rows of one sum by month become one row of the same sum."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import Database
from services.dossier.figures.recount import COUNTS, KEY


async def fold(session: AsyncSession) -> int:
    """How many rows went; 0 where another one folds just now. Readers see the sums before or after, which
    are equal."""
    if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext('figures.folding'))")):
        return 0
    return sum([await _fold(session, table) for table in COUNTS])


async def _fold(session: AsyncSession, table: str) -> int:
    names = COUNTS[table].split(", ")
    sums = ", ".join(f"sum({name}) AS {name}" for name in names)
    some = " OR ".join(f"sum({name}) <> 0" for name in names)
    gone = await session.scalar(
        text(
            f"WITH many AS (SELECT {KEY} FROM {table} GROUP BY {KEY} HAVING count(*) > 1),"
            f" gone AS (DELETE FROM {table} USING many WHERE ({_of(table)}) = ({_of('many')})"
            f" RETURNING {table}.*),"
            f" made AS (INSERT INTO {table} ({KEY}, {COUNTS[table]})"
            f" SELECT {KEY}, {sums} FROM gone GROUP BY {KEY} HAVING {some} RETURNING 1)"
            f" SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM made)"
        )
    )
    return int(gone or 0)


def _of(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in KEY.split(", "))


#: So many rows are worth a folding.
_WORTH = 500


class Folding:
    """In the background, whenever enough has changed."""

    name = "figures-folding"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._folded = 0

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            newest = await session.scalar(text("SELECT coalesce(max(id), 0) FROM received_month"))
            if newest - self._folded >= _WORTH:
                await fold(session)
                self._folded = newest
        return False
