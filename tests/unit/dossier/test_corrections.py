"""What a district says anew of a dossier, and what it sends that cannot be."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from tests.unit.dossier.conftest import CENTRE, SIMPLE, World, procedure
from tests.unit.dossier.test_district import (
    CSV,
    DISTRICT,
    ROWS,
    as_csv,
    item,
    of_system,
    progress,
    send,
    sheet,
    sums,
    told,
    wrong,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def _nothing_received_yet(world: World) -> None:
    world.clock.set("2020-10-26T10:00")
    world.catalogue["9.000002"] = procedure(**{**SIMPLE, "papers": procedure()["papers"]})
    async with world.app.state.database.transaction() as session:
        for table in ("dossier", "batch", "declared_total", "intake_fact", "code_counter"):
            await session.execute(text(f"DELETE FROM {table}"))


async def _shown(world: World, answer: dict[str, Any]) -> dict[str, Any]:
    of = answer["items"][0]["id"]
    found = await world.client.get(f"/v1/dossiers/{of}", headers=world.staff("officer", DISTRICT))
    shown: dict[str, Any] = found.json()
    return shown


async def _steps(world: World, answer: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/v1/dossiers/{answer['items'][0]['id']}/history"
    found = await world.client.get(path, headers=world.staff("officer", DISTRICT))
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def _received(world: World) -> list[tuple[Any, ...]]:
    async with world.app.state.database.transaction() as session:
        query = "SELECT paper_code, originals, copies FROM paper_received ORDER BY paper_code"
        return [tuple(row) for row in await session.execute(text(query))]


async def test_a_correction_holds_papers_and_history_too(world: World) -> None:
    first = item(1, papers=[{"paper": "GT-01", "originals": 1}, {"paper": "GT-02", "copies": 3}])
    await send(world, [first])
    earlier = {
        **first,
        "received_at": "2020-10-23T16:59:00+07:00",
        "papers": [{"paper": "GT-01", "copies": 2}],
    }
    answer = await send(world, [earlier])
    assert sums(answer) == (0, 1, 0, 0)
    assert await _received(world) == [("GT-01", 0, 2)]
    steps = await _steps(world, answer)
    assert [step["at"] for step in steps] == ["2020-10-23T16:59:00+07:00"] * 2
    assert steps[1]["due_at"] == (await _shown(world, answer))["promised_at"] == "2020-10-30T17:00:00+07:00"


async def test_a_closed_dossier_is_corrected_no_more(world: World) -> None:
    await send(world, [item(1)])
    world.clock.set("2020-11-05T08:00")
    await progress(world, told("start", "10-26T09:00"), told("complete", "10-30T09:00"))
    later = item(1, received_at="2020-11-02T08:00:00+07:00")
    answer = await send(world, [later])
    assert wrong(answer) == {(0, "dossier-closed", "/items/0/reference")}
    assert (await _shown(world, answer))["accepted_at"] == "2020-10-26T07:30:01+07:00"


async def test_a_reception_is_not_after_what_followed_it(world: World) -> None:
    await send(world, [item(1)])
    await progress(world, told("start", "10-26T09:00"))
    answer = await send(world, [item(1, received_at="2020-10-26T09:30:00+07:00")])
    assert wrong(answer) == {(0, "received-after-step", "/items/0/received_at")}
    assert sums(await send(world, [item(1, received_at="2020-10-26T08:30:00+07:00")])) == (0, 1, 0, 0)


async def test_the_promise_of_a_reopened_dossier_stays(world: World) -> None:
    await send(world, [item(1)])
    world.clock.set("2020-10-30T09:00")
    await progress(
        world,
        told("start", "10-26T09:00"),
        told("stop", "10-27T09:00", reason="Nhầm"),
        told("reopen", "10-29T09:00", reason="Mở lại"),
    )
    changed = item(1)
    changed["applicant"]["phone"] = "0900000009"
    shown = await _shown(world, await send(world, [changed]))
    # Accepted on Monday for five days, and closed for two.
    assert shown["promised_at"] == "2020-11-04T17:00:00+07:00"
    assert shown["applicant"]["phone"] == "0900000009"


async def test_a_tombstone_is_never_filled_again(world: World) -> None:
    answer = await send(world, [item(1)])
    world.clock.set("2020-11-05T08:00")
    await progress(world, told("start", "10-26T09:00"), told("complete", "10-30T09:00"))
    world.clock.set("2022-12-01T08:00")
    leader = world.staff("leader", "000.00.00.H28")
    rule = {"months": 24, "decision": "QĐ 12/2022"}
    assert (await world.client.put("/v1/dossiers/retention/*", json=rule, headers=leader)).is_success
    runs = await world.client.post("/v1/dossiers/retention/runs?dry_run=false", headers=leader)
    assert [due["code"] for due in runs.json()["dossiers"]] == [answer["items"][0]["code"]]
    changed = item(1)
    changed["applicant"]["phone"] = "0900000009"
    assert wrong(await send(world, [changed])) == {(0, "dossier-purged", "/items/0/reference")}
    shown = await _shown(world, answer)
    assert (shown["applicant"]["name"], shown["form"]) == ("", {})
    for q in ("Bùi Thị Số 1", "017300000001"):
        found = await world.client.get(
            "/v1/dossiers", params={"q": q}, headers=world.staff("officer", DISTRICT)
        )
        assert found.json()["items"] == []


async def test_one_code_means_one_dossier(world: World) -> None:
    world.catalogue["9.000002"] = procedure(**SIMPLE)
    ours = [f"{CENTRE}-201026-{serial:04d}" for serial in range(1, 5)]
    await send(world, [item(1, external_code=ours[1])])
    given = [(await world.submitted("uong"))["code"] for _ in range(2)]
    assert given == [ours[0], ours[2]]
    late = await send(world, [item(2, external_code=ours[2])])
    assert wrong(late) == {(0, "external-code-taken", "/items/0/external_code")}
    tracked = (await world.client.get(f"/v1/track/{ours[1]}")).json()
    assert tracked["code"] == f"{DISTRICT}-201026-0001"
    printed = f"{DISTRICT}-201026-0003"  # of the very body, in the very call
    codes = [i["code"] for i in (await send(world, [item(3, external_code=printed), item(4)]))["items"]]
    assert codes == [f"{DISTRICT}-201026-0002", f"{DISTRICT}-201026-0004"]


async def test_one_code_means_one_dossier_also_at_the_same_moment(world: World) -> None:
    world.catalogue["9.000002"] = procedure(**SIMPLE)
    printed = [f"{CENTRE}-201026-{serial:04d}" for serial in range(1, 21)]
    answer, *made = await asyncio.gather(
        send(world, [item(number, external_code=code) for number, code in enumerate(printed)]),
        *(world.submitted("uong") for _ in range(20)),
    )
    kept = {code for code, i in zip(printed, answer["items"], strict=True) if i["outcome"] == "created"}
    given = [dossier["code"] for dossier in made]
    assert len(set(given)) == 20
    assert not kept & set(given)


async def test_a_printed_promise_follows_its_correction(world: World) -> None:
    await send(world, [item(1, promised_at="2020-10-30T16:30:00+07:00")])
    again = await send(world, [item(1, promised_at="2020-10-31T09:00:00+07:00")])
    assert (await _shown(world, again))["promised_at"] == "2020-10-31T09:00:00+07:00"
    shown = await _shown(world, await send(world, [item(1)]))
    assert (shown["promised_at"], shown["scored_at"]) == ("2020-11-02T17:00:00+07:00",) * 2


async def test_a_printed_number_with_strokes_is_tracked_and_rated(world: World) -> None:
    await send(world, [item(1, external_code="LS/2020/77")])
    found = await world.client.get("/v1/track/LS/2020/77", params={"check": "0001"})
    assert found.json()["code"] == f"{DISTRICT}-201026-0001"
    rating = {"points": 3, "check": "0001"}
    early = await world.client.post("/v1/track/LS/2020/77/rating", json=rating)
    assert early.json()["code"] == "not-rateable"
    odd = await send(world, [item(2, external_code="../2020"), item(3, external_code="LS//77")])
    assert {(at, where) for at, _, where in wrong(odd)} == {
        (0, "/items/0/external_code"), (1, "/items/1/external_code"),
    }  # fmt: skip


BAD: list[tuple[dict[str, Any], str]] = [
    ({"applicant": {"kind": "citizen", "name": "A\x0bB"}}, "applicant/name"),
    ({"applicant": {"kind": "citizen", "name": "A", "address": "\x00"}}, "applicant/address"),
    ({"received_at": "0001-01-01T00:00:00+07:00"}, "received_at"),
    ({"received_at": "1920-10-23T08:00:00+07:00"}, "received_at"),
    ({"promised_at": "9999-12-31T23:00:00-07:00"}, "promised_at"),
]


async def test_a_bad_item_stops_no_other(world: World) -> None:
    items = [item(number, **changes) for number, (changes, _) in enumerate(BAD)]
    answer = await send(world, [*items, item(99)])
    assert sums(answer) == (1, 0, 0, len(BAD))
    assert {where for _, _, where in wrong(answer)} == {
        f"/items/{number}/{where}" for number, (_, where) in enumerate(BAD)
    }


@pytest.mark.parametrize("odd", ["A\x0bB", "A\x00B"])
async def test_a_control_character_in_a_cell(world: World, odd: str) -> None:
    rows = [*ROWS[:2], ["A-2", *ROWS[1][1:5], odd, ""]]
    answer = await sheet(world, as_csv(rows), CSV)
    assert answer.status_code == 200, answer.text
    assert {e["cell"]: e["code"] for i in answer.json()["items"] for e in i["errors"]} == {
        "F3": "value_error"
    }


async def test_steps_of_no_time_stop_no_other(world: World) -> None:
    await send(world, [item(number) for number in range(4)])
    answer = await progress(
        world,
        told("request-supplement", "10-26T09:00", "LS-00000", reason="Thiếu", due_on="9999-12-31"),
        told("extend", "10-26T09:00", "LS-00001", reason="Bận", promised_on="9999-12-31"),
        {**told("start", "10-26T09:00", "LS-00002"), "occurred_at": "0001-01-01T00:00:00+07:00"},
        told("start", "10-26T09:00", "LS-00003", officer="A\x0bB"),
        told("start", "10-26T09:00", "LS-00001"),
    )
    assert [[e["pointer"] for e in step["errors"]] for step in answer["steps"]] == [
        ["/steps/0/due_on"],
        ["/steps/1/promised_on"],
        ["/steps/2/occurred_at"],
        ["/steps/3/officer"],
        ["/steps/4/action"],
    ]


async def test_who_did_it_is_never_the_applicant_where_the_office_did(world: World) -> None:
    answer = await send(world, [item(1)])
    world.clock.set("2020-11-05T08:00")
    nameless = [{**told(action, at), "officer": ""} for action, at in (
        ("start", "10-26T09:00"), ("complete", "10-30T09:00"), ("return", "10-30T15:00"),
    )]  # fmt: skip
    assert (await progress(world, *nameless))["done"] == 3
    assert [(step["action"], step["by"]) for step in await _steps(world, answer)] == [
        ("submit", "Người nộp hồ sơ"),
        ("accept", "Cán bộ của cơ quan"),
        ("start", "Cán bộ của cơ quan"),
        ("complete", "Cán bộ của cơ quan"),
        ("return", "Cán bộ của cơ quan"),
    ]


async def test_a_total_of_no_time(world: World) -> None:
    body = {"items": [item(1)], "declared": {"day": "9999-12-31", "total": 1}}
    answer = await world.client.post("/v1/dossiers/batch", json=body, headers=of_system(world))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/declared/day")
    asked = await world.client.get("/v1/intake-totals?from=0001-01-01", headers=of_system(world))
    assert (asked.status_code, asked.json()["errors"][0]["parameter"]) == (422, "from")
