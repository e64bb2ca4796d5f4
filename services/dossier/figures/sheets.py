"""Figures as files: one table as CSV, or as XLSX with a chart and a sheet that defines them."""

from __future__ import annotations

import asyncio
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Response

from kit import tabular
from kit.problem import Language
from kit.tabular import Cell

Kind = Literal["text", "count", "share", "decimal", "day", "month", "moment"]
#: How Excel shows it; the cell holds the number itself.
FORMATS: Mapping[Kind, str] = {
    "text": "@",
    "count": "#,##0",
    "share": "0.00%",
    "decimal": "#,##0.00",
    "day": "dd/mm/yyyy",
    "month": "mm/yyyy",
    "moment": "hh:mm dd/mm/yyyy",
}
_SHEETS: Mapping[Language, tuple[str, str]] = {
    "vi": ("Số liệu", "Định nghĩa"),
    "en": ("Figures", "Definitions"),
}


@dataclass(frozen=True)
class Heading:
    text: str
    kind: Kind


@dataclass(frozen=True)
class Line:
    """What the sheet of definitions says: a word and its meaning."""

    label: str
    value: Cell
    kind: Kind = "text"


@dataclass(frozen=True)
class Table:
    """`chart`: the column that is drawn, and the one with the target's line; their rows are named by column
    `named`. `total`: below the rows. `mark`: what each page says, of synthetic data for one."""

    title: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None
    definitions: Sequence[Line]
    language: Language
    named: int = 1
    chart: int | None = None
    target: int | None = None
    mark: str | None = None

    def flat(self) -> list[Sequence[Cell]]:
        """Headings, rows and total."""
        headings = [heading.text for heading in self.headings]
        return [headings, *self.rows, *([self.total] if self.total else [])]


async def answer(
    table: Table, form: tabular.Form, name: str, headers: Mapping[str, str] | None = None
) -> Response:
    """`name`: of the file, ASCII, without its ending; it says of synthetic data what a CSV cannot."""
    if form == "csv":
        content = tabular.as_csv(table.flat())
    else:
        content = await asyncio.to_thread(xlsx, table)
    mark = "-synthetic" if table.mark else ""
    return tabular.file(content, form, f"{name}{mark}", headers=headers)


def xlsx(table: Table) -> bytes:
    """The figures first, then their definitions. The same table is the same bytes."""
    target = io.BytesIO()
    with tabular.workbook(target) as book:
        figures, definitions = (book.add_worksheet(name) for name in _SHEETS[table.language])
        _figures(book, figures, table)
        if table.chart is not None and table.rows:
            _draw(book, figures, table, table.chart)
        define(book, definitions, table.definitions, table.mark)
    return target.getvalue()


def _figures(book: Any, page: Any, table: Table) -> None:
    head = book.add_format(
        {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bottom": 1}
    )
    plain, sums = ([_format(book, h.kind, **more) for h in table.headings] for more in ({}, _SUM))
    page.write_row(0, 0, [heading.text for heading in table.headings], head)
    for r, row in enumerate(table.rows, 1):
        for c, cell in enumerate(row):
            tabular.write(page, r, c, cell, plain[c])
        page.set_row(r, 15 * max(rows_of(cell, _WIDEST) for cell in ["", *row] if isinstance(cell, str)))
    for c, cell in enumerate(table.total or ()):
        tabular.write(page, len(table.rows) + 1, c, cell, sums[c])
    page.freeze_panes(1, table.named + 1)
    page.autofit(7 * _WIDEST)
    page.set_row(0, 45)
    for c, heading in enumerate(table.headings):
        if heading.kind != "text":
            page.set_column(c, c, 14)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.print_area(0, 0, len(table.flat()) - 1, len(table.headings) - 1)
    page.set_header(f"&L{escaped(table.title)}")
    page.set_footer(f"&L{escaped(table.mark or '')}&R&P/&N")


#: Characters of a column, beyond which its texts take more rows.
_WIDEST = 55
_SUM = {"bold": True, "top": 1}


def _format(book: Any, kind: Kind, **more: Any) -> Any:
    place = {"align": "left", "indent": 1, "text_wrap": True} if kind == "text" else {}
    return book.add_format({"num_format": FORMATS[kind], "valign": "top", **place, **more})


def rows_of(text: str, width: float) -> int:
    """How many rows a text takes in a cell so many characters wide: not every program finds it out by
    itself."""
    return max(1, math.ceil(len(text) / width))


def escaped(text: str) -> str:
    """For a page's head or foot, where & begins a code and 255 characters are the most."""
    return text[: max(0, 240 - text.count("&"))].replace("&", "&&")


def _draw(book: Any, page: Any, table: Table, column: int) -> None:
    """Bars by row, and the target across them."""
    name, last = page.get_name(), len(table.rows)

    def series(place: int) -> dict[str, Any]:
        return {
            "name": [name, 0, place],
            "categories": [name, 1, table.named, last, table.named],
            "values": [name, 1, place, last, place],
        }

    chart = book.add_chart({"type": "column"})
    chart.add_series({**series(column), "fill": {"color": "#1F5FA8"}, "gap": 60})
    if table.target is not None:
        line = book.add_chart({"type": "line"})
        line.add_series({**series(table.target), "line": {"color": "#C0392B", "width": 2}})
        chart.combine(line)
    chart.set_title({"name": table.title, "name_font": {"size": 12}})
    form = FORMATS[table.headings[column].kind]
    chart.set_y_axis({"num_format": form, "min": 0, "major_gridlines": {"visible": True}})
    chart.set_x_axis({"num_font": {"size": 8, "rotation": -60 if last > 6 else 0}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": min(4000, max(640, 26 * last)), "height": 520})
    page.insert_chart(1, len(table.headings) + 1, chart)


def define(book: Any, page: Any, lines: Sequence[Line], mark: str | None) -> None:
    """A word and its meaning a row; a mark of synthetic data comes first."""
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    top = {"valign": "top", "align": "left", "text_wrap": True}
    forms = {kind: book.add_format({"num_format": FORMATS[kind], **top}) for kind in FORMATS}
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 90)
    start = 0
    if mark:
        page.write_string(0, 0, mark, book.add_format({"bold": True, "font_color": "#C0392B"}))
        start = 2
    for r, line in enumerate(lines, start):
        page.write_string(r, 0, line.label, bold)
        tabular.write(page, r, 1, line.value, forms[line.kind])
        page.set_row(r, 15 * max(rows_of(line.label, 26), rows_of(str(line.value), 90)))
    page.set_paper(9)
    page.fit_to_pages(1, 0)
