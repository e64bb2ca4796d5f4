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

from kit import sheets
from kit.problem import FieldError, FieldFault, Language, Words
from kit.sheets import Row, Table, named
from kit.text import fold
from services.catalog.transfer.errors import FileRefused
from services.catalog.transfer.flat import BY_HEADING, COLUMNS, EXAMPLE, Column, column_of

JSONL = "application/jsonl"
Format = Literal["jsonl", "csv", "xlsx"]
TYPES: Mapping[str, Format] = {
    JSONL: "jsonl",
    "application/x-ndjson": "jsonl",
    "application/json-lines": "jsonl",
    sheets.CSV: "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "csv",
    sheets.XLSX: "xlsx",
}
_ENDINGS: Mapping[str, Format] = {
    "jsonl": "jsonl", "ndjson": "jsonl", "csv": "csv", "tsv": "csv", "xlsx": "xlsx",
}  # fmt: skip
#: Rows below the headings.
MOST = 100_000
_LONGEST = 4 * 1024 * 1024
#: Columns that a report adds: a corrected report can be sent as it is.
OUTCOME, ERRORS = "Kết quả", "Lỗi"
_OURS = {fold(OUTCOME), fold(ERRORS)}

WORDS: Mapping[str, Words] = {
    "type-mismatch": {
        "vi": "Tên hoặc kiểu của tệp nói {said}, nội dung là {found}.",
        "en": "The file's name or type says {said}, its content is {found}.",
    },
    "json-array": {
        "vi": "Cần JSON Lines: mỗi dòng một thủ tục, không phải một mảng.",
        "en": "JSON Lines is needed: a procedure a line, not one array.",
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
    """A row: `number` from 1, as the office's program counts. `cells` by column, or the whole `content`."""

    number: int
    code: str
    cells: Mapping[str, str] | None = None
    content: Mapping[str, Any] | None = None
    errors: list[FieldError] = field(default_factory=list)


def format_of(file: BinaryIO, name: str, content_type: str) -> Format:
    """By what is in it. Raises FileRefused where name or type say something else, Unreadable."""
    file.seek(0)
    head = file.read(256).removeprefix(b"\xef\xbb\xbf").lstrip()
    found: Format
    if head.startswith(b"["):
        raise _refused("json-array")
    found = "jsonl" if head.startswith(b"{") else sheets.recognised(file)
    said = {TYPES.get(content_type), _ENDINGS.get(name.rpartition(".")[2].lower())} - {None, found}
    if said:
        raise _refused("type-mismatch", said=", ".join(sorted(map(str, said))), found=found)
    return found


def _refused(code: str, **facts: Any) -> FileRefused:
    return FileRefused(errors=[FieldFault(code, WORDS[code], **facts)])


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
            if self.heading is not None and row.number > self.heading.number:
                entry = self._of_row(row)
                if not fold(entry.code).startswith(fold(EXAMPLE)):
                    yield entry

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
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            return Entry(number, "", errors=[self._fault(number, "broken-json")])
        code = content.get("code")
        if not isinstance(code, str) or not code.strip():
            return Entry(number, "", content=content, errors=[self._fault(number, "code-missing", "/code")])
        return Entry(number, code.strip(), content=content)

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
        if not code and not errors:
            errors.append(self._fault(row.number, "code-missing", "/code"))
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
