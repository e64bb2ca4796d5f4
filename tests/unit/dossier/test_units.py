"""Figures by administrative unit; bodies that were copied before their units were."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.unit.dossier.conftest import CENTRE, SIMPLE, World, procedure
from tests.unit.dossier.test_counts import PROVINCE, SIMPLE_CODE, line, tell
from tests.unit.dossier.test_district import of_system

pytestmark = pytest.mark.anyio


async def by_unit(world: World) -> list[tuple[str, str, int]]:
    params = {"period": "2020-10", "group_by": "unit"}
    answer = await world.client.get("/v1/reports/online-share", params=params)
    return [(row["key"], row["name"], row["values"]["received"]) for row in answer.json()["rows"]]


async def units(world: World) -> set[Any]:
    async with world.app.state.database.transaction() as session:
        return set(await session.scalars(text("SELECT unit FROM body")))


async def test_what_bodies_of_a_unit_received_is_added_up(world: World) -> None:
    world.catalogue[SIMPLE_CODE] = procedure(**SIMPLE)
    said = [line(5), line(2, agency=CENTRE), line(4, "2020-10-25", agency=PROVINCE)]
    await tell(world, *said, headers=of_system(world, PROVINCE, "province"))
    assert await by_unit(world) == [("152", "152", 5), ("17", "Tỉnh Hoà Bình", 6)]


async def test_bodies_that_were_copied_without_units_are_read_again(world: World) -> None:
    assert await units(world) == {"17", "152"}
    async with world.app.state.database.transaction() as session:
        await session.execute(text("UPDATE body SET unit = NULL"))
    assert {key for key, _, _ in await by_unit(world)} <= {""}
    consumer = world.app.state.consumers["dossier-catalog"]
    assert await consumer.step() == 0  # nothing new has happened there
    assert await units(world) == {"17", "152"}
