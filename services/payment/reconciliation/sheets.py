"""A file of rows, CSV or XLSX, as a table of cells. CPU work: call it in a thread."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal

from kit import workbooks
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
        return workbooks.first_sheet(content, rows=MOST + ASIDE, columns=_WIDEST, unpacked=_LARGEST)
    except workbooks.NotAWorkbook:
        raise _unreadable("Tệp không phải là XLSX.", "The file is not XLSX.") from None
    except workbooks.TooMuch:
        raise StatementTooLarge(
            why_vi="Tệp giải nén quá lớn.", why_en="The file unpacks to too much."
        ) from None
    except workbooks.TooFar:
        raise StatementTooLarge(
            why_vi=f"Bảng nhiều hơn {MOST} dòng hoặc {_WIDEST} cột.",
            why_en=f"The sheet has more than {MOST} rows or {_WIDEST} columns.",
        ) from None


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
