"""Which procedures of which bodies would close the gap, and that no fewer would."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from deploy.databases import ServiceDatabase
from services.dossier.figures.folding import fold
from services.dossier.targets.shortest import Pair, way
from tests.unit.dossier.conftest import World
from tests.unit.dossier.received import COMMUNE, CONSTRUCTION, DISTRICT, PROVINCE, begin, facts, report
from tests.unit.dossier.test_targets import NEW, put

_PAIRS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from((2, 3, 4))), max_size=7)


def _pairs(sizes: list[tuple[int, int]]) -> list[Pair]:
    return [Pair("a", str(place), level, size) for place, (size, level) in enumerate(sizes)]


def _fewest(sizes: list[int], gap: int) -> int | None:
    """By trying all subsets."""
    for count in range(len(sizes) + 1):
        if any(sum(some) >= gap for some in combinations(sizes, count)):
            return count
    return None


@given(_PAIRS, st.integers(1, 60))
def test_no_fewer_pairs_of_a_kind_would_do(sizes: list[tuple[int, int]], gap: int) -> None:
    pairs = _pairs(sizes)
    persuaded = [pair.dossiers for pair in pairs if pair.kind == "persuade"]
    raised = [pair.dossiers for pair in pairs if pair.kind == "raise"]
    steps = way(pairs, gap, "persuade", "raise")
    by_kind = [step.pair.kind for step in steps]
    assert by_kind == sorted(by_kind)  # persuade comes before raise
    if sum(persuaded) >= gap:
        assert by_kind == ["persuade"] * (_fewest(persuaded, gap) or 0)
    else:
        assert by_kind.count("persuade") == sum(size > 0 for size in persuaded)
        needed = _fewest(raised, gap - sum(persuaded))
        assert by_kind.count("raise") == (sum(size > 0 for size in raised) if needed is None else needed)
    alone = way(pairs, gap, "raise")
    closed = _fewest(raised, gap)
    assert closed is None or len(alone) == closed
    for found in (steps, alone):
        assert [step.closes for step in found[:-1]] == [False] * (len(found) - 1)
        assert sum(step.used for step in found) == (found[-1].cumulative if found else 0)
        assert all(0 < step.used <= step.pair.dossiers for step in found)
        if found:
            assert found[-1].closes == (found[-1].cumulative == gap)


def test_without_a_gap_there_is_no_way_to_go() -> None:
    assert way(_pairs([(5, 4)]), 0, "persuade", "raise") == []


@pytest.fixture
async def begun(world: World, database: ServiceDatabase) -> World:
    """The district received 20 with its commune, 1 online: at 20 % it lacks 3, at 75 % 14."""
    await begin(world, database)
    await facts(world, "2020-03-02", DISTRICT, online=1, counter=2, procedure="9.000001")
    await facts(world, "2020-03-02", DISTRICT, counter=6, procedure="9.000002", level=2)
    await facts(world, "2020-04-06", COMMUNE, counter=4, procedure="9.000001")
    await facts(world, "2020-04-06", COMMUNE, counter=3, procedure="9.000002", level=2)
    await facts(world, "2020-10-06", COMMUNE, counter=4, procedure="9.000002", level=3)  # raised since
    await facts(world, "2020-10-06", CONSTRUCTION, counter=90, procedure="9.000001")
    async with world.app.state.database.transaction() as session:
        await session.execute(
            text("INSERT INTO fact_label (kind, code, name) VALUES ('procedure', '9.000002', 'Chứng thực')")
        )
    return world


async def find(world: World, **params: Any) -> dict[str, Any]:
    return await report(world, "shortest-way", **{"period": "2020", "agency": DISTRICT, **params})


def told(steps: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(s["agency"], s["procedure"], s["kind"], s["dossiers"], s["used"], s["closes"]) for s in steps]


@pytest.mark.anyio
async def test_what_is_online_already_comes_first(begun: World) -> None:
    found = await find(begun)
    assert (found["name"], found["received"], found["online"], found["target"], found["lacking"]) == (
        "UBND huyện Lương Sơn", 20, 1, 0.2, 3,
    )  # fmt: skip
    assert told(found["steps"]) == [(COMMUNE, "9.000002", "persuade", 7, 3, True)]
    step = found["steps"][0]
    assert (step["procedure_name"], step["name"], step["online_level"]) == (
        "Chứng thực",
        "UBND xã Cao Sơn",
        3,
    )
    assert (found["reached_by_steps"], found["needed"], found["alternative_needed"]) == (True, 1, 1)
    assert told(found["alternative"]) == [(DISTRICT, "9.000002", "raise", 6, 3, True)]
    assert "vận động nộp trực tuyến" in found["definition"]["steps"]


@pytest.mark.anyio
async def test_where_that_is_not_enough_levels_are_raised(begun: World) -> None:
    await put(begun, DISTRICT, {**NEW, "value": 0.75})
    found = await find(begun)
    assert told(found["steps"]) == [
        (COMMUNE, "9.000002", "persuade", 7, 7, False),
        (COMMUNE, "9.000001", "persuade", 4, 4, False),
        (DISTRICT, "9.000001", "persuade", 2, 2, False),
        (DISTRICT, "9.000002", "raise", 6, 1, True),
    ]
    assert [step["cumulative"] for step in found["steps"]] == [7, 11, 13, 14]
    assert (found["needed"], found["alternative_needed"]) == (4, None)
    short = await find(begun, limit=2)
    assert (len(short["steps"]), short["needed"], short["reached_by_steps"]) == (2, 4, True)
    early = await find(begun, period="2020-04", agency=COMMUNE)
    assert [step["kind"] for step in early["steps"]] == ["persuade", "raise"]


@pytest.mark.anyio
async def test_what_was_taken_back_is_on_no_way(begun: World) -> None:
    async with begun.app.state.database.transaction() as session:
        await session.execute(text("UPDATE intake_fact SET voided_at = now() WHERE online_level = 3"))
        await fold(session)
    found = await find(begun)
    by_pair = {(s["agency"], s["procedure"]): s for s in [*found["steps"], *found["alternative"]]}
    assert (COMMUNE, "9.000002") not in {key for key, s in by_pair.items() if s["kind"] == "persuade"}
    assert told(found["steps"]) == [(COMMUNE, "9.000001", "persuade", 4, 3, True)]


@pytest.mark.anyio
async def test_who_has_reached_it_has_nothing_to_do(begun: World) -> None:
    await facts(begun, "2020-05-04", DISTRICT, online=9)
    found = await find(begun)
    assert (found["lacking"], found["steps"], found["alternative"]) == (0, [], [])
    assert (found["reached_by_steps"], found["needed"]) == (True, 0)
    whole = await find(begun, agency=PROVINCE)
    assert whole["steps"][0]["agency"] == CONSTRUCTION
    nothing = await find(begun, period="2019")
    assert (nothing["received"], nothing["needed"]) == (0, 0)
    for wrong in ({"limit": 0}, {"agency": "x y"}, {"indicator": "on-time"}):
        answer = await begun.client.get("/v1/reports/shortest-way", params=wrong)
        assert answer.status_code == 422
