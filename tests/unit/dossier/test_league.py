"""Ranks, arrows and scores: fair by their rules."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.databases import ServiceDatabase
from services.dossier.targets.attainment import Attained
from services.dossier.targets.league import ranks, score
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
)
from tests.unit.dossier.test_targets import NEW, put

OTHERS = [f"000.00.{number}.H28" for number in (10, 11, 12)]


def test_equals_share_a_rank_and_the_next_waits() -> None:
    stands = {"a": Attained(30, 60), "b": Attained(1, 2), "c": Attained(59, 60), "d": Attained(50, 100),
              "e": Attained(49, 100), "f": Attained(29, 29), "g": Attained(0, 0)}  # fmt: skip
    assert ranks(stands, 1) == {"f": 1, "c": 2, "a": 3, "b": 3, "d": 3, "e": 6}
    assert ranks(stands, 30) == {"c": 1, "a": 2, "d": 2, "e": 4}
    thirds = {"x": Attained(333_333, 10**6), "y": Attained(1, 3)}  # equal to six places
    assert ranks(thirds, 1) == {"y": 1, "x": 2}
    assert ranks({}, 30) == {}


@given(st.lists(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=12))
def test_a_rank_is_one_more_than_the_number_of_better_ones(pairs: list[tuple[int, int]]) -> None:
    stands = {str(place): Attained(*pair) for place, pair in enumerate(pairs)}
    found = ranks(stands, 30)
    fit = {key: Fraction(each.above, each.below) for key, each in stands.items() if each.below >= 30}
    assert found == {key: 1 + sum(other > share for other in fit.values()) for key, share in fit.items()}


def test_the_score_is_the_mean_of_what_is_attained_of_each_target() -> None:
    fifth, half = Fraction(1, 5), Fraction(1, 2)
    assert score([(Attained(10, 100), fifth)]) == 50
    assert score([(Attained(90, 100), fifth)]) == 100
    assert score([(Attained(10, 100), fifth), (Attained(1, 2), half)]) == 75
    assert score([(Attained(0, 0), fifth), (Attained(1, 4), half)]) == 50
    assert score([(Attained(0, 0), fifth)]) is None
    assert score([]) is None


@pytest.fixture
async def begun(world: World, database: ServiceDatabase) -> World:
    """In October: construction 9 of 30; of the others 18 of 40, 12 of 40, none of 29. In September the first
    two stood the other way round. The centre has nothing."""
    await begin(world, database)
    for number, code in enumerate(OTHERS):
        await body(world, code, f"Sở số {number}", "province", [PROVINCE], "department")
    await facts(world, "2020-10-05", CONSTRUCTION, online=9, counter=21)
    await facts(world, "2020-10-05", OTHERS[0], online=18, counter=22)
    await facts(world, "2020-10-05", OTHERS[1], online=12, counter=28)
    await facts(world, "2020-10-05", OTHERS[2], counter=29)
    await facts(world, "2020-09-07", CONSTRUCTION, online=30, counter=10)
    await facts(world, "2020-09-07", OTHERS[0], online=5, counter=35)
    return world


async def table(world: World, **params: Any) -> dict[str, dict[str, Any]]:
    found = await report(world, "league-table", **{"period": "2020-10", **params})
    return {row["agency"]: row for row in found["rows"]}


@pytest.mark.anyio
async def test_by_department(begun: World) -> None:
    found = await report(begun, "league-table", period="2020-10")
    assert [(row["rank"], row["agency"], row["reason"]) for row in found["rows"]] == [
        (1, OTHERS[0], None),
        (2, OTHERS[1], None),
        (2, CONSTRUCTION, None),
        (None, OTHERS[2], "few"),
        (None, CENTRE, "few"),
    ]
    assert (found["of"], found["minimum"], found["from"], found["to"]) == (
        "department", 30, "2020-10-01", "2020-10-31",
    )  # fmt: skip
    first, new, second = found["rows"][:3]
    assert (first["change"], second["change"], new["change"]) == (1, -1, None)
    assert (first["received"], first["online"], first["value"], first["target"]) == (40, 18, 0.45, 0.2)
    assert "(01/09/2020–30/09/2020)" in found["definition"]["change"]
    assert "Trung tâm Phục vụ hành chính công" in found["definition"]["rows"]
    assert "năm 2020" in found["definition"]["score"]
    assert "30 hồ sơ" in found["definition"]["rank"]


@pytest.mark.anyio
async def test_a_smaller_minimum_and_other_kinds(begun: World) -> None:
    lower = await table(begun, minimum=20)
    assert (lower[OTHERS[2]]["rank"], lower[OTHERS[2]]["reason"]) == (4, None)
    await facts(begun, "2020-10-06", DISTRICT, online=1, counter=19)
    await facts(begun, "2020-10-06", COMMUNE, online=9, counter=1)
    district = (await table(begun, of="district"))[DISTRICT]
    assert (district["rank"], district["received"], district["online"]) == (1, 30, 10)
    communes = await table(begun, of="commune", minimum=10)
    assert {code: row["rank"] for code, row in communes.items()} == {COMMUNE: 1, "000.02.33.H28": None}
    assert list(await table(begun, of="commune", agency=DISTRICT)) == [COMMUNE, "000.02.33.H28"]
    for wrong in ({"minimum": 0}, {"of": "ward"}, {"period": "2020-13"}, {"indicator": "pending"}):
        answer = await begun.client.get("/v1/reports/league-table", params=wrong)
        assert answer.status_code == 422


@pytest.mark.anyio
async def test_the_score_is_of_the_year_by_what_is_targeted_and_can_be_computed(begun: World) -> None:
    await put(begun, PROVINCE, {**NEW, "value": 0.6})
    rows = await table(begun)
    assert rows[CONSTRUCTION]["score"] == round(39 / 70 / 0.6 * 100, 2)
    assert rows[OTHERS[2]]["score"] == 0
    assert rows[CENTRE]["score"] is None
    await put(begun, CONSTRUCTION, {**NEW, "value": 0.5}, indicator="paid-online")
    assert (await table(begun))[CONSTRUCTION]["score"] == round(39 / 70 / 0.6 * 100, 2)
    await facts(begun, "2020-10-07", CONSTRUCTION, counter=10, fee_amount=1000)
    half = (await table(begun))[CONSTRUCTION]["score"]
    assert half == round(39 / 80 / 0.6 * 100 / 2, 2)
    assert (await table(begun, period="2020"))[CONSTRUCTION]["score"] == half
    await put(begun, PROVINCE, {**NEW, "value": 1}, indicator="on-time")
    await facts(
        begun, "2020-08-01", CENTRE, counter=1, resolving_agency=CONSTRUCTION, outcome="granted",
        finished_at="2020-08-03T10:00+07:00", scored_at="2020-08-04T17:00+07:00",
    )  # fmt: skip
    assert (await table(begun))[CONSTRUCTION]["score"] == round((39 / 80 / 0.6 + 0 + 1) * 100 / 3, 2)
    on_time = await table(begun, indicator="on-time", period="2020-08", minimum=1)
    assert (on_time[CONSTRUCTION]["rank"], on_time[CONSTRUCTION]["received"]) == (1, None)


@pytest.mark.anyio
async def test_by_days_the_period_before_is_as_long(begun: World) -> None:
    found = await report(begun, "league-table", **{"from": "2020-10-05", "to": "2020-10-10"})
    assert "(29/09/2020–04/10/2020)" in found["definition"]["change"]
    assert (found["period"], {row["change"] for row in found["rows"]}) == (None, {None})
