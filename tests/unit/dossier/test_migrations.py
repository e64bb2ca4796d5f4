"""What migrations make of the data that is there: back to the schema before, and forth again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from deploy import migrate
from deploy.databases import ServiceDatabase
from tests.unit.dossier.conftest import SIMPLE, World, procedure
from tests.unit.dossier.test_counts import SIMPLE_CODE, line, received, sound, tell
from tests.unit.dossier.test_district import item, send
from tests.unit.dossier.test_life import brought_to, headers, take

pytestmark = pytest.mark.anyio

_FACTS = {
    "dossier": "id, given_promise, extended_to, stage, stage_entered_at",
    "pause": "dossier_id, number, old_promise, new_promise",
    "result": "verification_code, outcome, revoked_at, replaced_by",
}


async def _facts(world: World) -> dict[str, list[Any]]:
    async with world.app.state.database.transaction() as session:
        return {
            table: list(await session.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1, 2")))
            for table, columns in _FACTS.items()
        }


async def _lives(world: World) -> None:
    """Dossiers with all that 0008 reads from their history."""
    stages = [{"name": "Thẩm định", "role": "officer", "hours": 8, "signs": False}]
    base = world.catalogue["9.000002"]
    world.catalogue["9.000006"] = {**base, "code": "9.000006", "stages": stages}
    staged = (await world.create(procedure="9.000006", submit=True)).json()
    for role, action in (("officer", "accept"), ("officer", "start"), ("leader", "extend")):
        assert (await take(world, staged, role, action)).status_code == 200
    waited = await brought_to(world, "supplement_requested")
    for hour, role, action in ((16, "leader", "stop"), (17, "leader", "reopen"), (17, "leader", "complete")):
        world.clock.set(f"2020-10-27T{hour}:00")
        assert (await take(world, waited, role, action)).status_code == 200
    world.catalogue["9.000002"] = {**base, "processing_time": None}
    given = await world.submitted()
    body = {"promised_on": "2020-11-20", "reason": "Theo lịch kiểm tra"}
    assert (await world.act(given, "accept", body, headers(world, "officer"))).status_code == 200


async def test_0008_finds_what_dates_are_counted_from_in_the_history(
    world: World, database: ServiceDatabase
) -> None:
    await _lives(world)
    before = await _facts(world)
    assert [sum(row[place] is not None for row in before["dossier"]) for place in (1, 2, 4)] == [1, 1, 1]
    await world.app.state.database.engine.dispose()
    await asyncio.to_thread(migrate.downgrade, "dossier", database.owner_url, "0007")
    await asyncio.to_thread(migrate.upgrade, "dossier", database.owner_url)
    assert await _facts(world) == before


async def test_0013_taken_back_takes_the_counts_out_of_the_sums(
    world: World, database: ServiceDatabase
) -> None:
    world.clock.set("2020-10-26T12:00")
    world.catalogue[SIMPLE_CODE] = procedure(**SIMPLE)
    await send(world, [item(1, received_at="2020-10-26T08:00:00+07:00")])
    await tell(world, line(7), line(5, "2020-10-25"))
    assert await received(world) == 6
    await world.app.state.database.engine.dispose()
    await asyncio.to_thread(migrate.downgrade, "dossier", database.owner_url, "0012")
    await asyncio.to_thread(migrate.upgrade, "dossier", database.owner_url)
    assert await received(world) == 1
    await sound(world)
    await send(world, [item(2, received_at="2020-10-26T08:00:00+07:00")])
    await tell(world, line(7), line(5, "2020-10-25"))
    assert await received(world) == 7
    await sound(world)
