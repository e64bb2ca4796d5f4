"""Tables that people get: which form, and what Excel makes of it."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from kit import tabular
from kit.tabular import CSV, PDF, XLSX, Cell, Form


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", None),
        ("text/csv", "csv"),
        ("text/csv;q=0.1, application/json", None),
        ("application/json;q=0.2, text/csv;q=0.9", "csv"),
        ("application/json;q=0, */*", "csv"),
        ("application/json;q=0", None),
        (f"{XLSX}, text/csv", "xlsx"),
        ("text/csv;q=0, */*;q=0.1", None),
        ("text/html, application/xml;q=0.9, */*;q=0.8", None),
        ("text/csv;q=nan, application/json;q=0.1", None),
        ("text/csv, application/json;q=0.5;v=1", "csv"),
        (PDF, None),
    ],
)
def test_the_form_that_is_wanted_most(accept: str, form: str | None) -> None:
    assert tabular.negotiated(accept) == form


@pytest.mark.parametrize(
    ("accept", "form"), [(PDF, "pdf"), (CSV, None), (f"{PDF};q=0.5, {XLSX};q=0.6", "xlsx"), ("*/*", None)]
)
def test_a_form_that_an_answer_does_not_have_is_not_chosen(accept: str, form: str | None) -> None:
    forms: tuple[Form, ...] = ("xlsx", "pdf")
    assert tabular.negotiated(accept, forms) == form


ROWS: list[list[Cell]] = [
    ["Mã", "Tên", "Ngày", "Số"],
    ["0012", "=cmd|' /C calc'!A0", date(2020, 10, 23), 0.2],
    ["1e5", "http://example.invalid", None, 3],
]


def test_texts_stay_texts_and_days_are_days() -> None:
    sheet = python_calamine.load_workbook(io.BytesIO(tabular.as_xlsx(ROWS))).get_sheet_by_index(0)
    read = sheet.to_python(skip_empty_area=False)
    assert read == [["" if cell is None else cell for cell in row] for row in ROWS]
    assert tabular.as_xlsx(ROWS) == tabular.as_xlsx(ROWS)


def test_a_csv_has_the_mark_of_excel_and_no_formulas() -> None:
    content = tabular.as_csv(ROWS)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[1] == ["0012", "'=cmd|' /C calc'!A0", "2020-10-23", "0.2"]
    assert rows[2] == ["1e5", "http://example.invalid", "", "3"]


@given(st.text("=+-@\t\r' a1", max_size=6))
def test_a_guarded_text_comes_back(text: str) -> None:
    assert tabular.guarded(text)[:1] not in set("=+-@\t\r")
    assert tabular.unguarded(tabular.guarded(text)) == text
