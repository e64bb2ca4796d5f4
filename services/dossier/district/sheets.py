"""Batches as people keep them: XLSX and CSV, read into items, and answered with the errors beside the cells.

Reading and writing are CPU work: call them in a thread.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

import xlsxwriter

from kit import workbooks
from kit.clock import VIETNAM
from kit.problem import FieldError
from kit.text import fold
from services.dossier.district.errors import SheetUnreadable
from services.dossier.district.schemas import MOST, ItemAnswer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
#: What a workbook may unpack to.
_LARGEST = 50 * 1024 * 1024
_WIDEST = 100

Format = Literal["xlsx", "csv"]


@dataclass(frozen=True)
class Column:
    """`path`: where its cells go in an item; its heading is `name` or `label`, with or without accents."""

    name: str
    label: str
    path: tuple[str | int, ...]
    required: bool = False


COLUMNS = (
    Column("reference", "Mã tham chiếu", ("reference",), required=True),
    Column("procedure", "Mã thủ tục", ("procedure",), required=True),
    Column("agency", "Cơ quan giải quyết", ("agency",), required=True),
    Column("received_at", "Thời điểm tiếp nhận", ("received_at",), required=True),
    Column("channel", "Hình thức", ("channel",), required=True),
    Column("applicant_name", "Người nộp", ("applicant", "name"), required=True),
    Column("applicant_kind", "Loại người nộp", ("applicant", "kind")),
    Column("paper_type", "Loại giấy tờ", ("applicant", "papers", 0, "type")),
    Column("paper_number", "Số giấy tờ", ("applicant", "papers", 0, "number")),
    Column("phone", "Điện thoại", ("applicant", "phone")),
    Column("email", "Thư điện tử", ("applicant", "email")),
    Column("address", "Địa chỉ", ("applicant", "address")),
    Column("case", "Trường hợp", ("facts", "case")),
    Column("copies", "Số bản", ("facts", "copies")),
    Column("receiving_agency", "Cơ quan tiếp nhận", ("receiving_agency",)),
    Column("external_code", "Số hồ sơ đã in", ("external_code",)),
    Column("promised_at", "Ngày hẹn trả", ("promised_at",)),
)
_BY_HEADING = {fold(heading): column for column in COLUMNS for heading in (column.name, column.label)}
#: What people write in cells, in the words of the API.
_WORDS = {
    "channel": {"truc tiep": "counter", "buu chinh": "post"},
    "applicant_kind": {
        "cong dan": "citizen",
        "doanh nghiep": "business",
        "ho kinh doanh": "household_business",
        "co quan nha nuoc": "state_body",
        "khac": "other",
    },
    "paper_type": {
        "so dinh danh": "personal_number",
        "cccd": "personal_number",
        "cmnd": "old_card",
        "ho chieu": "passport",
        "ma so thue": "tax_code",
    },
}
OUTCOMES = {"created": "Đã tạo", "updated": "Đã sửa", "unchanged": "Không đổi", "refused": "Bị từ chối"}


@dataclass(frozen=True)
class Sheet:
    """The rows as they came, heading first, and which column is which."""

    rows: list[list[Any]]
    columns: list[Column | None]
    delimiter: str = ","

    def items(self) -> list[dict[str, Any]]:
        return [self._item(row) for row in self.rows[1:]]

    def _item(self, row: Sequence[Any]) -> dict[str, Any]:
        item: dict[str, Any] = {"applicant": {"kind": "citizen"}}
        paper: dict[str, Any] = {}
        for column, cell in zip(self.columns, row, strict=False):
            value = _value(column.name, cell) if column else None
            if column is None or value is None:
                continue
            if "papers" in column.path:
                paper[str(column.path[-1])] = value
            elif column.path[0] in ("applicant", "facts"):
                item.setdefault(str(column.path[0]), {})[str(column.path[-1])] = value
            else:
                item[column.name] = value
        if "number" in paper:
            item["applicant"]["papers"] = [{"type": "personal_number", **paper}]
        return item

    def cell(self, error: FieldError) -> tuple[int, int] | None:
        """Row and column, from 0, of the cell that an error means; None where no column is its own."""
        parts = (error.pointer or "").split("/")[2:]
        if not parts:
            return None
        row, path = int(parts[0]) + 1, parts[1:]
        for place, column in enumerate(self.columns):
            if column and path and [str(part) for part in column.path][: len(path)] == path:
                return row, place
        return None


def named(row: int, column: int) -> str:
    """As people name a cell: (1, 0) is "A2"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def read(content: bytes, form: Format) -> Sheet:
    """Raises SheetUnreadable, which says why."""
    rows, delimiter = (_workbook(content), ",") if form == "xlsx" else _text(content)
    rows = [row for row in rows if any(str(cell).strip() for cell in row)]
    if len(rows) < 2:
        raise _unreadable("Bảng không có dòng dữ liệu nào.", "The sheet has no rows.")
    if len(rows) - 1 > MOST:
        raise _unreadable(f"Nhiều nhất {MOST} dòng mỗi lần.", f"At most {MOST} rows a call.")
    columns = [_BY_HEADING.get(fold(str(heading))) for heading in rows[0]]
    strange = [
        str(h) for h, c in zip(rows[0], columns, strict=True) if c is None and str(h).strip() and not _ours(h)
    ]
    lacking = [c.label for c in COLUMNS if c.required and c not in columns]
    if strange or lacking:
        vi = [f"không rõ cột {', '.join(strange)}"] if strange else []
        en = [f"unknown columns {', '.join(strange)}"] if strange else []
        vi += [f"thiếu cột {', '.join(lacking)}"] if lacking else []
        en += [f"missing columns {', '.join(lacking)}"] if lacking else []
        raise _unreadable("; ".join(vi).capitalize() + ".", "; ".join(en).capitalize() + ".")
    return Sheet(rows, columns, delimiter)


def _unreadable(vi: str, en: str) -> SheetUnreadable:
    return SheetUnreadable(why_vi=vi, why_en=en)


_ADDED = ("Kết quả", "Mã hồ sơ", "Lỗi")


def _ours(heading: Any) -> bool:
    """A column that an earlier answer of ours added: a corrected answer can be sent as it is."""
    return str(heading).strip() in _ADDED


def _workbook(content: bytes) -> list[list[Any]]:
    try:
        return workbooks.first_sheet(content, rows=MOST + 100, columns=_WIDEST, unpacked=_LARGEST)
    except workbooks.NotAWorkbook:
        raise _unreadable("Tệp không phải là XLSX.", "The file is not XLSX.") from None
    except workbooks.TooMuch:
        raise _unreadable("Tệp giải nén quá lớn.", "The file unpacks to too much.") from None
    except workbooks.TooFar:
        raise _unreadable(
            f"Nhiều nhất {MOST} dòng, {_WIDEST} cột.", f"At most {MOST} rows, {_WIDEST} columns."
        ) from None


def _text(content: bytes) -> tuple[list[list[Any]], str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("CSV phải ở bảng mã UTF-8.", "CSV must be UTF-8.") from None
    heading = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=heading.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), delimiter
    except csv.Error:
        raise _unreadable("CSV có dòng bị hỏng.", "A line of the CSV is broken.") from None


def _value(column: str, cell: Any) -> Any:
    """A cell in the API's words; None when it is empty. Moments without an offset are Vietnam's."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=VIETNAM).isoformat()
    if isinstance(cell, date):
        return datetime.combine(cell, time(17 if column == "promised_at" else 0), VIETNAM).isoformat()
    text = str(cell).strip()
    if not text:
        return None
    if column in ("received_at", "promised_at"):
        return _moment(text)
    return _WORDS.get(column, {}).get(fold(text), text)


def _moment(text: str) -> str:
    """26/10/2020 08:30, as people write it, or ISO 8601; anything else stays, to be refused."""
    for pattern in ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=VIETNAM).isoformat()
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)).isoformat()


def answered(sheet: Sheet, items: Sequence[ItemAnswer], form: Format) -> bytes:
    """The upload again with three columns more: outcome, code, errors. In a workbook the wrong cells are
    marked, too, and say what is wrong."""
    added = {item.index: _cells(item) for item in items}
    rows = [[*sheet.rows[0], *_ADDED]]
    rows += [[*row, *added[index]] for index, row in enumerate(sheet.rows[1:])]
    return _as_text(rows, sheet.delimiter) if form == "csv" else _as_workbook(sheet, rows, items)


def _cells(item: ItemAnswer) -> tuple[str, str, str]:
    return OUTCOMES[item.outcome], item.code or "", "; ".join(error.detail for error in item.errors)


def _as_text(rows: Sequence[Sequence[Any]], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([[_plain(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Any) -> str:
    """No spreadsheet takes it for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _as_workbook(sheet: Sheet, rows: Sequence[Sequence[Any]], items: Sequence[ItemAnswer]) -> bytes:
    said: Mapping[tuple[int, int], str] = {
        place: error.detail for item in items for error in item.errors if (place := sheet.cell(error))
    }
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        page = book.add_worksheet("Kết quả")
        wrong, moment = (
            book.add_format({"bg_color": "#f4b6b6"}),
            book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        )
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                style = wrong if (r, c) in said else None
                if isinstance(cell, datetime | date):
                    page.write_datetime(r, c, cell, style or moment)
                else:
                    page.write(r, c, cell, style)
                if (r, c) in said:
                    page.write_comment(r, c, said[r, c])
        page.freeze_panes(1, 0)
        page.autofit()
    return target.getvalue()
