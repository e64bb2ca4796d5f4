"""A procedure as one row of a table: which columns there are, and what their cells mean. Pure.

A column that a table lacks leaves its member as it is; an empty cell empties it; a cell `KEPT` leaves it, too
(an export writes that where a cell could not hold it). The form and the stages are in no column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.problem import FieldFault, Words
from kit.text import fold
from services.catalog.codelists import CodeLists
from services.catalog.transfer import lines

KEPT = "[giữ nguyên]"
#: What a row shows and nobody wants; such rows of a template are passed over.
EXAMPLE = "ví dụ"


@dataclass(frozen=True)
class Column:
    """`path`: where its cells go in a content. `note`: how to fill them in."""

    name: str
    label: str
    path: tuple[str, ...]
    note: str
    choices: str | None = None
    required: bool = False


COLUMNS = (
    Column("code", "Mã thủ tục", ("code",), "Bắt buộc, là chữ: 1.000005 (ô dạng Text).", required=True),
    Column("name", "Tên thủ tục", ("name",), "Tên đầy đủ theo quyết định công bố."),
    Column("field_code", "Mã lĩnh vực", ("field", "code"), "Mã ngắn của lĩnh vực."),
    Column("field_name", "Lĩnh vực", ("field", "name"), "Tên lĩnh vực; bỏ trống cột này thì lấy theo mã."),
    Column("government_levels", "Cấp thực hiện", ("government_levels",), "Mỗi dòng một cấp.",
           choices="government_level"),
    Column("audiences", "Đối tượng", ("audiences",), "Mỗi dòng một đối tượng.", choices="audience"),
    Column("channels", "Cách thức thực hiện", ("channels",), "Mỗi dòng một cách.", choices="channel"),
    Column("processing_amount", "Thời hạn", ("processing_time", "amount"), "Số nguyên."),
    Column("processing_unit", "Đơn vị thời hạn", ("processing_time", "unit"), "Chọn trong danh sách.",
           choices="processing_unit"),
    Column("description", "Mô tả", ("description",), "Văn bản."),
    Column("requirements", "Yêu cầu, điều kiện", ("requirements",), "Văn bản."),
    Column("steps", "Trình tự thực hiện", ("steps",), "Mỗi dòng một bước."),
    Column("cases", "Trường hợp", ("cases",), f"Mỗi dòng một trường hợp: {lines.EXAMPLES['cases']}"),
    Column("papers", "Thành phần hồ sơ", ("papers",), f"Mỗi dòng một giấy tờ: {lines.EXAMPLES['papers']}"),
    Column("fees", "Phí, lệ phí", ("fees",), f"Mỗi dòng một khoản: {lines.EXAMPLES['fees']}"),
    Column("results", "Kết quả thực hiện", ("results",), f"Mỗi dòng một: {lines.EXAMPLES['results']}"),
    Column("legal_basis", "Căn cứ pháp lý", ("legal_basis",),
           f"Mỗi dòng một văn bản: {lines.EXAMPLES['legal_basis']}"),
)  # fmt: skip
BY_HEADING = {fold(heading): column for column in COLUMNS for heading in (column.name, column.label)}

WORDS: Mapping[str, Words] = {
    **lines.WORDS,
    "choice-unknown": {
        "vi": '"{said}" không có trong danh sách: {known}.',
        "en": '"{said}" is not in the list: {known}.',
    },
    "not-a-number": {"vi": '"{said}" không phải số nguyên.', "en": '"{said}" is no whole number.'},
    "nothing-to-keep": {
        "vi": f"Thủ tục mới không có gì để giữ: thay {KEPT} bằng nội dung.",
        "en": f"A new procedure has nothing to keep: write in place of {KEPT}.",
    },
    "field-name-missing": {
        "vi": 'Chưa biết lĩnh vực "{said}": ghi cả tên ở cột Lĩnh vực.',
        "en": 'The field "{said}" is not known: give its name in the column field_name.',
    },
}
_SAID: Mapping[str, Mapping[str, str]] = {
    "government_level": {"tinh": "province", "huyen": "district", "xa": "commune"},
    "audience": {"ca nhan": "citizen", "to chuc": "other"},
    "channel": {"truc tiep": "counter", "truc tuyen": "online", "buu chinh": "post"},
    "processing_unit": {"ngay": "days", "gio": "hours"},
}


class Choices:
    """Code lists in the words of people."""

    def __init__(self, lists: CodeLists) -> None:
        names = {column.choices for column in COLUMNS if column.choices}
        self.labels: dict[str, dict[str, str]] = {
            name: {item.code: item.vi for item in lists.named(name).items} for name in names
        }
        self._codes: dict[str, dict[str, str]] = {
            name: {
                **_SAID.get(name, {}),
                **{
                    fold(word): item.code
                    for item in lists.named(name).items
                    for word in (item.code, item.vi, item.en)
                },
            }
            for name in names
        }

    def label(self, name: str, code: str) -> str:
        return self.labels[name].get(code, code)

    def code(self, name: str, said: str) -> str | None:
        return self._codes[name].get(lines.folded(said))


def write(content: Mapping[str, Any], choices: Choices) -> dict[str, str]:
    """Cells by the names of their columns. What a cell cannot say, so that it would be read as something
    else, is `KEPT`."""
    written = {column.name: _written(column, content, choices) for column in COLUMNS}
    said, faults = read(written, content, choices, {})
    wrong = {name for name, value in said.items() if value != content.get(name, value)}
    wrong |= {str(fault.pointer).split("/")[1] for fault in faults}
    return {column.name: KEPT if column.path[0] in wrong else written[column.name] for column in COLUMNS}


def _written(column: Column, content: Mapping[str, Any], choices: Choices) -> str:
    value: Any = content
    for part in column.path:
        value = (value or {}).get(part)
    match column.path[0]:
        case "papers" | "fees" | "results" | "cases" | "legal_basis":
            return lines.write(column.name, value or [])
        case "steps":
            return lines.plain(value or [])
    if column.choices and isinstance(value, list):
        return "\n".join(choices.label(column.choices, each) for each in value)
    if column.choices and value:
        return choices.label(column.choices, value)
    return "" if value is None else str(value)


def read(
    cells: Mapping[str, str], base: Mapping[str, Any] | None, choices: Choices, fields: Mapping[str, str]
) -> tuple[dict[str, Any], list[FieldFault]]:
    """The members that a row gives, and what is wrong with its cells, each fault with the pointer of its
    member. `base`: the content that it changes; `fields`: names of the known fields by code."""
    given: dict[str, Any] = {}
    faults: list[FieldFault] = []
    for column in COLUMNS:
        cell = cells.get(column.name)
        if cell is None or column.name == "code":
            continue
        if cell.strip() == KEPT:
            if base is None:
                faults.append(_fault(column, "nothing-to-keep"))
            continue
        try:
            value = _value(column, cell.replace("\r\n", "\n"), base, choices)
        except _Fault as fault:
            faults.append(_fault(column, fault.code, **fault.facts))
            continue
        _put(given, column, value, base)
    _complete(given, cells, fields, faults)
    return given, faults


class _Fault(ValueError):
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def _fault(column: Column, code: str, **facts: Any) -> FieldFault:
    return FieldFault(code, WORDS[code], pointer="/" + "/".join(column.path), **facts)


def _value(column: Column, cell: str, base: Mapping[str, Any] | None, choices: Choices) -> Any:
    member = column.path[0]
    match member:
        case "papers" | "fees" | "results" | "cases" | "legal_basis":
            try:
                return lines.read(member, cell, (base or {}).get(member) or [])
            except lines.LineFault as fault:
                raise _Fault(fault.code, **fault.facts) from None
        case "steps":
            return lines.plain_read(cell)
        case "government_levels" | "audiences" | "channels":
            said = [part.strip() for line in cell.split("\n") for part in line.replace(";", ",").split(",")]
            return [_choice(column, part, choices) for part in said if part]
    text = cell.strip()
    if column.choices:
        return _choice(column, text, choices) if text else None
    if column.name == "processing_amount":
        return _whole(text) if text else None
    return text


def _choice(column: Column, said: str, choices: Choices) -> str:
    assert column.choices is not None
    code = choices.code(column.choices, said)
    if code is None:
        known = ", ".join(choices.labels[column.choices].values())
        raise _Fault("choice-unknown", said=said[:60], known=known)
    return code


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _Fault("not-a-number", said=text[:60])
    return int(text)


def _put(given: dict[str, Any], column: Column, value: Any, base: Mapping[str, Any] | None) -> None:
    if len(column.path) == 1:
        given[column.path[0]] = value
        return
    member, part = column.path
    whole = given.setdefault(member, dict((base or {}).get(member) or {}))
    whole[part] = value


def _complete(
    given: dict[str, Any], cells: Mapping[str, str], fields: Mapping[str, str], faults: list[FieldFault]
) -> None:
    """Members of two columns: no time at all where both are empty, and the name of a known field."""
    time = given.get("processing_time")
    if time is not None:
        if time.get("amount") is None and "processing_unit" not in cells:
            time = {}
        given["processing_time"] = {name: value for name, value in time.items() if value is not None} or None
    field = given.get("field")
    if field is not None and "field_name" not in cells and field.get("code"):
        if field["code"] in fields:
            field["name"] = fields[field["code"]]
        elif not field.get("name"):
            faults.append(_fault(COLUMNS[3], "field-name-missing", said=field["code"]))


def column_of(pointer: str | None, columns: Sequence[Column | None]) -> int | None:
    """The place of the column that a fault means, in a table with these columns."""
    path = tuple((pointer or "").split("/")[1:])
    best = None
    for place, column in enumerate(columns):
        if column is None or not path or column.path[0] != path[0]:
            continue
        if column.path == path[: len(column.path)]:
            return place
        best = place if best is None else best
    return best
