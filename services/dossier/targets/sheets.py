"""A list of targets as offices keep it: a row for each target, and more rows for more measures. CPU work:
call it in a thread."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kit import workbooks
from kit.clock import FIRST, LAST
from kit.problem import FieldFault, Words, validation_faults
from kit.text import fold
from services.dossier.figures.definitions import INDICATORS
from services.dossier.schemas import AgencyCode
from services.dossier.targets.errors import CELLS, SheetUnreadable
from services.dossier.targets.schemas import DecisionNumber, MeasureOwner, MeasureText

MOST, _WIDEST, _UNPACKED, _HEADING_WITHIN = 2000, 50, 20 * 1024 * 1024, 30
#: Of each column the heading that the template writes; people also write those below.
HEADINGS: Mapping[str, Words] = {
    "agency": {"vi": "Mã cơ quan", "en": "Agency code"},
    "name": {"vi": "Tên cơ quan", "en": "Agency name"},
    "indicator": {"vi": "Chỉ tiêu", "en": "Indicator"},
    "year": {"vi": "Năm", "en": "Year"},
    "value": {"vi": "Giá trị", "en": "Value"},
    "decision": {"vi": "Quyết định", "en": "Decision"},
    "decided_on": {"vi": "Ngày", "en": "Date"},
    "effective_from": {"vi": "Hiệu lực từ", "en": "Effective from"},
    "measure": {"vi": "Biện pháp", "en": "Measure"},
    "owner": {"vi": "Người phụ trách", "en": "Owner"},
    "due_on": {"vi": "Hạn", "en": "Due date"},
}
_ALSO = {
    "agency": ("Cơ quan", "Agency"),
    "decision": ("Số quyết định",),
    "decided_on": ("Ngày quyết định", "Ngày ký", "Decided on"),
    "due_on": ("Hạn hoàn thành", "Thời hạn", "Due on"),
}
_COLUMN = {
    fold(heading): name
    for name, words in HEADINGS.items()
    for heading in (name, *words.values(), *_ALSO.get(name, ()))
}
KEY = ("agency", "indicator", "year")
#: Indicators that may have a target, by what people call them.
TARGETED = ("online-share", "on-time", "paid-online")
_INDICATORS = {
    **{fold(words): id_ for id_ in TARGETED for words in (id_, *INDICATORS[id_].title.values())},
    "ho so truc tuyen": "online-share",
    "truc tuyen": "online-share",
    "dung han": "on-time",
    "thanh toan truc tuyen": "paid-online",
}
_DAY_0 = date(1899, 12, 30)
_DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
_SHARE = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,8})?)(%?)")
_SIX = Decimal("0.000001")


class _Wrong(ValueError):
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Line:
    """`values`: of the cells that say something and can be read, by column."""

    row: int
    values: Mapping[str, Any]


@dataclass
class Sheet:
    """`columns`: their places, from 0."""

    columns: Mapping[str, int]
    lines: list[Line] = field(default_factory=list)
    faults: list[FieldFault] = field(default_factory=list)

    def wrong(self, code: str, row: int, column: str, **facts: Any) -> FieldFault:
        return self.placed(FieldFault(code, CELLS[code], **facts), row, column)

    def placed(self, fault: FieldFault, row: int, column: str) -> FieldFault:
        """With its row and cell, as people name it."""
        fault.row, fault.pointer = row, None
        if column in self.columns:
            fault.facts["cell"] = f"{_letters(self.columns[column])}{row}"
        return fault


def _letters(column: int) -> str:
    high, low = divmod(column, 26)
    return (_letters(high - 1) if high else "") + chr(65 + low)


def read(content: bytes) -> Sheet:
    """Raises SheetUnreadable, which says why."""
    rows = _rows(content)
    heading, columns = _heading(rows)
    sheet = Sheet(columns)
    for number, cells in enumerate(rows[heading + 1 :], heading + 2):
        values = dict(_values(sheet, number, cells))
        if values:
            sheet.lines.append(Line(number, values))
    return sheet


def _rows(content: bytes) -> list[list[Any]]:
    try:
        return workbooks.first_sheet(content, rows=MOST, columns=_WIDEST, unpacked=_UNPACKED)
    except workbooks.NotAWorkbook:
        raise _unreadable("Tệp không phải là XLSX.", "The file is not XLSX.") from None
    except workbooks.TooMuch:
        raise _unreadable("Tệp giải nén quá lớn.", "The file unpacks to too much.") from None
    except workbooks.TooFar:
        vi, en = (f"Nhiều nhất {MOST} dòng, {_WIDEST} cột.", f"At most {MOST} rows, {_WIDEST} columns.")
        raise _unreadable(vi, en) from None


def _heading(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """The first row that names the columns of a key; rows above it are titles."""
    for number, cells in enumerate(rows[:_HEADING_WITHIN]):
        named = [(place, str(cell).strip()) for place, cell in enumerate(cells) if str(cell).strip()]
        known = [_COLUMN.get(fold(text)) for _, text in named]
        if not set(KEY) <= set(known):
            continue
        strange = [text for (_, text), name in zip(named, known, strict=True) if name is None]
        twice = [HEADINGS[name]["vi"] for name in HEADINGS if known.count(name) > 1]
        if strange or twice:
            listed = ", ".join(f"“{text[:100]}”" for text in [*strange, *twice])
            raise _unreadable(
                f"Cột không rõ hoặc lặp lại: {listed}.", f"Columns unknown, or there twice: {listed}."
            )
        return number, {name: place for (place, _), name in zip(named, known, strict=True) if name}
    vi, en = (", ".join(HEADINGS[name][language] for name in KEY) for language in ("vi", "en"))
    raise _unreadable(f"Không thấy dòng tiêu đề có các cột {vi}.", f"No heading with {en} (or {vi}).")


def _unreadable(vi: str, en: str) -> SheetUnreadable:
    return SheetUnreadable(why_vi=vi, why_en=en)


def _values(sheet: Sheet, row: int, cells: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """A cell that cannot be read counts as said, and its fault is noted."""
    for name, place in sheet.columns.items():
        cell = cells[place] if place < len(cells) else ""
        if name == "name" or (isinstance(cell, str) and not cell.strip()):
            continue
        try:
            yield name, _READ[name](cell)
        except _Wrong as wrong:
            sheet.faults.append(sheet.wrong(wrong.code, row, name, **wrong.facts))
            yield name, UNREAD
        except ValidationError as error:
            faults = validation_faults([{**each, "loc": ("body",)} for each in error.errors()])
            sheet.faults.extend(sheet.placed(fault, row, name) for fault in faults)
            yield name, UNREAD


#: In place of a value that cannot be read.
UNREAD = object()


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(kind: TypeAdapter[str]) -> Callable[[Any], str]:
    def text(cell: Any) -> str:
        whole = isinstance(cell, float) and cell.is_integer()
        return kind.validate_python(str(int(cell) if whole else cell))

    return text


def _agency(cell: Any) -> str:
    if not isinstance(cell, str):
        raise _Wrong("code-as-number")
    try:
        return _CODE.validate_python(cell.strip())
    except ValidationError:
        raise _Wrong("code-form", given=cell.strip()[:60]) from None


def _indicator(cell: Any) -> str:
    found = _INDICATORS.get(fold(str(cell)))
    if found is None:
        raise _Wrong("indicator-unknown", known=", ".join(INDICATORS[id_].title["vi"] for id_ in TARGETED))
    return found


def _year(cell: Any) -> int:
    text = str(int(cell)) if _is_number(cell) and cell == int(cell) else str(cell).strip()
    if not re.fullmatch(r"20\d\d", text, re.ASCII):
        raise _Wrong("year")
    return int(text)


def _share(cell: Any) -> Decimal:
    """A cell formatted as a percentage holds the fraction; a number above 1 is percent."""
    if _is_number(cell):
        value, percent = Decimal(str(cell)), False
    elif match := _SHARE.fullmatch(re.sub(r"\s", "", str(cell))):
        value, percent = Decimal(match[1].replace(",", ".")), bool(match[2])
    else:
        raise _Wrong("share")
    if value == 1 and not percent:
        raise _Wrong("share-of-one")
    if value > 1 or percent:
        value /= 100
    rounded = value.quantize(_SIX) if value <= 1 else value
    # Numbers of Excel are binary: 0.30000000000000004 is 30 %.
    if not 0 < rounded <= 1 or abs(rounded - value) > Decimal("1e-12"):
        raise _Wrong("share")
    return rounded


def _day(cell: Any) -> date:
    """A date, its number in Excel (44127 is 23/10/2020), or text."""
    day = _of_cell(cell)
    if day is None or not FIRST.year <= day.year < LAST.year:
        raise _Wrong("day")
    return day


def _of_cell(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell).strip()
    if _is_number(cell) or re.fullmatch(r"\d{5}", text, re.ASCII):
        number = float(cell)
        return _DAY_0 + timedelta(days=int(number)) if number.is_integer() and 0 < number < 10**5 else None
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


_CODE: TypeAdapter[str] = TypeAdapter(AgencyCode)
_READ: Mapping[str, Callable[[Any], Any]] = {
    "agency": _agency,
    "indicator": _indicator,
    "year": _year,
    "value": _share,
    "decision": _text(TypeAdapter(DecisionNumber)),
    "decided_on": _day,
    "effective_from": _day,
    "measure": _text(TypeAdapter(MeasureText)),
    "owner": _text(TypeAdapter(MeasureOwner)),
    "due_on": _day,
}
