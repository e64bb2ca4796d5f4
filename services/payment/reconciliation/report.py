"""The day's report per body as people keep it: CSV and XLSX. CPU work: call it in a thread."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from services.payment.reconciliation.schemas import OurSums, Report

#: Columns of sums, as people read them.
_SUMS = {
    "payments": "Số khoản thu",
    "captured": "Đã thu",
    "fee": "Trong đó phí",
    "charge": "Trong đó lệ phí",
    "overpaid": "Thu thừa",
    "refunded": "Đã hoàn",
    "fee_refunded": "Trong đó hoàn phí",
    "charge_refunded": "Trong đó hoàn lệ phí",
    "net": "Thực thu",
}
_HEADING = ("Mã cơ quan", "Cơ quan", *_SUMS.values())


def as_csv(report: Report) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    rows = ([_plain(cell) for cell in row] for row in _rows(report))
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(report: Report) -> bytes:
    """Codes and names as text, sums as numbers."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False}) as book:
        page = book.add_worksheet(f"{report.day:%d-%m-%Y}")
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        bold_money = book.add_format({"bold": True, "num_format": "#,##0"})
        last = len(report.items) + 1
        for r, row in enumerate(_rows(report)):
            for c, cell in enumerate(row):
                if isinstance(cell, int):
                    page.write_number(r, c, cell, bold_money if r == last else money)
                else:
                    page.write_string(r, c, cell, bold if r in (0, last) else None)
        page.freeze_panes(1, 0)
        page.autofit()
    return target.getvalue()


def _rows(report: Report) -> Iterator[list[Any]]:
    yield list(_HEADING)
    for item in report.items:
        yield [item.agency, item.name, *_figures(item)]
    yield ["", "Tổng cộng", *_figures(report.total)]


def _figures(sums: OurSums) -> list[int]:
    return [getattr(sums, name) for name in _SUMS]


def _plain(cell: Any) -> Any:
    """No spreadsheet takes a text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
