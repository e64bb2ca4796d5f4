"""The plan of a reorganisation as offices write it: CSV by hand or from a spreadsheet. Pure.

UTF-8 with or without a mark, or UTF-16; `,`, `;` or tabs; days as 2025-07-01 or 01/07/2025.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

#: Column → what it is called in a Vietnamese file.
COLUMNS = {
    "kind": "loại",
    "old": "mã cũ",
    "new": "mã mới",
    "from": "từ ngày",
    "decision": "quyết định",
    "main": "chính",
    "name": "tên mới",
    "new_kind": "loại mới",
    "level": "cấp",
    "unit": "đơn vị hành chính",
    "parent": "cấp trên",
    "address": "địa chỉ",
}
NEEDED = ("old", "new", "from", "decision")
_KINDS = {"": "agency", "agency": "agency", "cơ quan": "agency", "unit": "unit", "đơn vị": "unit"}
_YES, _NO = {"1", "x", "yes", "true", "có"}, {"", "0", "no", "false", "không"}
MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class Fault:
    """`line` as an editor counts them, from 1; 0: the file as a whole."""

    line: int
    column: str
    words: str


@dataclass
class PlanFile:
    """`rows` as the catalogue takes them, each with its line; `faults`: what could not be read."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(content: bytes) -> PlanFile:
    found = PlanFile()
    if len(content) > MOST_BYTES:
        found.faults.append(Fault(0, "", "Tệp quá lớn | the file is too large"))
        return found
    text = _text(content)
    if text is None:
        found.faults.append(
            Fault(0, "", "Không phải UTF-8: hãy lưu lại dạng CSV UTF-8 | not UTF-8: save it as CSV UTF-8")
        )
        return found
    lines = text.splitlines()
    skipped = 1 if lines and lines[0].lower().startswith("sep=") else 0
    header = lines[skipped] if len(lines) > skipped else ""
    delimiter = max((";", ",", "\t"), key=header.count)
    reader = csv.reader(io.StringIO("\n".join(lines[skipped:])), delimiter=delimiter)
    names = _names(next(reader, []), skipped + 1, found)
    if not found.faults:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _row(dict(zip(names, cells, strict=False)), reader.line_num + skipped, found)
        if not found.rows and not found.faults:
            found.faults.append(Fault(0, "", "Kế hoạch không có dòng nào | the plan has no rows"))
    return found


def _text(content: bytes) -> str | None:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _names(header: list[str], line: int, found: PlanFile) -> list[str]:
    known = {name: name for name in COLUMNS} | {vietnamese: name for name, vietnamese in COLUMNS.items()}
    names = []
    for cell in header:
        said = " ".join(cell.split()).lower()
        names.append(known.get(said, said))
        if said and said not in known:
            found.faults.append(Fault(line, said, "Không có cột này | no such column"))
    for name in NEEDED:
        if name not in names:
            found.faults.append(Fault(line, name, f"Thiếu cột {COLUMNS[name]} | the column is missing"))
    for name in {name for name in names if name and names.count(name) > 1}:
        found.faults.append(Fault(line, name, "Cột lặp lại | the column comes twice"))
    return names


def _row(cells: dict[str, str], line: int, found: PlanFile) -> None:
    said = {name: " ".join(cells.get(name, "").split()) for name in COLUMNS}
    faults = []
    starts = _day(said.pop("from"))
    if starts is None:
        faults.append(Fault(line, "from", "Không phải ngày: 2025-07-01 hoặc 01/07/2025 | not a day"))
    kind = _KINDS.get(said["kind"].lower())
    if kind is None:
        faults.append(Fault(line, "kind", "Chỉ có agency (cơ quan) và unit (đơn vị) | agency or unit"))
    main = said["main"].lower()
    if main not in _YES | _NO:
        faults.append(Fault(line, "main", "Ghi 1 hoặc 0 | 1 or 0"))
    if not said["decision"]:
        faults.append(Fault(line, "decision", "Cần số quyết định | the decision is needed"))
    if faults:
        found.faults += faults
        return
    row = {**said, "line": line, "kind": kind, "starts": str(starts), "main": main in _YES if main else None}
    found.rows.append(row)


def _day(said: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(said, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None
