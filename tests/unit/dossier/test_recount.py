"""`motcua recount`: whatever was altered behind the service's back has a name."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from deploy import databases, figures, migrate
from deploy.databases import ServiceDatabase
from deploy.embedded_postgres import temporary_server
from deploy.settings import ROOT
from tests.unit.dossier.conftest import SIMPLE, World, procedure
from tests.unit.dossier.test_counts import SIMPLE_CODE, line, tell
from tests.unit.dossier.test_district import item, send
from tests.unit.dossier.test_life import brought_to

OTHER_DAY = "2020-10-20"


async def alter(database: ServiceDatabase, *statements: str) -> None:
    """As the owner, and past the triggers."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        for table in ("intake_fact", "intake_count"):
            await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            await connection.execute(statement)
        for table in ("intake_fact", "intake_count"):
            await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    finally:
        await connection.close()


@pytest.fixture
async def filled(world: World) -> None:
    world.clock.set("2020-10-26T12:00")
    world.catalogue[SIMPLE_CODE] = procedure(**SIMPLE)
    await brought_to(world, "returned")
    await send(world, [item(1)])
    await tell(world, line(5, OTHER_DAY), line(3))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("statement", "restored", "named"),
    [
        ("UPDATE intake_fact SET online_level = 1 WHERE channel = 'online'",
         "UPDATE intake_fact SET online_level = 4 WHERE channel = 'online'",
         ["intake_fact", "online_level 1 ≠ 4", "received_month 2020-10-01"]),
        ("UPDATE received_month SET received = received + 1 WHERE channel = 'online'",
         "UPDATE received_month SET received = received - 1 WHERE channel = 'online'",
         ["received_month 2020-10-01 000.00.01.H28 000.00.09.H28 9.000002 XD01 online 4: received"]),
        ("UPDATE intake_fact SET replaced = NOT replaced WHERE quantity = 3",
         "UPDATE intake_fact SET replaced = NOT replaced WHERE quantity = 3",
         ["intake_fact", "replaced False ≠ True"]),
        ("UPDATE intake_count SET quantity = 6 WHERE quantity = 5",
         "UPDATE intake_count SET quantity = 5 WHERE quantity = 6", ["quantity 5 ≠ 6"]),
        ("UPDATE intake_count SET id = gen_random_uuid() WHERE quantity = 5",
         "UPDATE intake_count c SET id = f.id FROM intake_fact f WHERE f.quantity = 5 AND c.quantity = 5",
         [": – ≠ {", "} ≠ –"]),
        ("UPDATE intake_fact SET origin = 'seed' WHERE channel = 'online'",
         "UPDATE intake_fact SET origin = 'dossier' WHERE channel = 'online'",
         ["origin seed ≠ dossier"]),
    ],
)  # fmt: skip
async def test_what_was_altered_is_named(
    world: World,
    database: ServiceDatabase,
    filled: None,
    statement: str,
    restored: str,
    named: list[str],
) -> None:
    whole = await figures.check(database.app_url, 100)
    assert (whole.differences, whole.more) == ([], False)
    assert whole.facts >= 4
    assert whole.sums >= 3
    assert whole.lines()[0].startswith("✓ dossier: ")
    await alter(database, statement)
    found = await figures.check(database.app_url, 100)
    told = "\n".join(found.lines())
    assert told.startswith("✗ dossier: ")
    assert [part for part in named if part not in told] == [], told
    if len(found.differences) > 1:
        assert (await figures.check(database.app_url, 1)).lines()[1:] == [found.lines()[1], "  ✗ …"]
    await alter(database, restored)
    assert (await figures.check(database.app_url, 100)).differences == []


@pytest.mark.long
def test_the_command_on_any_server_says_it_by_its_status(tmp_path: Path) -> None:
    with temporary_server() as server:
        known = databases.prepare(server.admin_url)["dossier"]
        migrate.upgrade("dossier", known.owner_url)

        def run(*arguments: str) -> tuple[int, str]:
            done = subprocess.run(
                [ROOT / "motcua", "recount", *arguments],
                cwd=tmp_path,
                env={**os.environ, "DATABASE_URL": server.admin_url, "MOTCUA_VAR": str(tmp_path)},
                capture_output=True,
                timeout=60,
                check=False,
            )
            return done.returncode, done.stdout.decode() + done.stderr.decode()

        assert run() == (0, "✓ dossier: 0 sự kiện thống kê | facts, 0 số cộng dồn | sums\n")
        row = "'2020-10-01', 'A', 'A', '9.1', 'X', 'counter', 2, 7, 0, 0, 0, 0, 0"
        columns = (
            "month, receiving_agency, resolving_agency, procedure_code, field_code, channel, online_level,"
            " received, counted, fee_dossiers, fee_online, supplemented, rounds"
        )
        statement = f"INSERT INTO received_month ({columns}) VALUES ({row})"
        _execute(known.owner_url, statement)
        status, told = run()
        assert (status, told.count("✗")) == (1, 2), told
        assert "received_month 2020-10-01 A A 9.1 X counter 2: " in told
        assert '"received": 7' in told
        assert run("--most", "0")[0] == 2


def _execute(url: str, statement: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(execute())
