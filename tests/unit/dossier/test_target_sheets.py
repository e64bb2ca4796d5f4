"""Targets come as a sheet, with all that Excel does to them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
import python_calamine
import xlsxwriter
from sqlalchemy import text

from deploy.databases import ServiceDatabase
from kit import events
from kit.tabular import XLSX
from services.dossier.targets import sheets
from tests.unit.dossier.conftest import World
from tests.unit.dossier.received import CENTRE, COMMUNE, CONSTRUCTION, DISTRICT, PROVINCE, begin
from tests.unit.dossier.test_targets import MEASURE, NEW, plan, put, shown

pytestmark = pytest.mark.anyio
HEADING = ["Mã cơ quan", "Tên cơ quan", "Chỉ tiêu", "Năm", "Giá trị", "Quyết định", "Ngày", "Hiệu lực từ",
           "Biện pháp", "Người phụ trách", "Hạn"]  # fmt: skip
DECIDED = ["2566/QĐ-UBND", "23/10/2020"]
ONLINE = "Hồ sơ trực tuyến"


@pytest.fixture(autouse=True)
async def _begin(world: World, database: ServiceDatabase) -> None:
    await begin(world, database)


def workbook(rows: Sequence[Sequence[Any]], heading: Sequence[str] = HEADING, above: int = 0) -> bytes:
    """Days and shares as Excel keeps them: numbers with a format."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        page, percent = book.add_worksheet(), book.add_format({"num_format": "0%"})
        for r, row in enumerate([*([["Danh sách chỉ tiêu"]] * above), heading, *rows]):
            for c, cell in enumerate(row):
                if isinstance(cell, Decimal):
                    page.write_number(r, c, float(cell), percent)
                elif isinstance(cell, str):
                    page.write_string(r, c, cell)
                elif cell is not None:
                    page.write(r, c, cell)
    return target.getvalue()


def row(agency: Any, value: Any = "20 %", *more: Any, indicator: str = ONLINE, year: Any = 2020) -> list[Any]:
    return [agency, "", indicator, year, value, *(more or DECIDED)]


async def send(
    world: World, rows: Sequence[Sequence[Any]], dry_run: bool = False, by: str = PROVINCE, **more: Any
) -> httpx.Response:
    return await world.client.post(
        "/v1/targets/imports",
        params={"dry_run": str(dry_run).lower()},
        content=workbook(rows, **more),
        headers=world.staff("leader", by, **{"Content-Type": XLSX, "Accept-Language": "en"}),
    )


async def refused(world: World, rows: Sequence[Sequence[Any]], **more: Any) -> list[tuple[str, str]]:
    """Code and cell of each fault; nothing has changed."""
    answer = await send(world, rows, **more)
    assert answer.status_code == 422, answer.text
    assert (await world.client.get("/v1/targets")).json()["items"] == []
    faults = answer.json()["errors"]
    assert all(fault["detail"] and "pointer" not in fault for fault in faults)
    return [(fault["code"], fault.get("cell", f"row {fault['row']}")) for fault in faults]


ROWS = [
    [*row(CONSTRUCTION, Decimal("0.35"), "2566/QĐ-UBND", date(2020, 10, 23)), "", "Hướng dẫn tại bàn", "An"],
    ["", "", "", "", "", "", "", "", "Giảm phí trực tuyến", "", date(2020, 12, 1)],
    row(DISTRICT, "20,5 %", "2566/QĐ-UBND", 44127.0, "2020-11-01"),
    row(COMMUNE, 0.3, indicator="paid-online", year="2021"),
]


async def test_a_dry_run_says_what_the_import_then_does(world: World) -> None:
    tried = (await send(world, ROWS, dry_run=True)).json()
    assert (tried["dry_run"], tried["created"]) == (True, 3)
    assert (await world.client.get("/v1/targets")).json()["items"] == []
    done = (await send(world, ROWS)).json()
    assert {**done, "dry_run": True} == tried
    assert [(item["row"], item["agency"], item["year"]) for item in done["items"]] == [
        (2, CONSTRUCTION, 2020),
        (4, DISTRICT, 2020),
        (5, COMMUNE, 2021),
    ]
    assert done["items"][0]["changes"]["value"] == {"old": None, "new": 0.35}
    construction = await shown(world, CONSTRUCTION)
    assert construction["measures"] == [
        {"text": "Hướng dẫn tại bàn", "owner": "An", "due_on": None},
        {"text": "Giảm phí trực tuyến", "owner": None, "due_on": "2020-12-01"},
    ]
    district = await shown(world, DISTRICT)
    assert (district["value"], district["decided_on"], district["effective_from"]) == (
        0.205,
        "2020-10-23",
        "2020-11-01",
    )
    assert (await shown(world, COMMUNE, indicator="paid-online", year=2021))["value"] == 0.3
    again = (await send(world, ROWS)).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert (await shown(world, CONSTRUCTION))["version"] == 1


async def test_what_differs_is_replaced_and_measures_stay_where_the_sheet_has_none(world: World) -> None:
    await send(world, ROWS)
    rows = [row(CONSTRUCTION, "40 %"), row(DISTRICT, "20,5 %", *DECIDED, "01/11/2020")]
    tried = (await send(world, rows, dry_run=True)).json()
    assert [item["outcome"] for item in tried["items"]] == ["updated", "unchanged"]
    assert tried["items"][0]["changes"] == {
        "value": {"old": 0.35, "new": 0.4},
    }
    await send(world, rows)
    found = await shown(world, CONSTRUCTION)
    assert (found["value"], found["version"], len(found["measures"])) == (0.4, 2, 2)
    async with world.app.state.database.transaction() as session:
        assert await events.verify(session) == []
        assert await session.scalar(text("SELECT count(*) FROM event WHERE subject LIKE 'target:%'")) == 4


async def test_all_faults_at_once_with_their_cells(world: World) -> None:
    rows = [
        row(35, "0 %"),
        row("0.0.33.H28", "120 %"),
        row("000.00.99.H28", "hai mươi"),
        row(DISTRICT, 1),
        [CONSTRUCTION, "", "Sự hài lòng", "năm nay", 0.2, "", "31/02/2020"],
        [COMMUNE, "", ONLINE, "", "20 %", "x" * 101, "27/10/2020", date(2021, 1, 1), "", "An"],
        row(PROVINCE),
        row(PROVINCE, "21 %"),
    ]
    assert await refused(world, rows) == [
        ("code-as-number", "A2"),
        ("share", "E2"),
        ("share", "E3"),
        ("zeros-lost", "A3"),
        ("share", "E4"),
        ("agency-not-found", "A4"),
        ("share-of-one", "E5"),
        ("indicator-unknown", "C6"),
        ("year", "D6"),
        ("day", "G6"),
        ("missing", "F6"),
        ("string_too_long", "F7"),
        ("missing", "D7"),
        ("measure-without-text", "I7"),
        ("differs", "E9"),
    ]
    (lost,) = [e for e in (await send(world, rows[1:2])).json()["errors"] if e["code"] == "zeros-lost"]
    assert "The whole code is 000.00.33.H28" in lost["detail"]


async def test_faults_that_only_the_whole_row_shows(world: World) -> None:
    assert await refused(world, [row(DISTRICT, "20 %", "1/QĐ", "27/10/2020")]) == [("signed-later", "G2")]
    late = row(DISTRICT, "20 %", *DECIDED, "01/01/2021")
    assert await refused(world, [late]) == [("effective-too-late", "H2")]
    assert await refused(world, [row(DISTRICT, "20 %", "", "")]) == [("missing", "F2"), ("missing", "G2")]
    assert await refused(world, [[*[""] * 8, "Biện pháp"]]) == [("nothing-above", "A2")]
    many = [row(DISTRICT), *([[*[""] * 8, f"Biện pháp {n}"] for n in range(21)])]
    assert await refused(world, many) == [("too-many-measures", "I2")]
    short = ["Mã cơ quan", "Chỉ tiêu", "Năm", "Giá trị"]
    rows = [[DISTRICT, ONLINE, 2020, 0.2]]
    assert await refused(world, rows, heading=short) == [("missing", "row 2"), ("missing", "row 2")]


async def test_leaders_import_what_is_theirs_to_change(world: World) -> None:
    other = [row(CONSTRUCTION), row(COMMUNE)]
    assert await refused(world, other, by=DISTRICT) == [("not-assigned-by-you", "A2")]
    assert await refused(world, [row(DISTRICT)], by=DISTRICT) == [("not-assigned-by-you", "A2")]
    await put(world, DISTRICT)
    measures = [DISTRICT, "", ONLINE, 2020, *[""] * 4, "Hướng dẫn", "An", "01/12/2020"]
    prefilled = [CONSTRUCTION, "", ONLINE, 2020]  # says nothing
    assert (await send(world, [prefilled, measures], by=DISTRICT)).json()["updated"] == 1
    whole = [*row(DISTRICT, "35%", "2566/QĐ-UBND", "23/10/2020", "1/11/2020"), "Hướng dẫn lại"]
    assert (await send(world, [whole], by=DISTRICT)).json()["updated"] == 1
    assert (await shown(world, DISTRICT))["measures"][0]["text"] == "Hướng dẫn lại"
    more = await send(world, [[*whole[:4], "36%", *whole[5:]]], by=DISTRICT)
    assert more.json()["errors"][0]["code"] == "not-assigned-by-you"
    assert (await send(world, [measures], by=CENTRE)).status_code == 422
    officer = world.staff("officer", PROVINCE)
    answer = await world.client.post("/v1/targets/imports", content=workbook(ROWS), headers=officer)
    assert answer.status_code == 403


async def test_an_import_while_others_write_loses_nothing(world: World) -> None:
    await asyncio.gather(
        send(world, ROWS),
        send(world, list(reversed(ROWS[2:]))),
        plan(world, CONSTRUCTION, by=CONSTRUCTION),
        put(world, DISTRICT, NEW),
    )
    for agency in (CONSTRUCTION, DISTRICT):
        found = await shown(world, agency)
        assert found["value"] in (0.35, 0.205)
        assert MEASURE in found["measures"] or agency == DISTRICT or len(found["measures"]) == 2
    async with world.app.state.database.transaction() as session:
        assert await events.verify(session) == []
        gaps = "SELECT count(*) FROM target WHERE version <> (SELECT count(*) FROM target_version AS v"
        of_it = " WHERE (v.year, v.indicator, v.agency) = (target.year, target.indicator, target.agency))"
        assert await session.scalar(text(gaps + of_it)) == 0


async def test_the_template_comes_back_as_it_is_filled_in(world: World) -> None:
    answer = await world.client.get("/v1/targets/template")
    assert answer.headers["Content-Type"] == XLSX
    rows = python_calamine.load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == HEADING
    assert [r[0] for r in rows[1:]] == [CENTRE, CONSTRUCTION, DISTRICT]
    assert rows[1][3] == 2020
    nothing = await world.client.post(
        "/v1/targets/imports", content=answer.content, headers=world.staff("leader", PROVINCE)
    )
    assert (nothing.status_code, nothing.json()["items"]) == (200, [])
    filled = [[*rows[2][:4], 0.2, *DECIDED], rows[3]]
    assert (await send(world, filled)).json()["created"] == 1
    english = await world.client.get("/v1/targets/template", headers={"Accept-Language": "en"})
    sheet = sheets.read(english.content)
    assert (len(sheet.lines), sheet.faults) == (3, [])


async def test_it_may_come_in_a_form_and_below_a_title(world: World) -> None:
    content = workbook(ROWS, above=2)
    answer = await world.client.post(
        "/v1/targets/imports",
        files={"file": ("chỉ tiêu.xlsx", content, XLSX)},
        headers=world.staff("leader", PROVINCE),
    )
    assert [item["row"] for item in answer.json()["items"]] == [4, 6, 7]
    without = await world.client.post(
        "/v1/targets/imports", files={"tệp": ("x", b"x")}, headers=world.staff("leader", PROVINCE)
    )
    assert without.json()["errors"][0]["pointer"] == "/file"


NO_SHEETS = [
    (b"", "not XLSX"),
    ("Mã cơ quan;Chỉ tiêu".encode(), "not XLSX"),
    (b"PK\x03\x04 no workbook", "not XLSX"),
    (workbook([]).replace(b"PK\x05\x06", b"PK\x05\x07"), "not XLSX"),
    (workbook([row(DISTRICT)], heading=["Cơ quan", "Số"]), "No heading"),
    (workbook([row(DISTRICT)], heading=[*HEADING[:4], "Giá trị (%)"]), "“Giá trị (%)”"),
    (workbook([row(DISTRICT)], heading=[*HEADING[:5], "Giá trị"]), "“Giá trị”"),
    (workbook([*[[]] * 2001, row(DISTRICT)]), "At most 2000 rows"),
]


async def test_files_that_are_no_such_sheet(world: World) -> None:
    headers = world.staff("leader", PROVINCE, **{"Accept-Language": "en"})
    for content, why in NO_SHEETS:
        answer = await world.client.post("/v1/targets/imports", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "sheet-unreadable")
        assert why in answer.json()["detail"]
