"""What the cells of an XLSX refer to: the parts of the package beside the sheet itself."""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache, reduce
from typing import IO, Any
from xml.parsers import expat

from kit.workbooks import NotAWorkbook, TooMuch

Range = tuple[int, int, int, int]

#: Characters of a cell, as Excel has it. In a part, each may be written as seven: _x000D_.
LONGEST = 32_767
LONGEST_WRITTEN = 7 * LONGEST
_MOST_MERGED = 10_000
#: Sheets, or styles: Excel has 65,490.
_MOST_ELEMENTS = 100_000
#: Of any kind, in a part beside the sheet: a few seconds' work.
_MOST_SEEN = 1_000_000
_PIECE = 64 * 1024
#: So little is parsed at once, that cells that name one long text again and again do not pile up.
_STEP = 8 * 1024
#: In bytes. expat looks at an unfinished tag from its beginning again, with every step.
_LONGEST_TAG = 256 * 1024
#: A number format, in characters: Excel's are 255.
_LONGEST_CODE = 255
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']"
)
#: Number formats that are days or times by themselves (ECMA-376 part 1, 18.8.30), with those of East Asia.
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


class Unfit(ValueError):
    """A workbook that is refused for something with a name: `why`, and `facts` for its words."""

    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.why, self.facts = why, facts


class Book:
    """What the sheet's cells refer to. Raises NotAWorkbook, TooMuch, Unfit, and what expat and
    zipfile raise."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        book = list(self._elements("xl/workbook.xml", {"workbookPr", "sheet"}))
        self.from_1904 = any(
            tag == "workbookPr" and each.get("date1904") in ("1", "true") for tag, each in book
        )
        targets = {
            each["Id"]: each["Target"]
            for _, each in self._elements("xl/_rels/workbook.xml.rels", {"Relationship"})
        }
        sheets = [each for tag, each in book if tag == "sheet"]
        shown = [each for each in sheets if each.get("state", "visible") == "visible"] or sheets
        wanted = next((value for key, value in shown[0].items() if key.endswith(":id")), None)
        if wanted is None:
            raise NotAWorkbook
        self.sheet = _part(targets[wanted])
        self.dates = self._date_styles()
        shared = "xl/sharedStrings.xml"
        self.texts = Texts(archive.open(shared) if self._has(shared) else None)

    def _has(self, name: str) -> bool:
        return name in self.archive.NameToInfo

    def _elements(self, name: str, wanted: AbstractSet[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Names and attributes of the wanted elements, in the order of the text. Nothing else is kept."""
        found: list[tuple[str, Mapping[str, str]]] = []
        seen = kept = 0

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            nonlocal seen
            seen += 1
            if (plain := tag.rpartition(":")[2]) in wanted:
                found.append((plain, attributes))

        with self.archive.open(name) as part:
            for _ in parsed(part, parser(start, lambda _: None, lambda _: None)):
                kept += len(found)
                if kept > _MOST_ELEMENTS or seen > _MOST_SEEN:
                    raise TooMuch
                yield from found
                found.clear()

    def _date_styles(self) -> Sequence[bool]:
        """For each style, whether its numbers are days or times."""
        if not self._has("xl/styles.xml"):
            return []
        dates, numbers, cells = {str(number) for number in _DATES}, list[str](), False
        wanted = {"numFmt", "cellXfs", "xf", "cellStyles", "dxfs"}
        for tag, each in self._elements("xl/styles.xml", wanted):
            if tag == "numFmt" and _is_date(each.get("formatCode", "")[:_LONGEST_CODE]):
                dates.add(each.get("numFmtId", ""))
            elif tag == "cellXfs":
                cells = True
            elif tag == "xf" and cells:
                numbers.append(each.get("numFmtId", "0"))
            elif cells and tag != "numFmt":  # behind the cells' own
                break
        return [number in dates for number in numbers]

    def merged(self) -> list[Range]:
        """They stand behind the cells, so the part is looked through once before."""
        found: list[Range] = []
        tail = b""
        with self.archive.open(self.sheet) as part:
            while piece := part.read(_PIECE):
                window = tail + piece
                cut = max(window.rfind(b"<"), 0)  # a tag that this piece only begins
                found += (_range(each.decode()) for each in _MERGED.findall(window[:cut]))
                if len(found) > _MOST_MERGED:
                    raise Unfit("too-many-merged", most=_MOST_MERGED)
                tail = window[cut:][-_PIECE:]
        return sorted(found)


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _is_date(code: str) -> bool:
    plain = re.sub(r'"[^"]*"|\\.|\[(?!h|m|s)[^\[\]]*\]|_.', "", code.lower())
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


def parsed(part: IO[bytes], reader: expat.XMLParserType) -> Iterator[None]:
    """Step by step to the end. Raises NotAWorkbook for a tag without end."""
    read = 0
    while piece := part.read(_STEP):
        reader.Parse(piece, False)
        read += len(piece)
        if read - reader.CurrentByteIndex > _LONGEST_TAG:
            raise NotAWorkbook
        yield
    reader.Parse(b"", True)
    yield


class Texts:
    """The texts that cells share: one run of bytes and where each ends, read as far as they are asked for.
    Of a text that is too long for a cell, a beginning that is too long, too."""

    def __init__(self, part: IO[bytes] | None) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._parts: list[str] = []
        self._length = 0
        self._heard = self._aside = False
        reader = parser(self._start, self._end, self._text)
        self._steps = parsed(part, reader) if part is not None else iter(())

    def __getitem__(self, index: int) -> str:
        while index + 1 >= len(self._ends):
            if index < 0 or next(self._steps, self) is self:
                raise IndexError
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()

    def _start(self, tag: str, _: Mapping[str, str]) -> None:
        if tag.endswith("rPh"):  # how to pronounce it
            self._aside = True
        self._heard = not self._aside and tag.rpartition(":")[2] == "t"

    def _text(self, text: str) -> None:
        if self._heard and self._length <= LONGEST_WRITTEN:
            self._parts.append(text)
            self._length += len(text)

    def _end(self, tag: str) -> None:
        self._heard = False
        if tag.endswith("rPh"):
            self._aside = False
        elif tag.endswith("si"):
            self._bytes += "".join(self._parts).encode()
            self._ends.append(len(self._bytes))
            self._parts.clear()
            self._length = 0
