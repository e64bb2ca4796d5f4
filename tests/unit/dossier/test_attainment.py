"""How far bodies are from their targets, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.databases import ServiceDatabase
from services.dossier.targets.attainment import Attained
from tests.unit.dossier.conftest import World
from tests.unit.dossier.received import (
    CENTRE,
    COMMUNE,
    CONSTRUCTION,
    DISTRICT,
    PROVINCE,
    begin,
    body,
    facts,
    report,
    statements,
)
from tests.unit.dossier.test_targets import MEASURE, NEW, plan, put

pytestmark = pytest.mark.anyio
YEAR = {"period": "2020", "as_of": "2020-10-26T15:00:00+07:00"}


@pytest.fixture
async def begun(world: World, database: ServiceDatabase) -> World:
    """2020: construction 3 of 20 online, of which 18 eligible; the district 1 of 4 and its communes 3 of 5
    and none of 1; the centre 2 of 7."""
    await begin(world, database)
    await facts(world, "2020-03-02", CONSTRUCTION, online=3, counter=15)
    await facts(world, "2020-09-30", CONSTRUCTION, counter=2, level=2)
    await facts(world, "2020-05-04", DISTRICT, online=1, counter=3)
    await facts(world, "2020-05-05", COMMUNE, online=3, counter=2)
    await facts(world, "2020-06-30", "000.02.33.H28", counter=1)
    await facts(world, "2020-07-01", CENTRE, online=2, counter=5)
    await facts(world, "2019-12-31", CONSTRUCTION, online=9)
    return world


def rows(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["agency"]: row for row in found["rows"]}


async def test_each_body_beside_its_target(begun: World) -> None:
    found = await report(begun, "attainment", **YEAR)
    assert (found["indicator"], found["period"], found["from"], found["to"]) == (
        "online-share",
        "2020",
        "2020-01-01",
        "2020-12-31",
    )
    assert (found["agency"], found["default_target"], found["synthetic"]) == (PROVINCE, 0.2, False)
    by_body = rows(found)
    assert list(by_body) == [CENTRE, CONSTRUCTION, DISTRICT]
    construction = by_body[CONSTRUCTION]
    del construction["forecast"]
    assert construction == {
        "agency": CONSTRUCTION, "name": "Sở Xây dựng", "kind": "department", "government_level": "province",
        "received": 20, "eligible": 18, "online": 3, "numerator": 3, "denominator": 20, "value": 0.15,
        "target": 0.2, "decision": "2566/QĐ-UBND", "effective_from": "2020-10-23", "inherited": True,
        "reached": False, "lacking": 1, "lacking_if_new": 2, "gap": 0.05, "measures": [],
    }  # fmt: skip
    district = by_body[DISTRICT]  # with its communes
    assert (district["online"], district["received"], district["reached"]) == (4, 10, True)
    assert (district["lacking"], district["lacking_if_new"], district["gap"]) == (0, 0, 0.0)
    total = found["total"]
    assert (total["agency"], total["online"], total["received"]) == (PROVINCE, 9, 37)
    share = await report(begun, "online-share", period="2020")
    values = {row["key"]: row["values"] for row in share["rows"]}
    assert total["value"] == share["total"]["values"]["share_all"]
    assert construction["value"] == values[CONSTRUCTION]["share_all"]


async def test_targets_and_measures_of_the_year_are_shown(begun: World) -> None:
    await put(begun, DISTRICT, {**NEW, "value": 0.5})
    await plan(begun, CONSTRUCTION, by=CONSTRUCTION)
    await put(begun, CONSTRUCTION, {**NEW, "value": 0.9}, year=2021)
    by_body = rows(await report(begun, "attainment", **YEAR))
    assert (by_body[CONSTRUCTION]["measures"], by_body[CONSTRUCTION]["target"]) == ([MEASURE], 0.2)
    district = by_body[DISTRICT]
    assert (district["target"], district["inherited"], district["lacking"]) == (0.5, False, 1)
    assert (district["lacking_if_new"], district["effective_from"]) == (2, "2020-11-01")
    communes = rows(await report(begun, "attainment", of="commune", **YEAR))
    assert (communes[COMMUNE]["target"], communes[COMMUNE]["inherited"]) == (0.5, True)
    assert communes[COMMUNE]["reached"]
    month = await report(begun, "attainment", period="2020-05")
    assert (month["total"]["received"], month["forecast"], month["total"]["forecast"]) == (9, None, None)


async def test_of_whom_it_is_asked(begun: World) -> None:
    below = await report(begun, "attainment", agency=DISTRICT, **YEAR)
    assert (list(rows(below)), below["total"]["received"]) == ([DISTRICT], 10)
    communes = await report(begun, "attainment", agency=DISTRICT, of="commune", **YEAR)
    assert {code: row["received"] for code, row in rows(communes).items()} == {COMMUNE: 5, "000.02.33.H28": 1}
    assert list(rows(await report(begun, "attainment", agency=COMMUNE, **YEAR))) == [COMMUNE]
    headers = begun.staff("officer", DISTRICT)
    own = await begun.client.get("/v1/reports/attainment", params=YEAR, headers=headers)
    assert own.json()["agency"] == DISTRICT
    for wrong, status in (
        ({"agency": "000.00.99.H28"}, 404),
        ({"of": "province"}, 422),
        ({"indicator": "supplement-rounds"}, 422),
        ({"period": "2020-13"}, 422),
        ({"scope": "own"}, 422),
        ({"from": "2020-01-01"}, 422),
    ):
        answer = await begun.client.get("/v1/reports/attainment", params=wrong)
        assert answer.status_code == status, answer.text


async def test_a_body_that_was_succeeded_is_shown_while_it_has_something(begun: World) -> None:
    above = [CONSTRUCTION, PROVINCE]
    await body(begun, "000.00.90.H28", "Sở cũ", "province", above, "department", successors=[CONSTRUCTION])
    assert "000.00.90.H28" not in rows(await report(begun, "attainment", **YEAR))
    await facts(begun, "2020-02-03", "000.00.90.H28", online=1, counter=1)
    by_body = rows(await report(begun, "attainment", **YEAR))
    assert (by_body["000.00.90.H28"]["received"], by_body[CONSTRUCTION]["received"]) == (2, 20)


async def test_without_a_target_nothing_is_said_of_it(begun: World) -> None:
    await facts(begun, "2020-04-06", CONSTRUCTION, counter=4, fee_amount=1000, fee_online=True)
    await facts(begun, "2020-04-06", CONSTRUCTION, counter=6, fee_amount=1000)
    paid = await report(begun, "attainment", indicator="paid-online", **YEAR)
    row = rows(paid)[CONSTRUCTION]
    assert (row["numerator"], row["denominator"], row["value"]) == (4, 10, 0.4)
    assert (row["received"], row["target"], row["lacking"], row["reached"]) == (None, None, None, False)
    assert paid["default_target"] is None
    await put(begun, PROVINCE, {**NEW, "value": 0.75}, indicator="paid-online")
    row = rows(await report(begun, "attainment", indicator="paid-online", **YEAR))[CONSTRUCTION]
    assert (row["lacking"], row["lacking_if_new"], row["gap"]) == (4, 14, 0.35)
    empty = rows(await report(begun, "attainment", indicator="paid-online", **YEAR))[DISTRICT]
    assert (empty["value"], empty["gap"], empty["reached"], empty["lacking"]) == (None, None, False, 0)


async def test_on_time_counts_what_is_late_at_the_moment(begun: World) -> None:
    for finished, number in (("2020-08-03", 7), ("2020-08-05", 2)):
        await facts(
            begun, "2020-08-01", CONSTRUCTION, counter=number, outcome="granted",
            finished_at=f"{finished}T10:00+07:00", scored_at="2020-08-04T17:00+07:00",
        )  # fmt: skip
    await facts(begun, "2020-08-01", CONSTRUCTION, counter=1, scored_at="2020-08-04T17:00+07:00")
    await put(begun, CONSTRUCTION, {**NEW, "value": 1}, indicator="on-time")
    found = await report(begun, "attainment", indicator="on-time", **YEAR)
    row = rows(found)[CONSTRUCTION]
    assert (row["numerator"], row["denominator"], row["value"]) == (7, 10, 0.7)
    assert (row["lacking"], row["lacking_if_new"], row["gap"], found["forecast"]) == (3, None, 0.3, None)
    share = await report(begun, "on-time", **YEAR)
    assert share["total"]["values"]["share_on_time"] == 0.7


async def test_definitions_come_in_both_languages(begun: World) -> None:
    vietnamese = await report(begun, "attainment", "vi", **YEAR)
    english = await report(begun, "attainment", "en", **YEAR)
    for found in (vietnamese, english):
        assert "20 % (2566/QĐ-UBND)" in found["definition"]["target"]
    assert "Trung tâm" in vietnamese["definition"]["rows"]
    assert "one-stop centre" in english["definition"]["rows"]
    assert vietnamese["definition"].keys() == english["definition"].keys()


async def test_it_costs_the_same_however_many_bodies_there_are(begun: World) -> None:
    async def cost(name: str, **params: Any) -> int:
        with statements(begun) as seen:
            await report(begun, name, **params)
        return len(seen)

    asked = [
        ("attainment", YEAR),
        ("attainment", {**YEAR, "of": "commune"}),
        ("league-table", {**YEAR, "of": "commune"}),
        ("shortest-way", YEAR),
    ]
    await put(begun, PROVINCE, {**NEW, "value": 0.9})
    before = [await cost(name, **params) for name, params in asked]
    for number in range(12):
        code = f"000.03.{number:02d}.H28"
        await body(begun, code, f"UBND xã {number}", "commune", [DISTRICT, PROVINCE])
        await facts(begun, "2020-09-01", code, online=1, counter=number + 1, procedure=f"9.{number:06d}")
    assert [await cost(name, **params) for name, params in asked] == before
    assert max(before) <= 10


@given(
    below=st.integers(0, 10**7), share=st.fractions(0, 1), target=st.fractions(0, 1, max_denominator=10**6)
)
def test_exactly_as_many_as_are_lacking(below: int, share: Fraction, target: Fraction) -> None:
    if not target:
        target = Fraction(1, 10**6)
    stands = Attained(int(share * below), below)
    lacking, new = stands.lacking(target), stands.lacking_if_new(target)
    assert 0 <= lacking <= below - stands.above
    if below:
        assert (lacking == 0) == stands.reaches(target)
        assert Attained(stands.above + lacking, below).reaches(target)
    if lacking:
        assert not Attained(stands.above + lacking - 1, below).reaches(target)
    if new is None:
        assert target == 1
        assert stands.above < below
    elif new:
        assert Attained(stands.above + new, below + new).reaches(target)
        assert not Attained(stands.above + new - 1, below + new - 1).reaches(target)
        assert new >= lacking
    else:
        assert lacking == 0


def test_what_floats_would_get_wrong() -> None:
    for target, below, lacking in (("0.07", 100, 7), ("0.29", 100, 29), ("0.57", 100, 57)):
        assert Attained(0, below).lacking(Fraction(target)) == lacking
    assert Attained(11_852, 365_040).lacking(Fraction("0.2")) == 61_156
    assert Attained(0, 0).lacking(Fraction("0.2")) == 0
    assert not Attained(0, 0).reaches(Fraction("0.2"))
