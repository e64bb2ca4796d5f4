"""Files that go out: exports, and an upload again with what is wrong beside its cells. They are written as a
stream, to a file. CPU work: call it in a thread."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

import xlsxwriter

from kit.problem import FieldError
from kit.tabular import guarded
from kit.text import fold
from services.catalog.sheets.reading import Row
from services.catalog.transfer.flat import COLUMNS, KEPT, Choices, column_of, write
from services.catalog.transfer.rows import ERRORS, OUTCOME, Upload
from services.catalog.transfer.schemas import Outcome

#: What a cell of a workbook holds.
LONGEST = 32_767
#: Beyond these, wrong cells are coloured only: Excel opens thousands of comments slowly.
_COMMENTS = 1000
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_SAID = {
    "created": "Thêm mới",
    "updated": "Sửa",
    "unchanged": "Không đổi",
    "refused": "Bị từ chối",
    "not-done": "Chưa làm",
}
_PUBLISHED = "công bố"


class Writer(Protocol):
    """Contents, one after the other."""

    def add(self, content: Mapping[str, Any]) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def writer(form: str, file: BinaryIO, choices: Choices) -> Writer:
    """Into the file, which stays open."""
    match form:
        case "jsonl":
            return _Lines(file)
        case "csv":
            return _Csv(file, choices)
    return _Workbook(file, choices)


class _Lines:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, content: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(content, ensure_ascii=False).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.flush()


class _Csv:
    """UTF-8 with the mark by which Excel knows it."""

    def __init__(self, file: BinaryIO, choices: Choices) -> None:
        self._text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        self._rows, self._choices = csv.writer(self._text), choices

    def add(self, content: Mapping[str, Any]) -> None:
        self._rows.writerow(map(guarded, write(content, self._choices).values()))

    def __enter__(self) -> Self:
        self._rows.writerow(column.label for column in COLUMNS)
        return self

    def __exit__(self, *_: object) -> None:
        self._text.flush()
        self._text.detach()


class _Workbook:
    """Codes as text, numbers as numbers."""

    def __init__(self, file: BinaryIO, choices: Choices) -> None:
        self._book = xlsxwriter.Workbook(file, _OPTIONS)
        self._page = self._book.add_worksheet("Thủ tục")
        self._choices, self._row = choices, 0

    def add(self, content: Mapping[str, Any]) -> None:
        self._row += 1
        for place, (name, cell) in enumerate(write(content, self._choices).items()):
            if name == "processing_amount" and cell.isdigit():
                self._page.write_number(self._row, place, int(cell))
            elif cell:
                self._page.write_string(self._row, place, cell if len(cell) <= LONGEST else KEPT)

    def __enter__(self) -> Self:
        bold, text = self._book.add_format({"bold": True}), self._book.add_format({"num_format": "@"})
        self._page.set_column(0, 0, 18, text)
        self._page.set_column(1, len(COLUMNS) - 1, 28)
        self._page.freeze_panes(1, 1)
        for place, column in enumerate(COLUMNS):
            self._page.write_string(0, place, column.label, bold)
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()


def report(upload: Upload, outcomes: Iterable[Outcome], file: BinaryIO) -> None:
    """In the format of the upload. A table: its rows where they were, with two columns more, of an earlier
    report none; JSON Lines: a line for each row."""
    if upload.table is None or upload.heading is None:
        for each in outcomes:
            said = each.model_dump(mode="json", exclude={"number"}, exclude_none=True)
            file.write(json.dumps({"line": each.number, **said}, ensure_ascii=False).encode() + b"\n")
        return
    beside = _Beside(upload, upload.heading)
    if upload.table.form == "csv":
        _report_csv(beside, outcomes, file, upload.table.delimiter)
    else:
        _report_workbook(beside, outcomes, file)


class _Beside:
    """The rows of a table with their outcomes. `places`: of the columns that are kept."""

    def __init__(self, upload: Upload, heading: Row) -> None:
        self._upload, self._heading = upload, heading
        ours = {fold(OUTCOME), fold(ERRORS)}
        self.places = [place for place, cell in enumerate(heading.cells) if fold(cell) not in ours]
        self.columns = [upload.columns[place] for place in self.places]

    def rows(self, outcomes: Iterable[Outcome]) -> Iterator[tuple[Row, Outcome | None]]:
        """From the headings; rows and outcomes are in the same order."""
        assert self._upload.table is not None
        waiting = iter(outcomes)
        following = next(waiting, None)
        for row in self._upload.table.rows():
            if following is not None and following.number == row.number:
                yield row, following
                following = next(waiting, None)
            else:
                yield row, None

    def cells(self, row: Row, outcome: Outcome | None) -> list[str]:
        own = [row.cells[place] if place < len(row.cells) else "" for place in self.places]
        if row.number == self._heading.number:
            return [*own, OUTCOME, ERRORS]
        if outcome is None:
            return own
        said = _SAID[outcome.outcome] + (f", {_PUBLISHED}" if outcome.published else "")
        return [*own, said, "; ".join(map(_in_words, outcome.errors))]

    def faults(self, outcome: Outcome | None) -> dict[int, str]:
        """By place among the kept columns."""
        said: dict[int, str] = {}
        for error in outcome.errors if outcome else ():
            place = column_of(error.pointer, self.columns)
            if place is not None:
                said[place] = f"{said[place]}\n{error.detail}" if place in said else error.detail
        return said


def _in_words(error: FieldError) -> str:
    return f"{error.cell}: {error.detail}" if error.cell else error.detail


def _report_csv(beside: _Beside, outcomes: Iterable[Outcome], file: BinaryIO, delimiter: str) -> None:
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    rows = csv.writer(text, delimiter=delimiter)
    last = 0
    for row, outcome in beside.rows(outcomes):
        for _ in range(row.number - last - 1):
            rows.writerow([])
        rows.writerow(map(guarded, beside.cells(row, outcome)))
        last = row.number
    text.flush()
    text.detach()


def _report_workbook(beside: _Beside, outcomes: Iterable[Outcome], file: BinaryIO) -> None:
    book = xlsxwriter.Workbook(file, _OPTIONS)
    page = book.add_worksheet("Kết quả")
    wrong = book.add_format({"bg_color": "#f4b6b6"})
    page.freeze_panes(1, 1)
    left = _COMMENTS
    for row, outcome in beside.rows(outcomes):
        said = beside.faults(outcome)
        for place, cell in enumerate(beside.cells(row, outcome)):
            original = beside.places[place] if place < len(beside.places) else -1
            style = wrong if place in said else None
            number = row.kinds.get(original) == "number"
            _put(page, (row.number - 1, place), cell, style, is_number=number)
            if place in said and left:
                left -= 1
                page.write_comment(row.number - 1, place, said[place][:1000])
    book.close()


def _put(page: Any, at: tuple[int, int], cell: str, style: Any, *, is_number: bool) -> None:
    if is_number:
        page.write_number(*at, float(cell), style)
    elif cell:
        page.write_string(*at, cell[:LONGEST], style)
    elif style is not None:
        page.write_blank(*at, None, style)
