"""A statement as XLSX, ready to print: a sheet for each table, and one of definitions. CPU work: call it in a
thread."""

from __future__ import annotations

import io
from typing import Any

from kit import tabular
from services.dossier.figures.sheets import FORMATS, Kind, define, escaped, rows_of
from services.dossier.statements import wording
from services.dossier.statements.paper import Paper, Section

#: Characters: of the row's number, its name, a figure.
_WIDTHS = (5, 34, 9.5)
_FONT = {"font_name": "Times New Roman", "font_size": 11}
_CENTRE = {"align": "center", "valign": "vcenter", "text_wrap": True}


def xlsx(paper: Paper) -> bytes:
    """The same paper is the same bytes."""
    target = io.BytesIO()
    with tabular.workbook(target) as book:
        for section in paper.sections:
            _Sheet(book, book.add_worksheet(section.name), paper, section).write()
        define(book, book.add_worksheet(wording.DEFINITIONS[paper.language]), paper.definitions, paper.mark)
    return target.getvalue()


class _Sheet:
    """Rows from the top: title block, table, notes, signatures."""

    def __init__(self, book: Any, page: Any, paper: Paper, section: Section) -> None:
        self._book, self._page, self._paper, self._section = book, page, paper, section
        self._width = len(section.columns())
        self._row = 0

    def write(self) -> None:
        self._columns()
        self._title()
        top = self._row
        self._head()
        first = self._row
        self._table()
        self._foot()
        self._print(top, first - 1)

    def _form(self, **more: Any) -> Any:
        return self._book.add_format({**_FONT, **more})

    def _columns(self) -> None:
        for column in range(self._width):
            self._page.set_column(column, column, _WIDTHS[min(column, 2)])

    def _across(self, text: str, height: float = 16, **more: Any) -> None:
        """A row that is one cell."""
        self._page.merge_range(self._row, 0, self._row, self._width - 1, text, self._form(**more))
        self._page.set_row(self._row, height)
        self._row += 1

    def _title(self) -> None:
        paper, words = self._paper, wording.BLOCK[self._paper.language]
        bold = self._form(bold=True, **_CENTRE)
        half = self._width // 2
        for left, right in ((paper.body.upper(), words["state"]), ("", words["motto"])):
            self._page.merge_range(self._row, 0, self._row, 1, left, bold)
            self._page.merge_range(self._row, half, self._row, self._width - 1, right, bold)
            self._page.set_row(self._row, 32 if left else 16)
            self._row += 1
        self._row += 1
        self._across(paper.title, 22, bold=True, font_size=14, align="center", valign="vcenter")
        for line in paper.lines:
            self._across(line, align="center", italic=True)
        if paper.mark:
            self._across(paper.mark, align="center", bold=True, font_color="#C0392B")
        self._across(paper.form, align="right", italic=True)
        if self._section.title:
            self._across(self._section.title, 20, bold=True, valign="vcenter")

    def _head(self) -> None:
        form = self._form(bold=True, border=1, font_size=10, **_CENTRE)
        top, depth = self._row, self._section.depth()
        for each in self._section.merged():
            row, column = top + each.row, each.column
            if each.rows * each.columns == 1:
                self._page.write_string(row, column, each.text, form)
            else:
                last = row + each.rows - 1, column + each.columns - 1
                self._page.merge_range(row, column, *last, each.text, form)
        for row in range(top, top + depth):
            self._page.set_row(row, 32 if row < top + depth - 1 else 48)
        numbers = self._form(italic=True, border=1, font_size=7, **_CENTRE)
        for column, head in enumerate(self._section.columns()):
            self._page.write_string(top + depth, column, head.number, numbers)
        self._page.set_row(top + depth, 26)
        self._row = top + depth + 1

    def _table(self) -> None:
        columns = self._section.columns()
        plain, sums = (
            [self._cell(head.kind, place, **more) for place, head in enumerate(columns)]
            for more in ({}, {"bold": True})
        )
        for row in self._section.rows:
            for column, cell in enumerate(row):
                tabular.write(self._page, self._row, column, cell, plain[column])
            self._page.set_row(self._row, 16 * rows_of(str(row[1]), _WIDTHS[1]))
            self._row += 1
        for column, cell in enumerate(self._section.total):
            tabular.write(self._page, self._row, column, cell, sums[column])
        self._row += 1

    def _cell(self, kind: Kind, column: int, **more: Any) -> Any:
        align = {0: "center", 1: "left"}.get(column, "right")
        form = "General" if column == 0 else FORMATS[kind]
        wrap = column == 1
        return self._form(num_format=form, border=1, align=align, valign="vcenter", text_wrap=wrap, **more)

    def _foot(self) -> None:
        self._row += 1
        for note in self._paper.notes:
            rows = rows_of(note, _WIDTHS[0] + _WIDTHS[1] + _WIDTHS[2] * (self._width - 2))
            self._across(note, 13 * rows, text_wrap=True, font_size=9, valign="top")
        self._row += 1
        words = wording.BLOCK[self._paper.language]
        half = self._width // 2
        date = self._form(italic=True, align="center")
        place = f"{self._paper.place}, {words['date']}"
        self._page.merge_range(self._row, half, self._row, self._width - 1, place, date)
        self._row += 1
        for texts, more in ((self._paper.signers, {"bold": True}), (words["sign"], {"italic": True})):
            form = self._form(align="center", **more)
            self._page.merge_range(self._row, 0, self._row, 1, texts[0], form)
            self._page.merge_range(self._row, half, self._row, self._width - 1, texts[1], form)
            self._row += 1
        self._row += 4

    def _print(self, top: int, bottom: int) -> None:
        page, mark = self._page, self._paper.mark or ""
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.repeat_rows(top, bottom)
        page.print_area(0, 0, self._row - 1, self._width - 1)
        page.set_footer(f"&L&8{escaped(mark)}&R&8&P/&N")
        page.freeze_panes(bottom + 1, 2)
