"""Procedures taken in from files and given out as files, as editors do it."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from kit.tabular import CSV, XLSX
from services.catalog.codelists import CodeLists
from services.catalog.commands import edit
from services.catalog.settings import Settings
from services.catalog.sheets.reading import Table
from services.catalog.transfer import commands, flat, importing, lines
from services.catalog.transfer.errors import LeaseLost
from services.catalog.transfer.rows import JSONL
from services.catalog.transfer.status import Kind
from tests import system
from tests.unit.catalog.conftest import World

pytestmark = [pytest.mark.anyio, pytest.mark.long]
HEADINGS = [
    "Mã thủ tục",
    "Tên thủ tục",
    "Mã lĩnh vực",
    "Lĩnh vực",
    "Cấp thực hiện",
    "Thời hạn",
    "Đơn vị thời hạn",
]
CHOICES = flat.Choices(CodeLists(Path(__file__).parents[3] / "data/code-lists"))


def row(code: str, name: str = "Cấp giấy phép", **cells: str) -> list[str]:
    given = {
        "field_code": "TN", "field_name": "Thử nghiệm", "levels": "Cấp tỉnh", "amount": "15",
        "unit": "ngày làm việc",
    }  # fmt: skip
    return [code, name, *{**given, **cells}.values()]


def as_csv(rows: Iterable[Sequence[str]], delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue().encode(encoding)


def as_jsonl(contents: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in contents)


def content(code: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code, "name": "Cấp giấy phép", "field": {"code": "TN", "name": "Thử nghiệm"},
        "government_levels": ["province"], **more,
    }  # fmt: skip


async def send(world: World, file: bytes, kind: str = CSV, **asked: Any) -> httpx.Response:
    params = {"reason": "Quyết định 2068/QĐ-UBND", **asked}
    headers = world.editor(**{"Content-Type": kind})
    return await world.client.post("/v1/procedures/imports", content=file, params=params, headers=headers)


async def ended(world: World, sent: httpx.Response) -> dict[str, Any]:
    assert sent.status_code == 202, sent.text
    worker = world.app.state.importer if "/imports/" in sent.headers["Location"] else world.app.state.exporter
    while await worker.step():
        pass
    job: dict[str, Any] = (await world.client.get(sent.headers["Location"], headers=world.editor())).json()
    return job


async def done(world: World, file: bytes, kind: str = CSV, **asked: Any) -> dict[str, Any]:
    job = await ended(world, await send(world, file, kind, **asked))
    assert job["state"] == "done", job
    return job


async def report(world: World, job: dict[str, Any]) -> bytes:
    answer = await world.client.get(job["links"]["report"], headers=world.editor())
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    return answer.content


async def report_rows(world: World, job: dict[str, Any]) -> list[list[str]]:
    return [each.cells for each in Table(io.BytesIO(await report(world, job)), most=1000).rows()]


async def events(world: World) -> int:
    async with world.app.state.database.transaction() as session:
        return int(await session.scalar(text("SELECT count(*) FROM event")))


async def draft(world: World, code: str) -> dict[str, Any]:
    found: dict[str, Any] = (
        await world.client.get(f"/v1/procedures/{code}/draft", headers=world.editor())
    ).json()["content"]
    return found


def counts(job: dict[str, Any]) -> tuple[int, int, int, int]:
    said = job["counts"]
    return said["created"], said["updated"], said["unchanged"], said["refused"]


async def test_a_table_makes_drafts_and_again_changes_nothing(world: World) -> None:
    file = as_csv([HEADINGS, row("T1.000001"), row("T1.000002", "Đổi giấy phép"), [], row("T1.000003")])
    job = await done(world, file)
    assert counts(job) == (3, 0, 0, 0)
    assert job["progress"] == {"done": 3, "total": 3}
    stored = await draft(world, "T1.000002")
    assert stored["processing_time"] == {"amount": 15, "unit": "working_days"}
    assert stored["field"] == {"code": "TN", "name": "Thử nghiệm"}
    before = await events(world)
    assert counts(await done(world, file)) == (0, 0, 3, 0)
    assert await events(world) == before
    changed = as_csv([["code", "name"], ["T1.000002", "Cấp đổi giấy phép"], ["T1.000003", "Cấp giấy phép"]])
    assert counts(await done(world, changed)) == (0, 1, 1, 0)
    assert await events(world) == before + 1
    assert (await draft(world, "T1.000002"))["processing_time"] == {"amount": 15, "unit": "working_days"}


async def test_a_bad_row_stops_nothing_and_says_what_is_wrong(world: World) -> None:
    rows = [
        row("T2.000001"),
        row("T2.000002", "", amount="mười"),
        row("T2.000001", "Lần thứ hai"),
        row("T2.000003", levels="Cấp phường"),
        row("", "Không có mã"),
        row("T2.000004", "=HYPERLINK(1)", unit="năm\0"),
        row("T2.000005"),
    ]
    job = await done(world, as_csv([HEADINGS, *rows]))
    assert counts(job) == (2, 0, 0, 5)
    answered = await report_rows(world, job)
    assert answered[0] == [*HEADINGS, "Kết quả", "Lỗi"]
    assert answered[1][-2:] == ["Thêm mới", ""]
    assert "B3: " in answered[2][-1]
    assert 'F3: "mười" không phải số nguyên.' in answered[2][-1]
    assert answered[3][-1] == "A4: Mã T2.000001 đã có ở dòng 2: chỉ dòng ấy được nhập."
    assert "E5: " in answered[4][-1]
    assert "Cấp huyện" in answered[4][-1]
    assert "Thiếu mã thủ tục." in answered[5][-1]
    assert b"'=HYPERLINK(1)" in await report(world, job)
    # The report, put right, is sent as it is.
    for place, cells in enumerate(answered):
        answered[place] = [c.replace("mười", "10").replace("Cấp phường", "Cấp xã") for c in cells]
    answered[2][1], answered[6][6] = "Có tên", "tháng"
    assert counts(await done(world, as_csv(answered))) == (3, 0, 2, 2)


async def test_errors_stand_beside_the_cells_of_a_workbook(world: World) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, cells in enumerate([HEADINGS, row("T3.000001"), *[row("")] * 8]):
            page.write_row(number, 0, cells)
        page.write_number("A3", 1.000005)
        page.write_number("A4", 1.00001)
        page.write_formula("A5", '="T3"&"9"', value="T39")
        page.write_datetime("A6", date(2020, 1, 2), day)
        page.merge_range("A7:A8", "T3.000002")
        page.write_string("A9", "T3.000003")
        page.write_string("B9", "CÊp giÊy phÐp x©y dùng")
        page.write_string("A10", "T3.000004")
        page.write_number("F10", 15)
    sent = await world.client.post(
        "/v1/procedures/imports?reason=x",
        files={"file": ("thu-tuc.xlsx", target.getvalue(), XLSX)},
        headers=world.editor(),
    )
    job = await ended(world, sent)
    assert job["name"] == "thu-tuc.xlsx"
    assert counts(job) == (3, 0, 0, 6), await report_rows(world, job)
    content_ = await report(world, job)
    said = [cells[-1] for cells in await report_rows(world, job)]
    assert said[2] == "Thêm mới"  # no error: 1.000005 kept all of its digits
    assert "có thể mất chữ số 0" in said[3]
    assert "công thức" in said[4]
    assert "là ngày (2020-01-02)" in said[5]
    assert "gộp" in said[6]
    assert "gộp" in said[7]
    assert "TCVN3 (ABC)" in said[8]
    with zipfile.ZipFile(io.BytesIO(content_)) as archive:
        comments = archive.read("xl/comments1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert 'ref="A5"' in comments
    assert "FFF4B6B6" in styles
    assert await draft(world, "1.000005")


async def test_a_dry_run_tells_and_does_nothing(world: World) -> None:
    before = await events(world)
    file = as_csv([HEADINGS, row("T4.000001"), row("9.000001"), row("T4.000002", levels="?")])
    job = await done(world, file, dry_run=True, publish=True, reason="")
    assert counts(job) == (1, 1, 0, 1), await report_rows(world, job)
    assert job["counts"]["published"] == 2
    assert await events(world) == before
    assert (
        await world.client.get("/v1/procedures/T4.000001/draft", headers=world.editor())
    ).status_code == 404
    assert counts(await done(world, file, dry_run=True)) == (1, 1, 0, 1)
    assert await events(world) == before


async def test_publishing_refuses_what_a_body_could_not_offer(world: World) -> None:
    """9.000001 is offered at level 4: its fee must be known. The row leaves nothing behind."""
    before = await events(world)
    fee = "[LP] Lệ phí | lệ phí | chưa rõ | nộp khi nộp hồ sơ | không hoàn"
    file = as_csv([["code", "fees"], ["9.000001", fee]])
    job = await done(world, file, publish=True)
    assert counts(job) == (0, 0, 0, 1)
    assert "B2: " in (await report_rows(world, job))[1][-1]
    assert await events(world) == before
    job = await done(world, as_csv([HEADINGS, row("T5.000001")]), publish=True)
    assert counts(job) == (1, 0, 0, 0)
    shown = (await world.client.get("/v1/procedures/T5.000001")).json()
    assert shown["valid_from"] == "2020-10-26"
    assert counts(await done(world, as_csv([HEADINGS, row("T5.000001")]), publish=True)) == (0, 0, 1, 0)
    # A draft that was there already is published, too.
    await done(world, as_csv([HEADINGS, row("T5.000002")]))
    job = await done(world, as_csv([HEADINGS, row("T5.000002")]), publish=True)
    assert job["counts"] == {"created": 0, "updated": 1, "unchanged": 0, "refused": 0, "published": 1}


async def test_json_lines_carry_everything_and_name_each_fault(world: World) -> None:
    whole = content("T6.000001", stages=[{"name": "Thẩm định", "hours": 16}], steps=["Nộp", "Nhận"])
    file = (
        b"\xef\xbb\xbf" + as_jsonl([whole]) + b"\n{broken\n[1]\n"
        + as_jsonl([content("T6.000002", name="", unknown=1), {"name": "x"}, content("a\0\ud800")])
    )  # fmt: skip
    job = await done(world, file, JSONL)
    assert counts(job) == (1, 0, 0, 5)
    said = [json.loads(line) for line in (await report(world, job)).splitlines()]
    assert [(each["line"], each["outcome"]) for each in said] == [
        (1, "created"), (3, "refused"), (4, "refused"), (5, "refused"), (6, "refused"),
        (7, "refused"),
    ]  # fmt: skip
    assert {error["pointer"] for error in said[3]["errors"]} == {"/name", "/unknown"}
    assert said[1]["errors"][0]["code"] == "broken-json"
    assert {error["pointer"] for error in said[4]["errors"]} == {"/code", "/field", "/government_levels"}
    assert [error["code"] for error in said[5]["errors"]] == ["code-unusable"]
    assert (await draft(world, "T6.000001"))["stages"][0]["hours"] == 16


#: A picture of one point, as a program writes it.
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82"
)
REFUSED = [
    (b"", CSV, "empty-file"),
    (as_csv([HEADINGS]), CSV, "no-rows"),
    (as_csv([["code", "name", "Cột lạ"], ["1", "2", "3"]]), CSV, "column-unknown"),
    (as_csv([["name"], ["2"]]), CSV, "column-missing"),
    (as_csv([["code", "Mã thủ tục"], ["1", "2"]]), CSV, "column-twice"),
    (as_csv([HEADINGS, row("1")]), XLSX, "type-mismatch"),
    (as_jsonl([content("1")]), CSV, "type-mismatch"),
    (b'[{"code": "1"}]', JSONL, "json-array"),
    ("Mã,Tên\r\n1,Thñ tôc cÊp giÊy phÐp".encode("cp1252"), CSV, "legacy-text"),
    (b"Ma,Ten\r\n1,Thu\xfb tu\xefc ha\xf8nh ch\xednh", CSV, "legacy-text"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), XLSX, "old-excel"),
    (b"%PDF-1.7", CSV, "pdf"),
    (as_jsonl([content("1")]).decode().encode("utf-16"), JSONL, "json-not-utf-8"),
    (as_jsonl([content("1")]).decode().encode("utf-16-le"), CSV, "json-not-utf-8"),
    (PNG, XLSX, "not-a-table"),
    (b"<html><table></table></html>", "application/vnd.ms-excel", "html"),
    (b"PK\x03\x04broken", XLSX, "broken-workbook"),
]


async def test_a_file_that_cannot_be_read_is_refused_by_name(world: World) -> None:
    for file, kind, why in REFUSED:
        answer = await send(world, file, kind)
        assert answer.status_code == 422, answer.text
        assert why in [error["code"] for error in answer.json()["errors"]]
        assert all("{" not in error["detail"] for error in answer.json()["errors"])


async def test_utf_16_and_tabs_are_read_and_a_late_fault_fails_the_whole_file(world: World) -> None:
    file = as_csv([HEADINGS, row("T7.000001")], "\t", "utf-16")
    assert counts(await done(world, file, "text/tab-separated-values")) == (1, 0, 0, 0)
    late = as_csv([HEADINGS, *(row(f"T7.1{n:05}") for n in range(600))]) + b'"T7.9;x\r\n'
    before = await events(world)
    job = await ended(world, await send(world, late))
    assert job["state"] == "failed"
    assert job["failure"]["errors"][0]["code"] == "broken-csv"
    assert await events(world) == before
    answer = await world.client.get(f"{job['links']['self']}/report", headers=world.editor())
    assert answer.json()["code"] == "transfer-not-finished"


async def test_editors_only_each_their_own_and_with_a_reason(world: World) -> None:
    job = await done(world, as_csv([HEADINGS, row("T8.000001")]))
    claims = {"roles": ["editor"], "agency": "000.00.00.H28"}
    other = system.headers(world.clock, "nguoi.khac", "staff", **claims)
    assert (await world.client.get(job["links"]["self"], headers=other)).status_code == 404
    assert (await world.client.get("/v1/procedures/imports", headers=other)).json()["items"] == []
    assert (await world.client.get("/v1/procedures/imports")).status_code == 401
    answer = await send(world, as_csv([HEADINGS, row("T8.000002")]), reason="")
    assert answer.json()["errors"][0]["parameter"] == "reason"
    first = (await world.client.get("/v1/procedures/imports?limit=1", headers=world.editor())).json()
    assert first["items"][0]["id"] == job["id"]
    params = {"limit": 1, "cursor": first["next"]}
    second = (await world.client.get("/v1/procedures/imports", params=params, headers=world.editor())).json()
    assert second["items"][0]["id"] != job["id"]


async def test_a_cancelled_import_goes_no_further(world: World) -> None:
    sent = await send(world, as_csv([HEADINGS, row("T9.000001")]))
    here = sent.headers["Location"]
    answer = await world.client.post(f"{here}/cancel", headers=world.editor())
    assert answer.json()["state"] == "cancelled"
    assert (await world.client.get(f"{here}/report", headers=world.editor())).status_code == 409
    job = await ended(world, sent)
    assert (job["state"], counts(job), job["progress"]) == (
        "cancelled",
        (0, 0, 0, 0),
        {"done": 0, "total": 1},
    )
    assert [cells[-2] for cells in await report_rows(world, job)] == ["Kết quả", "Chưa làm"]
    assert not await world.app.state.importer.step()
    assert (await world.client.post(f"{here}/cancel", headers=world.editor())).status_code == 409


async def stepped(world: World, times: int) -> None:
    """As the loop does it: a failure is no end."""
    for _ in range(times):
        with contextlib.suppress(RuntimeError, DBAPIError):
            await world.app.state.importer.step()


@pytest.mark.parametrize("end", ["cancelled", "failed"])
async def test_a_stopped_import_tells_what_was_done(
    world: World, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(importing, "PIECE", 2)
    record = commands.record

    async def broken(session: Any, turn: Any, number: int, outcomes: Any) -> None:
        if number == 1:
            raise RuntimeError
        await record(session, turn, number, outcomes)

    monkeypatch.setattr(commands, "record", broken)
    prefix = f"TS-{end}"
    sent = await send(world, as_csv([HEADINGS, *(row(f"{prefix}.{n:06}") for n in range(5))]))
    await stepped(world, 2)
    if end == "cancelled":
        await world.client.post(f"{sent.headers['Location']}/cancel", headers=world.editor())
    await stepped(world, 5)
    job = (await world.client.get(sent.headers["Location"], headers=world.editor())).json()
    assert (job["state"], counts(job), job["progress"]["done"]) == (end, (2, 0, 0, 0), 2)
    said = [cells[-2] for cells in await report_rows(world, job)]
    assert said == ["Kết quả", "Thêm mới", "Thêm mới", "Chưa làm", "Chưa làm", "Chưa làm"]


async def test_a_row_that_fails_for_no_known_reason_costs_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = edit.create

    async def broken(session: Any, clock: Any, caller: Any, content: Any, reason: str = "") -> Any:
        if content.code == "TQ.000003":
            await session.execute(text("SELECT 1/0"))
        made = await create(session, clock, caller, content, reason)
        if content.code == "TQ.000007":
            raise RuntimeError
        return made

    monkeypatch.setattr(edit, "create", broken)
    rows = [row(f"TQ.{n:06}") for n in range(10)]
    before = await events(world)
    sent = await send(world, as_csv([HEADINGS, *rows, row("TQ.000001"), row("TQ.000007")]))
    await stepped(world, 3)
    with capture_logs() as logged:
        job = await ended(world, sent)
    assert (job["state"], counts(job)) == ("done", (8, 0, 0, 4))
    assert await events(world) == before + 8
    failed = [line for line in logged if line["event"] == "row-failed"]
    assert [(line["row"], line["log_level"]) for line in failed] == [
        (5, "error"),
        (9, "error"),
        (13, "error"),
    ]
    said = [cells[-1] for cells in await report_rows(world, job)]
    assert ["Lỗi hệ thống ở dòng này" in each for each in said] == [n in (4, 8, 12) for n in range(13)]
    assert "đã có ở dòng 3" in said[11]


async def test_a_lost_connection_is_no_rows_fault(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(session: Any, *_: Any) -> Any:
        await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    monkeypatch.setattr(edit, "create", broken)
    sent = await send(world, as_csv([HEADINGS, row("TL.000001"), row("TL.000002")]))
    await stepped(world, 4)  # the fourth goes row by row
    monkeypatch.undo()
    assert counts(await ended(world, sent)) == (2, 0, 0, 0)


async def test_text_that_no_database_holds_costs_its_row_only(world: World) -> None:
    deep = "[" * 990 + "]" * 990
    bad = [
        r'{"code":"9.1\u0000","name":"a"}',
        r'{"code":"9.1\ud800","name":"a"}',
        r'{"code":"TN.000002","name":"a\u0000","\ud800":1}',
        json.dumps(content("TN.000003", form={"schema": {"x": "\ud800"}, "layout": {}, "example": {}})),
        f'{{"code":"TN.000004","name":{deep}}}',
        r'{"code":"TN.000005","name":1e999}',
    ]
    file = as_jsonl([content("TN.000001")]) + "\n".join(bad).encode()
    job = await done(world, file, JSONL)
    assert counts(job) == (1, 0, 0, len(bad)), await report(world, job)


async def test_a_files_name_may_hold_anything(world: World) -> None:
    for name in (b"a\x00\x01b.csv", b"\xed\xa0\x80.csv"):
        body = (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n'
            b"Content-Type: text/csv\r\n\r\n" + as_csv([HEADINGS, row("TN.000006")]) + b"\r\n--x--\r\n"
        )
        answer = await send(world, body, "multipart/form-data; boundary=x")
        assert answer.status_code in (202, 400, 422), answer.text
        if answer.status_code == 202:
            assert (await ended(world, answer))["state"] == "done"


async def test_a_refused_row_leaves_its_code_to_the_next(world: World) -> None:
    rows = [row("TG.000001", levels="?"), row("TG.000001", "Đúng"), row("TG.000001", "", unit="?")]
    job = await done(world, as_csv([HEADINGS, *rows]))
    assert counts(job) == (1, 0, 0, 2)
    assert (await draft(world, "TG.000001"))["name"] == "Đúng"
    last = (await report_rows(world, job))[3][-1]
    assert "A4: Mã TG.000001 đã có ở dòng 3: chỉ dòng ấy được nhập." in last
    assert "B4: Tên thủ tục: không được để trống." in last
    # Also where it is refused only when it is published.
    fee = "[LP] Lệ phí | lệ phí | {} | nộp khi nộp hồ sơ | không hoàn"
    rows = [["9.000001", fee.format("chưa rõ")], ["9.000001", fee.format("7.000 đồng")]]
    for dry_run in (True, False):
        job = await done(world, as_csv([["code", "fees"], *rows]), publish=True, dry_run=dry_run)
        assert counts(job) == (0, 1, 0, 1), await report_rows(world, job)
        said = [cells[-2] for cells in await report_rows(world, job)]
        assert said[1:] == ["Bị từ chối", "Sửa, công bố"]


async def test_the_same_key_starts_one_job(world: World) -> None:
    file = as_csv([HEADINGS, row("TK.000001")])

    async def sent(key: str, **asked: Any) -> httpx.Response:
        params = {"reason": "x", **asked}
        headers = world.editor(**{"Content-Type": CSV, "Idempotency-Key": key})
        return await world.client.post("/v1/procedures/imports", content=file, params=params, headers=headers)

    first, again = await sent("nhap-1"), await sent("nhap-1")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    other = await sent("nhap-1", dry_run=True)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    file += b"\r\n"
    assert (await sent("nhap-1")).status_code == 422
    assert (await sent("nhap-2")).headers["Location"] != first.headers["Location"]
    await ended(world, first)

    async def exported(**wanted: Any) -> httpx.Response:
        headers = world.editor(**{"Idempotency-Key": "xuat-1"})
        return await world.client.post("/v1/procedures/exports", json=wanted, headers=headers)

    locations = [(await exported(format="csv", q="đất")).headers["Location"] for _ in range(2)]
    assert locations[0] == locations[1]
    assert (await exported(format="csv")).status_code == 422
    assert (await exported(format="csv", q="đất")).json()["state"] == "queued"


async def test_what_is_wrong_is_said_in_words_that_help(world: World) -> None:
    rows = [row("TW.000001", amount="-5"), row("TW.000002", ""), row("chữ số"), row("abc")]
    said = [cells[-1] for cells in await report_rows(world, await done(world, as_csv([HEADINGS, *rows])))]
    assert said[1] == "F2: Thời hạn: Phải từ 1 trở lên."
    assert said[2] == "B3: Tên thủ tục: không được để trống."
    for each in said[3:]:
        assert "ít nhất một chữ số, ví dụ 1.000005" in each
    laws = [{"code": "a", "name": "x"}, {"code": "b", "name": ""}]
    job = await done(
        world,
        as_jsonl([content("TW.000003", results=laws), content(" T1.1"), content("x") | {"code": 1}]),
        JSONL,
    )
    lines_ = [json.loads(line)["errors"] for line in (await report(world, job)).splitlines()]
    assert lines_[0][0]["detail"] == "Kết quả thực hiện, mục 2: không được để trống."
    assert [error["code"] for each in lines_[1:] for error in each] == ["code-unusable"] * 2


async def test_more_than_a_form_holds_elsewhere_is_taken(world: World) -> None:
    file = as_jsonl([content("TM.000001", description="x" * 20_000)]) * (27 * 1024 * 1024 // 20_000)
    assert len(file) > 26 * 1024 * 1024
    sent = await send(world, file, JSONL)
    await world.client.post(f"{sent.headers['Location']}/cancel", headers=world.editor())
    assert sent.status_code == 202
    answer = await world.client.post("/v1/procedures", content=file, headers=world.editor())
    assert answer.status_code == 413
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM transfer"))


class Killed(BaseException):
    pass


async def test_after_a_kill_the_rest_is_done_and_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PIECE", 4)
    file = as_csv([HEADINGS, *(row(f"TA.{n:06}") for n in range(10)), row("TA.000000", "Lần nữa")])
    before = await events(world)
    sent = await send(world, file)
    record = commands.record

    async def killed(session: Any, turn: Any, number: int, outcomes: Any) -> None:
        await record(session, turn, number, outcomes)
        if number == 1:
            raise Killed

    monkeypatch.setattr(commands, "record", killed)
    with pytest.raises(Killed):
        await world.app.state.importer.step()
    monkeypatch.setattr(commands, "record", record)
    halfway = (await world.client.get(sent.headers["Location"], headers=world.editor())).json()
    assert halfway["state"] == "running"
    assert halfway["progress"] == {"done": 4, "total": 11}
    assert not await world.app.state.importer.step()  # the lease still stands
    world.clock.forward(seconds=61)
    job = await ended(world, sent)
    assert counts(job) == (10, 0, 0, 1)
    rows = await report_rows(world, job)
    assert len(rows) == 12
    assert "đã có ở dòng 2" in rows[-1][-1]
    assert await events(world) == before + 10


@pytest.mark.parametrize("deadly", ["record", "keep"])
async def test_a_job_that_kills_whoever_works_on_it_fails(
    world: World, monkeypatch: pytest.MonkeyPatch, deadly: str
) -> None:
    """In its second piece; or in that, and then in its report."""
    monkeypatch.setattr(importing, "PIECE", 2)
    sent = await send(world, as_csv([HEADINGS, *(row(f"TD-{deadly}.{n:06}") for n in range(5))]))
    record = commands.record

    async def killed(session: Any, turn: Any, number: int, outcomes: Any) -> None:
        if number == 1:
            raise Killed
        await record(session, turn, number, outcomes)

    async def killed_too(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(commands, "record", killed)
    if deadly == "keep":
        monkeypatch.setattr(commands, "keep", killed_too)
    steps = 0
    while True:
        with contextlib.suppress(Killed):
            if not await world.app.state.importer.step():
                break
        steps += 1
        world.clock.forward(seconds=61)
    job = (await world.client.get(sent.headers["Location"], headers=world.editor())).json()
    assert (job["state"], counts(job), job["progress"]["done"]) == ("failed", (2, 0, 0, 0), 2)
    assert job["failure"]["status"] == 500
    if deadly == "record":
        assert steps == 7  # the first did a piece
        said = [cells[-2] for cells in await report_rows(world, job)]
        assert said == ["Kết quả", "Thêm mới", "Thêm mới", "Chưa làm", "Chưa làm", "Chưa làm"]
    else:
        assert steps == 8


async def test_a_code_whose_first_draft_was_given_up_is_new(world: World) -> None:
    file = as_csv([HEADINGS, row("TF.000001")])
    await done(world, file)
    dropped = await world.client.delete(
        "/v1/procedures/TF.000001/draft", headers=world.editor(**{"If-Match": '"1"'})
    )
    assert dropped.status_code == 204, dropped.text
    assert counts(await done(world, file, dry_run=True)) == (1, 0, 0, 0)
    assert counts(await done(world, file)) == (1, 0, 0, 0)
    assert await draft(world, "TF.000001")


async def test_a_version_of_a_later_day_is_not_what_a_row_changes(world: World) -> None:
    """As an editor's change: it begins from what is in force today."""
    code = "TV.000001"
    await done(world, as_csv([HEADINGS, row(code, "Hôm nay")]), publish=True)
    await done(world, as_csv([["code", "name", "processing_amount"], [code, "Mai sau", "30"]]))
    later = {"valid_from": "2021-01-01", "reason": "x"}
    headers = world.editor(**{"If-Match": '"3"'})
    answer = await world.client.post(f"/v1/procedures/{code}/publish", json=later, headers=headers)
    assert answer.status_code == 200, answer.text
    assert counts(await done(world, as_csv([["code", "name"], [code, "Hôm nay"]]))) == (0, 0, 1, 0)
    assert counts(await done(world, as_csv([["code", "name"], [code, "Mai sau"]]))) == (0, 1, 0, 0)
    stored = await draft(world, code)
    assert (stored["name"], stored["processing_time"]["amount"]) == ("Mai sau", 15)


async def test_whoever_lost_the_lease_writes_nothing(world: World) -> None:
    sent = await send(world, as_csv([HEADINGS, row("TB.000001")]))
    database, clock = world.app.state.database, world.clock
    async with database.transaction() as session:
        turn = await commands.claim(session, clock, Kind.IMPORT)
    assert turn is not None
    clock.forward(seconds=61)
    job = await ended(world, sent)
    with pytest.raises(LeaseLost):
        async with database.transaction() as session:
            await commands.advance(session, clock, turn, done=0)
    assert job["state"] == "done"


async def test_two_imports_of_the_same_procedures_at_once(world: World) -> None:
    """In opposite orders; whoever comes second finds everything as it should be, also where it waited for
    procedures that were there and the others came meanwhile."""
    rows = [row(f"TC.{n:06}") for n in range(60)]
    await done(world, as_csv([HEADINGS, *rows[:2]]))
    for each in (rows, rows[::-1]):
        assert (await send(world, as_csv([HEADINGS, *each]))).status_code == 202
    before = await events(world)

    async def work() -> None:
        for _ in range(3):
            try:
                while await world.app.state.importer.step():
                    pass
            except Exception:  # noqa: BLE001 a race lost is tried again, as the loop does
                continue

    await asyncio.gather(work(), work())
    page = (await world.client.get("/v1/procedures/imports?limit=2", headers=world.editor())).json()
    assert {job["state"] for job in page["items"]} == {"done"}
    assert sorted(counts(job) for job in page["items"]) == [(0, 0, 60, 0), (58, 0, 2, 0)]
    assert await events(world) == before + 58


async def export(world: World, form: str, **filters: Any) -> tuple[dict[str, Any], bytes]:
    sent = await world.client.post(
        "/v1/procedures/exports", json={"format": form, **filters}, headers=world.editor()
    )
    job = await ended(world, sent)
    assert job["state"] == "done", job
    answer = await world.client.get(job["links"]["content"], headers=world.editor())
    assert answer.status_code == 200
    return job, answer.content


@pytest.mark.parametrize(("form", "kind"), [("jsonl", JSONL), ("csv", CSV), ("xlsx", XLSX)])
async def test_what_was_exported_is_imported_as_unchanged(world: World, form: str, kind: str) -> None:
    exported, file = await export(world, form)
    total = exported["progress"]["total"]
    assert exported["progress"]["done"] == total > 50
    before = await events(world)
    job = await done(world, file, kind)
    assert counts(job) == (0, 0, total, 0), (await report(world, job))[:2000]
    assert await events(world) == before


async def test_an_export_is_narrowed_as_the_search_is(world: World) -> None:
    params: dict[str, str | int] = {"government_level": "commune", "online_level": 4}
    found = (await world.client.get("/v1/procedures?limit=200", params=params)).json()["items"]
    _, file = await export(world, "jsonl", **params)
    assert [json.loads(line)["code"] for line in file.splitlines()] == [item["code"] for item in found]
    answer = await world.client.post(
        "/v1/procedures/exports", json={"format": "pdf", "agencies": "x"}, headers=world.editor()
    )
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/format", "/agencies"}


async def test_codes_are_text_and_amounts_numbers_in_an_exported_workbook(world: World) -> None:
    _, file = await export(world, "xlsx")
    rows = list(Table(io.BytesIO(file), most=1000).rows())
    place = [column.name for column in flat.COLUMNS].index("processing_amount")
    assert all(0 not in each.kinds for each in rows)
    assert {each.kinds.get(place) for each in rows[1:] if each.cells[place]} == {"number"}
    _, file = await export(world, "csv")
    assert file.startswith(b"\xef\xbb\xbf")


async def test_the_template_is_filled_in_and_sent_as_it_is(world: World) -> None:
    answer = await world.client.get("/v1/procedures/imports/template.xlsx", headers=world.editor())
    rows = list(Table(io.BytesIO(answer.content), most=1000).rows())
    assert len(rows) == 2
    assert rows[1].cells[0].startswith("Ví dụ")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert sheet.count("<dataValidation ") >= 7
    assert 'state="frozen"' in sheet
    assert "Hướng dẫn" in book
    refused = await send(world, answer.content, XLSX)
    assert refused.json()["errors"][0]["code"] == "no-rows"  # the example is no row


def test_what_a_line_does_not_say_stays_with_its_item() -> None:
    before = [{
        "code": "TP-01", "name": "Tờ khai", "required": True, "originals": 1, "copies": 0,
        "templates": [{"name": "Mẫu 1", "sha256": "0" * 64}],
    }]  # fmt: skip
    cell = "Tờ khai | không bắt buộc | 2 bản sao\n[X] Giấy \\| tờ\\nkhác\nẢnh"
    read = lines.read("papers", cell, before)
    assert read[0] == {**before[0], "required": False, "copies": 2}
    assert read[1:] == [{"code": "X", "name": "Giấy | tờ\nkhác"}, {"code": "TP-02", "name": "Ảnh"}]
    fees = lines.read("fees", "Phí thẩm định | phí | 1.500.000 đồng | nộp khi tiếp nhận | được hoàn", [])
    assert fees == [{
        "code": "LP-01", "name": "Phí thẩm định", "kind": "fee", "amount": 1_500_000, "due_at": "acceptance",
        "refundable": True,
    }]  # fmt: skip
    with pytest.raises(lines.LineFault):
        lines.read("papers", "Tờ khai | 3 bản gốc", [])


def test_what_no_cell_can_say_is_kept() -> None:
    whole = content("T1.1", results=[{"code": "a]b", "name": "x"}, {"code": "b", "name": "tên | \\ \n dài"}])
    cells = flat.write(whole, CHOICES)
    assert cells["results"] == flat.KEPT
    assert flat.read(cells, whole, CHOICES, {})[0].get("results") is None
    _, faults = flat.read(cells, None, CHOICES, {})
    assert "nothing-to-keep" in {fault.code for fault in faults}


def test_the_settings_have_the_lists() -> None:
    assert CHOICES.code("government_level", "cap tinh") == "province"
    assert Settings.model_fields["data_folder"].default.name == "data"
