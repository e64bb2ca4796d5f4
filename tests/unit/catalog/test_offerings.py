"""Who offers what, since when and under which decision: as of any day, checked, with its history."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests import system
from tests.unit.catalog.conftest import World

pytestmark = pytest.mark.anyio
SAMPLE = Path(__file__).parents[3] / "data/sample-catalogue/procedures/9.000001.json"
CONSTRUCTION, CULTURE, COMMUNE = "000.00.09.H28", "000.00.13.H28", "000.01.31.H28"


def path(agency: str, code: str) -> str:
    return f"/v1/agencies/{agency}/offerings/{code}"


async def procedure(world: World, code: str, **changes: Any) -> str:
    """A published one, like the sample's 9.000001."""
    content = {**json.loads(SAMPLE.read_text("utf-8")), "code": code, **changes}
    made = await world.client.post("/v1/procedures", json=content, headers=world.editor())
    assert made.status_code == 201, made.text
    body = {"reason": "Thử", "valid_from": "2020-01-01"}
    headers = world.editor(**{"If-Match": made.headers["ETag"]})
    published = await world.client.post(f"/v1/procedures/{code}/publish", json=body, headers=headers)
    assert published.status_code == 200, published.text
    return code


async def put(world: World, agency: str, code: str, **terms: Any) -> Any:
    return await world.client.put(path(agency, code), json=terms, headers=world.editor())


async def on(world: World, code: str, day: str) -> list[tuple[str, int]]:
    answer = await world.client.get(f"/v1/procedures/{code}/offerings", params={"on": day})
    assert answer.status_code == 200, answer.text
    return [(row["agency"]["code"], row["online_level"]) for row in answer.json()]


async def test_what_was_offered_on_any_day_is_answered(world: World) -> None:
    code = await procedure(world, "9.200001")
    first = await put(world, CONSTRUCTION, code, online_level=2, valid_from="2020-03-01")
    assert first.status_code == 200, first.text
    later = await put(
        world, CONSTRUCTION, code, online_level=4, valid_from="2020-07-14", decision="1588/QĐ-UBND",
        mandated=True,
    )  # fmt: skip
    assert (later.json()["valid_from"], later.json()["valid_to"]) == ("2020-07-14", None)
    between = await put(world, CONSTRUCTION, code, online_level=3, valid_from="2020-05-01")
    assert between.json()["valid_to"] == "2020-07-14"  # what was set for later stays
    levels = {
        day: await on(world, code, day) for day in ("2020-02-01", "2020-04-30", "2020-07-13", "2020-12-31")
    }
    assert list(levels.values()) == [[], [(CONSTRUCTION, 2)], [(CONSTRUCTION, 3)], [(CONSTRUCTION, 4)]]
    of_body = f"/v1/agencies/{CONSTRUCTION}/offerings"
    for params, found in (
        ({"on": "2020-06-01", "online_level": "3"}, True),
        ({"on": "2020-06-01", "mandated": "true"}, False),
        ({"mandated": "true", "online_level": "4"}, True),
    ):
        page = (await world.client.get(of_body, params={**params, "limit": "200"})).json()
        assert (code in {item["procedure"]["code"] for item in page["items"]}) == found, params


async def test_a_bodys_offerings_are_pages_in_the_order_of_the_alphabet(world: World) -> None:
    of_body = f"/v1/agencies/{CONSTRUCTION}/offerings"
    whole = (await world.client.get(of_body, params={"limit": "200"})).json()["items"]
    codes, params = [], {"limit": "2"}
    while True:
        answer = await world.client.get(of_body, params=params)
        codes += [item["procedure"]["code"] for item in answer.json()["items"]]
        if answer.json()["next"] is None:
            break
        assert 'rel="next"' in answer.headers["Link"]
        params["cursor"] = answer.json()["next"]
    assert codes == [item["procedure"]["code"] for item in whole]
    assert len(set(codes)) == len(codes) > 3
    again = await world.client.get(of_body, headers={"If-None-Match": answer.headers["ETag"]}, params=params)
    assert again.status_code == 304
    assert (await world.client.get(f"{of_body}?colour=red")).status_code == 422
    assert (await world.client.get("/v1/agencies/000.00.99.H28/offerings")).status_code == 404


async def test_the_same_terms_again_change_nothing(world: World) -> None:
    code = await procedure(world, "9.200002")
    terms = {"online_level": 3, "valid_from": "2020-07-14", "reason": "Đề án 30"}
    await put(world, CONSTRUCTION, code, **terms)
    before = await world.events()
    assert (await put(world, CONSTRUCTION, code, **terms)).json()["valid_from"] == "2020-07-14"
    assert (await put(world, CONSTRUCTION, code, online_level=3)).json()["valid_from"] == "2020-07-14"
    assert await world.events() == before


async def test_the_history_tells_who_decided_what_and_why(world: World) -> None:
    code = await procedure(world, "9.200003")
    await put(world, CONSTRUCTION, code, online_level=3, valid_from="2020-07-14", reason="Thí điểm")
    await put(world, CONSTRUCTION, code, online_level=4, valid_from="2020-07-14", decision="9/QĐ-UBND")
    ended = await world.client.post(
        f"{path(CONSTRUCTION, code)}/actions/end",
        json={"from": "2020-11-01", "reason": "Chuyển về Trung ương"},
        headers=world.editor(),
    )
    assert ended.status_code == 204
    assert await on(world, code, "2020-10-31") == [(CONSTRUCTION, 4)]
    assert await on(world, code, "2020-11-01") == []
    auditor = system.headers(world.clock, "a", "staff", roles=["auditor"], agency="000.00.00.H28")
    told = (await world.client.get(path(CONSTRUCTION, code), headers=auditor)).json()
    assert [(p["online_level"], p["valid_from"], p["valid_to"]) for p in told["periods"]] == [
        (4, "2020-07-14", "2020-11-01")
    ]
    assert [(c["action"], c["by"], c["reason"]) for c in told["changes"]] == [
        ("end", "staff:bien.dinh", "Chuyển về Trung ương"),
        ("offer", "staff:bien.dinh", ""),
        ("offer", "staff:bien.dinh", "Thí điểm"),
    ]
    assert told["changes"][2]["terms"]["online_level"] == 3  # gave way on its first day, and is still told of
    assert (await world.client.get(path(CONSTRUCTION, code))).status_code == 401
    again = await world.client.post(
        f"{path(CONSTRUCTION, code)}/actions/end",
        json={"from": "2020-11-01", "reason": "x"},
        headers=world.editor(),
    )
    assert (again.status_code, again.json()["code"]) == (404, "offering-not-found")


async def test_all_that_stands_against_a_level_is_said_at_once(world: World) -> None:
    unknown = [{"code": "P", "name": "Phí", "kind": "fee", "amount": None}]
    code = await procedure(world, "9.200004", form=None, fees=unknown)
    refused = await put(
        world, COMMUNE, code, online_level=4, valid_from="2020-10-01", pay_online_from="2020-09-01"
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "gaps-remain")
    assert refused.json()["gaps"] == ["no-form", "fee-unknown"]
    faults = {fault["code"]: fault for fault in refused.json()["errors"]}
    assert faults.keys() == {"no-form", "fee-unknown", "other-government-level", "payable-too-early"}
    assert faults["no-form"]["detail"] == "mẫu điện tử"
    assert faults["payable-too-early"]["pointer"] == "/pay_online_from"
    three = await put(world, CONSTRUCTION, code, online_level=3, pay_online_from="2020-10-26")
    assert three.json()["gaps"] == ["no-form", "fee-unknown"]  # what is paid online has a known amount


@pytest.mark.parametrize(
    ("changes", "terms", "fault"),
    [
        ({}, {"online_level": 2, "pay_online_from": "2020-11-01"}, "not-payable"),
        ({"fees": []}, {"online_level": 4, "pay_online_from": "2020-11-01"}, "nothing-to-pay"),
        ({}, {"online_level": 4, "pay_online_from": "2020-10-01"}, "payable-too-early"),
        ({}, {"online_level": 3, "valid_from": "2025-07-01"}, "agency-not-there"),
        ({"government_levels": ["commune"]}, {"online_level": 3}, "other-government-level"),
    ],
)
async def test_terms_that_cannot_be_are_refused_by_name(
    world: World, changes: dict[str, Any], terms: dict[str, Any], fault: str
) -> None:
    code = f"9.21.{fault}"
    await procedure(world, code, **changes)
    refused = await put(world, CONSTRUCTION, code, **terms)
    assert (refused.status_code, [f["code"] for f in refused.json()["errors"]]) == (422, [fault])
    if fault == "other-government-level":
        assert (await put(world, CONSTRUCTION, code, **terms, other_level=True)).status_code == 200


async def test_new_terms_keep_since_when_it_was_payable(world: World) -> None:
    code = await procedure(world, "9.200006")
    await put(
        world, CONSTRUCTION, code, online_level=4, valid_from="2020-07-14", pay_online_from="2020-10-01"
    )
    again = await put(
        world, CONSTRUCTION, code, online_level=4, pay_online_from="2020-10-01", decision="2/QĐ-UBND"
    )
    assert (again.status_code, again.json()["payable_online"]) == (200, True)


async def test_editors_at_once_never_make_two_offerings_of_a_day(world: World) -> None:
    code = await procedure(world, "9.200007")
    answers = await asyncio.gather(
        *(put(world, CONSTRUCTION, code, online_level=level, reason="đua") for level in (2, 3, 4, 3, 2))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len(await on(world, code, "2020-10-26")) == 1


async def test_only_editors_change_offerings(world: World) -> None:
    officer = system.headers(world.clock, "o", "staff", roles=["officer"], agency=CONSTRUCTION)
    terms = {"online_level": 3}
    assert (await world.client.put(path(CONSTRUCTION, "9.000001"), json=terms)).status_code == 401
    refused = await world.client.put(path(CONSTRUCTION, "9.000001"), json=terms, headers=officer)
    assert refused.status_code == 403
    wrong = await put(world, CONSTRUCTION, "9.000001", online_level=7, colour="red")
    assert {fault["pointer"] for fault in wrong.json()["errors"]} == {"/online_level", "/colour"}
