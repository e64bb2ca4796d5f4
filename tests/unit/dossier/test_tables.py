"""The reports as files: the same figures as their JSON, in what Excel opens."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import python_calamine
from sqlalchemy import text

from kit.clock import VIETNAM
from kit.tabular import CSV, XLSX
from services.dossier.figures.definitions import INDICATORS
from services.dossier.figures.models import IntakeFact, Label
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World

pytestmark = pytest.mark.anyio
PROVINCE, DISTRICT = "000.00.00.H28", "000.00.33.H28"
PERIOD = {"period": "2020", "as_of": "2021-01-01T00:00:00+07:00"}


def facts(count: int, seed: int = 1, origin: str = "dossier") -> list[IntakeFact]:
    """Dossiers of 2019 and 2020, of all kinds."""
    chance = random.Random(seed)

    def one() -> IntakeFact:
        received = date(2019, 10, 1) + timedelta(days=chance.randrange(450))
        taken = datetime.combine(received, datetime.min.time(), VIETNAM) + timedelta(hours=9)
        finished = taken + timedelta(days=chance.randrange(1, 60)) if chance.random() < 0.8 else None
        outcome = chance.choice(["granted", "granted", "rejected", "withdrawn", "stopped"])
        procedure = chance.randrange(6)
        return IntakeFact(
            id=UUID(int=chance.getrandbits(128)),
            origin=origin,
            quantity=1,
            procedure_code=f"9.{procedure:06}",
            field_code=f"F{procedure % 2}",
            channel=chance.choice(["online", "counter", "counter", "post"]),
            online_level=chance.choice([2, 3, 4]),
            receiving_agency=chance.choice([CENTRE, DISTRICT]),
            resolving_agency=chance.choice([CONSTRUCTION, DISTRICT]),
            submitted_on=received,
            received_on=received,
            scored_at=chance.choice([None, *[taken + timedelta(days=20)] * 4]),
            finished_at=finished,
            outcome=outcome if finished else None,
            worked_minutes=chance.randrange(100, 9000) if finished else None,
            rounds=chance.choice([0, 0, 0, 1, 2]),
            fee_amount=chance.choice([0, 50_000]),
            fee_online=chance.choice([True, False]),
        )

    return [one() for _ in range(count)]


@pytest.fixture(autouse=True)
async def _facts(world: World) -> None:
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM intake_fact"))
        session.add_all(facts(200))
        await session.merge(Label(kind="field", code="F0", name="=cmd|' /C calc'!A0"))


async def asked(world: World, report: str, accept: str = "*/*", **params: str) -> httpx.Response:
    answer = await world.client.get(
        f"/v1/reports/{report}", params={**PERIOD, **params}, headers={"Accept": accept}
    )
    assert answer.status_code == 200, answer.text
    return answer


def csv_rows(answer: httpx.Response) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def sheets(answer: httpx.Response) -> dict[str, list[list[Any]]]:
    book = python_calamine.load_workbook(io.BytesIO(answer.content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def parts(answer: httpx.Response) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def number(cell: str) -> float | None:
    return float(cell) if cell else None


@pytest.mark.parametrize("indicator", sorted(INDICATORS))
@pytest.mark.parametrize("group_by", ["agency", "child", "month", "channel"])
async def test_json_csv_and_xlsx_say_the_same(world: World, indicator: str, group_by: str) -> None:
    report = (await asked(world, indicator, group_by=group_by)).json()
    assert len(report["rows"]) > 1
    names = [column["name"] for column in report["columns"]]
    said = [
        [row["name"], *(row["values"][name] for name in names)] for row in [*report["rows"], report["total"]]
    ]
    said[-1][0] = "Tổng"
    head, *rows = csv_rows(await asked(world, indicator, CSV, group_by=group_by))
    assert [[row[1], *map(number, row[2 : 2 + len(names)])] for row in rows] == said
    assert [row[0] for row in rows] == [*(row["key"] for row in report["rows"]), ""]
    figures = sheets(await asked(world, indicator, XLSX, group_by=group_by))["Số liệu"]
    assert figures[0] == head
    assert [
        [row[1], *(None if cell == "" else cell for cell in row[2 : 2 + len(names)])] for row in figures[1:]
    ] == said


async def test_cells_are_numbers_days_and_texts(world: World) -> None:
    answer = await asked(world, "online-share", XLSX, group_by="month")
    figures = sheets(answer)["Số liệu"]
    assert figures[1][0] == date(2020, 1, 1)
    assert figures[1][1] == "01/2020"
    by_agency = sheets(await asked(world, "online-share", XLSX))["Số liệu"]
    assert [row[0] for row in by_agency[1:]] == [CENTRE, DISTRICT, ""]
    styles = parts(answer)["xl/styles.xml"]
    assert all(form in styles for form in ('formatCode="0.00%"', 'formatCode="mm/yyyy"'))


async def test_the_chart_draws_the_main_column_and_the_target(world: World) -> None:
    found = parts(await asked(world, "online-share", XLSX))
    chart = found["xl/charts/chart1.xml"]
    ranges = re.findall(r"<c:f>(.*?)</c:f>", chart)
    assert ranges == [
        "'Số liệu'!$F$1", "'Số liệu'!$B$2:$B$3", "'Số liệu'!$F$2:$F$3",
        "'Số liệu'!$H$1", "'Số liệu'!$B$2:$B$3", "'Số liệu'!$H$2:$H$3",
    ]  # fmt: skip
    figures = sheets(await asked(world, "online-share", XLSX))["Số liệu"]
    assert (figures[0][5], figures[0][7]) == ("Tỷ lệ trên mọi hồ sơ", "Chỉ tiêu chung")
    assert [row[7] for row in figures[1:]] == [0.2, 0.2, 0.2]
    assert "<c:barChart>" in chart
    assert "<c:lineChart>" in chart
    assert "chart1.xml" in found["xl/drawings/_rels/drawing1.xml.rels"]
    on_time = parts(await asked(world, "on-time", XLSX))["xl/charts/chart1.xml"]
    assert "<c:lineChart>" not in on_time


async def test_the_second_sheet_defines_the_figures(world: World) -> None:
    for language, sheet in (("vi", "Định nghĩa"), ("en", "Definitions")):
        answer = await world.client.get(
            "/v1/reports/on-time",
            params={"period": "2020", "as_of": "2020-12-30T17:30:00+07:00", "group_by": "child"},
            headers={"Accept": XLSX, "Accept-Language": language},
        )
        lines = {row[0]: row[1] for row in sheets(answer)[sheet]}
        for part in ("numerator", "denominator", "exclusions", "basis"):
            assert INDICATORS["on-time"].words(language)[part] in lines.values()
        version = f"on-time v{INDICATORS['on-time'].version}"
        assert {version, PROVINCE, date(2020, 1, 1), date(2020, 12, 31)} <= set(lines.values())
        assert datetime(2020, 12, 30, 17, 30) in lines.values()  # noqa: DTZ001 -- a cell has no zone


async def test_synthetic_data_are_marked(world: World) -> None:
    before = await asked(world, "online-share", XLSX)
    assert "synthetic" not in before.headers["Content-Disposition"]
    assert "MÔ PHỎNG" not in str(sheets(before))
    async with world.app.state.database.transaction() as session:
        session.add_all(facts(20, 2, "seed"))
    marked = await asked(world, "online-share", XLSX)
    assert "MÔ PHỎNG" in sheets(marked)["Định nghĩa"][0][0]
    assert "MÔ PHỎNG" in parts(marked)["xl/worksheets/sheet1.xml"]
    for answer in (marked, await asked(world, "online-share", CSV)):
        assert "online-share-2020-01-01-2020-12-31-synthetic." in answer.headers["Content-Disposition"]


async def test_no_name_becomes_a_formula(world: World) -> None:
    rows = csv_rows(await asked(world, "online-share", CSV, group_by="field"))
    assert rows[1][:2] == ["F0", "'=cmd|' /C calc'!A0"]
    answer = await asked(world, "online-share", XLSX, group_by="field")
    assert sheets(answer)["Số liệu"][1][1] == "=cmd|' /C calc'!A0"
    assert "<f>" not in parts(answer)["xl/worksheets/sheet1.xml"]


async def test_the_same_figures_are_the_same_bytes(world: World) -> None:
    for accept in (CSV, XLSX):
        first, second = [await asked(world, "processing-time", accept) for _ in range(2)]
        assert first.content == second.content
        assert first.headers["Content-Type"].partition(";")[0] == accept


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv;q=0.5, application/json", "application/json"),
        ("text/csv;q=0.9, application/json;q=0.1", CSV),
        (f"text/csv;q=0.4, {XLSX};q=0.7", XLSX),
        ("text/html", "application/json"),
        ("application/pdf", "application/json"),
    ],
)
async def test_the_form_by_accept(world: World, accept: str, kind: str) -> None:
    answer = await asked(world, "on-time", accept)
    assert answer.headers["Content-Type"].partition(";")[0] == kind
    assert answer.headers["Vary"] == "Accept, Accept-Language"


async def test_a_report_without_rows_is_a_table_with_a_total(world: World) -> None:
    empty = {"period": "2018", "as_of": "2019-01-01T00:00:00+07:00"}
    assert [row[1] for row in csv_rows(await asked(world, "online-share", CSV, **empty))[1:]] == ["Tổng"]
    answer = await asked(world, "online-share", XLSX, **empty)
    assert len(sheets(answer)["Số liệu"]) == 2
    assert not [name for name in parts(answer) if "chart" in name]


async def both(world: World, report: str, **params: str) -> tuple[dict[str, Any], list[list[Any]]]:
    """The JSON, and the rows of the XLSX, of which it is sure that the CSV has the same."""
    found = (await asked(world, report, **params)).json()
    answer = await asked(world, report, XLSX, **params)
    figures = [[None if cell == "" else cell for cell in row] for row in sheets(answer)["Số liệu"]]
    written = csv_rows(await asked(world, report, CSV, **params))
    assert len(written) == len(figures)
    for row, said in zip(figures, written, strict=True):
        assert [number(c) if isinstance(n, float) else c or None for n, c in zip(row, said, strict=True)] == [
            cell.isoformat() if isinstance(cell, date) else cell for cell in row
        ]
    return found, figures


async def test_attainment_as_a_table_with_each_bodys_target(world: World) -> None:
    found, (head, *rows) = await both(world, "attainment")
    assert head[5:7] == ["Tỷ lệ", "Chỉ tiêu"]
    for said, row in zip([*found["rows"], found["total"]], rows, strict=True):
        assert row[2:7] == [said[name] for name in ("received", "eligible", "online", "value", "target")]
        assert row[8:11] == [said[name] for name in ("lacking", "lacking_if_new", "gap")]
        assert row[7] == ("Có" if said["reached"] else "Không")
        assert row[14] == date.fromisoformat(said["effective_from"])
    assert rows[-1][:2] == [None, "Tổng"]
    chart = parts(await asked(world, "attainment", XLSX))["xl/charts/chart1.xml"]
    assert "<c:lineChart>" in chart
    assert "'Số liệu'!$G$2" in chart
    paid, (head, *rows) = await both(world, "attainment", indicator="paid-online")
    assert head[2:4] == ["Mẫu số", "Tử số"]
    assert [row[3] for row in rows] == [said["numerator"] for said in [*paid["rows"], paid["total"]]]


async def test_the_league_table_as_a_table(world: World) -> None:
    found, (_, *rows) = await both(world, "league-table", minimum="50")
    assert found["rows"]
    for said, row in zip(found["rows"], rows, strict=True):
        names = ("rank", "agency", "name", "received", "online", "value", "target", "score", "change")
        assert row[:9] == [said[name] for name in names]
    everybody = await both(world, "league-table", minimum="1000")
    assert {row[9] for row in everybody[1][1:]} == {"Ít hồ sơ"}


async def test_the_shortest_way_as_a_table(world: World) -> None:
    found, (_, *rows) = await both(world, "shortest-way")
    steps = [*found["steps"], *found["alternative"]]
    assert [row[7:10] for row in rows] == [[s["dossiers"], s["used"], s["cumulative"]] for s in steps]
    lines = {
        row[0]: row[1] for row in sheets(await asked(world, "shortest-way", XLSX))["Định nghĩa"] if row[0]
    }
    assert lines["Còn thiếu"] == found["lacking"]


async def test_reports_against_targets_define_themselves(world: World) -> None:
    for report in ("attainment", "league-table", "shortest-way"):
        found = (await asked(world, report)).json()
        said = {row[1] for row in sheets(await asked(world, report, XLSX))["Định nghĩa"] if len(row) > 1}
        assert set(found["definition"].values()) <= said
