"""Who sees which facts of a figure, page by page; what else is asked is told or counts nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World
from tests.unit.dossier.explaining import (
    DISTRICT,
    GROUPS,
    NEVER,
    OTHER,
    PROVINCE,
    day,
    explained,
    fact,
    put,
    told,
)

pytestmark = pytest.mark.anyio


async def test_sums_are_for_everybody_and_facts_for_the_bodies_concerned(world: World) -> None:
    mine = fact(receiving_agency=DISTRICT, resolving_agency=DISTRICT)
    passed_on = fact(receiving_agency=DISTRICT, resolving_agency=CONSTRUCTION, channel="online")
    others = fact(receiving_agency=OTHER, resolving_agency=OTHER)
    late = fact(**NEVER, receiving_agency=OTHER, resolving_agency=OTHER)
    await put(world, [mine, passed_on, others, late])
    ids = {name: str(row["id"]) for name, row in
           {"mine": mine, "passed_on": passed_on, "others": others, "late": late}.items()}  # fmt: skip

    async def seen(headers: dict[str, str], **params: Any) -> tuple[set[str], int]:
        found = await explained(world, "online-share", headers, **params)
        assert (found["numerator"], found["denominator"]) == (1, 3)
        assert found["counts"] == {"received": 3, "eligible": 3, "online": 1}
        assert {part["reason"]: part["count"] for part in found["parts"]} == {
            "online": 1,
            "counter": 2,
            "not-received": 1,
        }
        return {name for name, id_ in ids.items() if id_ in told(found)}, found["hidden"]

    everything = {"mine", "passed_on", "others", "late"}
    assert await seen({}) == (set(), 4)
    assert await seen(world.citizen()) == (set(), 4)
    assert await seen(world.staff("cashier", DISTRICT)) == (set(), 4)
    assert await seen(world.staff("officer", DISTRICT)) == ({"mine", "passed_on"}, 2)
    assert await seen(world.staff("leader", CONSTRUCTION)) == ({"passed_on"}, 3)
    assert await seen(world.staff("leader", PROVINCE)) == (everything, 0)
    assert await seen(world.staff("auditor", DISTRICT)) == (everything, 0)
    assert await seen(world.staff("officer", DISTRICT), part="denominator") == ({"mine"}, 1)
    assert await seen(world.staff("officer", DISTRICT), part="excluded") == (set(), 1)


async def test_nothing_of_a_person_is_said(world: World) -> None:
    await put(world, [])
    await world.submitted()
    found = await explained(world, "online-share", world.staff("leader", PROVINCE))
    assert set(found["items"][0]) == {
        "id", "code", "origin", "quantity", "procedure", "procedure_name", "channel", "online_level",
        "receiving_agency", "resolving_agency", "submitted_on", "received_on", "finished_at", "value", "part",
        "reason", "text",
    }  # fmt: skip
    assert found["items"][0]["reason"] == "not-received"
    assert found["items"][0]["procedure_name"] == "Cấp giấy phép xây dựng (mẫu)"


# Pages


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
async def test_pages_show_each_fact_once(world: World, limit: int) -> None:
    rows = [fact(received_on=day(10, 2 + number % 3)) for number in range(7)]
    await put(world, rows)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        found = await explained(world, "online-share", limit=limit, **cursor)
        assert len(found["items"]) <= limit
        seen += [item["id"] for item in found["items"]]
        if found["next"] is None:
            break
        cursor = {"cursor": found["next"]}
    assert len(seen) == len(rows)
    by_day = sorted((row["received_on"], str(row["id"])) for row in rows)
    assert seen == [id_ for _, id_ in by_day]


async def test_more_facts_cost_no_more_statements(world: World) -> None:
    statements: list[str] = []
    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    costs = []
    for number in (1, 60):
        await put(world, [fact(procedure_code=f"9.{n % 9}", receiving_agency=CENTRE) for n in range(number)])
        statements.clear()
        found = await explained(world, "online-share", group_by="child", key=CENTRE)
        assert len(found["items"]) == number
        costs.append(len([each for each in statements if "SELECT" in each]))
    assert costs[0] == costs[1] <= 6


# Wrong and strange questions


@pytest.mark.parametrize(
    ("params", "parameter"),
    [({"part": "some"}, "part"), ({"column": "no_such"}, "column"), ({"limit": "0"}, "limit"),
     ({"cursor": "!"}, "cursor"), ({"cursor": "WyJhIiwiYiJd"}, "cursor"), ({"key": "a\0b"}, "key"),
     ({"key": "a" * 101}, "key"), ({"group_by": "colour"}, "group_by"), ({"kye": "1"}, "kye")],
)  # fmt: skip
async def test_a_wrong_question_is_told_so(world: World, params: dict[str, str], parameter: str) -> None:
    asked = {"period": "2020-10", **params}
    answer = await world.client.get("/v1/reports/online-share/explain", params=asked)
    assert answer.status_code == 422, answer.text
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize("group", GROUPS)
async def test_a_row_that_there_is_not_counts_nothing(world: World, group: str) -> None:
    await put(world, [fact()])
    for key in ("nobody", "", "2020-13-99"):
        if (group, key) == ("field", ""):
            continue  # a dossier without a field is in the row of that name
        found = await explained(world, "online-share", group_by=group, key=key)
        assert (found["numerator"], found["denominator"], found["parts"]) == (0, 0, [])
        assert found["key"] == key


async def test_of_a_body_that_there_is_not(world: World) -> None:
    answer = await world.client.get("/v1/reports/on-time/explain?agency=000.00.99.H28")
    assert (answer.status_code, answer.json()["code"]) == (404, "agency-not-found")
