"""From a table of cells to the lines of a statement. Pure.

Providers and banks have no common format, so columns are found by their headings, Vietnamese or English, with
or without accents; others are not read. A row that cannot be read becomes a line that says so.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from kit.clock import VIETNAM
from kit.text import fold
from services.payment.reconciliation import sheets
from services.payment.reconciliation.errors import StatementUnreadable
from services.payment.reconciliation.lines import Line, LineKind, Source
from services.payment.reconciliation.sheets import ASIDE, MOST, Format, Table

_HEADINGS: Mapping[str, Sequence[str]] = {
    "reference": ("reference", "ma tham chieu", "so tham chieu", "ma don hang"),
    "transaction": ("transaction", "ma giao dich", "so giao dich", "transaction id"),
    "kind": ("kind", "type", "loai", "loai giao dich"),
    "amount": ("amount", "so tien", "so tien giao dich"),
    "time": ("time", "thoi gian", "thoi gian giao dich", "ngay giao dich"),
    "account": ("account", "so tai khoan", "tai khoan"),
    "content": ("content", "noi dung", "dien giai", "noi dung giao dich"),
    "fee": ("fee", "phi", "tien phi"),
    "charge": ("charge", "le phi", "tien le phi"),
}
_BY_HEADING = {heading: column for column, headings in _HEADINGS.items() for heading in headings}
_LABEL = {
    "reference": "Mã tham chiếu",
    "transaction": "Mã giao dịch",
    "amount": "Số tiền",
    "account": "Số tài khoản",
    "content": "Nội dung",
}
_REQUIRED: Mapping[Source, Sequence[str]] = {
    Source.PROVIDER: ("reference", "transaction", "amount"),
    Source.BANK: ("transaction", "amount", "account", "content"),
}
_KINDS: Mapping[str, LineKind] = {
    **dict.fromkeys(("pay", "payment", "thanh toan", "thu", "nop", "01", "1", "credit", "c", "co", "ghi co"),
                    LineKind.PAY),
    **dict.fromkeys(("refund", "hoan", "hoan tien", "hoan tra", "02", "2", "03", "3", "debit", "d", "no",
                     "ghi no"), LineKind.REFUND),
}  # fmt: skip
#: Below what a bigint and a JSON number hold.
_LARGEST = 10**15
#: Our references of payments and refunds; banks write all in capitals.
_PAYMENT = re.compile(r"dvc([0-9a-z]+)(\d{14})([0-9a-f]{6})(?![0-9a-z])", re.IGNORECASE)
_LOOSE = re.compile(r"dvc[0-9a-z]{4,80}", re.IGNORECASE)
_REFUND = re.compile(r"rf[0-9a-f]{32}", re.IGNORECASE)
_SUMS = re.compile(r"(tong|cong|total|sum)\b")
_CUT = 200


class _Fault(Exception):
    """Its code says why a row cannot be read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Read:
    """`digest`: of what was read, the same for the same rows in either format."""

    lines: list[Line]
    digest: bytes

    @property
    def unreadable(self) -> int:
        return sum(line.fault is not None for line in self.lines)

    @property
    def foreign(self) -> int:
        return sum(line.fault is None and not line.reference for line in self.lines)


def read(content: bytes, form: Format, source: Source, day: date) -> Read:
    """The statement of a day. Raises StatementUnreadable, StatementTooLarge."""
    rows = sheets.table(content, form)
    start, places = _heading(rows, source)
    lines = []
    for number, row in enumerate(islice(rows, start + 1, None), start + 2):
        cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        if _is_aside(cells, row):
            continue
        lines.append(_line(number, cells, source))
    if len(lines) > MOST:
        raise sheets.too_many()
    _check_day(lines, day)
    return Read(lines, _digest(lines))


def _heading(rows: Table, source: Source) -> tuple[int, dict[str, int]]:
    """The row with the headings, among the first, and where each column is. The first of two counts."""
    best: set[str] = set()
    for index, row in enumerate(rows[:ASIDE]):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            if column := _BY_HEADING.get(fold(str(cell))):
                places.setdefault(column, place)
        if places.keys() >= set(_REQUIRED[source]):
            return index, places
        best = max(best, set(places), key=len)
    lacking = [name for name in _REQUIRED[source] if name not in best]
    raise StatementUnreadable(
        why_vi=f"Không thấy dòng tiêu đề; thiếu cột {', '.join(_LABEL[name] for name in lacking)}.",
        why_en=f"No row of headings; missing columns {', '.join(lacking)}.",
    )


def _is_aside(cells: Mapping[str, Any], row: Sequence[Any]) -> bool:
    """Empty, or a row of sums."""
    if not any(_plain(cell) for cell in cells.values()):
        return True
    first = next((text for cell in row if (text := _plain(cell))), "")
    return not _plain(cells["transaction"]) and _SUMS.match(fold(first)) is not None


def _line(number: int, cells: Mapping[str, Any], source: Source) -> Line:
    try:
        amount, kind = _amount_and_kind(cells)
        return Line(
            number=number,
            kind=kind,
            reference=_reference(cells, source, kind),
            transaction=_needed(cells, "transaction"),
            amount=amount,
            at=_moment(cells.get("time", "")),
            account=_needed(cells, "account") if source is Source.BANK else "",
            fee=_part(cells, "fee"),
            charge=_part(cells, "charge"),
        )
    except _Fault as fault:
        raw = {name: _safe(cell) for name, cell in cells.items() if name != "content" and _plain(cell)}
        return Line(number=number, reference=_guessed(cells, source), fault=fault.code, raw=raw)


def _guessed(cells: Mapping[str, Any], source: Source) -> str:
    """Of a row that cannot be read: what it names is not missing."""
    try:
        return _reference(cells, source, LineKind.REFUND)
    except _Fault:
        return ""


def _reference(cells: Mapping[str, Any], source: Source, kind: LineKind) -> str:
    if source is Source.PROVIDER:
        return _needed(cells, "reference")
    text = f"{_plain(cells.get('reference', ''))} {_plain(cells['content'])}"
    if found := _PAYMENT.search(text):
        return f"dvc{found[1].upper()}{found[2]}{found[3].lower()}"
    if kind is LineKind.REFUND and (found := _REFUND.search(text)):
        return found[0].lower()
    return found[0] if (found := _LOOSE.search(text)) else ""


def _needed(cells: Mapping[str, Any], name: str) -> str:
    text = _plain(cells[name])
    if not text:
        raise _Fault(f"{name}-missing")
    if len(text) > _CUT or not text.isprintable():
        raise _Fault(f"{name}-unreadable")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _plain(cell: Any) -> str:
    """A cell as people see it; whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _safe(cell: Any) -> str:
    """For showing: nothing that a database cannot hold."""
    text = _plain(cell)[:_CUT]
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _amount_and_kind(cells: Mapping[str, Any]) -> tuple[int, LineKind]:
    """A negative amount is money that went out."""
    amount = money(cells["amount"])
    said = _plain(cells.get("kind", ""))
    kind = _kind(said) if said else LineKind.REFUND if amount < 0 else LineKind.PAY
    if kind is None:
        raise _Fault("kind-unknown")
    if kind is LineKind.REFUND:
        amount = abs(amount)
    if not 0 < amount <= _LARGEST:
        raise _Fault("amount-unreadable")
    return amount, kind


@lru_cache(maxsize=100)
def _kind(said: str) -> LineKind | None:
    return _KINDS.get(fold(said))


def _part(cells: Mapping[str, Any], name: str) -> int | None:
    """The phí or lệ phí in the amount; None where the statement does not say."""
    if not _plain(cells.get(name, "")):
        return None
    amount = abs(money(cells[name]))
    if amount > _LARGEST:
        raise _Fault("amount-unreadable")
    return amount


def money(cell: Any) -> int:
    """đồng, from a number or from "150.000", "150,000", "150 000 đ", "-150.000,00". Raises _Fault."""
    if isinstance(cell, bool):
        raise _Fault("amount-unreadable")
    if isinstance(cell, int | float):
        text = _plain(cell)
    else:
        text = re.sub(r"(?i)vnd|vnđ|đồng|đ|[\s\u00a0\u202f]", "", str(cell))
    match = re.fullmatch(r"([+-]?)(\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+|\d{1,18})(?:[.,]0{1,2})?", text)
    if match is None or not text.isascii():
        raise _Fault("amount-unreadable")
    return int(match[1] + re.sub(r"[.,]", "", match[2]))


#: 26/10/2020 08:30, and 20201026083000.
_WRITTEN = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})")


def _moment(cell: Any) -> datetime | None:
    """None where the cell is empty. Moments without an offset are Vietnam's."""
    if isinstance(cell, datetime):
        # A workbook keeps moments as fractions of a day: a second may come back a little short.
        whole = (cell + timedelta(seconds=0.5)).replace(microsecond=0)
        return whole if whole.tzinfo else whole.replace(tzinfo=VIETNAM)
    if isinstance(cell, date):
        return datetime.combine(cell, time(0), VIETNAM)
    text = _plain(cell)
    if not text:
        return None
    try:
        if match := _WRITTEN.fullmatch(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
        elif match := _DIGITS.fullmatch(text):
            year, month, day, hour, minute, second = map(int, match.groups())
        else:
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
        return datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)
    except ValueError:
        raise _Fault("time-unreadable") from None


def _check_day(lines: Sequence[Line], day: date) -> None:
    """Not one row of that day, nor of the days beside it: it is another day's file."""
    days = {line.at.astimezone(VIETNAM).date() for line in lines if line.at is not None}
    if days and all(abs(other - day) > timedelta(days=1) for other in days):
        raise StatementUnreadable(
            why_vi=f"Không có giao dịch nào của ngày {day:%d/%m/%Y}: có thể là sao kê của ngày khác.",
            why_en=f"No transaction of {day}: this may be another day's statement.",
        )


def _digest(lines: Sequence[Line]) -> bytes:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(json.dumps(line.columns(), sort_keys=True, default=str).encode())
    return digest.digest()


def row_digest(line: Line) -> str:
    """What an unreadable row is known by, wherever in the file it stands."""
    return hashlib.sha256(json.dumps([line.fault, line.raw], sort_keys=True).encode()).hexdigest()[:16]
