"""A file of rows, CSV or XLSX, as a table of cells. CPU work: call it in a thread.

What a file may cost is limited before it is read: what it unpacks to, and how far its cells reach. One cell
in the last corner of a sheet would make calamine ask for 500 GB, and end the process.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal

import python_calamine

from services.payment.reconciliation.errors import StatementTooLarge, StatementUnreadable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
Format = Literal["xlsx", "csv"]
Table = list[list[Any]]

MOST = 100_000
#: Rows above and below those of the statement: titles, sums.
ASIDE = 50
_WIDEST = 40
#: What a workbook may unpack to, in bytes.
_LARGEST = 128 * 1024 * 1024
_PIECE = 1024 * 1024
#: The place of a row or cell in a sheet: letters for the column, then the row from 1.
_PLACE = re.compile(rb"""\br\s*=\s*["']\s*([A-Z]{0,8})([0-9]{1,12})""", re.IGNORECASE)


def table(content: bytes, form: Format) -> Table:
    """Its rows, from the first. Raises StatementUnreadable, StatementTooLarge."""
    rows = _workbook(content) if form == "xlsx" else _text(content)
    if not any(str(cell).strip() for row in rows for cell in row):
        raise _unreadable("Tệp không có dòng nào.", "The file has no rows.")
    if len(rows) > MOST + ASIDE:
        raise too_many()
    return rows


def too_many() -> StatementTooLarge:
    return StatementTooLarge(why_vi=f"Nhiều nhất {MOST} dòng.", why_en=f"At most {MOST} rows.")


def _unreadable(vi: str, en: str) -> StatementUnreadable:
    return StatementUnreadable(why_vi=vi, why_en=en)


def _workbook(content: bytes) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_size(archive)
        book = python_calamine.load_workbook(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST + ASIDE + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,  # a way to pack that zipfile does not know
        RuntimeError,  # encrypted
        python_calamine.CalamineError,
        python_calamine.PasswordError,
        python_calamine.ZipError,
        python_calamine.XmlError,
        OSError,
        EOFError,
        IndexError,
    ):
        raise _unreadable("Tệp không phải là XLSX.", "The file is not XLSX.") from None


def _check_size(archive: zipfile.ZipFile) -> None:
    """Each part is unpacked once and counted, whatever its header says."""
    left = _LARGEST
    if sum(part.file_size for part in archive.infolist()) > left:
        raise StatementTooLarge(why_vi="Tệp giải nén quá lớn.", why_en="The file unpacks to too much.")
    for part in archive.infolist():
        with archive.open(part) as packed:
            tail = b""
            while piece := packed.read(_PIECE):
                _check_places(tail + piece)
                tail = piece[-64:]


def _check_places(xml: bytes) -> None:
    for letters, row in _PLACE.findall(xml):
        if int(row) > MOST + ASIDE or _column(letters) > _WIDEST:
            raise StatementTooLarge(
                why_vi=f"Bảng nhiều hơn {MOST} dòng hoặc {_WIDEST} cột.",
                why_en=f"The sheet has more than {MOST} rows or {_WIDEST} columns.",
            )


def _column(letters: bytes) -> int:
    """From 1: B is 2, AA 27; 0 for none."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _text(content: bytes) -> Table:
    text = _decoded(content)
    lines = text.split("\n")
    if len(lines) > MOST + 2 * ASIDE:
        raise too_many()
    delimiter = _delimiter(lines)
    # A quote without its partner would swallow all rows below it: then each line stands alone.
    whole = text.count('"') % 2 == 0
    source: Iterable[Iterable[str]] = [io.StringIO(text, newline="")] if whole else [[line] for line in lines]
    try:
        return [row for part in source for row in csv.reader(part, delimiter=delimiter)]
    except csv.Error:
        raise _unreadable("CSV có dòng bị hỏng.", "A line of the CSV is broken.") from None


def _decoded(content: bytes) -> str:
    """UTF-8 or UTF-16, with or without a mark at the beginning."""
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    # Without a mark: every other byte of the ASCII in it is zero.
    bare = "utf-16-le" if content[1:40:2].count(0) > 5 else "utf-16-be"
    plain = content[:40].count(0) == 0
    try:
        return content.decode("utf-8-sig" if plain and not marked else "utf-16" if marked else bare)
    except UnicodeDecodeError:
        raise _unreadable("CSV phải ở bảng mã UTF-8 hoặc UTF-16.", "CSV must be UTF-8 or UTF-16.") from None


def _delimiter(lines: list[str]) -> str:
    """The one that divides some line at the top into most cells: the heading, which has no amounts."""

    def cells(delimiter: str) -> Iterator[int]:
        return (line.count(delimiter) for line in islice(lines, ASIDE) if not re.search(r"\d{3}", line))

    return max(";\t|,", key=lambda delimiter: max(cells(delimiter), default=0))
