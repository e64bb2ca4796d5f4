"""Who may close a month, who sees its single facts, and what is wrong to ask."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.dossier.conftest import CONSTRUCTION, World
from tests.unit.dossier.test_closed_months import OCTOBER, PROVINCE, closed, nothing_closed_yet
from tests.unit.dossier.test_closings import CLOSINGS, amend, changes, late, october, report_of
from tests.unit.dossier.test_district import DISTRICT, send

pytestmark = pytest.mark.anyio
__all__ = ["nothing_closed_yet", "october"]


async def test_single_facts_are_for_those_whom_they_concern(world: World) -> None:
    closing = await closed(world)
    await send(world, [late(number) for number in range(3)])
    seen = {}
    for who, headers in {
        "nobody": {},
        "a citizen": world.citizen(),
        "the district": world.staff("officer", DISTRICT),
        "the department": world.staff("leader", CONSTRUCTION),
        "the province": world.staff("officer", PROVINCE),
        "an auditor": world.staff("auditor", CONSTRUCTION),
    }.items():
        said = await changes(world, closing, headers)
        assert (said["came"], said["changed"], said["went"]) == (3, 0, 0)
        assert said["hidden"] == 3 - len(said["items"])
        seen[who] = len(said["items"])
    assert seen == {"nobody": 0, "a citizen": 0, "the district": 3, "the department": 0,
                    "the province": 3, "an auditor": 3}  # fmt: skip
    leader = world.staff("leader", PROVINCE)
    first = await changes(world, closing, leader, limit=2)
    rest = await changes(world, closing, leader, limit=2, cursor=first["next"])
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)


async def test_only_a_leader_of_the_province_closes_and_amends(world: World) -> None:
    closing = await closed(world)
    for status, headers in [
        (401, {"X": "nobody"}),
        (403, world.citizen()),
        (403, world.staff("leader", CONSTRUCTION)),
        (403, world.staff("officer", PROVINCE)),
        (403, world.staff("auditor", PROVINCE)),
    ]:
        answer = await world.client.post(CLOSINGS, json=OCTOBER, headers=headers)
        assert answer.status_code == status
        assert (await amend(world, closing, headers)).status_code == status


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"period": "2020-11"}, "/period"),
    ({"period": "2020-13"}, "/period"),
    ({"period": "2020"}, "/period"),
    ({"period": "1970-01"}, "/period"),
    ({"period": "2020-10", "reason": " "}, "/reason"),
    ({"period": "2020-10", "month": 10}, "/month"),
    ({}, "/period"),
]


async def test_what_cannot_be_closed(world: World) -> None:
    for body, pointer in WRONG:
        answer = await world.client.post(CLOSINGS, json=body, headers=world.staff("leader", PROVINCE))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text
    assert (await world.client.get(CLOSINGS)).json()["items"] == []


async def test_a_closing_answers_for_its_month(world: World) -> None:
    closing = await closed(world)
    week = await report_of(world, closing=closing["id"], **{"from": "2020-10-19", "to": "2020-10-25"})
    assert (week.json()["total"]["values"]["received"], week.json()["as_of"]) == (
        0, "2020-11-01T00:00:00+07:00",
    )  # fmt: skip
    same = await report_of(world, closing=closing["id"], as_of="2020-10-31T17:00:00Z", period="2020-10")
    assert same.json()["total"]["values"]["received"] == 31
    for parameters, params in {
        ("period",): {"period": "2020"},
        ("from", "to"): {"from": "2020-09-30", "to": "2020-10-02"},
        ("as_of",): {"as_of": "2020-10-15T00:00:00+07:00"},
        ("period", "as_of"): {"period": "2020-11", "as_of": "2020-10-15T00:00:00+07:00"},
    }.items():
        answer = await report_of(world, closing=closing["id"], **params)
        assert (answer.status_code, answer.json()["code"]) == (422, "outside-closing")
        assert tuple(error["parameter"] for error in answer.json()["errors"]) == parameters
    unknown = "01a215db-da88-779f-aaf8-3350c9d7cb47"
    assert (await report_of(world, closing=unknown)).json()["code"] == "closing-not-found"
    assert (await report_of(world, closing="2020-10")).status_code == 422
    for path in (unknown, f"{unknown}/amendments", f"{unknown}/changes"):
        assert (await world.client.get(f"{CLOSINGS}/{path}")).json()["code"] == "closing-not-found"
    none = await changes(world, closing, {}, amendment=1)
    assert none["code"] == "amendment-not-found"
