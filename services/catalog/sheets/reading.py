"""A table that people send, as rows of text with their places: CSV as the office's program wrote it, or XLSX.

What cannot be read rightly is refused by name, with words that say what to do. A file is read as a stream, so
that it may be long. CPU work: call it in a thread.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO, Literal

from kit.problem import FieldFault, InvalidInput, Words
from kit.tabular import unguarded
from kit.workbooks import NotAWorkbook, TooFar, TooMuch
from services.catalog.sheets import worksheet
from services.catalog.sheets.bookparts import Unfit
from services.catalog.sheets.worksheet import Row, named

__all__ = [
    "Format",
    "Row",
    "Table",
    "Unreadable",
    "legacy",
    "named",
    "recognised",
    "utf_16",
]

Format = Literal["csv", "xlsx"]

_AS_UNICODE = {
    "vi": "mở tệp bằng chương trình đã soạn và lưu lại dưới dạng Unicode (CSV UTF-8 hoặc XLSX).",
    "en": "open it where it was written and save it as Unicode (CSV UTF-8 or XLSX).",
}
WORDS: dict[str, Words] = {
    "empty-file": {"vi": "Tệp trống.", "en": "The file is empty."},
    "old-excel": {
        "vi": "Tệp Excel kiểu cũ (XLS) hoặc có mật khẩu: lưu lại dưới dạng XLSX, không đặt mật khẩu.",
        "en": "An old Excel file (XLS), or one with a password: save it as XLSX without a password.",
    },
    "pdf": {"vi": "Tệp PDF không phải bảng tính.", "en": "A PDF is no table."},
    "html": {
        "vi": "Tệp là trang HTML mang tên bảng tính: mở bằng Excel và lưu lại dưới dạng XLSX.",
        "en": "The file is an HTML page under a table's name: open it in Excel and save it as XLSX.",
    },
    "not-a-table": {"vi": "Tệp không phải CSV hay XLSX.", "en": "The file is neither CSV nor XLSX."},
    "broken-workbook": {"vi": "Tệp XLSX bị hỏng.", "en": "The XLSX is broken."},
    "unpacks-to-too-much": {
        "vi": "Tệp giải nén quá {megabytes} MB.",
        "en": "The file unpacks to more than {megabytes} MB.",
    },
    "cell-too-long": {
        "vi": "Ô {cell} dài quá {most} ký tự.",
        "en": "Cell {cell} is longer than {most} characters.",
    },
    "too-many-merged": {
        "vi": "Bảng có quá {most} ô gộp: bỏ gộp rồi ghi vào từng dòng.",
        "en": "More than {most} merged cells: split them, fill in each row.",
    },
    "too-far": {
        "vi": "Bảng có ô ngoài {rows} dòng, {columns} cột đầu tiên.",
        "en": "The table has cells beyond the first {rows} rows and {columns} columns.",
    },
    "legacy-text": {
        "vi": f"Tệp ghi bằng bảng mã {{encoding}}: {_AS_UNICODE['vi']}",
        "en": f"The file is in {{encoding}}: {_AS_UNICODE['en']}",
    },
    "not-unicode": {
        "vi": f"Tệp không phải UTF-8 hay UTF-16: {_AS_UNICODE['vi']}",
        "en": f"The file is neither UTF-8 nor UTF-16: {_AS_UNICODE['en']}",
    },
    "broken-csv": {
        "vi": "Từ dòng {line}, dấu ngoặc kép của CSV không khép hoặc một ô quá dài.",
        "en": "From line {line} on a quote of the CSV is not closed, or a cell is too long.",
    },
}
#: The longest cell: Excel's own is 32,767 characters.
csv.field_size_limit(1024 * 1024)
_PIECE = 256 * 1024
_LINE = 1000


class Unreadable(InvalidInput):
    """The file as a whole cannot be read; `errors` holds one fault that says why."""

    code = "file-unreadable"
    title = {"vi": "Không đọc được tệp", "en": "The file cannot be read"}

    def __init__(self, why: str, **facts: Any) -> None:
        self.why = why
        super().__init__(errors=[FieldFault(why, WORDS[why], **facts)])


def recognised(file: BinaryIO) -> Format:
    """By what is in it, whatever its name says. Raises Unreadable."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if not head.strip():
        raise Unreadable("empty-file")
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("old-excel")
    if head.startswith(b"%PDF"):
        raise Unreadable("pdf")
    if re.match(rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml|table|meta|head|body)", head):
        raise Unreadable("html")
    text = head.decode(utf_16(head) or "latin-1", "ignore")
    controls = sum(char < "\t" or "\r" < char < " " for char in text)
    if controls * 100 > len(text):  # a stray one is its row's fault
        raise Unreadable("not-a-table")
    return "csv"


class Table:
    """The rows of a file, that can be gone through again and again. `encoding` and `delimiter`: of a CSV.

    At most `most` rows below the first and `columns` columns; an XLSX unpacks to at most `unpacked` bytes,
    and as many characters in its cells together.
    Raises Unreadable, here for what the beginning shows, and from `rows`.
    """

    def __init__(
        self, file: BinaryIO, *, most: int, columns: int = 100, unpacked: int = 256 * 1024 * 1024
    ) -> None:
        self._file, self._most, self._columns, self._unpacked = file, most, columns, unpacked
        self.form = recognised(file)
        self.encoding, self.delimiter = "utf-8", ","
        if self.form == "csv":
            self.encoding = _encoding(file)
            self.delimiter = self._delimiter()

    def rows(self) -> Iterator[Row]:
        """Those that hold anything, from the first."""
        found = self._of_workbook() if self.form == "xlsx" else self._of_text()
        return (row for row in found if not row.empty() or row.kinds)

    def _of_workbook(self) -> Iterator[Row]:
        self._file.seek(0)
        try:
            yield from worksheet.rows(
                self._file, most=self._most + 1, columns=self._columns, unpacked=self._unpacked
            )
        except NotAWorkbook:
            raise Unreadable("broken-workbook") from None
        except TooMuch:
            raise Unreadable("unpacks-to-too-much", megabytes=self._unpacked // 2**20) from None
        except TooFar:
            raise self._too_far() from None
        except Unfit as unfit:
            raise Unreadable(unfit.why, **unfit.facts) from None

    def _too_far(self) -> Unreadable:
        return Unreadable("too-far", rows=self._most + 1, columns=self._columns)

    def _of_text(self) -> Iterator[Row]:
        with _opened(self._file, self.encoding) as text:
            if _said(text.readline(_LINE)) is None:
                text.seek(0)
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            number = 0
            try:
                for number, cells in enumerate(reader, 1):
                    if number > self._most + 1 or any(cells[self._columns :]):
                        raise self._too_far()
                    yield Row(number, [unguarded(cell) for cell in cells[: self._columns]])
            except csv.Error:
                raise Unreadable("broken-csv", line=number + 1) from None

    def _delimiter(self) -> str:
        """What Excel says in its first line (`sep=;`), or what divides the first row into most cells."""
        with _opened(self._file, self.encoding) as text:
            if said := _said(text.readline(_LINE)):
                return said
            text.seek(0)
            head = text.read(_PIECE)

        def cells(delimiter: str) -> int:
            try:
                rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
                return max(len(row) for row in islice(rows, 1))
            except (csv.Error, ValueError):
                return 0

        return max(",;\t", key=cells)


@contextmanager
def _opened(file: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """As text, from its beginning; the file stays open."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield text
    finally:
        text.detach()


def _said(line: str) -> str | None:
    match = re.fullmatch(r"sep=([,;\t])\r?\n?", line)
    return match[1] if match else None


def utf_16(head: bytes) -> str | None:
    """With a mark at the beginning, or without: every other byte of the ASCII in it is zero, and no two in a
    row are, as in pictures."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if {head[place : place + 2] for place in range(0, 40, 2)} & {b"\0\0"}:
        return None
    if head[1:40:2].count(0) > 5:
        return "utf-16-le"
    return "utf-16-be" if head[0:40:2].count(0) > 5 else None


def _encoding(file: BinaryIO) -> str:
    """Looked through to its end, so that nothing is done by half a file. Raises Unreadable."""
    file.seek(0)
    encoding = utf_16(file.read(64)) or "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        name = _likeliest(piece.decode("latin-1"), {**_LEGACY, **_WINDOWS})
        raise Unreadable("legacy-text", encoding=name) if name else Unreadable("not-unicode") from None
    return encoding


#: What only Unicode has of the Vietnamese letters.
_UNICODE = re.compile("[\u1ea0-\u1ef9đĐăĂơƠưƯ\u0300-\u0323]")
#: How the old encodings look when their bytes are taken for Western letters, in places where Vietnamese in
#: Unicode has none of these.
_CONSONANTS = "bcdghklmnpqrstvx"
_LEGACY = {
    "TCVN3 (ABC)": re.compile(
        f"[{_CONSONANTS}{_CONSONANTS.upper()}][µ¶·¸¹»¼½¾ÆÇËÎÏÐÑÖ×ØÜÞßäåæçëïñ÷øûüþ©ª«¬\xad®¨]"
        f"|[{_CONSONANTS}][ÉÊÌÓÔÕÝ]"
    ),
    "VNI": re.compile(
        "a[áàåãäâêéèúüëøùûõï]|e[áàåãäâøùûõï]|o[åäâøùûõï]|[uy][øùûõï]|[ôö][øùûõï]", re.IGNORECASE
    ),
}
#: Tones as letters of their own. Only bytes look like that: in Unicode, "giò" would.
_WINDOWS = {"windows-1258": re.compile("[aeiouyâêôãõý][ÌÒÞìò]")}


def legacy(text: str) -> str | None:
    """The encoding from before Unicode, of which `text` is a mojibake; None for any other text.

    It is told by name only: TCVN3 has its capitals in fonts of their own, so a conversion would lose them.
    """
    return None if text.isascii() or _UNICODE.search(text) else _likeliest(text, _LEGACY)


def _likeliest(text: str, patterns: Mapping[str, re.Pattern[str]]) -> str | None:
    found = {name: len(pattern.findall(text)) for name, pattern in patterns.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] > 1 else None
