"""Whether the facts are what dossiers and counts say, and the sums what the facts add up to."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

KEY = "month, receiving_agency, resolving_agency, procedure_code, field_code, channel, online_level"
COUNTS = {
    "received_month": "received, counted, fee_dossiers, fee_online, supplemented, rounds",
    "finished_month": "ended, early, on_time, late, unscored",
}


@dataclass(frozen=True)
class Difference:
    """`kept`: what stands in the table; `counted`: what a recount finds, both as JSON objects. None: it has
    nothing."""

    table: str
    key: str
    kept: str | None
    counted: str | None

    def __str__(self) -> str:
        """With the members that differ, kept ≠ counted."""
        kept, counted = (json.loads(side) if side else {} for side in (self.kept, self.counted))
        members = sorted(name for name in kept.keys() | counted.keys() if kept.get(name) != counted.get(name))
        told = ", ".join(f"{name} {kept.get(name)} ≠ {counted.get(name)}" for name in members)
        if not kept or not counted:
            told = f"{self.kept or '–'} ≠ {self.counted or '–'}"
        return f"{self.table} {self.key}: {told}"


async def size(session: AsyncSession) -> tuple[int, int]:
    """How many facts and sums there are to compare."""
    sums = " + ".join(f"(SELECT count(*) FROM (SELECT DISTINCT {KEY} FROM {table}) t)" for table in COUNTS)
    return tuple((await session.execute(text(f"SELECT (SELECT count(*) FROM intake_fact), {sums}"))).one())


async def differences(session: AsyncSession, most: int = 100) -> list[Difference]:
    """The first `most` of them, in the order of their keys; reads everything once."""
    found = [await _facts(session, most)]
    found += [await _sums(session, table, most) for table in COUNTS]
    return [difference for part in found for difference in part][:most]


async def _facts(session: AsyncSession, most: int) -> list[Difference]:
    """A dossier or a line of counts of each side, whole, with whether dossiers replace it."""
    kept = "SELECT id, to_jsonb(f) - 'counts' AS whole FROM intake_fact f"
    counted = " UNION ALL ".join(
        f"SELECT id, to_jsonb(f) AS whole FROM {view} f" for view in ("fact_of_dossier", "fact_of_count")
    )
    return await _compared(session, "intake_fact", "id", kept, counted, most)


async def _sums(session: AsyncSession, table: str, most: int) -> list[Difference]:
    names = COUNTS[table].split(", ")
    added = ", ".join(f"sum(s.{name})::bigint AS {name}" for name in names)
    function = table.replace("_month", "_in_month")
    members = ", ".join(f"'{name}', {name}" for name in names)
    whole = f"jsonb_build_object({members})"
    key = f"concat_ws(' ', {KEY})"
    some = " OR ".join(f"{name} <> 0" for name in names)
    standing = f"SELECT {KEY}, {added} FROM {table} AS s GROUP BY 1, 2, 3, 4, 5, 6, 7"
    kept = f"SELECT {key} AS id, {whole} AS whole FROM ({standing}) AS kept WHERE {some}"
    sums = (
        f"SELECT s.{KEY.replace(', ', ', s.')}, {added}"
        f" FROM intake_fact f, LATERAL {function}(f) AS s GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )
    counted = f"SELECT {key} AS id, {whole} AS whole FROM ({sums}) AS counted WHERE {some}"
    return await _compared(session, table, "id", kept, counted, most)


async def _compared(
    session: AsyncSession, table: str, key: str, kept: str, counted: str, most: int
) -> list[Difference]:
    rows = await session.execute(
        text(
            f"SELECT coalesce(k.{key}, c.{key})::text, k.whole::text, c.whole::text"
            f" FROM ({kept}) AS k FULL JOIN ({counted}) AS c ON k.{key} = c.{key}"
            f" WHERE k.whole IS DISTINCT FROM c.whole ORDER BY 1 LIMIT :most"
        ),
        {"most": most},
    )
    return [Difference(table, *row) for row in rows]
