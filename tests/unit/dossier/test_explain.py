"""Every cell of a report opens to the facts that it counts and leaves out, each with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, text

from kit.clock import VIETNAM
from services.dossier.figures.book import LIVE
from services.dossier.figures.definitions import INDICATORS
from services.dossier.figures.models import IntakeFact
from services.dossier.figures.period import read
from services.dossier.figures.queries import Asked
from services.dossier.figures.sorting import SORTS
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World

pytestmark = pytest.mark.anyio
PROVINCE, DISTRICT, OTHER = "000.00.00.H28", "000.00.33.H28", "000.00.34.H28"
GROUPS = ("agency", "child", "government_level", "unit", "field", "procedure", "channel", "month")
Fact = dict[str, Any]


def day(month: int, number: int) -> date:
    return date(2020, month, number)


def at(month: int, number: int, hour: int = 9) -> datetime:
    return datetime(2020, month, number, hour, tzinfo=VIETNAM)


def fact(**changes: Any) -> Fact:
    """Submitted on 1 October 2020, received on the 2nd at the counter, granted on the 9th, a day before the
    promise."""
    return {
        "id": uuid4(),
        "origin": "dossier",
        "quantity": 1,
        "code": None,
        "procedure_code": "9.1",
        "field_code": "",
        "channel": "counter",
        "online_level": 4,
        "receiving_agency": CENTRE,
        "resolving_agency": CONSTRUCTION,
        "submitted_on": day(10, 1),
        "received_on": day(10, 2),
        "refused": False,
        "scored_at": at(10, 10, 17),
        "finished_at": at(10, 9),
        "outcome": "granted",
        "worked_minutes": 615,
        "rounds": 0,
        "fee_amount": 0,
        "fee_online": False,
        "result_file": False,
        "voided_at": None,
        "replaced": False,
        **changes,
    }


#: Never received; open; a line of counts, for a procedure of which no dossiers came.
NEVER: Fact = {
    "received_on": None,
    "scored_at": None,
    "finished_at": None,
    "outcome": None,
    "worked_minutes": None,
}
OPEN: Fact = {"finished_at": None, "outcome": None, "worked_minutes": None}
LINE: Fact = {**OPEN, "scored_at": None, "origin": "count", "quantity": 7, "procedure_code": "9.2"}
LEFT_OUT: list[tuple[Fact, str]] = [
    ({"voided_at": at(11, 5)}, "voided"),
    ({**LINE, "voided_at": at(11, 5)}, "voided"),
    ({**LINE, "replaced": True}, "replaced"),
    ({**NEVER, "refused": True}, "refused"),
    (NEVER, "not-received"),
]


async def put(world: World, facts: Sequence[Fact]) -> None:
    """These, and no others."""
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM intake_fact"))
        if facts:
            await session.execute(insert(IntakeFact), list(facts))
        await session.execute(
            text(
                "INSERT INTO body (code, name, kind, government_level, ancestors) VALUES (:code, 'Huyện"
                " khác', 'peoples_committee', 'district', ARRAY[:code, :top]) ON CONFLICT DO NOTHING"
            ),
            {"code": OTHER, "top": PROVINCE},
        )


async def explained(world: World, indicator: str, /, headers: Any = None, **params: Any) -> dict[str, Any]:
    """As an auditor sees it, or who else the `headers` say."""
    who = world.staff("auditor", PROVINCE) if headers is None else headers
    asked = {
        "period": "2020-10",
        "agency": PROVINCE,
        "limit": 200,
        "as_of": "2020-11-01T00:00:00+07:00",
        **params,
    }
    answer = await world.client.get(f"/v1/reports/{indicator}/explain", params=asked, headers=who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Of each fact its part and reason."""
    return {item["id"]: (item["part"], item["reason"]) for item in found["items"]}


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
    asked = {"period": "2020-10", "as_of": found["as_of"]}
    report = await world.client.get(f"/v1/reports/{indicator}", params=asked)
    _agrees(found, report.json()["total"]["values"])


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


# Rights


async def test_sums_are_for_everybody_and_facts_for_the_bodies_concerned(world: World) -> None:
    mine = fact(receiving_agency=DISTRICT, resolving_agency=DISTRICT)
    passed_on = fact(receiving_agency=DISTRICT, resolving_agency=CONSTRUCTION, channel="online")
    others = fact(receiving_agency=OTHER, resolving_agency=OTHER)
    late = fact(**NEVER, receiving_agency=OTHER, resolving_agency=OTHER)
    await put(world, [mine, passed_on, others, late])
    ids = {name: str(row["id"]) for name, row in
           {"mine": mine, "passed_on": passed_on, "others": others, "late": late}.items()}  # fmt: skip

    async def seen(headers: dict[str, str], **params: Any) -> tuple[set[str], int]:
        found = await explained(world, "online-share", headers, **params)
        assert (found["numerator"], found["denominator"]) == (1, 3)
        assert found["counts"] == {"received": 3, "eligible": 3, "online": 1}
        assert {part["reason"]: part["count"] for part in found["parts"]} == {
            "online": 1,
            "counter": 2,
            "not-received": 1,
        }
        return {name for name, id_ in ids.items() if id_ in told(found)}, found["hidden"]

    everything = {"mine", "passed_on", "others", "late"}
    assert await seen({}) == (set(), 4)
    assert await seen(world.citizen()) == (set(), 4)
    assert await seen(world.staff("cashier", DISTRICT)) == (set(), 4)
    assert await seen(world.staff("officer", DISTRICT)) == ({"mine", "passed_on"}, 2)
    assert await seen(world.staff("leader", CONSTRUCTION)) == ({"passed_on"}, 3)
    assert await seen(world.staff("leader", PROVINCE)) == (everything, 0)
    assert await seen(world.staff("auditor", DISTRICT)) == (everything, 0)
    assert await seen(world.staff("officer", DISTRICT), part="denominator") == ({"mine"}, 1)
    assert await seen(world.staff("officer", DISTRICT), part="excluded") == (set(), 1)


async def test_nothing_of_a_person_is_said(world: World) -> None:
    await put(world, [])
    await world.submitted()
    found = await explained(world, "online-share", world.staff("leader", PROVINCE))
    assert set(found["items"][0]) == {
        "id", "code", "origin", "quantity", "procedure", "procedure_name", "channel", "online_level",
        "receiving_agency", "resolving_agency", "submitted_on", "received_on", "finished_at", "value", "part",
        "reason", "text",
    }  # fmt: skip
    assert found["items"][0]["reason"] == "not-received"
    assert found["items"][0]["procedure_name"] == "Cấp giấy phép xây dựng (mẫu)"


# Pages


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
async def test_pages_show_each_fact_once(world: World, limit: int) -> None:
    rows = [fact(received_on=day(10, 2 + number % 3)) for number in range(7)]
    await put(world, rows)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        found = await explained(world, "online-share", limit=limit, **cursor)
        assert len(found["items"]) <= limit
        seen += [item["id"] for item in found["items"]]
        if found["next"] is None:
            break
        cursor = {"cursor": found["next"]}
    assert len(seen) == len(rows)
    by_day = sorted((row["received_on"], str(row["id"])) for row in rows)
    assert seen == [id_ for _, id_ in by_day]


async def test_more_facts_cost_no_more_statements(world: World) -> None:
    statements: list[str] = []
    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    costs = []
    for number in (1, 60):
        await put(world, [fact(procedure_code=f"9.{n % 9}", receiving_agency=CENTRE) for n in range(number)])
        statements.clear()
        found = await explained(world, "online-share", group_by="child", key=CENTRE)
        assert len(found["items"]) == number
        costs.append(len([each for each in statements if "SELECT" in each]))
    assert costs[0] == costs[1] <= 6


# Wrong and strange questions


@pytest.mark.parametrize(
    ("params", "parameter"),
    [({"part": "some"}, "part"), ({"column": "no_such"}, "column"), ({"limit": "0"}, "limit"),
     ({"cursor": "!"}, "cursor"), ({"cursor": "WyJhIiwiYiJd"}, "cursor"), ({"key": "a\0b"}, "key"),
     ({"key": "a" * 101}, "key"), ({"group_by": "colour"}, "group_by"), ({"kye": "1"}, "kye")],
)  # fmt: skip
async def test_a_wrong_question_is_told_so(world: World, params: dict[str, str], parameter: str) -> None:
    asked = {"period": "2020-10", **params}
    answer = await world.client.get("/v1/reports/online-share/explain", params=asked)
    assert answer.status_code == 422, answer.text
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize("group", GROUPS)
async def test_a_row_that_there_is_not_counts_nothing(world: World, group: str) -> None:
    await put(world, [fact()])
    for key in ("nobody", "", "2020-13-99"):
        if (group, key) == ("field", ""):
            continue  # a dossier without a field is in the row of that name
        found = await explained(world, "online-share", group_by=group, key=key)
        assert (found["numerator"], found["denominator"], found["parts"]) == (0, 0, [])
        assert found["key"] == key


async def test_of_a_body_that_there_is_not(world: World) -> None:
    answer = await world.client.get("/v1/reports/on-time/explain?agency=000.00.99.H28")
    assert (answer.status_code, answer.json()["code"]) == (404, "agency-not-found")


# Whatever facts there are


DAYS = [day(9, 30), day(10, 1), day(10, 2), day(10, 15), day(10, 31), day(11, 1), day(11, 20)]
MOMENTS = [at(number.month, number.day, hour) for number in DAYS for hour in (0, 9)]
OUTCOMES = ["granted", "granted", "rejected", "withdrawn", "stopped", None]
BODIES = st.sampled_from([PROVINCE, CENTRE, CONSTRUCTION, DISTRICT, OTHER])


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """A dossier or a line of counts as there may be: it ends after it was received."""
    line = draw(st.integers(0, 4)) == 0
    received = draw(st.sampled_from(DAYS if line else [*DAYS, None]))
    later = [moment for moment in MOMENTS if received and moment.date() >= received]
    finished = draw(st.none() | st.sampled_from(later)) if later and not line else None
    changes: Fact = {
        "receiving_agency": draw(BODIES),
        "resolving_agency": draw(BODIES),
        "procedure_code": draw(st.sampled_from(["9.1", "9.2"])),
        "field_code": draw(st.sampled_from(["", "XD"])),
        "channel": draw(st.sampled_from(["counter", "post"] if line else ["counter", "online", "online"])),
        "online_level": draw(st.integers(2, 4)),
        "submitted_on": draw(st.sampled_from([each for each in DAYS if not received or each <= received])),
        "received_on": received,
        "refused": received is None and draw(st.booleans()),
        "voided_at": draw(st.none() | st.none() | st.just(at(11, 20))),
        "finished_at": finished,
        "outcome": None,
        "worked_minutes": None,
    }
    if line:
        return fact(**{**LINE, **changes, "quantity": draw(st.integers(1, 9))})
    if finished:
        changes["outcome"] = draw(st.sampled_from(OUTCOMES))
        changes["worked_minutes"] = draw(st.none() | st.integers(0, 9000))
    paid = draw(st.booleans())
    return fact(
        **changes,
        scored_at=draw(st.none() | st.sampled_from(MOMENTS)) if received else None,
        rounds=draw(st.integers(0, 2)),
        fee_amount=draw(st.sampled_from([0, 5])),
        fee_online=paid,
    )


AS_OF = ("10-15T09", "11-01T00", "12-31T00")
ASKED = st.fixed_dictionaries(
    {
        "period": st.sampled_from(["2020-10", "2020-Q4", "10-02 11-01"]),
        "as_of": st.sampled_from(
            ["", "2020-10-15T09:00:00+07:00", "2020-11-01T00:00:00+07:00", "2020-12-31T00:00:00+07:00"]
        ),
        "agency": st.sampled_from([PROVINCE, PROVINCE, DISTRICT]),
        "scope": st.sampled_from(["below", "below", "own"]),
        "group_by": st.sampled_from(GROUPS),
    }
)


def query(asked: dict[str, str]) -> dict[str, str]:
    """As it is sent; without `as_of` the clock counts, on 26 October."""
    params = {name: value for name, value in asked.items() if value}
    if " " in asked["period"]:
        params["from"], params["to"] = (f"2020-{each}" for each in params.pop("period").split())
    return params


COLUMNS = [(each.id, column.name) for each in INDICATORS.values() for column in each.columns]


@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.long
@given(st.lists(facts(), min_size=1, max_size=12), ASKED, st.sampled_from(COLUMNS))
async def test_whatever_facts_there_are_a_report_and_its_explanation_agree(
    world: World, rows: list[Fact], asked: dict[str, str], cell: tuple[str, str]
) -> None:
    await put(world, rows)
    indicator, column = cell
    url, params = f"/v1/reports/{indicator}", query(asked)
    who = world.staff("auditor", PROVINCE)
    report = (await world.client.get(url, params=params)).json()

    async def opened(values: dict[str, Any], **key: str) -> dict[str, tuple[str, str]]:
        more = {**params, **key, "column": column, "limit": "200"}
        found = (await world.client.get(f"{url}/explain", params=more, headers=who)).json()
        _agrees(found, values)
        _adds_up(found)
        assert len(told(found)) == len(found["items"])
        return told(found)

    whole = await opened(report["total"]["values"])
    assert set(whole) == {str(row["id"]) for row in rows if _of_the_period(row, report, column)}
    by_row: list[str] = []
    for row in report["rows"]:
        by_row += await opened(row["values"], key=row["key"])
    assert len(by_row) == len(set(by_row))
    assert {id_ for id_, (part, _) in whole.items() if part != "excluded"} <= set(by_row) <= set(whole)
    if indicator == "on-time" and datetime.fromisoformat(report["as_of"]) <= _end(report["to"]):
        values = report["total"]["values"]
        came = [values[name] for name in ("carried_over", "received_online", "received_otherwise")]
        assert sum(came) == sum(values[name] for name in ("ended", "pending", "overdue"))


def _end(last: str) -> datetime:
    return datetime.fromisoformat(f"{last}T00:00:00+07:00") + timedelta(days=1)


def _of_the_period(row: Fact, report: dict[str, Any], column: str) -> bool:
    """Told anew, by what the definitions say."""
    by_decision = report["indicator"] in ("on-time", "processing-time")
    by_arrival = column in ("carried_over", "received_online", "received_otherwise")
    agency = row["resolving_agency" if by_decision else "receiving_agency"]
    if agency != report["agency"] and (report["scope"], report["agency"]) != ("below", PROVINCE):
        return False
    first, last = date.fromisoformat(report["from"]), date.fromisoformat(report["to"])
    as_of = datetime.fromisoformat(report["as_of"])
    arrived, ended = row["received_on"] or row["submitted_on"], row["finished_at"]
    followed = row["received_on"] and not row["voided_at"] and row["origin"] != "count"
    began = datetime(first.year, first.month, first.day, tzinfo=VIETNAM)
    if report["indicator"] == "on-time":
        moment = began if by_arrival else as_of
        day_before = (moment - timedelta(seconds=1)).date()
        if followed and row["received_on"] <= day_before and (ended is None or ended >= moment):
            return True
    known = ended and by_decision and not by_arrival
    if known and (report["indicator"] == "processing-time" or ended < as_of):
        return bool(first <= ended.date() <= last)
    return bool(first <= arrived <= last)


def _agrees(found: dict[str, Any], values: dict[str, Any]) -> None:
    """With the row of the report."""
    assert all(values[name] == count for name, count in found["counts"].items())
    above, below, kind = found["numerator"], found["denominator"], found["column"]["kind"]
    value = values[found["column"]["name"]]
    if kind == "count":
        assert above == below == value
    elif kind == "hours":
        hours = sorted(item["value"] for item in found["items"] if item["part"] == "numerator")
        assert above == below == len(hours)
        place = (len(hours) - 1) * {"median": 0.5, "p90": 0.9}[found["column"]["name"]]
        between = [hours[int(place)], hours[min(int(place) + 1, len(hours) - 1)]] if hours else []
        expected = between[0] + (between[1] - between[0]) * (place % 1) if between else None
        assert value == (None if expected is None else pytest.approx(expected, abs=0.011))
    else:
        assert value == (round(above / below, 6) if below else None)


def _adds_up(found: dict[str, Any]) -> None:
    """Items to parts, parts to numerator and denominator."""
    quantities = defaultdict[tuple[str, str], int](int)
    for item in found["items"]:
        quantities[item["part"], item["reason"]] += item["quantity"]
    assert {(part["part"], part["reason"]): part["count"] for part in found["parts"]} == quantities
    items = [item for item in found["items"] if item["part"] != "excluded"]
    above = [item for item in items if item["part"] == "numerator"]
    of_rounds = found["column"]["name"] in ("rounds", "rounds_per_dossier")
    assert found["numerator"] == sum(item["value"] if of_rounds else item["quantity"] for item in above)
    if found["column"]["name"] != "rounds":
        assert found["denominator"] == sum(item["quantity"] for item in items)
