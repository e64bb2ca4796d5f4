"""What the cells of an XLSX refer to: the parts of the package beside the sheet itself."""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import dropwhile, takewhile
from typing import IO
from xml.parsers import expat

from kit.workbooks import NotAWorkbook, TooMuch

Range = tuple[int, int, int, int]

PIECE = 64 * 1024
_MOST_MERGED = 10_000
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']"
)
#: Number formats that are days or times by themselves (ECMA-376 part 1, 18.8.30), with those of East Asia.
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


class Book:
    """What the sheet's cells refer to. Raises NotAWorkbook, TooMuch, and what expat and zipfile raise."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        book = list(self._elements("xl/workbook.xml"))
        self.from_1904 = any(
            tag == "workbookPr" and each.get("date1904") in ("1", "true") for tag, each in book
        )
        targets = {
            each["Id"]: each["Target"]
            for tag, each in self._elements("xl/_rels/workbook.xml.rels")
            if tag == "Relationship"
        }
        sheets = [each for tag, each in book if tag == "sheet"]
        shown = [each for each in sheets if each.get("state", "visible") == "visible"] or sheets
        wanted = next(value for key, value in shown[0].items() if key.endswith(":id"))
        self.sheet = _part(targets[wanted])
        self.dates = self._date_styles()
        shared = "xl/sharedStrings.xml"
        self.texts = Texts(archive.open(shared) if self._has(shared) else None)

    def _has(self, name: str) -> bool:
        return name in self.archive.NameToInfo

    def _elements(self, name: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Names and attributes, in the order of the text."""
        found: list[tuple[str, Mapping[str, str]]] = []
        reader = parser(
            lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes)),
            lambda _: None,
            lambda _: None,
        )
        reader.Parse(self.archive.read(name), True)
        return iter(found)

    def _date_styles(self) -> Sequence[bool]:
        """For each style, whether its numbers are days or times."""
        if not self._has("xl/styles.xml"):
            return []
        styles = list(self._elements("xl/styles.xml"))
        formats = {
            each.get("numFmtId", ""): each.get("formatCode", "") for tag, each in styles if tag == "numFmt"
        }
        cells = takewhile(
            lambda each: each[0] not in ("cellStyles", "dxfs"),
            dropwhile(lambda each: each[0] != "cellXfs", styles),
        )
        numbers = [each.get("numFmtId", "0") for tag, each in cells if tag == "xf"]
        return [int(number) in _DATES or _is_date(formats.get(number, "")) for number in numbers]

    def merged(self) -> list[Range]:
        """They stand behind the cells, so the part is looked through once before."""
        found: list[Range] = []
        tail = b""
        with self.archive.open(self.sheet) as part:
            while piece := part.read(PIECE):
                window = tail + piece
                cut = max(window.rfind(b"<"), 0)  # a tag that this piece only begins
                found += (_range(each.decode()) for each in _MERGED.findall(window[:cut]))
                if len(found) > _MOST_MERGED:
                    raise TooMuch
                tail = window[cut:][-PIECE:]
        return sorted(found)


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _is_date(code: str) -> bool:
    plain = re.sub(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_.', "", code.lower())
    return re.search(r"[dmyhs]", plain) is not None


def _range(text: str) -> Range:
    first, _, last = text.partition(":")
    (row, column), (to_row, to_column) = _place(first), _place(last)
    return row, column, to_row, to_column


def _place(text: str) -> tuple[int, int]:
    """Row from 1, column from 0."""
    letters = text.rstrip("0123456789")
    return int(text[len(letters) :]), column_of(letters)


@lru_cache(maxsize=1000)
def column_of(letters: str) -> int:
    """From 0: B is 1, AA 26."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        raise NotAWorkbook
    return reduce(lambda column, letter: column * 26 + ord(letter) - 64, letters.upper(), 0) - 1


def parser(
    start: Callable[..., None], end: Callable[[str], None], text: Callable[[str], None]
) -> expat.XMLParserType:
    """Without entities and whatever else a DOCTYPE brings."""

    def refuse(*_: object) -> None:
        raise NotAWorkbook

    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartElementHandler, made.EndElementHandler = start, end
    made.CharacterDataHandler = text
    made.StartDoctypeDeclHandler = refuse
    return made


class Texts:
    """The texts that cells share: one run of bytes and where each ends, read as far as they are asked for."""

    def __init__(self, part: IO[bytes] | None) -> None:
        self._part = part
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._parts: list[str] = []
        self._heard = self._aside = False
        self._parser = parser(self._start, self._end, self._text)

    def __getitem__(self, index: int) -> str:
        while index + 1 >= len(self._ends):
            if index < 0 or self._part is None or not (piece := self._part.read(PIECE)):
                raise IndexError
            self._parser.Parse(piece, False)
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()

    def _start(self, tag: str, _: Mapping[str, str]) -> None:
        if tag.endswith("rPh"):  # how to pronounce it
            self._aside = True
        self._heard = not self._aside and tag.rpartition(":")[2] == "t"

    def _text(self, text: str) -> None:
        if self._heard:
            self._parts.append(text)

    def _end(self, tag: str) -> None:
        self._heard = False
        if tag.endswith("rPh"):
            self._aside = False
        elif tag.endswith("si"):
            self._bytes += "".join(self._parts).encode()
            self._ends.append(len(self._bytes))
            self._parts.clear()
