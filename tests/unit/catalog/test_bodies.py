"""Bodies and units: identifiers in both notations, the tree of any day, editors, a reorganisation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from deploy import plan_file
from deploy.settings import ROOT
from services.catalog.bodies.identifiers import LONGEST, Identifier, canonical, parse
from tests.unit.catalog.conftest import World

pytestmark = pytest.mark.anyio
PROVINCE, CENTRE, CONSTRUCTION, TRANSPORT = (
    "000.00.00.H28",
    "000.00.01.H28",
    "000.00.09.H28",
    "000.00.08.H28",
)
DAY = "2020-12-01"

_GROUPS = st.tuples(st.sampled_from("ABCDEFGH"), st.integers(0, 99)).map(lambda g: f"{g[0]}{g[1]:02d}")


@st.composite
def identifiers(draw: st.DrawFn) -> Identifier:
    """Any that both notations can hold."""
    depth = draw(st.integers(0, 3))
    tops = (99, 99, 999)
    return Identifier(draw(_GROUPS), tuple(draw(st.integers(1, tops[level])) for level in range(depth)))


@given(identifiers())
def test_both_notations_name_the_same_body(identifier: Identifier) -> None:
    assert identifier.padded is not None
    assert parse(identifier.padded) == parse(identifier.short) == identifier
    assert canonical(identifier.short) == canonical(identifier.padded) == identifier.padded


@given(identifiers(), st.data())
def test_leading_zeros_of_the_short_notation_say_nothing(identifier: Identifier, data: st.DataObject) -> None:
    zeros = [data.draw(st.integers(0, 3)) for _ in identifier.levels]
    numbers = (f"{'0' * n}{level}" for n, level in zip(zeros, identifier.levels, strict=True))
    assert parse(".".join([identifier.group, *numbers])) == identifier


@given(st.text(alphabet="0123456789.HGA-x", max_size=45))
def test_what_is_read_can_be_written_and_read_again(said: str) -> None:
    found = parse(said)
    if found is not None:
        assert len(said) <= LONGEST
        assert len(found.levels) <= 3
        assert parse(found.short) == found
        assert found.padded is None or parse(found.padded) == found


@pytest.mark.parametrize(
    "said",
    ["", "H", "H28.", ".H28", "H28.0", "I28", "h28", "000.05.00.H28", "001.00.00.H28", "00.00.13.H28",
     "H28.1.2.3.4", "H28.13 ", "H28.13\n", "H28.١", "H28." + "1" * 40],
)  # fmt: skip
def test_what_is_no_identifier(said: str) -> None:
    assert parse(said) is None


def test_a_number_that_the_old_notation_has_no_room_for() -> None:
    found = parse("H28.113")
    assert found is not None
    assert (found.padded, found.short, canonical("H28.0113")) == (None, "H28.113", "H28.113")


@pytest.mark.parametrize("code", ["000.00.09.H28", "H28.9", "H28.09"])
async def test_a_body_is_found_by_either_notation(world: World, code: str) -> None:
    found = (await world.client.get(f"/v1/agencies/{code}")).json()
    assert found["code"] == CONSTRUCTION
    assert found["identifiers"] == {"qcvn_102_2016": CONSTRUCTION, "decision_20_2020": "H28.9"}
    assert [above["code"] for above in found["ancestors"]] == [PROVINCE]
    assert (found["acting"], found["successors"]) == (None, [])


def _new(code: str = "000.00.90.H28", **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": "Sở Thử nghiệm (mẫu)",
        "kind": "department",
        "government_level": "province",
        "unit_code": "17",
        "parent_code": PROVINCE,
        "valid_from": "2020-11-01",
        "valid_to": "2025-06-30",
        "reason": "Quyết định mẫu 1/QĐ-UBND",
        **changes,
    }


async def test_an_editor_founds_a_body_and_the_neighbours_hear_of_it(world: World) -> None:
    answer = await world.client.post("/v1/agencies", json=_new(code="H28.90"), headers=world.editor())
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == "/v1/agencies/000.00.90.H28"
    again = await world.client.post("/v1/agencies", json=_new(), headers=world.editor())
    assert (again.status_code, again.json()["code"]) == (409, "agency-exists")
    before = (await world.client.get("/v1/agencies?on=2020-10-31")).json()
    after = (await world.client.get("/v1/agencies?on=2020-11-01")).json()
    assert {body["code"] for body in after} - {body["code"] for body in before} == {"000.00.90.H28"}
    event = (await _events(world, "agency.changed"))[-1]
    assert event["actor"] == "staff:bien.dinh"
    assert event["data"] == {"codes": ["000.00.90.H28"], "reason": "Quyết định mẫu 1/QĐ-UBND"}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"parent_code": "000.00.99.H28"}, {"parent-unknown"}),
        ({"valid_to": None}, {"parent-not-there"}),
        ({"valid_from": "2019-12-31"}, {"parent-not-there", "unit-not-there"}),
        ({"unit_code": "999"}, {"unit-unknown"}),
        ({"valid_to": "2020-10-31"}, {"ends-before-it-begins"}),
        ({"receives_for": ["000.00.98.H28"]}, {"old-unknown"}),
    ],
)
async def test_a_body_has_to_fit_into_the_tree(
    world: World, changes: dict[str, Any], codes: set[str]
) -> None:
    body = _new("000.00.91.H28", **changes)
    answer = await world.client.post("/v1/agencies", json=body, headers=world.editor())
    assert answer.status_code == 422, answer.text
    assert {error["code"] for error in answer.json()["errors"]} == codes
    assert (await world.client.get("/v1/agencies/000.00.91.H28")).status_code == 404


async def test_no_body_lies_below_itself(world: World) -> None:
    code, district = "000.01.33.H28", "000.00.33.H28"
    seen = (await world.client.get(f"/v1/agencies/{district}")).json()["tree_version"]
    answer = await world.client.patch(
        f"/v1/agencies/{district}",
        json={"parent_code": code, "reason": "nhầm"},
        headers=world.editor(**{"If-Match": f'"{seen}"'}),
    )
    assert {error["code"] for error in answer.json()["errors"]} == {"cycle"}
    assert answer.status_code == 422


async def test_a_correction_needs_a_reason_and_what_was_seen(world: World) -> None:
    path = "/v1/agencies/H28.8"
    seen = (await world.client.get(path)).json()["tree_version"]
    wish = {"address": "Số 8 phố mẫu", "reason": "Chuyển trụ sở"}
    blind = await world.client.patch(path, json=wish, headers=world.editor())
    assert blind.status_code == 428
    stale = await world.client.patch(path, json=wish, headers=world.editor(**{"If-Match": f'"{seen - 1}"'}))
    assert stale.status_code == 412
    match = {"If-Match": f'"{seen}"'}
    silent = await world.client.patch(path, json={"address": "x"}, headers=world.editor(**match))
    assert silent.status_code == 422
    citizen = await world.client.patch(path, json=wish, headers=match)
    assert citizen.status_code == 401
    done = await world.client.patch(path, json=wish, headers=world.editor(**match))
    assert (done.status_code, done.json()["address"]) == (200, "Số 8 phố mẫu")
    assert (await _events(world, "agency.changed"))[-1]["data"]["fields"] == ["address"]


async def test_units_have_a_tree_of_their_own(world: World) -> None:
    new = {"code": "99901", "name": "Xã Mẫu", "kind": "commune", "level": "commune", "parent_code": "152",
           "valid_from": "2020-11-01", "valid_to": "2025-06-30", "reason": "mẫu"}  # fmt: skip
    answer = await world.client.post("/v1/units", json=new, headers=world.editor())
    assert answer.status_code == 201, answer.text
    found = (await world.client.get("/v1/units/99901")).json()
    assert [unit["code"] for unit in found["ancestors"]] == ["152", "17"]
    lost = await world.client.post("/v1/units", json={**new, "code": "99902", "parent_code": "99"},
                                   headers=world.editor())  # fmt: skip
    assert [error["code"] for error in lost.json()["errors"]] == ["parent-unknown"]
    province = (await world.client.get("/v1/units/17?on=2025-07-01")).json()
    assert province["successor"] == {"code": "25", "name": "Tỉnh Phú Thọ"}


# A reorganisation.


def row(line: int, old: str = "", new: str = "", **more: Any) -> dict[str, Any]:
    return {"line": line, "old": old, "new": new, "starts": DAY, "decision": "QĐ mẫu", **more}


async def reorganise(world: World, *rows: dict[str, Any], dry_run: bool = False) -> Any:
    body = {"rows": list(rows), "dry_run": dry_run}
    return await world.client.post("/internal/reorganisations", json=body, headers=world.service())


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([row(2, "000.00.77.H28", CONSTRUCTION)], [(2, "old", "old-unknown")]),
        ([row(2, CONSTRUCTION, "000.00.77.H28")], [(2, "new", "new-unknown")]),
        ([row(2, CONSTRUCTION, CONSTRUCTION)], [(2, "new", "itself")]),
        ([row(2, CONSTRUCTION, TRANSPORT, starts="2019-12-31")],
         [(2, "from", "ends-before-it-begins"), (2, "new", "new-not-there")]),
        ([row(2, CONSTRUCTION, TRANSPORT, starts="2025-07-02")],
         [(2, "from", "ended-already"), (2, "new", "new-not-there")]),
        ([row(2, CONSTRUCTION, TRANSPORT), row(3, TRANSPORT, CONSTRUCTION)],
         [(2, "new", "cycle"), (3, "new", "cycle")]),
        ([row(2, CONSTRUCTION, TRANSPORT), row(3, TRANSPORT, CENTRE)], [(2, "new", "chain")]),
        ([row(2, CONSTRUCTION, TRANSPORT), row(3, CONSTRUCTION, CENTRE)], [(2, "main", "no-main")]),
        ([row(2, CONSTRUCTION, TRANSPORT, main=True), row(3, CONSTRUCTION, TRANSPORT)],
         [(3, "new", "twice")]),
        ([row(2, CONSTRUCTION, TRANSPORT, main=True), row(3, CONSTRUCTION, CENTRE, starts="2020-12-02")],
         [(3, "from", "days-differ")]),
        ([row(2, new="H28.95", name="Sở Mới")],
         [(2, column, "missing") for column in ("new_kind", "level", "unit")]),
        ([row(2, CONSTRUCTION, TRANSPORT, name="Sở Khác", new_kind="department",
              level="province", unit="17")],
         [(2, "name", "exists")]),
        ([row(2)], [(2, "old", "nothing-said")]),
        ([row(2, PROVINCE)], [(2, "old", "parent-not-there")]),
        ([row(2, "152", kind="unit")], [(2, "old", "parent-not-there"), (2, "old", "unit-not-there")]),
    ],
)  # fmt: skip
async def test_a_plan_is_refused_with_all_its_faults(
    world: World, rows: list[dict[str, Any]], faults: list[tuple[int, str, str]]
) -> None:
    answer = await reorganise(world, *rows, dry_run=True)
    assert answer.status_code == 422, answer.text
    found = [(e["row"], e["pointer"].split("/")[3], e["code"]) for e in answer.json()["errors"]]
    assert sorted(set(found)) == sorted(faults)
    assert "?" not in " ".join(error["detail"] for error in answer.json()["errors"])


@pytest.mark.parametrize("name", ["two-wards-2020.csv", "phu-tho-2025.csv"])
async def test_the_plans_that_are_shipped_hold(world: World, name: str) -> None:
    plan = plan_file.read((ROOT / "data/reorganisations" / name).read_bytes())
    assert plan.faults == []
    answer = await reorganise(world, *plan.rows, dry_run=True)
    assert answer.status_code == 200, answer.text
    assert answer.json()["pairs"]


async def test_two_departments_become_one(world: World) -> None:
    """Construction and Transport merge into a new department on 1 December 2020."""
    plan = [
        row(2, "H28.9", "H28.70", name="Sở Xây dựng và Giao thông (mẫu)", new_kind="department",
            level="province", unit="17", parent="H28"),
        row(3, "H28.8", "H28.70"),
    ]  # fmt: skip
    new = "000.00.70.H28"
    tried = (await reorganise(world, *plan, dry_run=True)).json()
    assert (tried["applied"], tried["nothing_to_do"]) == (False, False)
    offered = {held["body"]: held["count"] for held in tried["holdings"] if held["what"] == "offerings"}
    assert offered[CONSTRUCTION] > 0
    assert (await world.client.get(f"/v1/agencies/{new}")).status_code == 404
    told = len(await _events(world, "agency.changed"))

    done = (await reorganise(world, *plan)).json()
    assert (done["applied"], [ref["code"] for ref in done["founded"]]) == (True, [new])
    assert len(await _events(world, "agency.changed")) == told + 1
    assert len(await _events(world, "reorganisation.applied")) == 1
    again = (await reorganise(world, *plan)).json()
    assert (again["applied"], again["nothing_to_do"]) == (False, True)

    await _the_tree_of_each_day(world, new)
    await _who_offers_on_each_day(world, new, offered[CONSTRUCTION])
    await _the_day_comes(world, new)


async def _the_tree_of_each_day(world: World, new: str) -> None:
    eve = {body["code"]: body for body in (await world.client.get("/v1/agencies?on=2020-11-30")).json()}
    day = {body["code"]: body for body in (await world.client.get(f"/v1/agencies?on={DAY}")).json()}
    assert (eve.keys() - day.keys(), day.keys() - eve.keys()) == ({CONSTRUCTION, TRANSPORT}, {new})
    assert new in day[CENTRE]["receives_for"]
    old = (await world.client.get(f"/v1/agencies/H28.9?on={DAY}")).json()
    assert (old["name"], old["valid_to"]) == ("Sở Xây dựng", "2020-11-30")
    assert old["acting"]["code"] == new
    assert (old["successors"][0]["code"], old["successors"][0]["from"]) == (new, DAY)
    found = (await world.client.get(f"/v1/agencies/{new}")).json()
    assert [before["code"] for before in found["predecessors"]] == [TRANSPORT, CONSTRUCTION]
    seen = found["tree_version"]
    alone = await world.client.patch(
        f"/v1/agencies/{new}",
        json={"valid_from": "2020-12-02", "reason": "thử"},
        headers=world.editor(**{"If-Match": f'"{seen}"'}),
    )
    assert (alone.status_code, alone.json()["code"]) == (409, "has-successor")


async def _who_offers_on_each_day(world: World, new: str, count: int) -> None:
    database = world.app.state.database
    async with database.transaction() as session:
        rows = await session.execute(
            text(
                "SELECT agency, count(*) FILTER (WHERE valid @> date '2020-11-30'),"
                " count(*) FILTER (WHERE valid @> date '2020-12-01') FROM offering"
                " WHERE agency IN (:old, :new) GROUP BY agency"
            ),
            {"old": CONSTRUCTION, "new": new},
        )
        found = {agency: (eve, day) for agency, eve, day in rows}
    assert found[CONSTRUCTION] == (count, 0)
    assert found[new][0] == 0
    assert found[new][1] >= count


async def _the_day_comes(world: World, new: str) -> None:
    before = await _bodies(world)
    assert (before[CONSTRUCTION]["successors"], before[new]["successors"]) == ([], [])
    assert not await world.app.state.herald.step()
    told = len(await _events(world, "agency.changed"))
    world.clock.set("2020-12-01T00:00:10")
    assert await world.app.state.herald.step()
    assert not await world.app.state.herald.step()
    assert len(await _events(world, "agency.changed")) == told + 1
    after = await _bodies(world)
    assert after[CONSTRUCTION]["successors"] == [new]
    assert after[CONSTRUCTION]["succeeded_on"] == DAY


async def test_the_children_of_an_abolished_body_go_on_below_its_successor(world: World) -> None:
    """A district's committee ends; its communes, which stay, are below its successor from that day."""
    district, other = "000.00.40.H28", "000.00.39.H28"
    child = "000.01.40.H28"
    assert (await reorganise(world, row(2, district, other, starts="2021-01-01"))).status_code == 200
    eve = (await world.client.get(f"/v1/agencies/{child}?on=2020-12-31")).json()
    day = (await world.client.get(f"/v1/agencies/{child}?on=2021-01-01")).json()
    assert [eve["parent_code"], day["parent_code"]] == [district, other]
    assert [above["code"] for above in day["ancestors"]] == [other, PROVINCE]


async def test_the_database_holds_the_days_of_a_succession(world: World) -> None:
    database = world.app.state.database
    with pytest.raises(Exception, match="a successor begins"):
        async with database.transaction() as session:
            await session.execute(
                text(
                    "INSERT INTO succession (old, new, starts, main, decision)"
                    " VALUES ('000.00.11.H28', '000.00.12.H28', '2021-01-01', true, 'x')"
                )
            )


async def _bodies(world: World) -> dict[str, Any]:
    items = (await world.client.get("/internal/bodies", headers=world.service())).json()["items"]
    return {body["code"]: body for body in items}


async def _events(world: World, kind: str) -> list[dict[str, Any]]:
    return [event async for event in _all_events(world) if event["type"] == kind]


async def _all_events(world: World) -> AsyncIterator[dict[str, Any]]:
    after = ""
    while True:
        params: dict[str, str | int] = {"after": after, "limit": 1000}
        page = (await world.client.get("/internal/events", params=params, headers=world.service())).json()
        for event in page["items"]:
            yield event
        if not page["items"]:
            return
        after = page["cursor"]
