"""A year by body costs the same over 365 thousand and over 3.65 million dossiers: in pages that PostgreSQL
touches, in facts that it reads (none), and in time. FACTS=n for another size."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.databases import ServiceDatabase
from kit.clock import elapsed
from kit.db import Database
from services.dossier.figures.definitions import INDICATORS
from services.dossier.figures.indicator import Indicator
from services.dossier.figures.period import read
from services.dossier.figures.queries import Asked
from services.dossier.figures.recount import COUNTS, KEY, differences
from services.dossier.figures.report import report

pytestmark = pytest.mark.anyio
FEW, MANY = 365_000, int(os.environ.get("FACTS", "3650000"))
#: Not the processing time: percentiles do not add up, and are taken over the facts (see the definition).
BY_SUMS = ("online-share", "on-time", "paid-online", "supplement-rounds")
ROUNDS, MOST = 21, 1.2
#: So many are open at the year's end, however many there were: who decides more, receives more.
OPEN = 5_000
NOW = datetime(2021, 1, 1, tzinfo=UTC)
BODIES = """
INSERT INTO body (code, name, kind, government_level, ancestors)
SELECT 'B' || lpad(n::text, 3, '0'), 'Cơ quan ' || n, 'department', 'province',
  CASE n WHEN 0 THEN ARRAY['B000'] ELSE ARRAY['B' || lpad(n::text, 3, '0'), 'B000'] END
FROM generate_series(0, 184) n
"""
#: Each body has ten procedures and three channels in each month, with dossiers of all: as many sums in both.
#: Decided within 24 to 143 hours, and within the year; the last ones are open.
FACTS = """
INSERT INTO intake_fact (id, origin, quantity, code, procedure_code, field_code, channel, online_level,
  receiving_agency, resolving_agency, submitted_on, received_on, refused, scored_at, finished_at, outcome,
  worked_minutes, rounds, fee_amount, fee_online, result_file, voided_at, replaced)
SELECT gen_random_uuid(), 'dossier', 1, 'H-' || n, '1.' || lpad((body * 10 + n % 10)::text, 6, '0'),
  'F' || n % 10, (ARRAY['online', 'counter', 'post'])[1 + n / 1850 % 3], 2 + n % 3,
  'B' || lpad(body::text, 3, '0'), 'B' || lpad(body::text, 3, '0'), day, day, false, day + interval '5 days',
  CASE WHEN hours > 0 THEN least(date '2020-12-31', day + make_interval(hours => hours)) END,
  CASE WHEN hours > 0 THEN 'granted' END, 60 * hours, (n % 11 = 0)::int,
  CASE WHEN n % 4 = 0 THEN 20000 ELSE 0 END, n % 8 = 0, true, NULL, false
FROM (SELECT n, n / 10 % 185 AS body, CASE WHEN n <= $1 - $2 THEN (24 + n % 120)::int END AS hours,
        date '2020-01-01' + make_interval(months => (n / 5550 % 12)::int, days => (n / 66600 % 28)::int)
          AS day FROM generate_series(1, $1) n) AS made
"""


def _sums(table: str) -> str:
    """As the triggers write them, of all facts at once."""
    names = COUNTS[table].split(", ")
    added = ", ".join(f"sum(s.{name})" for name in names)
    return (
        f"INSERT INTO {table} ({KEY}, {COUNTS[table]}) SELECT s.{KEY.replace(', ', ', s.')}, {added}"
        f" FROM intake_fact f, LATERAL {table.replace('_month', '_in_month')}(f) AS s"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )


async def _fill(database: ServiceDatabase, size: int) -> None:
    """The indexes are made anew afterwards, which is quicker."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(BODIES)
        indexes = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'intake_fact' AND indexname <> $1",
            "intake_fact_pkey",
        )
        await connection.execute("ALTER TABLE intake_fact DISABLE TRIGGER USER")
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['indexname']}")
        await connection.execute(FACTS, size, OPEN, timeout=600)
        for index in indexes:
            await connection.execute(index["indexdef"], timeout=600)
        for table in COUNTS:
            await connection.execute(_sums(table), timeout=600)
        await connection.execute("ALTER TABLE intake_fact ENABLE TRIGGER USER")
        await connection.execute("VACUUM ANALYZE", timeout=600)
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def filled(clone: Callable[[str], ServiceDatabase]) -> dict[int, ServiceDatabase]:
    made = {FEW: clone("dossier"), MANY: clone("dossier")}
    for size, database in made.items():
        asyncio.run(_fill(database, size))
    return made


@pytest.fixture
async def both(filled: dict[int, ServiceDatabase]) -> Any:
    opened = {size: Database(database.app_url, pool=1) for size, database in filled.items()}
    yield opened
    for database in opened.values():
        await database.close()


def _asked(indicator: Indicator) -> Asked:
    return Asked("B000", "below", read("2020"), indicator.by, "agency")


async def _year(session: AsyncSession, name: str) -> dict[str, float | int | None]:
    indicator = INDICATORS[name]
    found = await report(session, indicator, _asked(indicator), NOW, "vi")
    assert len(found.rows) == 185
    return found.total.values


#: Of this session, until they are passed on: only differences mean something.
READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'intake_fact'"


@pytest.mark.parametrize("name", BY_SUMS)
async def test_a_year_by_body_reads_sums_and_no_fact(both: dict[int, Database], name: str) -> None:
    """Only who wants to know what is open reads facts: those that are. Nor after many runs, when a statement
    has its general plan."""
    for size, database in both.items():
        for _ in range(10):
            async with database.transaction() as session:
                before = await session.scalar(text(READ))
                total = await _year(session, name)
                facts = await session.scalar(text(READ)) - before
            assert facts == (OPEN if name == "on-time" else 0), size
        assert name == "on-time" or total["received"] == size


@pytest.mark.parametrize("name", BY_SUMS)
async def test_a_year_by_body_touches_as_many_pages(both: dict[int, Database], name: str) -> None:
    pages = {size: await _pages(database, name) for size, database in both.items()}
    assert pages[MANY] <= MOST * pages[FEW], pages


async def _pages(database: Database, name: str) -> int:
    asked: list[tuple[str, Any]] = []
    engine = database.engine.sync_engine

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    async with database.transaction() as session:
        await _year(session, name)
        event.remove(engine, "before_cursor_execute", note)
        connection = await session.connection()
        touched = 0
        for statement, parameters in asked:
            plan = await connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters
            )
            top = plan.scalar_one()[0]["Plan"]
            touched += top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return touched


@pytest.mark.parametrize("name", BY_SUMS)
async def test_a_year_by_body_takes_as_long(
    both: dict[int, Database], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In turn, so that whatever else the machine does befalls both; the middle one of three series."""
    series = sorted([await _series(both, name) for _ in range(3)], key=lambda found: found[1] / found[0])
    few, many = series[1]
    with capsys.disabled():
        told = f"{1000 * few:.1f} ms of {FEW:,}, {1000 * many:.1f} ms of {MANY:,}: {many / few:.2f}"
        sys.stdout.write(f"\n{name}: {told}\n")
    assert many <= MOST * few


async def _series(both: dict[int, Database], name: str) -> tuple[float, float]:
    """The medians, in seconds."""
    times: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(ROUNDS):
        for size, database in both.items():
            async with database.transaction() as session:
                began = elapsed()
                await _year(session, name)
                times[size].append(elapsed() - began)
    return median(times[FEW]), median(times[MANY])


SUBMITTED = """
INSERT INTO dossier (id, code, version, status, channel, owner, verified, procedure_code, procedure,
  online_level, receiving_agency, resolving_agency, holder_agency, form, applicant, found_by,
  created_at, saved_at, submitted_at, rounds)
VALUES (gen_random_uuid(), 'B001-201231-' || $1::int, 1, 'submitted', 'counter', 'owner', false, '1.000010',
  '{"name": "X", "field": {"code": "F0", "name": "Y"}}', 4, 'B001', 'B001', 'B001', 'x', 'x', '{}', $2,
  $2, $2, 0)
"""
ACCEPTED = """
UPDATE dossier SET status = 'accepted', version = 2, accepted_at = $2 WHERE code = 'B001-201231-' || $1::int
"""


async def test_what_a_submission_pays(
    filled: dict[int, ServiceDatabase], capsys: pytest.CaptureFixture[str]
) -> None:
    """Taken in at the counter, with its fact and sums, and without: only told, as it depends on the disk."""
    connection = await asyncpg.connect(filled[MANY].owner_url)
    times: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    number = 0
    try:
        for _ in range(6):
            for way, found in times.items():
                for trigger in ("fact_on_new_dossier", "fact_on_changed_dossier"):
                    await connection.execute(f"ALTER TABLE dossier {way} TRIGGER {trigger}")
                for _ in range(50):
                    number += 1
                    began = elapsed()
                    async with connection.transaction():
                        await connection.execute(SUBMITTED, number, NOW)
                        await connection.execute(ACCEPTED, number, NOW)
                    found.append(elapsed() - began)
    finally:
        await connection.close()
    with_facts, without = (1000 * median(found) for found in times.values())
    with capsys.disabled():
        told = f"{with_facts:.2f} ms with facts, {without:.2f} ms without: {with_facts / without:.1f}"
        sys.stdout.write(f"\na submission in the database: {told}\n")


async def test_the_sums_are_those_of_the_facts(both: dict[int, Database]) -> None:
    """What was measured is what the triggers would have made."""
    async with both[FEW].transaction() as session:
        found = await differences(session)
    assert {each.table for each in found} == {"intake_fact"}  # which have no dossiers behind them
