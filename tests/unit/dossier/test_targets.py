"""Who assigns a target, whose measures they are, what applies where nothing was assigned, and the history."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deploy.databases import ServiceDatabase
from kit import events
from tests.unit.dossier.conftest import World
from tests.unit.dossier.received import CENTRE, COMMUNE, CONSTRUCTION, DISTRICT, PROVINCE, begin

pytestmark = pytest.mark.anyio
NEW = {"value": 0.35, "decision": "2566/QĐ-UBND", "decided_on": "2020-10-23", "effective_from": "2020-11-01"}
MEASURE = {"text": "Hướng dẫn tại bàn tiếp nhận", "owner": "Văn phòng", "due_on": "2020-12-01"}


@pytest.fixture(autouse=True)
async def _begin(world: World, database: ServiceDatabase) -> None:
    await begin(world, database)


def path(agency: str, indicator: str = "online-share", year: int | str = 2020, more: str = "") -> str:
    return f"/v1/targets/{agency}/{indicator}/{year}{more}"


async def put(
    world: World,
    agency: str,
    body: Any = None,
    by: str = PROVINCE,
    etag: str | None = None,
    role: str = "leader",
    **where: Any,
) -> httpx.Response:
    headers = world.staff(role, by) | ({} if etag is None else {"If-Match": etag})
    return await world.client.put(path(agency, **where), json=NEW if body is None else body, headers=headers)


async def plan(world: World, agency: str, by: str, etag: str | None = None, **more: Any) -> httpx.Response:
    body = {"measures": [MEASURE], **more}
    return await put(world, agency, body, by, etag, more="/measures")


async def shown(world: World, agency: str, **where: Any) -> dict[str, Any]:
    answer = await world.client.get(path(agency, **where))
    assert answer.status_code == 200, answer.text
    return {**answer.json(), "etag": answer.headers["ETag"]}


async def test_the_province_assigns_and_anyone_reads(world: World) -> None:
    made = await put(world, CONSTRUCTION)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert made.json() == {
        "agency": CONSTRUCTION, "name": "Sở Xây dựng", "indicator": "online-share", "year": 2020,
        "value": 0.35, "decision": "2566/QĐ-UBND", "decided_on": "2020-10-23",
        "effective_from": "2020-11-01", "inherited": False, "measures": [], "version": 1,
    }  # fmt: skip
    assert (await shown(world, CONSTRUCTION))["value"] == 0.35
    short = {name: value for name, value in NEW.items() if name != "effective_from"}
    again = await put(world, DISTRICT, short)
    assert again.json()["effective_from"] == "2020-10-23"
    listed = (await world.client.get("/v1/targets")).json()
    assert [(item["agency"], item["value"]) for item in listed["items"]] == [
        (CONSTRUCTION, 0.35),
        (DISTRICT, 0.35),
    ]


async def test_the_first_needs_no_version_and_each_later_one_the_last(world: World) -> None:
    await put(world, CONSTRUCTION)
    assert (await put(world, CONSTRUCTION)).json()["version"] == 1  # the same again
    other = {**NEW, "value": 0.4}
    missing = await put(world, CONSTRUCTION, other)
    assert (missing.status_code, missing.json()["code"], missing.headers["ETag"]) == (
        428,
        "version-required",
        '"1"',
    )
    changed = await put(world, CONSTRUCTION, other, etag='"1"')
    assert (changed.status_code, changed.json()["version"], changed.json()["value"]) == (200, 2, 0.4)
    stale = await put(world, CONSTRUCTION, NEW, etag='"1"')
    assert (stale.status_code, stale.json()["current"]) == (412, 2)
    assert (await put(world, DISTRICT, NEW, etag='"3"')).status_code == 412
    none_yet = await shown(world, DISTRICT)
    assert (none_yet["etag"], none_yet["version"]) == ('"0"', 0)
    assert (await put(world, DISTRICT, NEW, etag='"0"')).status_code == 201
    assert (await put(world, DISTRICT, NEW, etag="tomorrow")).json()["errors"][0]["parameter"] == "If-Match"


async def test_of_two_who_change_it_at_once_one_is_told(world: World) -> None:
    await put(world, CONSTRUCTION)
    for version in (1, 2, 3):
        puts = (
            put(world, CONSTRUCTION, {**NEW, "value": value / 100}, etag=f'"{version}"')
            for value in (version * 10, version * 10 + 1)
        )
        answers = await asyncio.gather(*puts)
        assert sorted(answer.status_code for answer in answers) == [200, 412]
    first = await asyncio.gather(*(put(world, DISTRICT, {**NEW, "value": v}) for v in (0.1, 0.2, 0.3)))
    assert sorted(answer.status_code for answer in first) == [201, 428, 428]
    async with world.app.state.database.transaction() as session:
        assert await events.verify(session) == []
        assert await session.scalar(text("SELECT count(*) FROM target_version")) == 5


async def test_what_leaders_and_others_may_do(world: World) -> None:
    refused = await put(world, CONSTRUCTION, by=CONSTRUCTION)
    assert (refused.status_code, refused.json()["code"]) == (403, "target-of-others")
    assert "Sở Xây dựng" in refused.json()["detail"]
    assert (await put(world, CONSTRUCTION, by=CENTRE)).status_code == 403
    assert (await put(world, CONSTRUCTION, role="officer")).status_code == 403
    assert (await put(world, COMMUNE, by=DISTRICT)).status_code == 201  # the parent
    assert (await put(world, PROVINCE)).status_code == 201  # nobody is above
    assert (await put(world, DISTRICT, by=COMMUNE)).status_code == 403
    without = await world.client.put(path(DISTRICT), json=NEW)
    assert without.status_code == 401
    assert (await put(world, "000.00.99.H28")).json()["code"] == "agency-not-found"
    assert (await plan(world, CONSTRUCTION, by=CENTRE)).status_code == 403
    assert (await plan(world, CONSTRUCTION, by=CONSTRUCTION)).status_code == 201
    assert (await plan(world, COMMUNE, by=PROVINCE, etag='"1"')).status_code == 200


async def test_a_body_plans_for_a_target_that_it_inherits(world: World) -> None:
    planned = await plan(world, CONSTRUCTION, by=CONSTRUCTION)
    assert planned.json()["measures"] == [MEASURE]
    assert (planned.json()["value"], planned.json()["inherited"]) == (0.2, True)
    assigned = await put(world, CONSTRUCTION, etag='"1"')
    assert (assigned.json()["value"], assigned.json()["measures"]) == (0.35, [MEASURE])
    kept = await put(world, CONSTRUCTION, {**NEW, "measures": []}, etag='"2"')
    assert kept.json()["measures"] == []


async def test_the_nearest_target_above_applies_and_at_last_the_default(world: World) -> None:
    found = await shown(world, COMMUNE)
    assert (found["value"], found["decision"], found["inherited"]) == (0.2, "2566/QĐ-UBND", True)
    await put(world, PROVINCE, {**NEW, "value": 0.25, "decision": "01/QĐ-UBND"})
    await put(world, DISTRICT, {**NEW, "value": 0.5, "decision": "02/QĐ-UBND"})
    commune, department = await shown(world, COMMUNE), await shown(world, CONSTRUCTION)
    assert (commune["value"], commune["decision"], commune["inherited"]) == (0.5, "02/QĐ-UBND", True)
    assert (department["value"], department["inherited"]) == (0.25, True)
    assert (await shown(world, DISTRICT))["inherited"] is False
    assert (await shown(world, COMMUNE, year=2021))["value"] == 0.2
    for indicator in ("on-time", "paid-online"):
        other = await shown(world, COMMUNE, indicator=indicator)
        assert (other["value"], other["inherited"], other["etag"]) == (None, False, '"0"')


@pytest.mark.parametrize(
    "world", [{"default_target": "0.3", "default_target_decision": "9/QĐ"}], indirect=True
)
async def test_the_default_is_configuration(world: World) -> None:
    found = await shown(world, COMMUNE)
    assert (found["value"], found["decision"]) == (0.3, "9/QĐ")


async def test_who_changed_what_and_when(world: World) -> None:
    await put(world, CONSTRUCTION)
    await plan(world, CONSTRUCTION, by=CONSTRUCTION, etag='"1"')
    world.clock.forward(hours=1)
    await put(world, CONSTRUCTION, {**NEW, "value": 0.4}, etag='"2"')
    headers = world.staff("auditor", PROVINCE)
    answer = await world.client.get(path(CONSTRUCTION, more="/history"), headers=headers)
    first, second, third = answer.json()["items"]
    assert first["by"] == f"staff:leader@{PROVINCE}"
    assert first["changes"]["value"] == {"old": None, "new": 0.35}
    assert (second["by"], list(second["changes"])) == (f"staff:leader@{CONSTRUCTION}", ["measures"])
    assert second["changes"]["measures"] == {"old": [], "new": [MEASURE]}
    assert third["changes"] == {"value": {"old": 0.35, "new": 0.4}}
    assert third["at"] == "2020-10-26T16:00:00+07:00"
    assert (await world.client.get(path(CONSTRUCTION, more="/history"))).status_code == 401
    subject = f"target:{CONSTRUCTION}/online-share/2020"
    async with world.app.state.database.transaction() as session:
        log = (await events.history(session, subject))[-3:]
    assert [event["type"] for event in log] == ["target.assigned", "target.planned", "target.assigned"]
    assert log[2]["data"] == {"value": {"old": 0.35, "new": 0.4}, "measures": 1}
    assert "Hướng dẫn" not in str(log)  # free text stays out of the log


async def test_the_history_is_written_once(world: World, database: ServiceDatabase) -> None:
    await put(world, CONSTRUCTION)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with world.app.state.database.transaction() as session:
            await session.execute(text("UPDATE target_version SET by = 'somebody else'"))
    owner = await asyncpg.connect(database.owner_url)
    try:
        for wrong in ("value = 0", "value = 1.01", "decision = NULL", "indicator = 'supplement-rounds'"):
            with pytest.raises(asyncpg.CheckViolationError):
                await owner.execute(f"UPDATE target SET {wrong}")
    finally:
        await owner.close()


async def test_the_list_is_paged_and_narrowed(world: World) -> None:
    for year in (2020, 2021):
        for agency in (CONSTRUCTION, DISTRICT, COMMUNE):
            await put(world, agency, year=year)
    await put(world, CONSTRUCTION, indicator="paid-online")
    found, params = [], {"limit": "3"}
    while True:
        answer = await world.client.get("/v1/targets", params=params)
        found += [(i["year"], i["indicator"], i["agency"]) for i in answer.json()["items"]]
        if (cursor := answer.json()["next"]) is None:
            break
        assert 'rel="next"' in answer.headers["Link"]
        params["cursor"] = cursor
    assert len(found) == 7
    assert found == sorted(found)

    async def count(**narrowed: Any) -> int:
        return len((await world.client.get("/v1/targets", params=narrowed)).json()["items"])

    assert await count(year=2021) == 3
    assert await count(agency=CONSTRUCTION) == 3
    assert await count(indicator="paid-online", year=2020) == 1
    for wrong in ({"cursor": "x"}, {"year": 1999}, {"indicator": "supplement-rounds"}, {"agencies": "x"}):
        assert (await world.client.get("/v1/targets", params=wrong)).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"value": 0}, "/value"),
        ({"value": 1.0000001}, "/value"),
        ({"value": 20}, "/value"),
        ({"value": "20 %"}, "/value"),
        ({"value": "0.2"}, "/value"),
        ({"value": True}, "/value"),
        ({"value": None}, "/value"),
        ({"value": 0.12345678}, "/value"),
        ({"decision": ""}, "/decision"),
        ({"decision": "x" * 101}, "/decision"),
        ({"decided_on": "2020-10-27"}, "/decided_on"),
        ({"decided_on": 20201023}, "/decided_on"),
        ({"effective_from": "2021-01-01"}, "/effective_from"),
        ({"effective_from": "1999-01-01"}, "/effective_from"),
        ({"measures": [{"owner": "x"}]}, "/measures/0/text"),
        ({"measures": [{"text": "a\x00b"}]}, "/measures/0/text"),
        ({"measures": [MEASURE] * 21}, "/measures"),
        ({"version": 3}, "/version"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(
    world: World, wrong: dict[str, Any], pointer: str
) -> None:
    refused = await put(world, CONSTRUCTION, {**NEW, **wrong})
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert refused.json()["errors"][0]["detail"]
    assert (await shown(world, CONSTRUCTION))["version"] == 0


async def test_paths_that_lead_nowhere(world: World) -> None:
    for where in ({"indicator": "processing-time"}, {"year": 1999}, {"year": "x"}):
        assert (await put(world, CONSTRUCTION, **where)).status_code == 422
    assert (await world.client.get(path("000.00.99.H28"))).status_code == 404
    both = await put(world, CONSTRUCTION, {"value": 3, "decision": "", "decided_on": "hôm qua"})
    assert [error["pointer"] for error in both.json()["errors"]] == ["/value", "/decision", "/decided_on"]
