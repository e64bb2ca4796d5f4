"""Every cell of a report opens to the facts that it counts and leaves out, each with its reason."""

from __future__ import annotations

from collections import defaultdict

import pytest

from services.dossier.figures.book import LIVE
from services.dossier.figures.definitions import INDICATORS
from services.dossier.figures.period import read
from services.dossier.figures.queries import Asked
from services.dossier.figures.sorting import SORTS
from tests.unit.dossier.conftest import World
from tests.unit.dossier.explaining import (
    LINE,
    NEVER,
    OPEN,
    PROVINCE,
    Fact,
    agrees,
    at,
    day,
    explained,
    fact,
    put,
    told,
    total,
)

pytestmark = pytest.mark.anyio
LEFT_OUT: list[tuple[Fact, str]] = [
    ({"voided_at": at(11, 5)}, "voided"),
    ({**LINE, "voided_at": at(11, 5)}, "voided"),
    ({**LINE, "replaced": True}, "replaced"),
    ({**NEVER, "refused": True}, "refused"),
    (NEVER, "not-received"),
]


#: By indicator and column: the facts, and the part and reason that each has in October.
CASES: dict[tuple[str, str], list[tuple[Fact, str, str]]] = {
    ("online-share", "share_all"): [
        ({"channel": "online", "online_level": 3}, "numerator", "online"),
        ({}, "denominator", "counter"),
        (LINE, "denominator", "counter"),
        ({"channel": "post"}, "denominator", "post"),
        ({"channel": "online", "online_level": 2}, "denominator", "online-below-level-3"),
        ({"online_level": 2}, "denominator", "counter-below-level-3"),
        ({"channel": "post", "online_level": 2}, "denominator", "post-below-level-3"),
    ],
    ("online-share", "share_eligible"): [
        ({"channel": "online"}, "numerator", "online"),
        ({}, "denominator", "counter"),
        ({"online_level": 2}, "excluded", "counter-below-level-3"),
    ],
    ("online-share", "received"): [({"online_level": 2}, "numerator", "counter-below-level-3")],
    ("paid-online", "share_paid_online"): [
        ({"fee_amount": 5, "fee_online": True}, "numerator", "paid-online"),
        ({"fee_amount": 5}, "denominator", "not-paid-online"),
        ({}, "excluded", "no-fee"),
        (LINE, "excluded", "count-line"),
    ],
    ("supplement-rounds", "rounds_per_dossier"): [
        ({"rounds": 2}, "numerator", "supplemented"),
        ({}, "denominator", "not-supplemented"),
        (LINE, "denominator", "count-line"),
    ],
    ("processing-time", "median"): [
        ({}, "numerator", "decided"),
        ({"outcome": "rejected", "scored_at": None}, "numerator", "decided"),
        ({"outcome": "withdrawn"}, "excluded", "withdrawn"),
        ({"outcome": "stopped"}, "excluded", "stopped"),
        ({"outcome": None}, "excluded", "no-decision"),
        ({"worked_minutes": None}, "excluded", "unmeasured"),
        (OPEN, "excluded", "not-ended"),
        (LINE, "excluded", "count-line"),
    ],
    ("on-time", "share_on_time"): [
        ({}, "numerator", "early"),
        ({"finished_at": at(10, 10, 0)}, "numerator", "on-time"),
        ({"finished_at": at(10, 10, 17)}, "numerator", "on-time"),
        ({"finished_at": at(10, 10, 18)}, "denominator", "late"),
        (OPEN, "denominator", "overdue"),
        ({"finished_at": at(11, 1, 0)}, "denominator", "overdue"),
        ({**OPEN, "scored_at": at(11, 1, 0)}, "excluded", "pending"),
        ({**OPEN, "scored_at": None}, "excluded", "pending"),
        ({"scored_at": None}, "excluded", "unscored"),
        ({"outcome": "withdrawn"}, "excluded", "withdrawn"),
        ({"outcome": "stopped"}, "excluded", "stopped"),
        ({"outcome": None}, "excluded", "no-decision"),
        (LINE, "excluded", "count-line"),
    ],
    ("on-time", "carried_over"): [
        ({"received_on": day(9, 30)}, "numerator", "carried-over"),
        ({"received_on": day(9, 30), "finished_at": at(10, 1, 0)}, "numerator", "carried-over"),
        ({"channel": "online"}, "excluded", "received-online"),
        ({}, "excluded", "received-otherwise"),
        (LINE, "excluded", "count-line"),
    ],
}
#: What touches October in no way: another month's by the date that counts.
ELSEWHERE: dict[str, list[Fact]] = {
    "online-share": [
        {"received_on": day(9, 30)},
        {"received_on": day(11, 1)},
        {**NEVER, "submitted_on": day(9, 30)},
        {"received_on": day(9, 30), "voided_at": at(10, 5)},
    ],
    "on-time": [
        {"received_on": day(9, 1), "finished_at": at(9, 30, 23)},
        {**OPEN, "received_on": day(11, 1)},
        {**OPEN, "received_on": day(9, 30), "voided_at": at(10, 5)},
        {**LINE, "received_on": day(9, 30)},
    ],
    "processing-time": [{"finished_at": at(11, 1, 0)}, {**OPEN, "received_on": day(9, 30)}],
}


@pytest.mark.parametrize(("indicator", "column"), CASES)
async def test_each_fact_has_its_reason(world: World, indicator: str, column: str) -> None:
    cases = [(fact(**changes), part, reason) for changes, part, reason in CASES[indicator, column]]
    cases += [(fact(**changes), "excluded", reason) for changes, reason in LEFT_OUT]
    elsewhere = [fact(**changes) for changes in ELSEWHERE.get(indicator, [])]
    await put(world, [*elsewhere, *(row for row, _, _ in cases)])
    found = await explained(world, indicator, column=column)
    assert told(found) == {str(row["id"]): (part, reason) for row, part, reason in cases}
    quantities = defaultdict[tuple[str, str], int](int)
    for row, part, reason in cases:
        quantities[part, reason] += row["quantity"]
    assert {(part["part"], part["reason"]): part["count"] for part in found["parts"]} == quantities
    assert {part["reason"]: part["count"] for part in found["excluded"]} == {
        reason: count for (part, reason), count in quantities.items() if part == "excluded"
    }
    above = sum(row["rounds"] if column == "rounds_per_dossier" else row["quantity"]
                for row, part, _ in cases if part == "numerator")  # fmt: skip
    assert found["numerator"] == above
    agrees(found, await total(world, indicator))


async def test_no_reason_is_without_a_case() -> None:
    cases = {(indicator, reason) for (indicator, _), rows in CASES.items() for _, _, reason in rows}
    left_out = {reason for _, reason in LEFT_OUT}
    known = {
        (indicator.id, reason.code)
        for indicator in INDICATORS.values()
        for reasons in indicator.sortings
        for reason in reasons
        if reason.code not in left_out
    }
    assert known - cases == {("on-time", "after-as-of")}  # below


def test_the_conditions_are_those_of_the_reasons() -> None:
    asked = Asked(PROVINCE, "below", read("2020-10"), "receiving_agency", "agency")
    for reasons, sort in SORTS.items():
        found = sort(LIVE.facts.c, asked, at(11, 1))
        assert set(found.conditions) == {reason.code for reason in reasons}
    assert set(SORTS) == {reasons for indicator in INDICATORS.values() for reasons in indicator.sortings}


def test_every_column_is_explained_in_two_languages() -> None:
    for indicator in INDICATORS.values():
        for column in indicator.columns:
            parts = [column.part(reason) for reason in indicator.sorting(column)]
            assert "numerator" in parts, (indicator.id, column.name)
            assert {"numerator", "excluded"} <= set(parts), (indicator.id, column.name)
            assert column.vi and column.en and column.vi != column.en
            assert column.meaning is None or all(column.meaning[language] for language in ("vi", "en"))
        for words in (indicator.words("vi"), indicator.words("en")):
            assert all(words.values())


def test_what_is_asked_for_by_name_is_defined() -> None:
    defined = {column.name for column in INDICATORS["on-time"].columns if column.meaning}
    assert {"early", "on_time", "late", "carried_over", "pending", "overdue"} <= defined


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_definition_says_all_that_is_left_out(language: str) -> None:
    for indicator in INDICATORS.values():
        main = indicator.column()
        for reason in indicator.sorting(main):
            text = reason.text(language)
            named = text[1:] in indicator.words(language)["exclusions"]
            assert named == (main.part(reason) == "excluded"), (indicator.id, reason.code)


async def test_what_comes_after_the_moment_is_not_known_yet(world: World) -> None:
    """As of noon on the 15th: later receptions and ends are of the period, and not counted."""
    rows = {
        "early": fact(),
        "overdue": fact(finished_at=at(10, 15, 13)),
        "pending": fact(received_on=day(10, 15), scored_at=at(10, 20), finished_at=at(10, 18)),
        "after-as-of": fact(received_on=day(10, 16), finished_at=at(10, 17)),
    }
    await put(world, list(rows.values()))
    noon = {"as_of": "2020-10-15T12:00:00+07:00"}
    found = await explained(world, "on-time", **noon)
    assert {reason for _, reason in told(found).values()} == set(rows)
    assert all(told(found)[str(row["id"])][1] == reason for reason, row in rows.items())
    arrived = await explained(world, "on-time", column="received_otherwise", **noon)
    assert (arrived["numerator"], arrived["excluded"][0]["reason"]) == (3, "after-as-of")
    values = await total(world, "on-time", **noon)
    agrees(found, values)
    agrees(arrived, values)


async def test_rounds_and_hours_are_shown_with_each_fact(world: World) -> None:
    asked, quick = fact(rounds=3), fact(worked_minutes=30)
    await put(world, [asked, quick])
    rounds = await explained(world, "supplement-rounds")
    assert (rounds["numerator"], rounds["denominator"]) == (3, 2)
    assert {item["id"]: item["value"] for item in rounds["items"]} == {
        str(asked["id"]): 3,
        str(quick["id"]): None,
    }
    share = await explained(world, "supplement-rounds", column="share_supplemented")
    assert (share["numerator"], share["denominator"]) == (1, 2)
    assert [item["value"] for item in share["items"]] == [None, None]
    hours = await explained(world, "processing-time")
    assert (hours["numerator"], hours["denominator"]) == (2, 2)
    assert sorted(item["value"] for item in hours["items"]) == [0.5, 10.25]
