"""Statements that are sent on: their sums close, and paper says what JSON says."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from kit.tabular import PDF, XLSX
from services.dossier.figures.models import IntakeFact, Label
from services.dossier.statements import forms, render
from services.dossier.statements.one_stop import closes
from services.dossier.statements.schemas import Flow, OneStop
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World
from tests.unit.dossier.test_tables import DISTRICT, PROVINCE, facts, parts, sheets

pytestmark = pytest.mark.anyio
NASTY = '=1+1 #read("/etc/passwd") $x$ *b* _i_ \\ @ref <label> ' + "Ươ" * 200


def counts(total: int) -> list[IntakeFact]:
    """A line of counts a month of 2020, at the counter."""
    return [
        IntakeFact(
            id=UUID(int=month),
            origin="count",
            quantity=total,
            procedure_code="9.000001",
            field_code="F1",
            channel="counter",
            online_level=2,
            receiving_agency=DISTRICT,
            resolving_agency=DISTRICT,
            received_on=date(2020, month, 5),
        )
        for month in range(1, 13)
    ]


@pytest.fixture(autouse=True)
async def _facts(world: World) -> None:
    world.clock.set("2021-02-01T08:00")
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM intake_fact"))
        session.add_all([*facts(300), *counts(7)])
        await session.merge(Label(kind="field", code="F0", name="Đất đai"))
        await session.merge(Label(kind="field", code="F1", name="Ân xá"))


async def asked(world: World, path: str, accept: str = "*/*", **params: str) -> httpx.Response:
    answer = await world.client.get(f"/v1/reports/{path}", params=params, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    return answer


def closed(row: dict[str, Any]) -> bool:
    return closes(Flow.model_validate(row))


PERIODS = [
    "2020",
    *(f"2020-Q{quarter}" for quarter in (1, 2, 3, 4)),
    *(f"2020-{month:02}" for month in range(1, 13)),
    "2021-01",
    "2021-Q1",
]


@pytest.mark.long
async def test_the_sums_close_for_every_body_and_period(world: World) -> None:
    for period in PERIODS:
        for agency in (PROVINCE, CENTRE, CONSTRUCTION, DISTRICT):
            group_by = "field" if PERIODS.index(period) % 2 else "child"
            params = {"period": period, "agency": agency, "group_by": group_by}
            form = (await asked(world, "one-stop", **params)).json()
            assert all(closed(row) for row in [*form["rows"], form["total"]]), (params, form)
            for part in ("received", "solved", "pending", "other"):
                for name in form["total"][part]:
                    assert sum(row[part][name] for row in form["rows"]) == form["total"][part][name]
            assert sum(row["counted"] for row in form["rows"]) == form["total"]["counted"]


@pytest.mark.long
async def test_what_is_pending_at_the_end_is_carried_over(world: World) -> None:
    before: dict[str, Any] = {}
    for month in range(1, 13):
        form = (await asked(world, "one-stop", period=f"2020-{month:02}")).json()["total"]
        if before:
            assert form["received"]["carried_over"] == before["pending"]["total"]
        before = form


async def test_the_form_says_what_the_report_on_time_says(world: World) -> None:
    form = (await asked(world, "one-stop", period="2020-Q4", group_by="child")).json()
    report = (await asked(world, "on-time", period="2020-Q4", group_by="child")).json()
    assert form["definition"] == report["definition"]
    assert {row["key"] for row in form["rows"]} == {CONSTRUCTION, DISTRICT}
    for row, said in zip([*form["rows"], form["total"]], [*report["rows"], report["total"]], strict=True):
        values = said["values"]
        assert row["received"] == {
            "total": values["carried_over"] + values["received_online"] + values["received_otherwise"],
            "online": values["received_online"],
            "otherwise": values["received_otherwise"],
            "carried_over": values["carried_over"],
        }
        assert [row["solved"][name] for name in ("early", "on_time", "late")] == [
            values[name] for name in ("early", "on_time", "late")
        ]
        assert row["pending"]["late"] == values["overdue"]
        assert row["other"]["unscored"] == values["unscored"]
    assert [row["counted"] for row in form["rows"]] == [0, 21]


async def test_fields_are_in_the_order_of_the_dictionary(world: World) -> None:
    form = (await asked(world, "one-stop", period="2020-Q4")).json()
    assert [row["name"] for row in form["rows"]] == ["Ân xá", "Đất đai"]


@pytest.mark.long
async def test_the_month_puts_five_indicators_side_by_side(world: World) -> None:
    month = (await asked(world, "monthly", period="2020-10")).json()
    rows = {row["agency"]: row for row in month["rows"]}
    assert set(rows) == {CENTRE, CONSTRUCTION, DISTRICT}
    for indicator, part, main in (
        ("online-share", "online", "share_all"),
        ("paid-online", "paid_online", "share"),
        ("supplement-rounds", "supplements", "per_dossier"),
        ("processing-time", "hours", "median"),
    ):
        report = (await asked(world, indicator, period="2020-10", group_by="child")).json()
        assert month["definitions"][indicator] == report["definition"]
        for said in report["rows"]:
            assert rows[said["key"]][part][main] == said["values"][report["main"]]
        assert month["total"][part][main] == report["total"]["values"][report["main"]]
    total = month["total"]
    assert closed(total)
    assert (total["online"]["target"], total["counted"]) == (0.2, 7)
    assert total["online"]["reached"] == (total["online"]["share_all"] >= 0.2)
    assert rows[CONSTRUCTION]["online"]["received"] == 0
    assert rows[CENTRE]["solved"]["total"] == 0


async def test_the_last_period_that_is_over_is_the_default(world: World) -> None:
    assert (await asked(world, "monthly")).json()["period"] == "2021-01"
    assert (await asked(world, "one-stop")).json()["period"] == "2020-Q4"
    running = (await asked(world, "one-stop", period="2021-Q1")).json()
    assert (running["provisional"], running["as_of"]) == (True, "2021-02-01T08:00:00+07:00")
    assert (await asked(world, "monthly")).json()["provisional"] is False


async def test_periods_before_and_after_everything_close_too(world: World) -> None:
    for period in ("2000-01", "2030-03", "2099-12"):
        month = (await asked(world, "monthly", period=period)).json()
        assert all(closed(row) for row in [*month["rows"], month["total"]])
        assert (await asked(world, "monthly", XLSX, period=period)).content.startswith(b"PK")
    nothing = (await asked(world, "open-data", period="2000")).json()
    assert (nothing["items"], nothing["next"]) == ([], None)
    assert (await asked(world, "open-data", XLSX, period="2000")).content.startswith(b"PK")


@pytest.mark.parametrize(
    ("path", "params", "parameter"),
    [
        ("one-stop", {"period": "2020-Q5"}, "period"),
        ("one-stop", {"period": "1999"}, "period"),
        ("one-stop", {"group_by": "agency"}, "group_by"),
        ("one-stop", {"as_of": "2020-10-01"}, "as_of"),
        ("monthly", {"period": "2020"}, "period"),
        ("monthly", {"period": "2020-Q4"}, "period"),
        ("monthly", {"period": "2020-13"}, "period"),
        ("monthly", {"closing": "x"}, "closing"),
        ("open-data", {"period": "2020-10-01"}, "period"),
        ("open-data", {"limit": "0"}, "limit"),
        ("open-data", {"cursor": "x"}, "cursor"),
    ],
)
async def test_what_is_asked_wrongly_is_named(
    world: World, path: str, params: dict[str, str], parameter: str
) -> None:
    answer = await world.client.get(f"/v1/reports/{path}", params=params)
    assert answer.status_code == 422, answer.text
    assert [fault["parameter"] for fault in answer.json()["errors"]] == [parameter]


async def test_an_unknown_body_is_not_found(world: World) -> None:
    for path in ("one-stop", "monthly", "open-data"):
        answer = await world.client.get(f"/v1/reports/{path}", params={"agency": "000.00.99.H28"})
        assert (answer.status_code, answer.json()["code"]) == (404, "agency-not-found")


@pytest.mark.long
async def test_paper_by_accept(world: World) -> None:
    for path in ("one-stop", "monthly"):
        for accept, kind in (
            (PDF, PDF),
            (f"{XLSX};q=0.5, {PDF};q=0.4", XLSX),
            ("text/csv", "application/json"),
            ("text/html, */*;q=0.1", "application/json"),
        ):
            answer = await asked(world, path, accept, period="2020-10")
            assert answer.headers["Content-Type"].partition(";")[0] == kind
            assert answer.headers["Vary"] == "Accept, Accept-Language"
        made = await asked(world, path, PDF, period="2020-10")
        assert made.content.startswith(b"%PDF-")
        assert f'filename="{path}-2020-10.pdf"' in made.headers["Content-Disposition"]
        assert (await asked(world, path, PDF, period="2020-10")).content == made.content


async def test_the_form_in_excel_says_what_json_says(world: World) -> None:
    form = (await asked(world, "one-stop", period="2020-Q4", group_by="child")).json()
    answer = await asked(world, "one-stop", XLSX, period="2020-Q4", group_by="child")
    found = sheets(answer)
    assert list(found) == ["Biểu II.06", "Định nghĩa"]
    rows = [
        row for row in found["Biểu II.06"] if row[1] in ("Sở Xây dựng", "UBND huyện Lương Sơn", "Tổng số")
    ]
    rows = [row for row in rows if isinstance(row[2], int | float)]
    assert len(rows) == 3
    for row, said in zip(rows, [*form["rows"], form["total"]], strict=True):
        assert row[2:] == [
            *(said["received"][name] for name in ("total", "online", "otherwise", "carried_over")),
            *(said["solved"][name] for name in ("total", "early", "on_time", "late")),
            *(said["pending"][name] for name in ("total", "in_time", "late")),
            *(said["other"][name] for name in ("total", "undecided", "unscored")),
            said["counted"],
        ]
    page = parts(answer)["xl/worksheets/sheet1.xml"]
    assert 'orientation="landscape"' in page
    assert 'paperSize="9"' in page
    assert "<mergeCells" in page
    defined = parts(answer)["xl/workbook.xml"]
    assert "_xlnm.Print_Titles" in defined
    assert "_xlnm.Print_Area" in defined
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Quý IV năm 2020", "UBND TỈNH", "Thủ trưởng đơn vị"):
        assert words in str(found)


async def test_the_month_in_excel_says_what_json_says(world: World) -> None:
    month = (await asked(world, "monthly", period="2020-10")).json()
    answer = await world.client.get(
        "/v1/reports/monthly", params={"period": "2020-10"}, headers={"Accept": XLSX, "Accept-Language": "en"}
    )
    found = sheets(answer)
    assert list(found) == ["I. Results", "II. Indicators", "Definitions"]
    total = next(row for row in found["II. Indicators"] if row[1] == "Total")
    online = month["total"]["online"]
    assert total[2:9] == [
        online["received"], online["eligible"], online["online"], online["share_all"],
        online["share_eligible"], 0.2, "Yes" if online["reached"] else "No",
    ]  # fmt: skip
    assert "SOCIALIST REPUBLIC OF VIET NAM" in str(found)


async def test_synthetic_figures_are_marked_on_each_page(world: World) -> None:
    assert "MÔ PHỎNG" not in str(sheets(await asked(world, "one-stop", XLSX, period="2020-Q4")))
    async with world.app.state.database.transaction() as session:
        session.add_all(facts(30, 2, "seed"))
    answer = await asked(world, "one-stop", XLSX, period="2020-Q4")
    assert "MÔ PHỎNG" in str(sheets(answer)["Biểu II.06"])
    assert "MÔ PHỎNG" in parts(answer)["xl/worksheets/sheet1.xml"].partition("<oddFooter>")[2]
    assert "synthetic" in answer.headers["Content-Disposition"]
    paper = forms.of_one_stop(
        OneStop.model_validate(
            (await _one_stop(world)).json() | {"first": "2020-10-01", "last": "2020-12-31"}
        ),
        "Hòa Bình",
        "vi",
    )
    assert "MÔ PHỎNG" in render.data(paper)["mark"]


async def _one_stop(world: World) -> httpx.Response:
    return await asked(world, "one-stop", period="2020-Q4", group_by="child")


@pytest.mark.long
async def test_nobodys_name_is_read_as_markup_or_formula(world: World) -> None:
    async with world.app.state.database.transaction() as session:
        await session.merge(Label(kind="field", code="F0", name=NASTY))
        await session.execute(
            text("UPDATE body SET name = :name WHERE code = :code"), {"name": NASTY, "code": DISTRICT}
        )
    for params in ({"group_by": "child"}, {"agency": DISTRICT}):
        for path in ("one-stop", "monthly"):
            some = {k: v for k, v in params.items() if path == "one-stop" or k != "group_by"}
            made = await asked(world, path, PDF, period="2020-10", **some)
            assert made.content.startswith(b"%PDF-")
            book = await asked(world, path, XLSX, period="2020-10", **some)
            assert "<f>" not in parts(book)["xl/worksheets/sheet1.xml"]
            assert NASTY.upper() in str(sheets(book)).upper().replace("\\\\", "\\")


@pytest.mark.long
async def test_a_statement_of_a_closing_says_what_was_closed(world: World) -> None:
    leader = world.staff("leader", PROVINCE)
    closing = await world.client.post("/v1/reports/closings", json={"period": "2020-10"}, headers=leader)
    assert closing.status_code == 201, closing.text
    id_ = closing.json()["id"]
    before = [(await asked(world, path, closing=id_)).json() for path in ("monthly", "one-stop")]
    async with world.app.state.database.transaction() as session:
        late = facts(20, 3)
        for fact in late:
            fact.received_on, fact.finished_at, fact.outcome = date(2020, 10, 9), None, None
        session.add_all(late)
    for path, said in zip(("monthly", "one-stop"), before, strict=True):
        assert (await asked(world, path, closing=id_)).json() == said
        assert (said["period"], said["closing"]) == ("2020-10", id_)
        now = (await asked(world, path, period="2020-10")).json()
        assert now["total"]["pending"]["total"] == said["total"]["pending"]["total"] + 20
    other = await world.client.get("/v1/reports/one-stop", params={"closing": id_, "period": "2020-Q4"})
    assert other.status_code == 422
    assert id_ in str(sheets(await asked(world, "monthly", XLSX, closing=id_)))
