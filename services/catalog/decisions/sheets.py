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
from kit.text import fold
from services.catalog.decisions.errors import AGENCY_BY_NAME, HEADING_MISSING
from services.catalog.decisions.schemas import MOST_ITEMS
from services.catalog.sheets.reading import Row, Table, named

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
    """Lines as `NewDecision.items` takes them, and where each stands: `rows` in the sheet (from 1), `columns`
    by member (from 0); none where there is no sheet. `bodies`: faults of names, by the place of the line."""

    items: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    columns: Mapping[str, int] = field(default_factory=dict)
    bodies: dict[int, FieldFault] = field(default_factory=dict)

    @contextmanager
    def placed(self) -> Iterator[None]:
        """Faults of a line name its row and cell as well; those of the rest are of parameters."""
        try:
            yield
        except InvalidInput as refused:
            if self.columns:
                self._place(refused)
            raise

    def _place(self, refused: InvalidInput) -> None:
        named_ = {fault.pointer: fault for fault in self.bodies.values()}
        told = {fault.pointer for fault in refused.errors}
        found = [named_.get(fault.pointer, fault) for fault in refused.errors]
        found += [fault for pointer, fault in named_.items() if pointer not in told]
        for fault in found:
            self._point(fault)
        refused.errors = tuple(found)

    def _point(self, fault: FieldFault) -> None:
        match = re.match(r"/items/(\d+)(?:/(\w+))?", fault.pointer or "")
        if match is None:
            if fault.pointer and fault.pointer != "/items":
                fault.parameter, fault.pointer = fault.pointer.removeprefix("/"), None
            return
        fault.row = self.rows[int(match[1])]
        member = match[2] or ("procedure" if "procedure" in self.columns else "name")
        if member in self.columns:
            fault.facts["cell"] = named(fault.row, self.columns[member])


def read(content: bytes, bodies: Iterable[tuple[str, str]]) -> Listed:
    """`bodies`: code and name of each, as a list may call them by name. Raises Unreadable, InvalidInput."""
    by_name: dict[str, list[str]] = {}
    for code, name in bodies:
        by_name.setdefault(fold(name), []).append(code)
    rows = Table(io.BytesIO(content), most=MOST_ITEMS + _HEADING_WITHIN, columns=40).rows()
    columns = _heading(rows)
    listed = Listed(columns=columns)
    for row in rows:
        cells = {name: _cell(row, column) for name, column in columns.items()}
        if not (cells.get("procedure") or cells.get("name")):
            continue  # a title of a section, a sum
        agency = cells.get("agency", "")
        found = [agency] if _CODE.fullmatch(agency) else by_name.get(fold(agency), [])
        if agency and len(found) != 1:
            place = len(listed.items)
            listed.bodies[place] = _unknown_body(place, agency, found)
            found = [agency]
        listed.items.append(_item(cells, found))
        listed.rows.append(row.number)
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


def _unknown_body(place: int, name: str, found: list[str]) -> FieldFault:
    """The name goes on as it is, and is no code; this is said instead."""
    code = "agency-ambiguous" if found else "agency-not-found"
    where, several = f"/items/{place}/agency", ", ".join(found) or "–"
    return FieldFault(code, AGENCY_BY_NAME, pointer=where, agency=name[:200], found=several)
