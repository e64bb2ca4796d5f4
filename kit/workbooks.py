"""The first sheet of an XLSX, as rows of cells. CPU work: call it in a thread.

What a file may cost is limited before it is read: what it unpacks to, and how far its cells reach. One cell
in the last corner of a sheet would make calamine ask for 500 GB, which ends the process.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

import python_calamine

_PIECE = 1024 * 1024
#: Where a row or cell of a sheet is: letters for the column, then the row from 1.
_PLACE = re.compile(
    rb"""<(?:\w+:)?(?:row|c)\s(?:[^<>]*\s)?r\s*=\s*["']\s*([A-Z]{0,8})([0-9]{1,12})""", re.IGNORECASE
)
#: A tag that one piece begins and the next one ends is no longer than that.
_TAG = 4096


class NotAWorkbook(ValueError):
    """It is no XLSX, is encrypted, or is broken."""


class TooFar(ValueError):
    """It has more rows or columns than it may."""


class TooMuch(ValueError):
    """It unpacks to more bytes than it may."""


def first_sheet(content: bytes, *, rows: int, columns: int, unpacked: int) -> list[list[Any]]:
    """All its rows, from the first, empty ones too. Raises NotAWorkbook, TooFar, TooMuch."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive, rows, columns, unpacked)
        book = python_calamine.load_workbook(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=rows + 1)
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
        raise NotAWorkbook from None


def _check(archive: zipfile.ZipFile, rows: int, columns: int, unpacked: int) -> None:
    """Each part is unpacked once and looked through; zipfile ends at the size that its header names."""
    if sum(part.file_size for part in archive.infolist()) > unpacked:
        raise TooMuch
    for part in archive.infolist():
        with archive.open(part) as packed:
            tail = b""
            while piece := packed.read(_PIECE):
                for letters, row in _PLACE.findall(tail + piece):
                    if int(row) > rows or _column(letters) > columns:
                        raise TooFar
                tail = piece[-_TAG:]


def _column(letters: bytes) -> int:
    """From 1: B is 2, AA 27; 0 for none."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
