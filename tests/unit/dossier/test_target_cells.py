"""What a cell of a sheet of targets says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.dossier.targets import sheets
from tests.unit.dossier.received import DISTRICT
from tests.unit.dossier.test_target_sheets import row, workbook


@pytest.mark.parametrize(
    ("cell", "share"),
    [
        ("20 %", "0.2"), ("20%", "0.2"), ("20,5 %", "0.205"), ("0,2", "0.2"), ("0.2", "0.2"), ("20", "0.2"),
        (" 20 % ", "0.2"), (20, "0.2"), (20.5, "0.205"), (0.2, "0.2"), (0.1 + 0.2, "0.3"), (100, "1"),
        ("100 %", "1"), ("1 %", "0.01"), (Decimal("0.2"), "0.2"), ("33,3333 %", "0.333333"),
        (1, None), ("1", None), ("1,0", None), (0, None), (-0.2, None), (101, None), ("33,33333 %", None),
        ("1.000", None), ("20 phần trăm", None), (True, None), (date(2020, 1, 20), None), ("٢٠ %", None),
    ],
)  # fmt: skip
def test_shares_as_people_write_them(cell: Any, share: str | None) -> None:
    sheet = sheets.read(workbook([row(DISTRICT, cell)]))
    value = sheet.lines[0].values["value"]
    assert [value, sheet.faults] == [Decimal(share), []] if share else len(sheet.faults) == 1


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("23/10/2020", "2020-10-23"), ("3/1/2020", "2020-01-03"), ("23-10-2020", "2020-10-23"),
        ("23.10.2020", "2020-10-23"), ("2020-10-23", "2020-10-23"), (date(2020, 10, 23), "2020-10-23"),
        (44127, "2020-10-23"), ("44127", "2020-10-23"),
        ("10/23/2020", None), ("23/10/20", None), ("23/10/1999", None), (20, None), (44127.5, None),
        (10**9, None), ("hôm qua", None), (True, None),
    ],
)  # fmt: skip
def test_days_as_people_write_them(cell: Any, day: str | None) -> None:
    sheet = sheets.read(workbook([row(DISTRICT, "20 %", "1/QĐ", cell)]))
    value = sheet.lines[0].values["decided_on"]
    assert [value, sheet.faults] == [date.fromisoformat(day), []] if day else len(sheet.faults) == 1
