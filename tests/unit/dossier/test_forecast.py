"""What the months so far say of the year's end, and how wrong that was."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.databases import ServiceDatabase
from kit.clock import VIETNAM
from services.dossier.targets import forecast
from services.dossier.targets.attainment import Attained
from services.dossier.targets.forecast import (
    METHODS,
    Expected,
    choose,
    replayed,
    run_rate,
    seasonal,
    whole_year,
    year_to_date,
)
from services.dossier.targets.standing import last_whole_month
from tests.unit.dossier.conftest import World
from tests.unit.dossier.received import CONSTRUCTION, DISTRICT, begin, facts, report
from tests.unit.dossier.test_targets import NEW, put

Brought = list[tuple[int, int]]


def months(year: int, brought: Brought) -> dict[date, Attained]:
    return {date(year, month, 1): Attained(*each) for month, each in enumerate(brought, 1)}


FLAT: Brought = [(2, 10)] * 12
RISING: Brought = [(month, 20) for month in range(12)]
SEPTEMBER = date(2020, 9, 1)


def test_the_run_rate_is_the_last_three_months_on_and_on() -> None:
    found = run_rate(months(2020, RISING), 2020, SEPTEMBER)
    assert found == Expected(Fraction(36 + 3 * 7), Fraction(240), date(2020, 7, 1))
    first = run_rate(months(2020, RISING), 2020, date(2020, 1, 1))
    assert first == Expected(Fraction(0), Fraction(240), date(2020, 1, 1))
    over_the_year = run_rate(months(2020, FLAT), 2021, date(2021, 1, 1))
    assert over_the_year == Expected(Fraction(44, 3), Fraction(220, 3), date(2020, 11, 1))
    before_it_began = run_rate(months(2020, FLAT), 2021, date(2020, 12, 1))
    assert before_it_began == Expected(Fraction(24), Fraction(120), date(2020, 10, 1))


def test_the_year_to_date_goes_on_as_it_went() -> None:
    found = year_to_date(months(2020, RISING), 2020, SEPTEMBER)
    assert found == Expected(Fraction(48), Fraction(240), date(2020, 1, 1))
    assert year_to_date(months(2020, FLAT), 2021, date(2020, 12, 1)) is None


def test_the_seasons_come_again_with_this_year_s_growth() -> None:
    last_year = [(1, 10)] * 6 + [(4, 20)] * 6
    both = {**months(2019, last_year), **months(2020, [(2, 20)] * 6)}
    found = seasonal(both, 2020, date(2020, 6, 1))
    assert found == Expected(Fraction(12 + 48), Fraction(120 + 240), date(2019, 1, 1))
    assert seasonal(both, 2020, date(2019, 12, 1)) == Expected(Fraction(30), Fraction(180), date(2019, 1, 1))
    assert seasonal(months(2020, FLAT), 2020, SEPTEMBER) is None
    none_online = {**months(2019, [(0, 10)] * 12), **months(2020, FLAT)}
    assert seasonal(none_online, 2020, SEPTEMBER) is None


@pytest.mark.parametrize(
    ("known", "year"),
    [
        (months(2020, FLAT), 2020),
        (months(2020, FLAT[:11]), None),
        (months(2020, [(0, 0), *FLAT[1:]]), None),
        ({**months(2019, FLAT), **months(2020, FLAT[:9])}, 2019),
        ({**months(2019, FLAT), **months(2020, FLAT), **months(2025, FLAT[3:])}, 2020),
        ({}, None),
    ],
)
def test_the_latest_year_that_is_whole(known: dict[date, Attained], year: int | None) -> None:
    assert whole_year(known) == year


def test_the_error_is_the_mean_of_what_it_missed_by() -> None:
    found = replayed(year_to_date, months(2020, RISING), 2020)
    assert found is not None
    assert (found.samples, found.of) == (11, 2020)
    real = Fraction(66, 240)
    misses = [abs(Fraction(sum(range(month)), 20 * month) - real) * 100 for month in range(1, 12)]
    assert found.points == sum(misses) / 11
    exact = replayed(run_rate, months(2020, FLAT), 2020)
    assert exact is not None
    assert exact.points == 0


def test_the_method_that_was_best_is_taken() -> None:
    assert choose(months(2020, RISING)).method == "run-rate"
    uneven = [(9, 10), (1, 10), (5, 10), (9, 10), (1, 10), (5, 10)] * 2
    wave = [(8, 10), (2, 10)] * 6
    assert choose(months(2020, wave)).method == "year-to-date"
    seasons = [(1, 10)] * 9 + [(9, 10)] * 3
    three = {**months(2019, seasons), **months(2020, seasons), **months(2021, seasons[:9])}
    found = choose(three)
    assert found.error is not None
    assert (found.method, found.error.of, found.error.points) == ("seasonal", 2020, Fraction(0))
    none = choose(months(2020, uneven[:9]))
    assert (none.method, none.error) == ("run-rate", None)


@settings(max_examples=50)
@given(
    brought=st.lists(
        st.integers(0, 500).flatmap(lambda below: st.tuples(st.integers(0, below), st.just(below))),
        min_size=1,
        max_size=36,
    ),
    to=st.integers(1, 12),
)
def test_a_forecast_is_a_share_and_of_a_whole_year_the_truth(brought: Brought, to: int) -> None:
    known = {date(2018 + n // 12, n % 12 + 1, 1): Attained(*each) for n, each in enumerate(brought)}
    for method in METHODS.values():
        found = method(known, 2020, date(2020, to, 1))
        assert found is None or 0 <= found.share <= 1
        done = method(known, 2020, date(2020, 12, 1))
        real = [each for month, each in known.items() if month.year == 2020]
        if done is not None:
            assert done.above == sum(each.above for each in real)
            assert done.below == sum(each.below for each in real)


@pytest.mark.parametrize(
    ("as_of", "month"),
    [
        ("2020-10-26T15:00", "2020-09-01"), ("2020-10-31T23:59", "2020-10-01"),
        ("2020-11-01T00:00", "2020-10-01"), ("2020-10-31T00:00", "2020-09-01"),
        ("2020-01-01T08:00", "2019-12-01"), ("2021-01-01T00:00", "2020-12-01"),
    ],
)  # fmt: skip
def test_months_that_are_over(as_of: str, month: str) -> None:
    moment = datetime.fromisoformat(as_of).replace(tzinfo=VIETNAM)
    assert last_whole_month(moment) == date.fromisoformat(month)


@pytest.mark.anyio
async def test_it_is_told_with_its_method_and_error(world: World, database: ServiceDatabase) -> None:
    await begin(world, database)
    for month in range(1, 13):
        await facts(world, f"2020-{month:02d}-03", CONSTRUCTION, online=month, counter=20 - month)
        await facts(world, f"2020-{month:02d}-04", DISTRICT, online=2, counter=2)
    await put(world, CONSTRUCTION, {**NEW, "value": 0.3})
    asked = {"period": "2020", "as_of": "2020-10-26T15:00:00+07:00"}
    found = await report(world, "attainment", **asked)
    outlook = found["forecast"]
    assert (outlook["method"], outlook["basis_from"], outlook["basis_to"]) == (
        "run-rate",
        "2020-07-01",
        "2020-09-30",
    )
    assert (outlook["error"]["of"], outlook["error"]["samples"]) == ("2020", 11)
    points = f"{outlook['error']['points']:.2f}".replace(".", ",")
    assert f"năm 2020 thì lệch bình quân {points} điểm phần trăm" in outlook["text"]
    assert "(07/2020–09/2020)" in outlook["text"]
    by_body = {row["agency"]: row for row in found["rows"]}
    expected = (sum(range(1, 10)) + 3 * 8) / 240
    assert by_body[CONSTRUCTION]["forecast"] == {"value": round(expected, 6), "reached": False}
    assert by_body[DISTRICT]["forecast"] == {"value": 0.5, "reached": True}
    assert by_body[CONSTRUCTION]["value"] == round(78 / 240, 6)
    english = await report(world, "attainment", "en", **asked)
    assert "it missed by" in english["forecast"]["text"]
    over = await report(world, "attainment", period="2020", as_of="2021-01-01T00:00:00+07:00")
    assert (over["forecast"], over["total"]["forecast"]) == (None, None)
    later = await report(world, "attainment", period="2021", as_of="2021-02-01T00:00:00+07:00")
    assert later["forecast"]["error"]["of"] == "2020"
    days = {"from": "2020-01-01", "to": "2020-12-24", "as_of": "2020-10-26T15:00:00+07:00"}
    assert (await report(world, "attainment", **days))["forecast"]["method"] == "run-rate"


@pytest.mark.anyio
async def test_without_a_whole_year_no_error_is_told(world: World, database: ServiceDatabase) -> None:
    await begin(world, database)
    await facts(world, "2020-08-03", CONSTRUCTION, online=1, counter=3)
    found = await report(world, "attainment", period="2020")
    assert (found["forecast"]["error"], found["forecast"]["method"]) == (None, "run-rate")
    assert "Chưa có năm trọn vẹn" in found["forecast"]["text"]
    assert found["total"]["forecast"] == {"value": 0.25, "reached": True}
    nothing = await report(world, "attainment", period="2020", agency=DISTRICT)
    assert (nothing["forecast"], nothing["total"]["value"]) == (None, None)


def test_every_method_has_its_words() -> None:
    assert set(METHODS) == set(forecast.Name.__args__)  # type: ignore[attr-defined]
