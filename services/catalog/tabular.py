"""Answers as tables for people: CSV or XLSX, where `Accept` asks for one."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Sequence
from typing import Annotated, Literal

import xlsxwriter
from fastapi import Depends, Header, Response

from kit.sheets import CSV, XLSX, guarded

Cell = str | int | float | None
Rows = Sequence[Sequence[Cell]]
Form = Literal["csv", "xlsx"]
_FORMS: dict[str, Form] = {CSV: "csv", XLSX: "xlsx"}


def _form(accept: Annotated[str, Header(max_length=500)] = "*/*") -> Form | None:
    """The first in the list that is a table; None where JSON is named before, or nothing of these."""
    for part in accept.split(","):
        name = part.partition(";")[0].strip().lower()
        if name in _FORMS:
            return _FORMS[name]
        if name == "application/json":
            return None
    return None


#: What the caller wants instead of JSON.
Wanted = Annotated[Form | None, Depends(_form, scope="function")]
#: For the description of a route.
DESCRIBED: dict[int | str, dict[str, object]] = {200: {"content": {CSV: {}, XLSX: {}}}}


async def answer(rows: Rows, form: Form, name: str) -> Response:
    """The first row is the heading. `name`: of the file, without its ending."""
    written = await asyncio.to_thread(_csv if form == "csv" else _xlsx, rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept, Accept-Language",
    }
    return Response(written, media_type=CSV if form == "csv" else XLSX, headers=headers)


def _csv(rows: Rows) -> bytes:
    """UTF-8 with the mark by which Excel knows it; no text is taken for a formula."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(
        [guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue().encode("utf-8-sig")


def _xlsx(rows: Rows) -> bytes:
    """Texts as text, numbers as numbers."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False}) as book:
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
