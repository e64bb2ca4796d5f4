"""The score of QĐ 766: what it counts, by hand, and what it says where it cannot be computed."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import python_calamine
from sqlalchemy import event, text

from kit import tabular
from kit.clock import VIETNAM
from services.dossier.figures.models import IntakeFact
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World

pytestmark = pytest.mark.anyio
PROVINCE, DISTRICT = "000.00.00.H28", "000.00.33.H28"
#: Not computable from what we have, whatever there is of it.
NEVER = ["1.1", "1.2", "1.4", "5.1-5.3", "4.2", "4.3", "4.4", "4.5"]
PROVISION = {
    "procedures": 100,
    "online": 40,
    "complete": 90,
    "with_fee": 50,
    "payable": 45,
    "services": {CONSTRUCTION: ["9.1", "9.2", "9.3"], DISTRICT: ["9.1"]},
}


def fact(procedure: str = "9.1", agency: str = CONSTRUCTION, **changes: Any) -> IntakeFact:
    """Received on 5 October, granted on the 9th, a day before it was promised."""
    values = {
        "origin": "dossier",
        "quantity": 1,
        "field_code": "X",
        "channel": "counter",
        "online_level": 4,
        "receiving_agency": CENTRE,
        "received_on": date(2020, 10, 5),
        "scored_at": moment(10, 16),
        "finished_at": moment(9, 16),
        "outcome": "granted",
        "worked_minutes": 600,
    }
    return IntakeFact(id=uuid4(), procedure_code=procedure, resolving_agency=agency, **{**values, **changes})


def moment(day: int, hour: int) -> datetime:
    return datetime(2020, 10, day, hour, tzinfo=VIETNAM)


OPEN: dict[str, Any] = {"finished_at": None, "outcome": None, "worked_minutes": None}


@pytest.fixture(autouse=True)
async def _nothing_counted(world: World) -> None:
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM intake_fact"))
    world.catalogue["provision"] = PROVISION


async def count(world: World, *facts: IntakeFact) -> None:
    async with world.app.state.database.transaction() as session:
        session.add_all(facts)


async def score(world: World, headers: dict[str, str] | None = None, **params: str) -> dict[str, Any]:
    asked = {"period": "2020-10", **params}
    answer = await world.client.get("/v1/reports/score-766", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def indicators(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for group in found["groups"] for each in group["indicators"]}


def fractions(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {
        name: (each["numerator"], each["denominator"])
        for name, each in indicators(found).items()
        if each["computable"]
    }


#: What was counted, by hand: two in time with a result file, one of them online, one displeased; one late,
#: without a file, online; one rejected in time, online.
MONTH = (
    {"result_file": True, "channel": "online", "fee_amount": 10_000, "fee_online": True},
    {"result_file": True, "points": 1, "fee_amount": 10_000},
    {"channel": "online", "finished_at": moment(12, 9), "points": 3},
    {"channel": "online", "procedure": "9.2", "outcome": "rejected"},
)


async def test_each_indicator_by_hand(world: World) -> None:
    await count(world, *(fact(**changes) for changes in MONTH))
    found = await score(world)
    assert fractions(found) == {
        "1.3": (90, 100), "2.1": (3, 4), "2.2": (40, 4), "3.1": (40, 100), "3.2": (2, 4), "3.3": (2, 4),
        "3.5": (45, 50), "3.6": (1, 2), "4.1": (2, 3), "5.4": (2, 4),
    }  # fmt: skip
    table = indicators(found)
    assert {name: (each["weight"], each["points"]) for name, each in table.items() if each["computable"]} == {
        "1.3": (4.5, 4.05), "2.1": (20, 15), "2.2": (0, None), "3.1": (4, 2), "3.2": (4, 2), "3.3": (4, 4),
        "3.5": (5, 5), "3.6": (5, 2.5), "4.1": (4.4, 2.93), "5.4": (4.5, 2.5),
    }  # fmt: skip
    assert (table["2.2"]["value"], table["4.1"]["value"]) == (10.0, 0.666667)
    assert found["total"] == {"points": 39.98, "possible": 55.4, "not_computable": NEVER}
    sums = {group["id"]: (group["weight"], group["points"], group["possible"]) for group in found["groups"]}
    assert sums == {
        "transparency": (18, 4.05, 4.5), "progress": (20, 15, 20), "online_service": (12, 8, 12),
        "online_payment": (10, 7.5, 10), "satisfaction": (18, 2.5, 4.5), "digitisation": (22, 2.93, 4.4),
    }  # fmt: skip
    assert (found["from"], found["to"], found["agency"]) == ("2020-10-01", "2020-10-31", PROVINCE)
    assert (found["indicator"], found["version"], found["synthetic"]) == ("score-766", 1, False)


async def test_what_cannot_be_computed_has_a_reason_and_no_points(world: World) -> None:
    await count(world, fact())
    table = indicators(await score(world))
    for name in NEVER:
        assert table[name]["why_not"]
        assert {table[name][key] for key in ("numerator", "denominator", "value", "points")} == {None}
    assert table["5.1-5.3"]["weight"] == 13.5
    assert all(each["why_not"] is None for each in table.values() if each["computable"])
    english = indicators(await score(world, {"Accept-Language": "en"}))
    assert english["5.1-5.3"]["why_not"] == "Petitions are not kept in this system"


async def test_a_denominator_of_zero_is_not_computable(world: World) -> None:
    world.catalogue["provision"] = {**PROVISION, "procedures": 0, "with_fee": 0, "services": {}}
    found = await score(world)
    assert fractions(found) == {}
    assert found["total"] == {"points": None, "possible": 0, "not_computable": list(indicators(found))}
    assert "mẫu số bằng 0" in indicators(found)["2.1"]["why_not"]


async def test_without_the_catalogue_the_rest_stands(world: World) -> None:
    await count(world, *(fact(**changes) for changes in MONTH))
    world.catalogue.pop("provision")
    found = await score(world)
    assert set(fractions(found)) == {"2.1", "2.2", "3.3", "3.6", "4.1", "5.4"}
    assert indicators(found)["3.1"]["why_not"] == "Danh mục thủ tục chưa trả lời; hãy thử lại"
    assert found["total"]["possible"] == 20 + 4 + 5 + 4.4 + 4.5


async def test_a_second_supplement_request_makes_a_dossier_late(world: World) -> None:
    await count(world, fact(rounds=1), fact(rounds=2))
    found = fractions(await score(world))
    assert (found["2.1"], found["5.4"]) == ((1, 2), (1, 2))


async def test_open_and_past_its_promise_is_late_as_of_a_moment(world: World) -> None:
    await count(world, fact(), fact(**OPEN), fact(**{**OPEN, "scored_at": None}))
    assert fractions(await score(world))["2.1"] == (1, 2)
    assert fractions(await score(world, as_of="2020-10-10T15:00:00+07:00"))["2.1"] == (1, 1)


async def test_late_and_displeased_is_subtracted_twice_and_never_below_zero(world: World) -> None:
    await count(world, fact(finished_at=moment(12, 9), points=1))
    assert indicators(await score(world))["5.4"]["points"] == 0


async def test_what_has_no_progress_is_left_out(world: World) -> None:
    await count(
        world,
        fact(),
        fact(outcome="withdrawn"),
        fact(outcome="stopped"),
        fact(voided_at=moment(20, 8)),
        fact(origin="count", quantity=7, **OPEN, channel="post"),
        fact(scored_at=None),
    )
    found = fractions(await score(world))
    assert (found["2.1"], found["2.2"], found["4.1"]) == ((1, 1), (20, 2), (0, 2))


async def test_a_month_begins_and_ends_at_midnight_in_vietnam(world: World) -> None:
    world.clock.set("2021-01-04T08:00")
    ends = ((9, 30, 23), (10, 1, 0), (10, 31, 23), (11, 1, 0))
    for month, day, hour in ends:
        at = datetime(2020, month, day, hour, 59 if hour else 0, tzinfo=VIETNAM)
        await count(world, fact(received_on=date(2020, 9, 1), finished_at=at, scored_at=at))
    # The last one is open at the end of October, and past its promise a moment later.
    assert fractions(await score(world))["2.1"] == (2, 2)
    assert fractions(await score(world, period="2020-09"))["2.1"] == (1, 1)
    assert fractions(await score(world, period="2020-11"))["2.1"] == (1, 1)


async def test_a_body_has_its_own_score_with_those_below_it(world: World) -> None:
    await count(world, fact(), fact(agency=DISTRICT, channel="online"), fact(agency=DISTRICT))
    asked = world.app.state.office.catalog._neighbour._client._transport.requests
    assert fractions(await score(world, agency=DISTRICT))["2.1"] == (2, 2)
    assert asked[-1].content == b'{"on":"2020-10-26","agencies":["000.00.33.H28"]}'
    assert fractions(await score(world))["2.1"] == (3, 3)
    assert asked[-1].content == b'{"on":"2020-10-26","agencies":null}'
    mine = await score(world, world.staff("leader", CONSTRUCTION))
    assert (mine["agency"], fractions(mine)["2.1"]) == (CONSTRUCTION, (1, 1))


async def test_generated_dossiers_are_marked(world: World) -> None:
    await count(world, fact(origin="seed"))
    assert (await score(world))["synthetic"]
    assert not (await score(world, period="2020-Q3"))["synthetic"]


async def test_a_year_is_the_default_and_costs_no_more_statements_than_a_month(world: World) -> None:
    await count(world, *(fact(f"9.{n}", channel="online") for n in range(30)))
    counted: list[str] = []
    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    answer = await world.client.get("/v1/reports/score-766")
    assert (answer.json()["from"], fractions(answer.json())["3.2"]) == ("2020-01-01", (3, 4))
    assert len(counted) == 7
    counted.clear()
    await score(world, agency=CONSTRUCTION)
    assert len(counted) == 8


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"period": "2020-13"}, "period"),
        ({"period": "2020-Q5"}, "period"),
        ({"period": "1999"}, "period"),
        ({"period": "2020-10-01"}, "period"),
        ({"period": ""}, "period"),
        ({"as_of": "2020"}, "as_of"),
        ({"as_of": "2020-10-26T08:00:00"}, "as_of"),
        ({"agency": "x y"}, "agency"),
        ({"agency": "\0"}, "agency"),
        ({"group_by": "agency"}, "group_by"),
    ],
)
async def test_wrong_questions_are_told(world: World, params: dict[str, str], parameter: str) -> None:
    answer = await world.client.get("/v1/reports/score-766", params=params)
    assert answer.status_code == 422, answer.text
    assert [fault["parameter"] for fault in answer.json()["errors"]] == [parameter]


async def test_an_unknown_body_is_not_found(world: World) -> None:
    answer = await world.client.get("/v1/reports/score-766", params={"agency": "000.00.99.H28"})
    assert (answer.status_code, answer.json()["code"]) == (404, "agency-not-found")


async def test_the_same_points_as_a_table(world: World) -> None:
    await count(world, *(fact(**changes) for changes in MONTH))
    found = await score(world)
    answer = await world.client.get(
        "/v1/reports/score-766", params={"period": "2020-10"}, headers={"Accept": "text/csv"}
    )
    assert 'filename="score-766-2020-10.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][-1] == "Vì sao không tính được"
    points = {row[0]: row[8] and float(row[8]) for row in rows if row[0][:1].isdigit()}
    assert points == {name: "" if each["points"] is None else each["points"]
                      for name, each in indicators(found).items()}  # fmt: skip
    assert rows[-1][1:2] + rows[-1][7:10] == ["Tổng", "100.0", "39.98", "55.4"]
    sheet = await world.client.get("/v1/reports/score-766", headers={"Accept": tabular.XLSX})
    book = python_calamine.load_workbook(io.BytesIO(sheet.content))
    assert book.sheet_names == ["Số liệu", "Định nghĩa"]
    assert book.get_sheet_by_index(0).to_python()[2][0] == "1.1"
