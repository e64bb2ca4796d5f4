"""The digest of each row that was frozen, and one over them all, which the event says, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.dossier.closings.models import Closing, Seal

#: Of which rows a closing or an amendment is made: key, number, closing.
_ROWS = {
    "closing": ("c.month::text", "0", "c.id"),
    "amendment": ("c.number::text", "c.number", "c.closing_id"),
    "closed_fact": ("c.id::text", "c.number", "c.closing_id"),
    "closed_body": ("c.code", "c.number", "c.closing_id"),
    "closed_unit": ("c.code", "c.number", "c.closing_id"),
    "closed_label": ("c.kind || ' ' || c.code", "c.number", "c.closing_id"),
}
#: A row as JSON, its moments in UTC. Without what is null, so that a column may be added to the table.
_DIGEST = "sha256(convert_to(jsonb_strip_nulls(to_jsonb(c))::text, 'UTF8'))"
_FROZEN = " UNION ALL ".join(
    f"SELECT {number} AS number, '{table}' AS kind, {key} AS key, {_DIGEST} AS digest FROM {table} AS c"
    f" WHERE {closing} = :closing"
    for table, (key, number, closing) in _ROWS.items()
)
_WRITE = (
    "INSERT INTO closed_digest (closing_id, number, kind, key, digest)"
    f" SELECT :closing, number, kind, key, digest FROM ({_FROZEN}) AS frozen WHERE number = :number"
)
_OVER_ALL = """
SELECT count(*) FILTER (WHERE kind = 'closed_fact') AS facts, encode(sha256(convert_to(string_agg(
    kind || ' ' || key || ' ' || encode(digest, 'hex'), E'\\n' ORDER BY kind COLLATE "C", key COLLATE "C"
  ), 'UTF8')), 'hex') AS digest
FROM closed_digest WHERE closing_id = :closing AND number = :number
"""
_COMPARE = f"""
SELECT coalesce(kept.number, found.number) AS number, coalesce(kept.kind, found.kind) AS kind,
  coalesce(kept.key, found.key) AS key,
  CASE WHEN found.digest IS NULL THEN 'gone' WHEN kept.digest IS NULL THEN 'added' ELSE 'altered' END AS fault
FROM (SELECT * FROM closed_digest WHERE closing_id = :closing) AS kept
FULL JOIN ({_FROZEN}) AS found USING (number, kind, key)
WHERE kept.digest IS DISTINCT FROM found.digest
ORDER BY number, kind, key LIMIT :most
"""


async def in_utc(session: AsyncSession) -> None:
    """Moments have one spelling from here to the transaction's end."""
    await session.execute(text("SELECT set_config('TimeZone', 'UTC', true)"))


async def seal(session: AsyncSession, closing_id: UUID, number: int) -> Seal:
    """Of what was frozen under this number: nothing can be added afterwards."""
    await session.flush()
    await in_utc(session)
    await session.execute(text(_WRITE), {"closing": closing_id, "number": number})
    sealed = Seal(closing_id=closing_id, number=number, **await over_all(session, closing_id, number))
    session.add(sealed)
    return sealed


async def over_all(session: AsyncSession, closing_id: UUID, number: int) -> dict[str, Any]:
    """`facts` and `digest`, as a seal has them."""
    rows = await session.execute(text(_OVER_ALL), {"closing": closing_id, "number": number})
    return dict(rows.mappings().one())


async def unlike(session: AsyncSession, closing_id: UUID, most: int) -> Sequence[Row[Any]]:
    """Rows of all numbers that are not what was sealed: number, kind (the table), key and fault: altered,
    gone, added. In UTC."""
    rows = await session.execute(text(_COMPARE), {"closing": closing_id, "most": most})
    return rows.all()


def told(closing: Closing, sealed: Seal) -> dict[str, Any]:
    """What the event says of it."""
    return {
        "closing": str(closing.id),
        "month": f"{closing.month:%Y-%m}",
        "number": sealed.number,
        "facts": sealed.facts,
        "digest": sealed.digest,
    }
