"""A district's own system sends what it received on paper, and the steps that follow."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import python_calamine
import xlsxwriter
from sqlalchemy import text

from kit import events
from tests import system
from tests.unit.dossier.conftest import SIMPLE, World, procedure

pytestmark = pytest.mark.anyio

DISTRICT, OTHER = "000.00.33.H28", "000.00.09.H28"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def of_system(world: World, agency: str = DISTRICT, sub: str = "luong-son") -> dict[str, str]:
    claims = {"roles": ["system"], "agency": agency, "name": "Lương Sơn"}
    return system.headers(world.clock, sub, "system", **claims)


def item(number: int, **changes: Any) -> dict[str, Any]:
    at = datetime.fromisoformat("2020-10-26T07:30:00+07:00") + timedelta(seconds=number)
    return {
        "reference": f"LS-{number:05d}",
        "procedure": "9.000002",
        "agency": DISTRICT,
        "received_at": at.isoformat(),
        "channel": "counter",
        "applicant": {
            "kind": "citizen",
            "name": f"Bùi Thị Số {number}",
            "papers": [{"type": "personal_number", "number": f"0173{number:08d}"}],
        },
        **changes,
    }


@pytest.fixture(autouse=True)
async def _nothing_received_yet(world: World) -> None:
    world.clock.set("2020-10-26T10:00")
    world.catalogue["9.000002"] = procedure(**SIMPLE)
    async with world.app.state.database.transaction() as session:
        for table in ("dossier", "batch", "declared_total", "intake_fact", "code_counter"):
            await session.execute(text(f"DELETE FROM {table}"))


async def send(world: World, items: list[Any], declared: int | None = None, **more: str) -> dict[str, Any]:
    body: dict[str, Any] = {"items": items}
    if declared is not None:
        body["declared"] = {"day": "2020-10-26", "total": declared}
    answer = await world.client.post("/v1/dossiers/batch", json=body, headers={**of_system(world), **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def scalar(world: World, statement: str) -> Any:
    async with world.app.state.database.transaction() as session:
        return await session.scalar(text(statement))


def thousand() -> list[Any]:
    """A thousand items of which seven are wrong, each in its own way."""
    items: list[Any] = [item(number) for number in range(1000)]
    items[10] = item(10, procedure="9.999999")
    items[20] = item(20, channel="online")
    items[30] = item(30, agency="H28.999")
    items[40] = item(40, agency=OTHER)
    items[50] = item(50, received_at="2020-10-27T08:00:00+07:00")
    items[60] = item(60, reference="LS-00061")
    items[70] = item(70, applicant={"kind": "citizen", "name": "A", "papers": [
        {"type": "personal_number", "number": "12345"}]})  # fmt: skip
    items[61], items[60] = items[60], items[61]  # so that the wrong one of the two comes second
    return items


WRONG = {
    (10, "procedure-unknown", "/items/10/procedure"),
    (20, "literal_error", "/items/20/channel"),
    (30, "agency-unknown", "/items/30/agency"),
    (40, "agency-not-yours", "/items/40/agency"),
    (50, "received-in-the-future", "/items/50/received_at"),
    (61, "reference-twice", "/items/61/reference"),
    (70, "paper_number", "/items/70/applicant/papers/0/number"),
}


def wrong(answer: dict[str, Any]) -> set[tuple[int, str, str]]:
    return {(i["index"], e["code"], e["pointer"]) for i in answer["items"] for e in i["errors"]}


def sums(answer: dict[str, Any]) -> tuple[int, ...]:
    return tuple(answer[name] for name in ("created", "updated", "unchanged", "refused"))


@pytest.mark.long
async def test_a_thousand_of_which_seven_are_wrong(world: World) -> None:
    before = await scalar(world, "SELECT count(*) FROM intake_fact")
    first = await send(world, thousand(), declared=1001)
    assert sums(first) == (993, 0, 0, 7)
    assert wrong(first) == WRONG
    assert first["declared"] | {"agency": None} == {
        "system": "luong-son", "agency": None, "day": "2020-10-26",
        "declared": 1001, "received": 993, "missing": 8, "open": True,
    }  # fmt: skip
    codes = sorted(i["code"] for i in first["items"] if i["code"])
    assert codes == [f"{DISTRICT}-201026-{n:04d}" for n in range(1, 994)]
    assert await scalar(world, "SELECT count(*) FROM intake_fact") == before + 993
    written = await scalar(world, "SELECT count(*) FROM event")

    again = await send(world, thousand(), declared=1001)
    assert sums(again) == (0, 0, 993, 7)
    assert wrong(again) == WRONG
    assert await scalar(world, "SELECT count(*) FROM event") == written

    changed = thousand()
    changed[0]["applicant"]["phone"] = "0900000009"
    assert sums(await send(world, changed)) == (0, 1, 992, 7)
    assert await scalar(world, "SELECT count(*) FROM event") == written + 1

    async with world.app.state.database.transaction() as session:
        assert await events.verify(session) == []


async def test_the_day_stays_open_until_the_declared_total_is_there(world: World) -> None:
    await send(world, [item(1), item(2)], declared=3)

    async def day(headers: dict[str, str]) -> list[dict[str, Any]]:
        answer = await world.client.get("/v1/intake-totals", headers=headers)
        return list(answer.json()["items"])

    (found,) = await day(of_system(world))
    assert (found["declared"], found["received"], found["open"]) == (3, 2, True)
    await send(world, [item(3)])
    (found,) = await day(of_system(world))
    assert (found["received"], found["missing"], found["open"]) == (3, 0, False)
    assert await day(world.staff("leader", "000.00.00.H28")) == [found]
    assert await day(world.staff("leader", OTHER)) == []
    assert await day(of_system(world, sub="another")) == []


async def test_a_batch_is_voided_with_a_reason_and_may_be_sent_again(world: World) -> None:
    answer = await send(world, [item(1, external_code="LS/2020/77"), item(2)])
    url = f"/v1/dossiers/batches/{answer['batch']}"
    nothing = await world.client.post(f"{url}/void", json={"reason": ""}, headers=of_system(world))
    assert nothing.status_code == 422
    foreign = await world.client.post(
        f"{url}/void", json={"reason": "Nhầm"}, headers=of_system(world, sub="another")
    )
    assert (foreign.status_code, foreign.json()["code"]) == (404, "batch-not-found")
    voided = await world.client.post(f"{url}/void", json={"reason": "Nhầm"}, headers=of_system(world))
    assert voided.json()["voided"] == 2
    assert (await world.client.post(f"{url}/void", json={"reason": "Nhầm"}, headers=of_system(world))).json()[
        "voided"
    ] == 0
    assert (await world.client.get(url, headers=of_system(world))).json()["voided_because"] == "Nhầm"
    leader = world.staff("leader", DISTRICT)
    share = await world.client.get("/v1/reports/online-share?period=2020", headers=leader)
    assert share.json()["total"]["values"]["received"] == 0
    dossier = await world.client.get(f"/v1/dossiers/{answer['items'][0]['id']}", headers=leader)
    assert dossier.json()["status"] == "stopped"
    assert "reopen" not in {action["action"] for action in dossier.json()["actions"]}

    once_more = await send(world, [item(1, external_code="LS/2020/77"), item(2)])
    assert sums(once_more) == (2, 0, 0, 0)
    share = await world.client.get("/v1/reports/online-share?period=2020", headers=leader)
    assert share.json()["total"]["values"]["received"] == 2
    async with world.app.state.database.transaction() as session:
        assert await events.verify(session) == []


async def test_a_printed_number_and_its_promise_stay(world: World) -> None:
    printed = item(1, external_code="H28.33-2020.1", promised_at="2020-10-30T16:30:00+07:00")
    answer = await send(world, [printed])
    found = (await world.client.get("/v1/track/H28.33-2020.1")).json()
    assert (found["code"], found["promised_at"]) == (
        answer["items"][0]["code"], "2020-10-30T16:30:00+07:00",
    )  # fmt: skip
    other = await send(world, [item(2, external_code="H28.33-2020.1"), item(3, external_code="X-0001"),
                               item(4, external_code="X-0001")])  # fmt: skip
    assert wrong(other) == {
        (0, "external-code-taken", "/items/0/external_code"),
        (2, "external-code-taken", "/items/2/external_code"),
    }


async def test_the_same_batch_twice_at_once_creates_once(world: World) -> None:
    items = [item(number) for number in range(50)]
    one, two = await asyncio.gather(send(world, items), send(world, items))
    assert sorted([one["created"], two["created"]]) == [0, 50]
    assert await scalar(world, "SELECT count(*) FROM dossier WHERE external_code IS NULL") == 50


async def progress(world: World, *steps: dict[str, Any]) -> dict[str, Any]:
    answer = await world.client.post(
        "/v1/dossiers/progress", json={"steps": list(steps)}, headers=of_system(world)
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(action: str, at: str, reference: str = "LS-00001", **more: Any) -> dict[str, Any]:
    return {"reference": reference, "action": action, "occurred_at": f"2020-{at}:00+07:00",
            "officer": "Quách Thị Hoa", **more}  # fmt: skip


async def test_later_steps_are_told_in_order_and_once(world: World) -> None:
    await send(world, [item(1)])
    world.clock.set("2020-11-05T08:00")
    steps = [
        told("start", "10-26T09:00"),
        told("request-supplement", "10-27T09:00", reason="Thiếu bản sao"),
        told("supplement", "10-28T09:00"),
        told("complete", "10-30T09:00"),
        told("return", "10-30T15:00", method="post"),
    ]
    answer = await progress(world, *steps)
    assert (answer["done"], answer["refused"]) == (5, 0), answer
    again = await progress(world, *steps)
    assert (again["done"], again["unchanged"]) == (0, 5)

    shown = await world.client.get("/v1/dossiers/by-reference/luong-son/LS-00001", headers=of_system(world))
    assert shown.json()["status"] == "returned"
    assert shown.json()["finished_at"] == "2020-10-30T09:00:00+07:00"
    # Accepted Monday, five days, so Monday 2 November; a pause of a working day: the 3rd.
    assert shown.json()["promised_at"] == "2020-11-03T17:00:00+07:00"
    history = await world.client.get(
        f"/v1/dossiers/{shown.json()['id']}/history", headers=world.staff("officer", DISTRICT)
    )
    assert [s["by"] for s in history.json()["items"]][2:] == ["Quách Thị Hoa"] * 5
    at = "SELECT max(time)::text FROM event WHERE type = 'dossier.returned'"
    assert str(await scalar(world, at)).startswith("2020-11-05")  # when we were told
    async with world.app.state.database.transaction() as session:
        assert await events.verify(session) == []


async def test_wrong_steps_are_named_and_stop_the_later_ones(world: World) -> None:
    await send(world, [item(1), item(2), item(3)])
    world.clock.set("2020-11-05T08:00")
    answer = await progress(
        world,
        told("start", "10-26T09:00"),
        told("stop", "10-27T09:00"),
        told("complete", "10-28T09:00"),
        told("start", "10-25T09:00", "LS-00002"),
        told("start", "12-25T09:00", "LS-00003"),
        told("start", "10-26T09:00", "LS-00009"),
        told("accept", "10-26T09:00", "LS-00004"),
    )
    found = [[(e["code"], e["pointer"]) for e in step["errors"]] for step in answer["steps"]]
    assert found == [
        [],
        [("missing", "/steps/1/reason")],
        [("earlier-step-refused", "/steps/2/action")],
        [("step-out-of-order", "/steps/3/action")],
        [("in-the-future", "/steps/4/occurred_at")],
        [("dossier-not-found", "/steps/5/action")],
        [("literal_error", "/steps/6/action")],
    ]
    assert (await progress(world, told("complete", "10-28T09:00")))["done"] == 1
    reused = await progress(world, told("start", "10-26T09:00", step="x", reason="1", reference="LS-00002"),
                            told("start", "10-26T09:00", step="x", reference="LS-00002"))  # fmt: skip
    assert reused["steps"][1]["errors"][0]["code"] == "step-reused"


ROWS: list[list[Any]] = [
    ["Mã tham chiếu", "Mã thủ tục", "Cơ quan giải quyết", "Thời điểm tiếp nhận", "Hình thức", "Người nộp",
     "Số giấy tờ"],
    ["A-1", "9.000002", DISTRICT, "26/10/2020 08:00", "Trực tiếp", "Bùi Thị Mơ", "017300000009"],
    ["A-2", "9.000002", DISTRICT, "hôm qua", "Trực tiếp", "=1+1", "017300000010"],
    ["A-3", "9.000009", DISTRICT, "2020-10-26 09:00", "Bưu chính", "Hà Văn Ba", ""],
]  # fmt: skip


def as_csv(rows: list[list[Any]], delimiter: str = ";") -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[list[Any]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        for r, row in enumerate(rows):
            page.write_row(r, 0, row)
    return target.getvalue()


async def sheet(world: World, content: bytes, form: str, **more: str) -> httpx.Response:
    return await world.client.post(
        "/v1/dossiers/batch?declared_day=2020-10-26&declared_total=3",
        content=content,
        headers={**world.staff("officer", DISTRICT), "Content-Type": form, **more},
    )


@pytest.mark.parametrize("form", [CSV, XLSX])
async def test_a_sheet_is_taken_by_the_same_call(world: World, form: str) -> None:
    content = as_csv(ROWS) if form == CSV else as_xlsx(ROWS)
    answer = (await sheet(world, content, form)).json()
    assert sums(answer) == (1, 0, 0, 2)
    cells = {e["cell"]: e["code"] for i in answer["items"] for e in i["errors"]}
    assert cells == {"D3": "datetime_from_date_parsing", "B4": "procedure-unknown"}
    assert (answer["declared"]["missing"], answer["declared"]["system"]) == (2, f"office:{DISTRICT}")

    back = await sheet(world, content, form, Accept=form)
    rows: list[list[Any]]
    assert back.headers["content-type"].startswith(form)
    if form == CSV:
        rows = list(csv.reader(io.StringIO(back.content.decode("utf-8-sig")), delimiter=";"))
        assert rows[2][5] == "'=1+1"
    else:
        rows = python_calamine.load_workbook(io.BytesIO(back.content)).get_sheet_by_index(0).to_python()
    assert rows[0][-3:] == ["Kết quả", "Mã hồ sơ", "Lỗi"]
    assert [row[-3] for row in rows[1:]] == ["Không đổi", "Bị từ chối", "Bị từ chối"]
    assert rows[1][-2] == f"{DISTRICT}-201026-0001"
    assert rows[3][-1] == "Không có thủ tục 9.000009."
    # What came back is corrected where it is wrong, and sent as it is.
    rows[2][3], rows[2][5], rows[3][1] = "26/10/2020 09:30", "Bùi Thị Hai", "9.000002"
    corrected = as_csv(rows) if form == CSV else as_xlsx(rows)
    assert sums((await sheet(world, corrected, form)).json()) == (2, 0, 1, 0)


def far_corner() -> bytes:
    """Five kB; to read it as a table would take 500 GB."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet().write("XFD1048576", "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "form", "said"),
    [
        (b"PK\x03\x04 not a workbook", XLSX, "Tệp không phải là XLSX."),
        (far_corner(), XLSX, "Nhiều nhất 1000 dòng, 100 cột."),
        ("Mã tham chiếu;Màu\nA;B\n".encode(), CSV, "Không rõ cột màu; thiếu cột"),
        ("Mã tham chiếu\n".encode("utf-16"), CSV, "CSV phải ở bảng mã UTF-8."),
        (b"", CSV, "Bảng không có dòng dữ liệu nào."),
        (as_csv([ROWS[0], *[ROWS[1]] * 1001]), CSV, "Nhiều nhất 1000 dòng mỗi lần."),
    ],
)
async def test_a_sheet_that_cannot_be_read_says_why(
    world: World, content: bytes, form: str, said: str
) -> None:
    answer = await sheet(world, content, form)
    assert (answer.status_code, answer.json()["code"]) == (422, "sheet-unreadable")
    assert answer.json()["detail"].startswith(said)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b'{"items": []}', 422), (b'{"items": [1, null, {}]}', 200), (b"[]", 422)],
)
async def test_what_is_no_batch_is_refused(world: World, body: bytes, status: int) -> None:
    answer = await world.client.post("/v1/dossiers/batch", content=body, headers=of_system(world))
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["refused"] == 3


async def test_only_systems_and_offices_send(world: World) -> None:
    for headers in (world.citizen(), world.staff("auditor", DISTRICT)):
        answer = await world.client.post("/v1/dossiers/batch", json={"items": [item(1)]}, headers=headers)
        assert answer.status_code == 403
    shown = await world.client.get(
        "/v1/dossiers/by-reference/luong-son/LS-00001", headers=of_system(world, OTHER, "another")
    )
    assert shown.status_code == 404
