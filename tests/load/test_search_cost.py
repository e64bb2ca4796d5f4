"""A search costs the same among a thousand dossiers and among a million: counted in pages that PostgreSQL
touches, so that a slow machine counts the same. DOSSIERS=n for another size."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from cryptography.fernet import Fernet
from sqlalchemy.dialects import postgresql

from deploy.databases import ServiceDatabase
from kit.auth import Caller
from kit.vault import Vault
from services.dossier import search
from services.dossier.search import DossierFilter
from services.dossier.status import Status

FEW, MANY = 1_000, int(os.environ.get("DOSSIERS", "1000000"))
#: What a page of 50 may cost anywhere: a day has 1,440 dossiers here, and each may lie in a page of its own.
MOST_PAGES = 1_600
NOW = datetime(2020, 1, 1, tzinfo=UTC)
VAULT = Vault(Fernet.generate_key().decode(), base64.b64encode(b"i" * 32).decode())
CALLERS = {
    "province": Caller(sub="p", kind="staff", name="p", roles=frozenset({"leader"}), agency="B000"),
    "office": Caller(sub="o", kind="staff", name="o", roles=frozenset({"officer"}), agency="B007"),
}
SEARCHES = {
    "everything": DossierFilter(),
    "code": DossierFilter(q="H-777"),
    "number": DossierFilter(q="017300000777"),
    "name": DossierFilter(q="nguyen thi uyen"),
    "surname": DossierFilter(q="Nguyễn"),
    "procedure": DossierFilter(procedure="1.000007"),
    "rare procedure": DossierFilter(procedure="1.000999"),
    "day": DossierFilter(submitted_from=date(2019, 6, 3), submitted_to=date(2019, 6, 3)),
    "year": DossierFilter(submitted_from=date(2019, 1, 1), submitted_to=date(2019, 6, 3)),
    "status": DossierFilter(status=Status.IN_PROGRESS),
    "body": DossierFilter(agency="B007"),
    "nothing": DossierFilter(q="không có ai tên thế"),
}
#: A dossier a minute until the end of 2019. Surnames are twelve, second words five, given names 4,000;
#: everybody has a number of their own; each body and procedure has its share, one procedure almost none.
FILL = """
INSERT INTO dossier (id, code, version, status, channel, owner, verified, procedure_code, procedure,
  online_level, receiving_agency, resolving_agency, holder_agency, form, applicant, found_by,
  created_at, saved_at, submitted_at, promised_at, rounds)
SELECT encode(substr(int8send(ms), 3) || '\\x7000'::bytea || '\\x8000'::bytea || substr(int8send(n), 3),
    'hex')::uuid,
  'H-' || n, 1, CASE WHEN n % 20 = 0 THEN 'in_progress' ELSE 'returned' END, 'online', 'owner-' || n / 3,
  false, CASE n WHEN 5 THEN '1.000999' ELSE '1.' || lpad((n * 7919 % 509)::text, 6, '0') END, '{}', 4,
  body, body, body, 'x', 'x', ARRAY[
    CASE WHEN n % 12 < 4 THEN $3::bigint ELSE n % 12 END, CASE WHEN n % 5 < 3 THEN $4::bigint ELSE n % 5 END,
    CASE WHEN n % 4001 = 480 THEN $5::bigint ELSE 1000 + n % 4001 END,
    CASE n WHEN 777 THEN $6::bigint ELSE 1000000 + n END],
  at, at, at, at + interval '5 days', 0
FROM (SELECT n, 'B' || lpad((n * 104729 % 211)::text, 3, '0') AS body,
        timestamptz '2020-01-01' - ($2 - n) * interval '1 minute' AS at,
        (extract(epoch FROM timestamptz '2020-01-01') * 1000)::bigint - ($2 - n) * 60000 AS ms
      FROM generate_series($1::bigint, $2) n) AS made
"""
#: What the triggers do, a row at a time.
SEEN = """
INSERT INTO dossier_visibility (dossier_id, agency, status, procedure_code, submitted_at)
SELECT dossier.id, unnest(body.ancestors), status, procedure_code, submitted_at
FROM dossier JOIN body ON body.code = receiving_agency
"""
BODIES = """
INSERT INTO body SELECT 'B' || lpad(n::text, 3, '0'), 'Cơ quan ' || n, 'department', 'province',
  CASE n WHEN 0 THEN ARRAY['B000'] ELSE ARRAY['B000', 'B' || lpad(n::text, 3, '0')] END
FROM generate_series(0, 210) n
"""


@pytest.fixture(scope="module")
def databases(clone: Callable[[str], ServiceDatabase]) -> Iterator[dict[int, ServiceDatabase]]:
    yield {FEW: clone("dossier"), MANY: clone("dossier")}


@pytest.mark.anyio
async def test_a_search_costs_the_same_among_many(databases: dict[int, ServiceDatabase]) -> None:
    cost = {size: await _cost(database, size) for size, database in databases.items()}
    dear = {name: (cost[FEW][name], many) for name, many in cost[MANY].items() if many > MOST_PAGES}
    assert dear == {}, cost


async def _cost(database: ServiceDatabase, size: int) -> dict[str, int]:
    """Pages touched by each search of each caller: its first 50 dossiers, and 50 from the middle on."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(BODIES)
        words = VAULT.words("nguyen thi uyen 017300000777")
        await connection.execute("ALTER TABLE dossier DISABLE TRIGGER USER")
        await connection.execute(FILL, 1, size, *words, timeout=600)
        await connection.execute(SEEN, timeout=600)
        await connection.execute("VACUUM ANALYZE", timeout=300)
        middle = await connection.fetchval("SELECT id FROM dossier WHERE code = $1", f"H-{size // 2}")
        return {
            f"{who} {what} {place}": await _pages(connection, caller, only, after)
            for who, caller in CALLERS.items()
            for what, only in SEARCHES.items()
            for place, after in (("first", None), ("middle", middle))
        }
    finally:
        await connection.close()


async def _pages(connection: Any, caller: Caller, only: DossierFilter, after: UUID | None) -> int:
    sql = search.page_of(caller, only, VAULT, NOW, after, 50)
    text = sql.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    plan = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", timeout=60)
    top = json.loads(plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
