"""Answers as tables for people: CSV or XLSX, where `Accept` asks for one."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

import xlsxwriter
from fastapi import Depends, Header, Response

from services.catalog.cache import Cached
from services.catalog.sheets.reading import CSV, XLSX, guarded

Cell = str | int | float | None
Rows = Sequence[Sequence[Cell]]
Form = Literal["csv", "xlsx"]
_FORMS: dict[str, Form | None] = {"application/json": None, CSV: "csv", XLSX: "xlsx"}
#: Rows of a list that a file holds at most, where a page holds its `limit`; `Link` leads to the rest.
MOST = 10_000
_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?", re.ASCII)


def negotiated(accept: str) -> Form | None:
    """The table that is wanted most; None for JSON, and where nothing that we have is wanted. Of several
    wanted equally, what is named first (RFC 9110, 12.5.1)."""
    wanted = [_range(part, place) for place, part in enumerate(accept.split(","))]

    def weight(kind: str) -> tuple[float, int]:
        whole = kind.partition("/")[0] + "/*"
        for name in (kind, whole, "*/*"):
            for said, quality, place in wanted:
                if said == name:
                    return quality, -place
        return 0.0, -len(wanted)

    best = max(_FORMS, key=weight)
    return _FORMS[best] if weight(best)[0] > 0 else None


def _range(part: str, place: int) -> tuple[str, float, int]:
    """Name, quality and place in the list; a quality that is none counts as 0."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    said = next((piece[2:].strip() for piece in parameters if piece.startswith("q=")), "1")
    return name, float(said) if _QUALITY.fullmatch(said) else 0.0, place


def _form(accept: Annotated[str, Header(max_length=500)] = "*/*") -> Form | None:
    return negotiated(accept)


#: What the caller wants instead of JSON.
Wanted = Annotated[Form | None, Depends(_form, scope="function")]
#: For the description of a route.
DESCRIBED: dict[int | str, dict[str, object]] = {200: {"content": {CSV: {}, XLSX: {}}}}


async def answer(
    rows: Rows,
    form: Form,
    name: str,
    cached: Cached | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The first row is the heading. `name`: of the file, without its ending. Without `cached` nobody keeps
    it."""
    written = await asyncio.to_thread(_csv if form == "csv" else _xlsx, rows)
    media_type = CSV if form == "csv" else XLSX
    common = {
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Vary": "Accept, Accept-Language",
        **(headers or {}),
    }
    if cached is not None:
        return cached.body(written, media_type, common)
    return Response(written, media_type=media_type, headers={"Cache-Control": "no-store", **common})


def _csv(rows: Rows) -> bytes:
    """UTF-8 with the mark by which Excel knows it; no text is taken for a formula."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(
        [guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue().encode("utf-8-sig")


def _xlsx(rows: Rows) -> bytes:
    """Texts as text, numbers as numbers. The same rows are the same bytes: they have an ETag."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False}) as book:
        book.set_properties({"created": datetime(2020, 1, 1, tzinfo=UTC)})
        page, bold = book.add_worksheet(), book.add_format({"bold": True})
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(r, c, cell[:32_767], bold if r == 0 else None)
                elif cell is not None:
                    page.write_number(r, c, cell)
        page.freeze_panes(1, 0)
        page.autofit(400)
    return target.getvalue()
