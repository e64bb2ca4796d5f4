"""What was received, written straight into the facts: the figures count from them alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy import event, text

from deploy.databases import ServiceDatabase
from tests.unit.dossier.conftest import World

PROVINCE, CENTRE, CONSTRUCTION = "000.00.00.H28", "000.00.01.H28", "000.00.09.H28"
DISTRICT, COMMUNE = "000.00.33.H28", "000.01.33.H28"
_COMMUNES = {COMMUNE: "UBND xã Cao Sơn", "000.02.33.H28": "UBND xã Hòa Sơn"}


async def facts(
    world: World,
    day: str,
    agency: str,
    *,
    online: int = 0,
    counter: int = 0,
    procedure: str = "9.000001",
    level: int = 4,
    **columns: Any,
) -> None:
    """So many of that day; `columns`: of all of them."""
    values = {
        "resolving_agency": agency,
        "fee_amount": 0,
        "fee_online": False,
        "finished_at": None,
        "scored_at": None,
        "outcome": None,
        "origin": "dossier",
        **columns,
    }
    for channel, number in (("online", online), ("counter", counter)):
        async with world.app.state.database.transaction() as session:
            await session.execute(
                text(
                    "INSERT INTO intake_fact (id, origin, quantity, procedure_code, field_code, channel,"
                    " online_level, receiving_agency, resolving_agency, submitted_on, received_on, refused,"
                    " rounds, fee_amount, fee_online, result_file, replaced, finished_at, scored_at, outcome)"
                    " SELECT gen_random_uuid(), :origin, 1, :procedure, 'XD01', :channel, :level, :agency,"
                    " :resolving_agency, cast(:day AS text)::date, cast(:day AS text)::date, false, 0,"
                    " :fee_amount, :fee_online, false, false, cast(:finished_at AS text)::timestamptz,"
                    " cast(:scored_at AS text)::timestamptz, :outcome"
                    " FROM generate_series(1, :number)"
                ),
                {
                    **values,
                    "procedure": procedure,
                    "channel": channel,
                    "level": level,
                    "agency": agency,
                    "day": day,
                    "number": number,
                },
            )


async def body(
    world: World,
    code: str,
    name: str,
    level: str,
    above: list[str],
    kind: str = "peoples_committee",
    **more: Any,
) -> None:
    """`above`: nearest first."""
    async with world.app.state.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO body (code, name, kind, government_level, ancestors, successors)"
                " VALUES (:code, :name, :kind, :level, :ancestors, :successors)"
            ),
            {
                "code": code,
                "name": name,
                "kind": kind,
                "level": level,
                "ancestors": [code, *above],
                "successors": more.get("successors", []),
            },
        )


async def begin(world: World, database: ServiceDatabase) -> None:
    """Nothing received, nothing assigned; two communes below the district."""
    owner = await asyncpg.connect(database.owner_url)
    try:
        await owner.execute("TRUNCATE target, target_version, received_month, finished_month, fact_label")
        await owner.execute("DELETE FROM event WHERE subject LIKE 'target:%'")
        await owner.execute("DELETE FROM intake_fact; DELETE FROM received_month; DELETE FROM finished_month")
    finally:
        await owner.close()
    for code, name in _COMMUNES.items():
        await body(world, code, name, "commune", [DISTRICT, PROVINCE])


async def report(world: World, name: str, language: str = "vi", **params: Any) -> dict[str, Any]:
    answer = await world.client.get(
        f"/v1/reports/{name}", params=params, headers={"Accept-Language": language}
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Those that are executed within."""
    seen: list[str] = []
    engine = world.app.state.database.engine.sync_engine

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
