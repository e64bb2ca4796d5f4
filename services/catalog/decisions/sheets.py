"""A decision's list as offices have it: a table whose heading names its columns. CPU work: call it in a
thread."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kit.problem import FieldFault, InvalidInput
from kit.sheets import Row, Table
from kit.text import fold
from services.catalog.decisions.errors import AGENCY_BY_NAME, HEADING_MISSING
from services.catalog.decisions.schemas import MOST_ITEMS

#: Headings as people write them, without accents.
_COLUMNS = {
    "procedure": {"ma thu tuc", "ma thu tuc hanh chinh", "ma tthc", "ma so", "procedure", "code"},
    "name": {"ten thu tuc", "ten thu tuc hanh chinh", "ten tthc", "thu tuc hanh chinh", "thu tuc", "name"},
    "agency": {"co quan", "ma co quan", "co quan thuc hien", "don vi", "don vi thuc hien", "agency"},
    "government_level": {"cap", "cap chinh quyen", "cap thuc hien", "government_level"},
    "online_level": {"muc do", "muc", "muc do dvc", "muc do dich vu cong", "online_level", "level"},
    "mandated": {"bat buoc", "mandated"},
}  # fmt: skip
_LEVELS = {"tinh": "province", "huyen": "district", "xa": "commune"}
_ONLINE = {"mot phan": 3, "toan trinh": 4}
_YES = {"x", "co", "true", "yes", "1", "bat buoc"}
_CODE = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)+")
_HEADING_WITHIN = 30


@dataclass(frozen=True)
class Listed:
    """Lines as `NewDecision.items` takes them, and the row of each in the sheet (from 1); no rows where
    there is no sheet."""

    items: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    @contextmanager
    def placed(self) -> Iterator[None]:
        """Faults of a line name its row as well."""
        try:
            yield
        except InvalidInput as refused:
            for fault in refused.errors:
                match = re.match(r"/items/(\d+)", fault.pointer or "")
                if match and self.rows:
                    fault.row = self.rows[int(match[1])]
            raise


def read(content: bytes, bodies: Iterable[tuple[str, str]]) -> Listed:
    """`bodies`: code and name of each, as a list may call them by name. Raises Unreadable, InvalidInput."""
    by_name: dict[str, list[str]] = {}
    for code, name in bodies:
        by_name.setdefault(fold(name), []).append(code)
    rows = Table(io.BytesIO(content), most=MOST_ITEMS + _HEADING_WITHIN, columns=40).rows()
    columns = _heading(rows)
    listed, faults = Listed(), []
    for row in rows:
        cells = {name: _cell(row, column) for name, column in columns.items()}
        if not (cells.get("procedure") or cells.get("name")):
            continue  # a title of a section, a sum
        agency = cells.get("agency", "")
        found = [agency] if _CODE.fullmatch(agency) else by_name.get(fold(agency), [])
        if agency and len(found) != 1:
            faults.append(_unknown_body(row, agency, found))
        listed.items.append(_item(cells, found))
        listed.rows.append(row.number)
    if faults:
        raise InvalidInput(errors=faults)
    return listed


def _heading(rows: Iterator[Row]) -> dict[str, int]:
    """Where the columns are; rows above are titles."""
    for row in rows:
        if row.number > _HEADING_WITHIN:
            break
        folded = [fold(cell) for cell in row.cells]
        found = {
            name: next(c for c, cell in enumerate(folded) if cell in known)
            for name, known in _COLUMNS.items()
            if known & set(folded)
        }
        if "online_level" in found and ("procedure" in found or "name" in found):
            return found
    raise InvalidInput(errors=[FieldFault("heading-missing", HEADING_MISSING)])


def _cell(row: Row, column: int) -> str:
    return row.cells[column].strip() if column < len(row.cells) else ""


def _item(cells: Mapping[str, str], agency: list[str]) -> dict[str, Any]:
    """A cell that is not understood goes on as it is, for the schema to refuse."""
    item: dict[str, Any] = {name: cells[name] for name in ("procedure", "name") if cells.get(name)}
    if agency:
        item["agency"] = agency[0]
    elif level := cells.get("government_level"):
        item["government_level"] = _LEVELS.get(fold(level).removeprefix("cap "), level)
    online = fold(cells.get("online_level", ""))
    digits = re.search(r"\d+$", online)
    item["online_level"] = _ONLINE.get(online, int(digits[0]) if digits and len(digits[0]) < 4 else online)
    if "mandated" in cells:
        item["mandated"] = fold(cells["mandated"]) in _YES
    return item


def _unknown_body(row: Row, name: str, found: list[str]) -> FieldFault:
    code = "agency-ambiguous" if found else "agency-not-found"
    return FieldFault(code, AGENCY_BY_NAME, row=row.number, agency=name, found=", ".join(found) or "–")
