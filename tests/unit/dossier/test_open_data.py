"""Open data: nobody is found in it, and it says what it is."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import event, text

from kit.tabular import CSV, XLSX
from services.dossier.figures.models import IntakeFact
from services.dossier.statements.suppression import cover
from tests.unit.dossier.conftest import World
from tests.unit.dossier.test_tables import DISTRICT, PROVINCE, csv_rows, facts, sheets

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def _facts(world: World) -> None:
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM intake_fact"))
        session.add_all(facts(400))


async def asked(world: World, accept: str = "*/*", **params: str) -> httpx.Response:
    answer = await world.client.get(
        "/v1/reports/open-data", params={"period": "2020", **params}, headers={"Accept": accept}
    )
    assert answer.status_code == 200, answer.text
    return answer


def key(item: dict[str, Any]) -> tuple[Any, ...]:
    return item["month"], item["agency"], item["procedure"], item["channel"]


async def pages(world: World, **params: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        body = (await asked(world, **params, **cursor)).json()
        items += body["items"]
        if body["next"] is None:
            return items
        cursor = {"cursor": body["next"]}


def expected(found: list[IntakeFact]) -> dict[tuple[Any, ...], int]:
    counts: dict[tuple[Any, ...], int] = defaultdict(int)
    for fact in found:
        assert fact.received_on is not None
        if fact.received_on.year == 2020:
            month = fact.received_on.replace(day=1).isoformat()
            counts[month, fact.receiving_agency, fact.procedure_code, fact.channel] += 1
    return counts


@pytest.mark.parametrize(("limit", "period"), [("1", "2020-05"), ("7", "2020-05"), ("200", "2020")])
async def test_each_cell_is_in_it_once_whatever_the_page(world: World, limit: str, period: str) -> None:
    items = await pages(world, limit=limit, period=period)
    counts = {k: n for k, n in expected(facts(400)).items() if k[0].startswith(period)}
    assert [key(item) for item in items] == sorted(counts)
    groups: dict[Any, list[int]] = defaultdict(list)
    for place, count in counts.items():
        groups[place[:2]].append(count)
    for item in items:
        hidden = cover(groups[item["month"], item["agency"]])
        assert item["suppressed"] == hidden.hides(counts[key(item)])
        assert item["received"] == (None if item["suppressed"] else counts[key(item)])
        total = sum(groups[item["month"], item["agency"]])
        assert item["agency_month_total"] == (total if hidden.total else None)
    assert any(item["suppressed"] for item in items)


async def test_some_counts_are_shown(world: World) -> None:
    async with world.app.state.database.transaction() as session:
        many = facts(60, 5)
        for fact in many:
            fact.received_on, fact.procedure_code, fact.channel = date(2020, 3, 3), "9.1", "post"
            fact.receiving_agency = DISTRICT
        session.add_all(many)
    items = await pages(world, period="2020-03")
    assert 60 in [item["received"] for item in items]


async def test_files_hold_what_the_pages_hold(world: World) -> None:
    items = await pages(world, limit="200")
    columns = [column["name"] for column in (await asked(world)).json()["dataset"]["columns"]]
    assert columns == list(items[0])
    head, *rows = csv_rows(await asked(world, CSV, limit="1"))
    assert head == columns

    def text_of(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else str(value).removesuffix(".0")

    assert rows == [[text_of(item[name]) for name in columns] for item in items]
    book = sheets(await asked(world, XLSX))
    assert [[text_of(None if cell == "" else cell) for cell in row] for row in book["Số liệu"][1:]] == [*rows]
    assert {"CC BY 4.0 https://creativecommons.org/licenses/by/4.0/", PROVINCE} <= {
        row[1] for row in book["Định nghĩa"]
    }


async def test_the_data_say_what_they_are(world: World) -> None:
    for language, words in (("vi", "Số nhỏ hơn 5 không công bố"), ("en", "Counts below 5 are not shown")):
        answer = await world.client.get("/v1/reports/open-data", headers={"Accept-Language": language})
        about = answer.json()["dataset"]
        assert words in about["suppression"]
        assert about["licence"] == "CC BY 4.0"
        assert {column["type"] for column in about["columns"]} == {"date", "string", "integer", "boolean"}
    assert (about["publisher"], about["synthetic"]) == ("UBND tỉnh", False)
    async with world.app.state.database.transaction() as session:
        session.add_all(facts(20, 2, "seed"))
    assert (await asked(world)).json()["dataset"]["synthetic"] is True


async def test_one_body_is_told_with_those_below(world: World) -> None:
    one = await pages(world, agency=DISTRICT, limit="200")
    assert {item["agency"] for item in one} == {DISTRICT}
    whole = await pages(world, limit="200")
    assert one == [item for item in whole if item["agency"] == DISTRICT]


async def test_no_fact_is_read(world: World) -> None:
    said: list[str] = []
    engine = world.app.state.database.engine.sync_engine

    def hear(*args: Any) -> None:
        said.append(args[2])

    event.listen(engine, "before_cursor_execute", hear)
    await asked(world)
    event.remove(engine, "before_cursor_execute", hear)
    reading = [each for each in said if "intake_fact" in each]
    assert [each for each in reading if "EXISTS" not in each] == []
