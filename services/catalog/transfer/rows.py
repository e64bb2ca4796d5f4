"""What was sent, row by row: JSON Lines with a whole content each, or a table with one procedure a row.

A row that cannot be read carries its errors; a file that cannot is refused at once. CPU work: call it in a
thread.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from kit.problem import FieldError, FieldFault, Language, Words
from kit.tabular import CSV, XLSX
from kit.text import fold
from services.catalog.sheets import reading as sheets
from services.catalog.sheets.reading import Row, Table, named
from services.catalog.transfer.errors import FileRefused
from services.catalog.transfer.flat import BY_HEADING, COLUMNS, EXAMPLE, Column, column_of

JSONL = "application/jsonl"
Format = Literal["jsonl", "csv", "xlsx"]
TYPES: Mapping[str, Format] = {
    JSONL: "jsonl",
    "application/x-ndjson": "jsonl",
    "application/json-lines": "jsonl",
    CSV: "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "csv",
    XLSX: "xlsx",
}
_ENDINGS: Mapping[str, Format] = {
    "jsonl": "jsonl", "ndjson": "jsonl", "csv": "csv", "tsv": "csv", "xlsx": "xlsx",
}  # fmt: skip
#: Rows below the headings.
MOST = 100_000
_LONGEST = 4 * 1024 * 1024
#: So many brackets could be too deep, one in the other.
_NESTED = 900
#: Columns that a report adds: a corrected report can be sent as it is.
OUTCOME, ERRORS = "Kết quả", "Lỗi"
_OURS = {fold(OUTCOME), fold(ERRORS)}

_USABLE = re.compile(r"(?=.*[0-9])[0-9A-Za-z][0-9A-Za-z.\-]{2,59}")  # as Content has it

WORDS: Mapping[str, Words] = {
    "type-mismatch": {
        "vi": "Tên hoặc kiểu của tệp nói {said}, nội dung là {found}.",
        "en": "The file's name or type says {said}, its content is {found}.",
    },
    "json-array": {
        "vi": "Cần JSON Lines: mỗi dòng một thủ tục, không phải một mảng.",
        "en": "JSON Lines is needed: a procedure a line, not one array.",
    },
    "json-not-utf-8": {
        "vi": "JSON Lines phải ở bảng mã UTF-8, tệp này ở UTF-16: lưu lại dưới dạng UTF-8.",
        "en": "JSON Lines must be in UTF-8, this file is in UTF-16: save it as UTF-8.",
    },
    "too-many-rows": {"vi": f"Nhiều nhất {MOST} dòng.", "en": f"At most {MOST} rows."},
    "no-rows": {"vi": "Tệp không có dòng dữ liệu nào.", "en": "The file has no rows of data."},
    "column-unknown": {"vi": 'Ô {cell}: không rõ cột "{said}".', "en": 'Cell {cell}: unknown "{said}".'},
    "column-twice": {"vi": 'Ô {cell}: cột "{said}" lặp lại.', "en": 'Cell {cell}: "{said}" again.'},
    "column-missing": {"vi": 'Thiếu cột "{said}".', "en": 'The column "{said}" is missing.'},
    "heading-unusable": {
        "vi": "Ô {cell}: tiêu đề là công thức hoặc ô gộp.",
        "en": "Cell {cell}: the heading is a formula or merged.",
    },
    "broken-json": {"vi": "Dòng không phải một đối tượng JSON.", "en": "The line is no JSON object."},
    "line-too-long": {"vi": "Dòng dài quá 4 MiB.", "en": "The line is longer than 4 MiB."},
    "code-unusable": {
        "vi": "Mã là chữ, 3 đến 60 ký tự, chỉ gồm chữ số, chữ cái không dấu, dấu chấm, gạch ngang; bắt đầu"
        " bằng chữ số hoặc chữ cái và có ít nhất một chữ số, ví dụ 1.000005.",
        "en": "A code is text of 3 to 60 characters: digits, plain letters, dots and hyphens; it begins with"
        " a digit or letter and has at least one digit, such as 1.000005.",
    },
    "code-missing": {"vi": "Thiếu mã thủ tục.", "en": "The code is missing."},
    "code-as-number": {
        "vi": "Mã đã thành số {said}, có thể mất chữ số 0 ở cuối: đặt ô dạng Text rồi ghi lại mã.",
        "en": "The code became the number {said} and may have lost zeros: make the cell Text, type it again.",
    },
    "formula": {
        "vi": "Ô có công thức: sao chép rồi dán giá trị (Paste Values).",
        "en": "The cell is a formula: paste its value instead.",
    },
    "merged": {"vi": "Ô gộp: bỏ gộp rồi ghi vào từng dòng.", "en": "Merged: split it, fill in each row."},
    "date": {"vi": "Ô là ngày ({said}): đặt ô dạng Text.", "en": "A date ({said}): make the cell Text."},
    "boolean": {"vi": "Ô là giá trị đúng/sai, không phải chữ.", "en": "The cell is a truth value, no text."},
    "error": {"vi": "Ô báo lỗi {said}.", "en": "The cell is an error, {said}."},
    "inexact": {
        "vi": "Số dài quá 15 chữ số, Excel đã làm tròn: đặt ô dạng Text rồi ghi lại.",
        "en": "More than 15 digits, so Excel has rounded: make the cell Text and type it again.",
    },
    "legacy-text": {
        "vi": "Chữ ở bảng mã {said}: chuyển sang Unicode rồi lưu lại dưới dạng Unicode.",
        "en": "The text is in {said}: convert it to Unicode and save it as Unicode.",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A row: `number` from 1, as the office's program counts; `code`: '' where it has none that can be used.
    `cells` by column, or the whole `content`, or neither where nothing can be read."""

    number: int
    code: str
    cells: Mapping[str, str] | None = None
    content: Mapping[str, Any] | None = None
    errors: list[FieldError] = field(default_factory=list)


def format_of(file: BinaryIO, name: str, content_type: str) -> Format:
    """By what is in it. Raises FileRefused where name or type say something else, Unreadable."""
    file.seek(0)
    start = file.read(256)
    head = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    found: Format
    if (encoding := sheets.utf_16(start)) and start.decode(encoding, "ignore").lstrip()[:1] in ("{", "["):
        raise _refused("json-not-utf-8")
    if head.startswith(b"["):
        raise _refused("json-array")
    found = "jsonl" if head.startswith(b"{") else sheets.recognised(file)
    said = {TYPES.get(content_type), _ENDINGS.get(name.rpartition(".")[2].lower())} - {None, found}
    if said:
        raise _refused("type-mismatch", said=", ".join(sorted(map(str, said))), found=found)
    return found


def _refused(code: str, **facts: Any) -> FileRefused:
    return FileRefused(errors=[FieldFault(code, WORDS[code], **facts)])


def _check_depth(content: Any) -> None:
    """Raises RecursionError for what could be read, but not be kept with more around it."""
    for _ in range(10):
        content = [content]
    json.dumps(content)


class Upload:
    """A file, that can be gone through again and again. Raises FileRefused, Unreadable: here for what its
    beginning shows, and from `entries`."""

    def __init__(self, file: BinaryIO, form: Format, language: Language) -> None:
        self._file, self.form, self._language = file, form, language
        self.table: Table | None = None
        self.columns: list[Column | None] = []
        self.heading: Row | None = None
        if form != "jsonl":
            self.table = Table(file, most=MOST)
            self.heading = next(self.table.rows(), None)
            if self.heading is None:
                raise _refused("no-rows")
            self.columns = _columns(self.heading)
        if next(self.entries(), None) is None:
            raise _refused("no-rows")

    def entries(self) -> Iterator[Entry]:
        if self.table is None:
            yield from self._of_lines()
            return
        for row in self.table.rows():
            below = self.heading is not None and row.number > self.heading.number
            if below and not self._is_example(row):
                yield self._of_row(row)

    def _is_example(self, row: Row) -> bool:
        place = next(i for i, column in enumerate(self.columns) if column and column.name == "code")
        return place < len(row.cells) and fold(row.cells[place]).startswith(fold(EXAMPLE))

    def error(self, number: int, fault: FieldFault) -> FieldError:
        """In words, with the cell that it means."""
        said = fault.in_words(self._language)
        place = column_of(said.pointer, self.columns)
        cell = named(number, place) if place is not None else None
        return said.model_copy(update={"row": number, "cell": cell})

    def _fault(self, number: int, code: str, pointer: str | None = None, **facts: Any) -> FieldError:
        return self.error(number, FieldFault(code, WORDS[code], pointer=pointer, **facts))

    def _of_lines(self) -> Iterator[Entry]:
        self._file.seek(0)
        number = 0
        while line := self._file.readline(_LONGEST):
            number += 1
            if number > MOST:
                raise _refused("too-many-rows")
            whole = line.endswith(b"\n") or len(line) < _LONGEST
            while not whole:
                rest = self._file.readline(_LONGEST)
                whole = rest.endswith(b"\n") or len(rest) < _LONGEST
                line = b""
            if line and not line.strip():
                continue
            yield self._of_line(number, line)

    def _of_line(self, number: int, line: bytes) -> Entry:
        if not line:
            return Entry(number, "", errors=[self._fault(number, "line-too-long")])
        try:
            content = json.loads(line.decode("utf-8-sig"))
            if line.count(b"[") + line.count(b"{") > _NESTED:
                _check_depth(content)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            return Entry(number, "", errors=[self._fault(number, "broken-json")])
        code = content.get("code", "")
        if fault := self._code_fault(number, code):
            return Entry(number, "", content=content, errors=[fault])
        return Entry(number, code, content=content)

    def _code_fault(self, number: int, code: Any) -> FieldError | None:
        if code is None or code == "":
            return self._fault(number, "code-missing", "/code")
        usable = isinstance(code, str) and _USABLE.fullmatch(code)
        return None if usable else self._fault(number, "code-unusable", "/code")

    def _of_row(self, row: Row) -> Entry:
        cells: dict[str, str] = {}
        errors = []
        for place, column in enumerate(self.columns):
            if column is None:
                continue
            text = row.cells[place] if place < len(row.cells) else ""
            kind = row.kinds.get(place)
            if kind is not None and kind != "number":
                errors.append(self._fault(row.number, kind, "/" + "/".join(column.path), said=text[:40]))
            elif old := sheets.legacy(text):
                errors.append(self._fault(row.number, "legacy-text", "/" + "/".join(column.path), said=old))
            elif column.name == "code" and kind == "number" and not re.fullmatch(r"\d{1,2}\.\d{6}", text):
                errors.append(self._fault(row.number, "code-as-number", "/code", said=text[:40]))
            cells[column.name] = text
        code = cells["code"].strip()
        if any(error.pointer == "/code" for error in errors):
            code = ""
        elif fault := self._code_fault(row.number, code):
            errors.append(fault)
            code = ""
        return Entry(row.number, code, cells=cells, errors=errors)


def _columns(heading: Row) -> list[Column | None]:
    """What each column is. Raises FileRefused, with everything that is wrong with the headings."""
    texts = [cell.strip().rstrip("*").strip() for cell in heading.cells]
    columns = [BY_HEADING.get(fold(text)) for text in texts]
    times = Counter(columns)
    faults = []

    def fault(code: str, place: int, said: str) -> None:
        cell = named(heading.number, place)
        faults.append(FieldFault(code, WORDS[code], row=heading.number, cell=cell, said=said[:60]))

    for place in heading.kinds:
        if heading.kinds[place] not in ("number", "date"):
            fault("heading-unusable", place, "")
    for place, (text, column) in enumerate(zip(texts, columns, strict=True)):
        if column is None and text and fold(text) not in _OURS:
            fault("column-unknown", place, text)
        elif column is not None and times[column] > 1:
            fault("column-twice", place, text)
    for column in COLUMNS:
        if column.required and column not in columns:
            fault("column-missing", 0, column.label)
    if faults:
        raise FileRefused(errors=faults)
    return columns
