"""Answers as files for people, where `Accept` asks for one: tables as CSV or XLSX."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, BinaryIO, Literal

import xlsxwriter
from fastapi import Depends, Header, Response

Cell = str | int | float | date | None
Rows = Sequence[Sequence[Cell]]
Form = Literal["csv", "xlsx", "pdf"]
CSV, PDF = "text/csv", "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES: Mapping[Form, str] = {"csv": CSV, "xlsx": XLSX, "pdf": PDF}
#: Of an answer that has several forms.
VARY = {"Vary": "Accept, Accept-Language"}
#: Rows of a list that a file holds at most, where a page holds its `limit`; `Link` leads to the rest.
MOST = 10_000
_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?", re.ASCII)
#: How something written is answered: content, media type and headers in, the response out.
Keep = Callable[[bytes, str, dict[str, str]], Response]


def negotiated(accept: str, forms: Sequence[Form] = ("csv", "xlsx")) -> Form | None:
    """The form that is wanted most; None for JSON, and where nothing that we have is wanted. Of several
    wanted equally, what is named first (RFC 9110, 12.5.1)."""
    wanted = [_range(part, place) for place, part in enumerate(accept.split(","))]

    def weight(kind: str) -> tuple[float, int]:
        whole = kind.partition("/")[0] + "/*"
        for name in (kind, whole, "*/*"):
            for said, quality, place in wanted:
                if said == name:
                    return quality, -place
        return 0.0, -len(wanted)

    kinds: dict[str, Form | None] = {"application/json": None, **{TYPES[form]: form for form in forms}}
    best = max(kinds, key=weight)
    return kinds[best] if weight(best)[0] > 0 else None


def _range(part: str, place: int) -> tuple[str, float, int]:
    """Name, quality and place in the list; a quality that is none counts as 0."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    said = next((piece[2:].strip() for piece in parameters if piece.startswith("q=")), "1")
    return name, float(said) if _QUALITY.fullmatch(said) else 0.0, place


def wanted(*forms: Form) -> Any:
    """A dependency: what the caller wants instead of JSON, of these forms."""

    def form(accept: Annotated[str, Header(max_length=500)] = "*/*") -> Form | None:
        return negotiated(accept, forms)

    return Depends(form, scope="function")


Wanted = Annotated[Form | None, wanted("csv", "xlsx")]


def described(*forms: Form) -> dict[int | str, dict[str, Any]]:
    """For the description of a route."""
    return {200: {"content": {TYPES[form]: {} for form in forms}}}


DESCRIBED = described("csv", "xlsx")


async def answer(
    rows: Rows, form: Form, name: str, keep: Keep | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The first row is the heading."""
    content = await asyncio.to_thread(as_csv if form == "csv" else as_xlsx, rows)
    return file(content, form, name, keep, headers)


def file(
    content: bytes, form: Form, name: str, keep: Keep | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """What is written already. `name`: of the file, ASCII, without its ending. Without `keep` nobody keeps
    it."""
    common = {"Content-Disposition": f'attachment; filename="{name}.{form}"', **VARY, **(headers or {})}
    if keep is not None:
        return keep(content, TYPES[form], common)
    return Response(content, media_type=TYPES[form], headers={"Cache-Control": "no-store", **common})


def as_csv(rows: Rows) -> bytes:
    """UTF-8 with the mark by which Excel knows it; no text is taken for a formula; days are ISO."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(
        [guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Rows) -> bytes:
    """Texts as text, numbers as numbers, days as days. The same rows are the same bytes."""
    target = io.BytesIO()
    with workbook(target) as book:
        page, bold, day = book.add_worksheet(), book.add_format({"bold": True}), book.add_format(DAY)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                write(page, r, c, cell, bold if r == 0 else day if isinstance(cell, date) else None)
        page.freeze_panes(1, 0)
        page.autofit(400)
    return target.getvalue()


DAY = {"num_format": "dd/mm/yyyy", "align": "left"}


def workbook(target: BinaryIO) -> Any:
    """A new one of xlsxwriter, to be used in a `with`: no text becomes a formula, a link or a number, and the
    same content is the same bytes."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False})
    book.set_properties({"created": datetime(2020, 1, 1, tzinfo=UTC)})
    return book


def write(page: Any, row: int, column: int, cell: Cell, form: Any = None) -> None:
    """A cell by its kind, also an empty one that has a form."""
    if isinstance(cell, str):
        page.write_string(row, column, cell[:32_767], form)
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, form)
    elif cell is not None:
        page.write_number(row, column, cell, form)
    elif form is not None:
        page.write_blank(row, column, None, form)


_DANGER = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """For a cell of a CSV: no spreadsheet takes it for a formula, and `unguarded` gives it back."""
    return f"'{text}" if text.lstrip("'").startswith(_DANGER) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_DANGER) else text
