"""The first sheet of an XLSX row by row, in little memory. CPU work: call it in a thread.

calamine (`kit/workbooks.py`) holds the whole sheet, 200 to 250 MB for 100,000 rows of 16 cells, and does not
tell a formula from its result. Here the parts are read as a stream, at a sixth of the speed: what stays is
the table of shared texts, as bytes. A number keeps the 15 digits that Excel shows, not a float's.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Literal
from xml.parsers import expat

from kit.bookparts import PIECE, Book, column_of, parser
from kit.workbooks import NotAWorkbook, TooFar, TooMuch

Kind = Literal["number", "inexact", "date", "boolean", "error", "formula", "merged"]


@dataclass(slots=True)
class Row:
    """`number`: from 1, as the sheet counts. `cells`: their text, '' for an empty one. `kinds`: what is no
    plain text, by column from 0; a formula's text is its last result."""

    number: int
    cells: list[str]
    kinds: dict[int, Kind] = field(default_factory=dict)

    def empty(self) -> bool:
        return not any(cell and not cell.isspace() for cell in self.cells)


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGITS = 10**15


def named(row: int, column: int) -> str:
    """As people name a cell: row 2 (from 1), column 0 is "A2"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def rows(file: BinaryIO, *, most: int, columns: int, unpacked: int) -> Iterator[Row]:
    """Rows that hold anything, of the first sheet that is shown. Raises NotAWorkbook, TooFar, TooMuch."""
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(part.file_size for part in archive.infolist()) > unpacked:
                raise TooMuch
            yield from _Sheet(Book(archive), most, columns).rows()
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,  # a way to pack that zipfile does not know
        RuntimeError,  # encrypted
        expat.ExpatError,
        KeyError,
        IndexError,
        EOFError,
        ValueError,
    ) as error:
        if isinstance(error, NotAWorkbook | TooFar | TooMuch):
            raise
        raise NotAWorkbook from None


class _Sheet:
    def __init__(self, book: Book, most: int, columns: int) -> None:
        self._book, self._texts = book, book.texts
        self._most, self._columns = most, columns
        self._merged = book.merged()
        self._done: list[Row] = []
        self._row = Row(0, [])
        self._column = -1
        self._type, self._style = "n", ""
        self._formula = self._heard = self._aside = False
        self._value: list[str] = []

    def rows(self) -> Iterator[Row]:
        reader = parser(self._start, self._end, self._text)
        with self._book.archive.open(self._book.sheet) as part:
            while piece := part.read(PIECE):
                reader.Parse(piece, False)
                yield from self._taken()
            reader.Parse(b"", True)
        yield from self._taken()

    def _taken(self) -> list[Row]:
        done, self._done = self._done, []
        return done

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag if ":" not in tag else tag.rpartition(":")[2]:
            case "c":
                self._begin_cell(attributes)
            case "v" | "t":
                self._heard = not self._aside
            case "f":
                self._formula = True
            case "row":
                self._begin_row(attributes)
            case "rPh":
                self._aside = True

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        number = int(attributes.get("r") or self._row.number + 1)
        if number > self._most:
            raise TooFar
        if number <= self._row.number:
            raise NotAWorkbook
        self._row, self._column = Row(number, []), -1

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        place = attributes.get("r")
        column = column_of(place.rstrip("0123456789")) if place else self._column + 1
        if column >= self._columns:
            raise TooFar
        self._column = column
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._formula = False
        if self._value:
            self._value.clear()

    def _text(self, text: str) -> None:
        if self._heard:
            self._value.append(text)

    def _end(self, tag: str) -> None:
        match tag if ":" not in tag else tag.rpartition(":")[2]:
            case "v" | "t":
                self._heard = False
            case "c":
                self._end_cell()
            case "rPh":
                self._aside = False
            case "row":
                if self._merged:
                    self._mark_merged()
                if self._row.cells or self._row.kinds:
                    self._done.append(self._row)

    def _end_cell(self) -> None:
        raw = "".join(self._value)
        if not raw and not self._formula:
            return
        text, kind = self._read(raw)
        cells, column = self._row.cells, self._column
        if len(cells) <= column:
            cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = text
        if self._formula:
            kind = "formula"
        if kind is not None:
            self._row.kinds[column] = kind

    def _read(self, raw: str) -> tuple[str, Kind | None]:
        match self._type:
            case "s":
                return _unescaped(self._texts[int(raw)]), None
            case "inlineStr" | "str":
                return _unescaped(raw), None
            case "b":
                return ("TRUE" if raw.strip() == "1" else "FALSE"), "boolean"
            case "e":
                return raw, "error"
            case "d":
                return raw, "date"
        if not raw.strip():
            return "", None
        number = float(raw)
        if self._style and self._book.dates[int(self._style)]:
            return _day(number, self._book.from_1904), "date"
        return _number(number)

    def _mark_merged(self) -> None:
        """Every cell of a merged area that this row goes through."""
        number = self._row.number
        while self._merged and self._merged[0][2] < number:
            self._merged.pop(0)
        for row, column, to_row, to_column in self._merged:
            if row > number:
                break
            if to_row >= number:
                for each in range(column, min(to_column + 1, self._columns)):
                    self._row.kinds[each] = "merged"


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold are written _x000D_; half a character is none."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).encode(errors="replace").decode()


def _number(value: float) -> tuple[str, Kind]:
    """As Excel shows it. Beyond 15 digits it has lost some of what was typed."""
    if value.is_integer():
        return f"{value:.0f}", "inexact" if abs(value) >= _DIGITS else "number"
    text = f"{value:.15g}"
    return text, "inexact" if "e" in text or "n" in text else "number"


def _day(value: float, from_1904: bool) -> str:
    """ISO 8601, the time only where there is one; Excel's 1900 has a 29 February. A number that is no day
    stays as it is."""
    start = (
        datetime(1904, 1, 1, tzinfo=UTC)
        if from_1904
        else datetime(1899, 12, 30 if value >= 60 else 31, tzinfo=UTC)
    )
    try:
        moment = start + timedelta(seconds=round(value * 86_400))
    except OverflowError:
        return _number(value)[0]
    return moment.date().isoformat() if value.is_integer() else moment.replace(tzinfo=None).isoformat(" ")
