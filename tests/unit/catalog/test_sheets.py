"""Tables as offices send them: read rightly, or refused by name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from kit.tabular import guarded, unguarded
from services.catalog.sheets import bookparts
from services.catalog.sheets import reading as sheets
from services.catalog.sheets.reading import Table, Unreadable, legacy, named

#: "Thủ tục cấp giấy phép xây dựng" in what was used before Unicode.
TCVN3 = "Thñ tôc cÊp giÊy phÐp x©y dùng"
VNI = "Thuû tuïc caáp giaáy pheùp xaây döïng"
ROWS = [
    ["Mã", "Tên"],
    ["1.000005", "Cấp giấy phép"],
    ["", ""],
    ["1.000006", 'Đổi "bằng"; cấp, lại\nhai dòng'],
]


def table(content: bytes, **limits: Any) -> Table:
    return Table(io.BytesIO(content), **{"most": 100, "columns": 20, **limits})


def read(content: bytes, **limits: Any) -> list[list[str]]:
    return [row.cells for row in table(content, **limits).rows()]


def workbook(fill: Callable[[Any, Any], None]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        fill(book, book.add_worksheet())
    return target.getvalue()


def as_csv(delimiter: str) -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if set(text) & set('"\n,;\t') else text

    return "\r\n".join(delimiter.join(cell(each) for each in row) for row in ROWS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_is_read_whatever_program_wrote_it(delimiter: str, encoding: str) -> None:
    found = table(as_csv(delimiter).encode(encoding))
    rows = list(found.rows())
    assert [row.cells for row in rows] == [ROWS[0], ROWS[1], ROWS[3]]
    assert [row.number for row in rows] == [1, 2, 4]  # an empty row counts, as the office counts
    assert found.delimiter == delimiter
    assert len(list(found.rows())) == 3  # again


def test_excel_may_say_the_delimiter_first() -> None:
    assert read(b"sep=;\r\nMa;Ten, hay gi\r\n1;2\r\n") == [["Ma", "Ten, hay gi"], ["1", "2"]]


@pytest.mark.parametrize(("text", "name"), [(TCVN3, "TCVN3 (ABC)"), (VNI, "VNI")])
def test_text_from_before_unicode_is_named(text: str, name: str) -> None:
    with pytest.raises(Unreadable) as refused:
        table(f"Ma,Ten\r\n1,{text}\r\n".encode("latin-1"))
    problem = refused.value.body("vi")
    assert name in problem["errors"][0]["detail"]
    assert "lưu lại dưới dạng Unicode" in problem["errors"][0]["detail"]
    assert legacy(text) == name  # in a cell of a workbook


def test_windows_1258_is_named_and_other_bytes_are_refused() -> None:
    for bytes_, why in (
        (b"Ma,Ten\r\n1,Thu\xd2 tu\xf2c c\xe2\xecp gi\xe2\xecy", "legacy-text"),
        (b"Ma,Ten\r\n1,\xff\xff caf", "not-unicode"),
    ):
        with pytest.raises(Unreadable) as refused:
            table(bytes_)
        assert refused.value.why == why


def test_unicode_and_foreign_words_are_not_taken_for_old_encodings() -> None:
    for text in (
        "Cấp giấy phép «mới» · hoà, quá, thuê, khoá",
        "MapInfo® và naïve",
        "µg, km²",
        "KHÔNG CÓ MÃ, CÁ",
        "Không có giò",
        "Cá, ô tô",
        "©2020",
        "Noël",
    ):
        assert legacy(text) is None, text


def test_numbers_keep_their_digits_and_dates_are_told() -> None:
    def fill(book: Any, page: Any) -> None:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, ["a", "b"])
        page.write_number(1, 0, 1.000005)
        page.write_number(1, 1, 150000)
        page.write_datetime(2, 0, date(2020, 10, 26), day)
        page.write_datetime(2, 1, datetime.fromisoformat("2020-10-26T08:30"), day)
        page.write_number(3, 0, 0.1 + 0.2)
        page.write_number(3, 1, 1234567890123456)
        page.write_boolean(4, 0, True)

    rows = list(table(workbook(fill)).rows())[1:]
    assert [row.cells for row in rows] == [
        ["1.000005", "150000"],
        ["2020-10-26", "2020-10-26 08:30:00"],
        ["0.3", "1234567890123456"],
        ["TRUE"],
    ]
    assert [row.kinds for row in rows] == [
        {0: "number", 1: "number"},
        {0: "date", 1: "date"},
        {0: "number", 1: "inexact"},
        {0: "boolean"},
    ]
    assert date.fromisoformat(rows[1].cells[0]) == date(2020, 10, 26)


def test_formulas_merged_cells_and_errors_are_told_with_their_place() -> None:
    def fill(_: Any, page: Any) -> None:
        page.write_row(0, 0, ["a", "b", "c"])
        page.write_formula(1, 1, "=A1&A1", value="aa")
        page.merge_range(2, 0, 3, 1, "chung")
        page.write(3, 2, "x")
        page.write_formula(4, 0, "=NA()", value="#N/A")

    rows = {row.number: row for row in table(workbook(fill)).rows()}
    assert rows[2].kinds == {1: "formula"}
    assert rows[2].cells == ["", "aa"]
    assert rows[3].kinds == rows[4].kinds == {0: "merged", 1: "merged"}
    assert rows[5].kinds == {0: "formula"}
    assert named(5, 0) == "A5"
    assert named(12, 27) == "AB12"


def test_the_first_sheet_that_is_shown_is_read_with_its_line_breaks() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        hidden, shown = book.add_worksheet("ẩn"), book.add_worksheet("hiện")
        hidden.hide()
        shown.activate()
        shown.set_first_sheet()
        hidden.write(0, 0, "không")
        shown.write(0, 0, "một\nhai\r_x000D_ <&>")
        shown.write_rich_string(1, 0, "đậm", book.add_format({"bold": True}), " nhạt")
    assert read(target.getvalue()) == [["một\nhai\r_x000D_ <&>"], ["đậm nhạt"]]


def zipped(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def repacked(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zipped(
            **{each: (change if each == name else bytes)(archive.read(each)) for each in archive.namelist()}
        )


PLAIN = workbook(lambda _, page: page.write_row(0, 0, ["a", "b"]))
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty-file"),
        (b" \r\n ", "empty-file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old-excel"),
        (b"%PDF-1.7\n...", "pdf"),
        (b"<html><table><tr><td>1</td></tr></table>", "html"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "html"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(40)), "not-a-table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0" + bytes(40), "not-a-table"),
        (b"PK\x03\x04 that is all", "broken-workbook"),
        (zipped(**{"word/document.xml": b"<w/>"}), "broken-workbook"),
        (PLAIN[:-40], "broken-workbook"),
        (b'a,b\r\n1,"never closed\r\n2,3\r\n', "broken-csv"),
        (b"a,b\r\n" + b"1,2\r\n" * 101, "too-far"),
        (b"a,b\r\n" + b"," * 25 + b"x\r\n", "too-far"),
        (workbook(lambda _, page: page.write(0, 16_000, "far")), "too-far"),
        (workbook(lambda _, page: page.write(900_000, 0, "far")), "too-far"),
        (repacked(PLAIN, SHEET, lambda xml: xml.replace(b"<worksheet", b"<!DOCTYPE a><worksheet")),
         "broken-workbook"),
        (repacked(PLAIN, SHEET, lambda xml: xml + b" " * 50_000_000), "unpacks-to-too-much"),
        (repacked(PLAIN, SHEET, lambda xml: xml.replace(b"<v>1</v>", b"<v>999</v>")), "broken-workbook"),
        (repacked(PLAIN, SHEET, lambda xml: xml.replace(b'r="B1"', b'r="ABCD1"')), "broken-workbook"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content, unpacked=20_000_000)
    assert refused.value.why == why
    for language in ("vi", "en"):
        assert "{" not in refused.value.body(language)["errors"][0]["detail"]


SHARED = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"


def sheet(rows: bytes, behind: bytes = b"") -> Callable[[bytes], bytes]:
    whole = rb"<sheetData>.*</sheetData>"
    inside = b"<sheetData>" + rows + b"</sheetData>" + behind
    return lambda xml: re.sub(whole, lambda _: inside, xml)


def refused(content: bytes, **limits: Any) -> tuple[str, str]:
    """Why, and in words."""
    with pytest.raises(Unreadable) as problem:
        for _ in table(content, **limits).rows():
            pass
    return problem.value.why, problem.value.body("en")["errors"][0]["detail"]


def test_one_long_text_named_by_many_cells_costs_nothing() -> None:
    def shared(text: bytes) -> Callable[[bytes], bytes]:
        return lambda xml: xml.replace(b"<t>a</t>", b"<t>" + text + b"</t>")

    why, words = refused(repacked(PLAIN, SHARED, shared(b"x" * 32_768)))
    assert (why, words) == ("cell-too-long", "Cell A1 is longer than 32767 characters.")
    inline = b'<row r="1"><c r="B1" t="inlineStr"><is><t>' + b"x" * 32_768 + b"</t></is></c></row>"
    assert refused(repacked(PLAIN, SHEET, sheet(inline)))[1].startswith("Cell B1 ")
    longest = repacked(PLAIN, SHARED, shared(b"_x000D_" * 32_767))  # as Excel counts
    assert read(longest) == [["\r" * 32_767, "b"]]
    cell = b'<c t="s"><v>0</v></c>'
    rows = b"".join(b"<row>" + cell * 20 + b"</row>" for _ in range(50))
    many = repacked(repacked(PLAIN, SHARED, shared(b"x" * 30_000)), SHEET, sheet(rows))
    assert refused(many, unpacked=2_000_000)[0] == "unpacks-to-too-much"
    assert len(read(many)) == 50


def test_parts_beside_the_sheet_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bookparts, "_MOST_ELEMENTS", 1000)
    monkeypatch.setattr(bookparts, "_MOST_SEEN", 10_000)
    font = repacked(PLAIN, STYLES, lambda xml: xml.replace(b"<fonts", b"<a/>" * 5000 + b"<fonts"))
    assert read(font) == [["a", "b"]]
    formats = b'<numFmt numFmtId="200" formatCode="d"/>' * 1001
    styles = repacked(PLAIN, STYLES, lambda xml: xml.replace(b"<fonts", formats + b"<fonts"))
    assert refused(styles)[0] == "unpacks-to-too-much"
    anything = repacked(PLAIN, STYLES, lambda xml: xml.replace(b"<fonts", b"<a/>" * 10_000 + b"<fonts"))
    assert refused(anything)[0] == "unpacks-to-too-much"
    tag = b'<row a="' + b" " * 5_000_000 + b'"/>'
    assert refused(repacked(PLAIN, SHEET, sheet(tag)))[0] == "broken-workbook"


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/workbook.xml", lambda xml: xml.replace(b' r:id="rId1"', b"")),
        (SHEET, lambda xml: xml.replace(b"UTF-8", b"base64")),
    ],
)
def test_a_workbook_that_no_program_wrote_is_refused(part: str, change: Callable[[bytes], bytes]) -> None:
    assert refused(repacked(PLAIN, part, change))[0] == "broken-workbook"


def test_a_workbook_packed_in_a_way_of_no_office_program_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert refused(target.getvalue())[0] == "broken-workbook"


def test_merged_areas_over_merged_areas_are_read_in_no_time() -> None:
    def merged(count: int) -> bytes:
        areas = b"".join(b'<mergeCell ref="B%d:T20000"/>' % (each + 2) for each in range(count))
        rows = sheet(b'<row><c t="s"><v>0</v></c></row>' * 20_000, b"<mergeCells>" + areas + b"</mergeCells>")
        return repacked(PLAIN, SHEET, rows)

    rows = list(table(merged(1000), most=100_000).rows())
    assert rows[0].kinds == {}
    assert rows[1].kinds == rows[-1].kinds == dict.fromkeys(range(1, 20), "merged")
    assert refused(merged(10_001))[0] == "too-many-merged"


def test_no_cell_of_a_csv_is_a_formula_and_each_comes_back() -> None:
    for text in ("=1+1", "+84", "-5", "@x", "'=1", "''=1", "'quoted'", "plain", "- Nộp hồ sơ", ""):
        assert guarded(text)[:1] not in set("=+-@")
        assert unguarded(guarded(text)) == text
    assert read(b"a,b\r\n'=1+1,'ok'\r\n")[1] == ["=1+1", "'ok'"]


def test_kinds_are_recognised_by_content() -> None:
    assert sheets.recognised(io.BytesIO(PLAIN)) == "xlsx"
    assert sheets.recognised(io.BytesIO("Mã;Tên".encode())) == "csv"
