"""October is closed: its reports stay to the byte, what changes later is an amendment."""

from __future__ import annotations

import asyncio
import json
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import text

from services.dossier.closings.jobs import Amending
from services.dossier.figures.definitions import INDICATORS
from services.dossier.figures.queries import GroupBy
from tests.unit.dossier.conftest import CONSTRUCTION, SIMPLE, World, procedure
from tests.unit.dossier.test_closed_months import OCTOBER, PROVINCE, closed, nothing_closed_yet
from tests.unit.dossier.test_district import DISTRICT, item, of_system, progress, scalar, send, told
from tests.unit.dossier.test_life import brought_to

pytestmark = pytest.mark.anyio
CLOSINGS = "/v1/reports/closings"
__all__ = ["nothing_closed_yet"]


@pytest.fixture(autouse=True)
async def october(world: World, nothing_closed_yet: None) -> None:
    """Thirty on paper, of which five are decided, and two online; then it is the 3rd of November."""
    world.clock.set("2020-10-26T15:00")
    world.catalogue["9.000002"] = procedure(**SIMPLE)
    await brought_to(world, "in_progress")
    await world.submitted()
    await send(world, [item(number) for number in range(30)])
    await execute(world, f"UPDATE body SET unit = '148' WHERE code = '{DISTRICT}'")
    world.clock.set("2020-11-03T09:00")
    decided = [f"LS-{number:05d}" for number in range(5)]
    done = await progress(
        world,
        *(told("start", "10-27T09:00", reference) for reference in decided),
        *(told("complete", "10-30T09:00", reference) for reference in decided),
    )
    assert done["done"] == 10


async def report_of(world: World, **params: str) -> httpx.Response:
    return await world.client.get("/v1/reports/online-share", params=params)


async def reports(world: World, closing: dict[str, Any]) -> dict[str, bytes]:
    """What each says of the closed month, in the ways that it can be asked, and why."""
    found = {}
    groups = [("vi", "", {"group_by": group}) for group in get_args(GroupBy)]
    for indicator in INDICATORS:
        for language, why, params in [
            *groups,
            ("en", "", {"group_by": "channel"}),
            ("vi", "/explain", {"limit": "200"}),
            ("en", "/explain", {"limit": "200"}),
        ]:
            answer = await world.client.get(
                f"/v1/reports/{indicator}{why}",
                params={"closing": closing["id"], **params},
                headers={**world.staff("auditor", PROVINCE), "Accept-Language": language},
            )
            assert answer.status_code == 200, answer.text
            found[f"{indicator}{why} {params} {language}"] = answer.content
    return found


async def amend(world: World, closing: dict[str, Any], who: dict[str, str] | None = None) -> httpx.Response:
    return await world.client.post(
        f"{CLOSINGS}/{closing['id']}/amendments",
        json={"reason": "Nhập muộn"},
        headers=who or world.staff("leader", PROVINCE),
    )


async def changes(
    world: World, closing: dict[str, Any], who: dict[str, str], **params: Any
) -> dict[str, Any]:
    url = f"{CLOSINGS}/{closing['id']}/changes"
    found: dict[str, Any] = (await world.client.get(url, params=params, headers=who)).json()
    return found


async def execute(world: World, *statements: str) -> None:
    async with world.app.state.database.transaction() as session:
        for statement in statements:
            await session.execute(text(statement))


def late(number: int) -> dict[str, Any]:
    return item(100 + number, received_at="2020-10-29T08:00:00+07:00")


async def purge(world: World) -> int:
    """Retention of a month, when that is over for what October has decided."""
    world.clock.set("2020-12-02T09:00")
    leader = world.staff("leader", PROVINCE)
    rule = {"months": 1, "decision": "QĐ 12/2020"}
    assert (await world.client.put("/v1/dossiers/retention/*", json=rule, headers=leader)).is_success
    run = await world.client.post("/v1/dossiers/retention/runs?dry_run=false", headers=leader)
    return len(run.json()["dossiers"])


@pytest.mark.long
async def test_twenty_late_three_corrected_and_five_purged(world: World) -> None:
    closing = await closed(world)
    assert (closing["period"], closing["facts"], closing["amendments"]) == ("2020-10", 32, 0)
    before = await reports(world, closing)
    assert len(json.loads(before["online-share/explain {'limit': '200'} vi"])["items"]) == 32

    await send(world, [late(number) for number in range(20)])
    corrected = [
        item(7, channel="post"),
        item(8, received_at="2020-10-23T08:00:00+07:00"),
        item(9, received_at="2020-11-02T08:00:00+07:00"),
    ]
    assert (await send(world, corrected))["updated"] == 3
    assert await purge(world) == 5
    batch = (await send(world, [item(200, received_at="2020-10-30T08:00:00+07:00")]))["batch"]
    void = f"/v1/dossiers/batches/{batch}/void"
    assert (await world.client.post(void, json={"reason": "Nhầm"}, headers=of_system(world))).is_success
    await execute(
        world,
        "UPDATE body SET name = 'Tên mới'",
        f"UPDATE body SET government_level = 'commune', unit = '17' WHERE code <> '{PROVINCE}'",
        f"UPDATE body SET ancestors = ARRAY[code, '{CONSTRUCTION}', '{PROVINCE}'] WHERE code = '{DISTRICT}'",
        "UPDATE fact_label SET name = 'Tên mới'",
        "UPDATE unit SET name = 'Tên mới'",
    )

    made = (await amend(world, closing)).json()
    assert (made["number"], made["came"], made["changed"], made["went"]) == (1, 20, 2, 1)
    share = next(each for each in made["figures"] if each["indicator"] == "online-share")
    assert (share["before"]["received"], share["after"]["received"]) == (31, 50)
    assert [(row["key"], row["before"]["received"], row["after"]["received"]) for row in share["rows"]] == [
        (DISTRICT, 30, 49)
    ]
    listed = await changes(world, closing, world.staff("leader", DISTRICT), amendment=1, limit=200)
    assert (listed["hidden"], len(listed["items"])) == (0, 23)
    said = {
        (each["kind"], column["name"]): (column["old"], column["new"])
        for each in listed["items"]
        for column in each["columns"]
        if column["name"] in ("channel", "received_on")
    }
    assert said == {
        ("changed", "channel"): ("counter", "post"),
        ("changed", "received_on"): ("2020-10-26", "2020-10-23"),
        ("went", "received_on"): ("2020-10-26", "2020-11-02"),
    }
    assert {each["code"] for each in listed["items"] if each["kind"] == "came"} == {
        f"{DISTRICT}-201029-{serial:04d}" for serial in range(1, 21)
    }
    assert await reports(world, closing) == before
    again = await amend(world, closing)
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-amend")
    shown = (await world.client.get(f"{CLOSINGS}/{closing['id']}")).json()
    assert shown == closing | {"amendments": 1}


async def test_a_month_is_closed_once_also_by_two_at_the_same_moment(world: World) -> None:
    leader = world.staff("leader", PROVINCE)
    answers = await asyncio.gather(
        *(world.client.post(CLOSINGS, json=OCTOBER, headers=leader) for _ in range(2))
    )
    made, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert (made.status_code, refused.status_code) == (201, 409)
    assert (refused.json()["code"], refused.json()["closing"]) == ("month-closed", made.json()["id"])
    assert made.headers["Location"] == f"{CLOSINGS}/{made.json()['id']}"
    listed = (await world.client.get(CLOSINGS)).json()
    assert listed["items"] == [made.json()]
    await send(world, [late(1)])
    one, two = await asyncio.gather(*(amend(world, made.json()) for _ in range(2)))
    assert sorted((one.status_code, two.status_code)) == [201, 409]


@pytest.mark.long
async def test_closings_and_amendments_are_paged(world: World) -> None:
    world.clock.set("2021-01-02T09:00")
    for period in ("2020-12", "2020-10", "2020-11"):
        await closed(world, period=period, reason="Hết tháng")
    first = (await world.client.get(CLOSINGS, params={"limit": 2})).json()
    rest = (await world.client.get(CLOSINGS, params={"limit": 2, "cursor": first["next"]})).json()
    assert [each["period"] for each in first["items"] + rest["items"]] == ["2020-12", "2020-11", "2020-10"]
    october = rest["items"][0]
    assert october["reason"] == "Hết tháng"
    for number in range(3):
        await send(world, [late(number)])
        assert (await amend(world, october)).status_code == 201
    url, seen = f"{CLOSINGS}/{october['id']}/amendments", []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        answer = (await world.client.get(url, params=params)).json()
        seen += [(each["number"], each["came"], each["reason"]) for each in answer["items"]]
        cursor = answer["next"]
    assert seen == [(number, 1, "Nhập muộn") for number in (1, 2, 3)]


async def test_life_that_goes_on_is_no_change_of_the_month(world: World) -> None:
    """Decided in November, with a result file and a rating: October has them still open."""
    closing = await closed(world)
    world.clock.set("2020-11-20T09:00")
    reference = "LS-00010"
    steps = (told("start", "11-04T09:00", reference), told("complete", "11-05T09:00", reference))
    assert (await progress(world, *steps))["done"] == 2
    await execute(world, "UPDATE intake_fact SET points = 3, result_file = true")
    assert (await amend(world, closing)).json()["code"] == "nothing-to-amend"
    # A supplement counts with the month of the reception.
    await execute(world, "UPDATE intake_fact SET rounds = 1 WHERE code LIKE '%-0007'")
    said = await changes(world, closing, world.staff("auditor", PROVINCE))
    assert [(each["kind"], each["columns"]) for each in said["items"]] == [
        ("changed", [{"name": "rounds", "label": "Số lần yêu cầu bổ sung", "old": 0, "new": 1}])
    ]


@pytest.mark.long
async def test_what_a_batch_took_in_and_lost_again_has_come_and_gone(world: World) -> None:
    closing, number = await closed(world), [late(each) for each in range(3)]
    batch = (await send(world, number))["batch"]
    assert (await amend(world, closing)).json()["came"] == 3
    void = f"/v1/dossiers/batches/{batch}/void"
    await world.client.post(void, json={"reason": "Nhầm"}, headers=of_system(world))
    made = (await amend(world, closing)).json()
    assert (made["number"], made["came"], made["changed"], made["went"]) == (2, 0, 0, 3)
    share = made["figures"][0]
    assert (share["before"]["received"], share["after"]["received"]) == (34, 31)
    listed = await changes(world, closing, world.staff("officer", DISTRICT), amendment=2)
    assert {column["name"] for each in listed["items"] for column in each["columns"]} == {"voided_at"}
    # Sent again, they are other dossiers.
    await send(world, number)
    assert (await amend(world, closing)).json()["came"] == 3


async def test_closings_are_amended_by_themselves_once_a_day(world: World) -> None:
    closing = await closed(world)
    job = world.app.state.amending
    other = Amending(world.app.state.database, world.app.state.office)  # another replica
    await send(world, [late(1)])
    await asyncio.gather(job.step(), other.step())
    await send(world, [late(2)])
    await asyncio.gather(job.step(), other.step())
    world.clock.set("2020-11-04T00:01")
    await asyncio.gather(job.step(), other.step())
    listed = (await world.client.get(f"{CLOSINGS}/{closing['id']}/amendments")).json()["items"]
    assert [(each["number"], each["came"], each["by"], each["reason"]) for each in listed] == [
        (1, 1, "service:dossier", None),
        (2, 1, "service:dossier", None),
    ]


@pytest.mark.long
async def test_a_month_is_closed_while_a_batch_comes_in(world: World) -> None:
    """A piece of it is in, the other late; none is lost or half."""
    sending = asyncio.create_task(send(world, [late(number) for number in range(700)]))
    closing = await _amid(world)
    assert (await sending)["created"] == 700
    received = (await report_of(world, closing=closing["id"])).json()["total"]["values"]["received"]
    assert received == 31 + 500
    assert (await amend(world, closing)).json()["came"] == 200


async def _amid(world: World) -> dict[str, Any]:
    """Once the first piece is in."""
    for _ in range(3000):
        if await scalar(world, "SELECT count(*) FROM intake_fact") >= 500:
            break
        await asyncio.sleep(0.01)
    return await closed(world)
