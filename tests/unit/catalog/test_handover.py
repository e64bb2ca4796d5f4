"""What a body offers ends with it, and goes on with its successor: whatever happens at the same moment."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from kit.auth import Caller
from services.catalog import loading, queries
from services.catalog.bodies import reorganising
from services.catalog.bodies.handover import free
from services.catalog.bodies.schemas import Plan
from tests.unit.catalog.conftest import World
from tests.unit.catalog.test_bodies import reorganise, row
from tests.unit.catalog.test_offerings import path, procedure

pytestmark = pytest.mark.anyio
PLACES = Path(__file__).parents[3] / "data/hoa-binh-2020"
_CLERK = Caller(sub="gateway", kind="service", name="gateway", roles=frozenset({"service"}))
_LAST = "2025-06-30"


def day(number: int) -> date:
    return date(2021, 1, number)


@pytest.mark.parametrize(
    ("wanted", "taken", "left"),
    [
        ((1, None), [], [(1, None)]),
        ((1, None), [(5, 9)], [(1, 5), (9, None)]),
        ((3, 8), [(1, 4), (6, 7)], [(4, 6), (7, 8)]),
        ((3, 8), [(8, None)], [(3, 8)]),
        ((3, 8), [(1, 3), (9, 10)], [(3, 8)]),
        ((3, None), [(5, None)], [(3, 5)]),
        ((3, 8), [(2, None)], []),
        ((3, 3), [], []),
    ],
)
def test_what_is_free_of_a_time(wanted: Any, taken: Any, left: Any) -> None:
    def range_(first: int, end: int | None) -> Range[date]:
        return Range(day(first), None if end is None else day(end))

    assert free(range_(*wanted), [range_(*one) for one in taken]) == [range_(*one) for one in left]


async def found(world: World, code: str) -> str:
    """A department, until 30 June 2025."""
    new = {"code": code, "name": f"Sở mẫu {code}", "kind": "department", "government_level": "province",
           "unit_code": "17", "parent_code": "000.00.00.H28", "valid_from": "2020-01-01",
           "valid_to": _LAST, "reason": "mẫu"}  # fmt: skip
    answer = await world.client.post("/v1/agencies", json=new, headers=world.editor())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def offer(world: World, body: str, code: str, **terms: Any) -> dict[str, Any]:
    asked = {"online_level": 3, "valid_from": "2020-10-26", "reason": "mẫu", **terms}
    answer = await world.client.put(path(body, code), json=asked, headers=world.editor())
    assert answer.status_code == 200, answer.text
    offered: dict[str, Any] = answer.json()
    return offered


async def periods(world: World, body: str, code: str) -> list[tuple[int, str, str | None]]:
    """(level, from, until)"""
    told = (await world.client.get(path(body, code), headers=world.editor())).json()
    return [(one["online_level"], one["valid_from"], one["valid_to"]) for one in told["periods"]]


async def correct(world: World, place: str, **changes: Any) -> Any:
    seen = (await world.client.get(place)).json()["tree_version"]
    headers = world.editor(**{"If-Match": f'"{seen}"'})
    return await world.client.patch(place, json={**changes, "reason": "mẫu"}, headers=headers)


async def waiting(world: World) -> int:
    """How many wait for the tree."""
    async with world.app.state.database.transaction() as session:
        return int(
            await session.scalar(
                text(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        )


async def test_who_ends_or_offers_during_a_reorganisation_waits_for_it(world: World) -> None:
    code = await procedure(world, "9.700001")
    old, heir = await found(world, "H28.71"), await found(world, "H28.72")
    await offer(world, old, code)
    plan = Plan.model_validate({"rows": [row(2, old, heir, starts="2020-10-27")]})
    ending = {"from": "2020-10-28", "reason": "mẫu"}
    terms = {"online_level": 4, "valid_from": "2020-10-28", "reason": "mẫu"}
    async with world.app.state.database.transaction() as session:
        await queries.tree_alone(session)
        end = asyncio.create_task(
            world.client.post(f"{path(old, code)}/actions/end", json=ending, headers=world.editor())
        )
        put = asyncio.create_task(world.client.put(path(old, code), json=terms, headers=world.editor()))
        while await waiting(world) < 2:
            assert not end.done()
            assert not put.done()
        await reorganising.reorganise(session, world.clock, _CLERK, plan)
    ended, offered = await end, await put
    assert (ended.status_code, ended.json()["code"]) == (404, "offering-not-found")
    assert [error["code"] for error in offered.json()["errors"]] == ["agency-not-there"]
    assert await periods(world, old, code) == [(3, "2020-10-26", "2020-10-27")]
    assert await periods(world, heir, code) == [(3, "2020-10-27", "2025-07-01")]


async def test_a_plan_is_applied_again_after_somebody_undid_it(world: World) -> None:
    code, body = await procedure(world, "9.700002"), await found(world, "H28.73")
    await offer(world, body, code)
    plan = row(2, body, starts="2021-01-01")
    assert (await reorganise(world, plan)).json()["applied"]
    undone = await correct(world, f"/v1/agencies/{body}", valid_to=_LAST)
    assert undone.status_code == 200, undone.text
    assert await periods(world, body, code) == [(3, "2020-10-26", "2025-07-01")]
    again = await reorganise(world, plan)
    assert (again.status_code, again.json()["applied"]) == (200, True)
    assert (await reorganise(world, plan)).json()["nothing_to_do"]
    assert await periods(world, body, code) == [(3, "2020-10-26", "2021-01-01")]


async def test_nothing_is_offered_beyond_the_last_day_of_a_body(world: World) -> None:
    code, body = await procedure(world, "9.700003"), await found(world, "H28.74")
    place = f"/v1/agencies/{body}"
    assert (await offer(world, body, code, online_level=4))["valid_to"] == "2025-07-01"
    later = await offer(world, body, code, online_level=3, valid_from="2021-03-01")
    assert later["valid_to"] == "2025-07-01"
    assert (await correct(world, place, valid_to="2020-12-31")).status_code == 200
    assert await periods(world, body, code) == [(4, "2020-10-26", "2021-01-01")]
    async with world.app.state.database.transaction() as session:
        assert await queries.highest_level(session, code, date(2021, 1, 1)) == 2
        assert await queries.highest_promised(session, code, date(2021, 1, 1)) == 2
    # It lasts as long as the body: also where that is corrected once more; what ends earlier does not.
    assert (await correct(world, place, valid_to="2021-01-31")).status_code == 200
    assert await periods(world, body, code) == [(4, "2020-10-26", "2021-02-01")]
    end = {"from": "2021-01-10", "reason": "mẫu"}
    await world.client.post(f"{path(body, code)}/actions/end", json=end, headers=world.editor())
    assert (await correct(world, place, valid_to=_LAST)).status_code == 200
    assert await periods(world, body, code) == [(4, "2020-10-26", "2021-01-10")]
    told = (await world.client.get(path(body, code), headers=world.editor())).json()["changes"]
    assert [change["action"] for change in told] == ["end", "offer", "end", "end", "offer", "offer"]


async def test_a_successor_that_begins_later_goes_on_until_then(world: World) -> None:
    """Each old body by its own day; the successor keeps what it offers itself, and no day is lost."""
    code = await procedure(world, "9.700004")
    one, two, heir = [await found(world, f"H28.{number}") for number in (75, 76, 77)]
    await offer(world, one, code)
    await offer(world, two, code, online_level=4)
    await offer(world, heir, code, online_level=2, valid_from="2021-02-01")
    await offer(world, heir, code, online_level=2, valid_from="2020-10-26")
    end = {"from": "2020-11-10", "reason": "mẫu"}
    answer = await reorganise(
        world, row(2, one, heir, starts="2020-11-01"), row(3, two, heir, starts="2020-12-01")
    )
    assert answer.status_code == 200, answer.text
    assert await periods(world, heir, code) == [
        (2, "2020-10-26", "2021-02-01"),
        (2, "2021-02-01", "2025-07-01"),
    ]
    other = await procedure(world, "9.700005")
    three, last = await found(world, "H28.78"), await found(world, "H28.79")
    await offer(world, three, other)
    await offer(world, last, other, online_level=4, valid_from="2021-02-01")
    await offer(world, last, other, online_level=2)
    ended = await world.client.post(f"{path(last, other)}/actions/end", json=end, headers=world.editor())
    assert ended.status_code == 204
    await offer(world, last, other, online_level=4, valid_from="2021-02-01")
    first = row(2, "000.00.12.H28", "000.00.13.H28", starts="2020-11-05")
    answer = await reorganise(world, first, row(3, three, last, starts="2020-12-01"))
    assert answer.status_code == 200, answer.text
    assert await periods(world, last, other) == [
        (2, "2020-10-26", "2020-11-10"),
        (3, "2020-12-01", "2021-02-01"),
        (4, "2021-02-01", "2025-07-01"),
    ]


async def test_who_takes_over_on_one_day_and_ends_on_the_next(world: World) -> None:
    code = await procedure(world, "9.700006")
    one, two, three = [await found(world, f"H28.{number}") for number in (81, 82, 83)]
    await offer(world, one, code)
    answer = await reorganise(
        world, row(2, one, two, starts="2020-11-01"), row(3, two, three, starts="2020-12-01")
    )
    assert answer.status_code == 200, answer.text
    assert await periods(world, one, code) == [(3, "2020-10-26", "2020-11-01")]
    assert await periods(world, two, code) == [(3, "2020-11-01", "2020-12-01")]
    assert await periods(world, three, code) == [(3, "2020-12-01", "2025-07-01")]


async def test_what_ended_with_its_body_goes_on_with_a_successor_named_later(world: World) -> None:
    code, body, heir = await procedure(world, "9.700007"), await found(world, "H28.84"), "H28.85"
    await offer(world, body, code)
    assert (await reorganise(world, row(2, body, starts="2020-12-01"))).json()["applied"]
    heir = await found(world, heir)
    named = (await reorganise(world, row(2, body, heir, starts="2020-12-01"))).json()
    assert [held["count"] for held in named["holdings"] if held["what"] == "offerings"] == [1]
    assert await periods(world, heir, code) == [(3, "2020-12-01", "2025-07-01")]


async def test_the_days_of_a_unit_that_succeeded_another_stay(world: World) -> None:
    answer = await correct(world, "/v1/units/25", valid_from="2025-08-01")
    assert (answer.status_code, answer.json()["code"]) == (409, "has-successor")


async def test_places_are_loaded_by_one_at_a_time(world: World) -> None:
    database = world.app.state.database
    async with database.transaction() as busy:
        await queries.tree_stays(busy)
        with pytest.raises(DBAPIError, match="lock timeout"):
            async with database.transaction() as session:
                await session.execute(text("SET LOCAL lock_timeout = '20ms'"))
                await loading.load_places(session, world.clock, PLACES)
    async with database.transaction() as session:
        assert await loading.load_places(session, world.clock, PLACES) == 0
