"""Fees as the national database writes them: 50000, "50.000", "Miễn phí", "5 VNĐ", "10 USD". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from services.gateway.federation.portal.reading import Notes, items, line, plain, raw

_FREE = {"miễn phí", "không", "không thu", "không thu phí", "không có", "không mất phí"}
_DONG = {"", "đ", "đồng", "vnđ", "vnd", "việt nam đồng", "dong"}
_NUMBER = re.compile(r"(\d{1,3}(?:[., ]\d{3})+|\d+)(?:[.,]0{1,2})?\s*(.*)", re.DOTALL)
#: No fee in Vietnam is below this. Such a number lacks its thousands, or its millions: where the text
#: beside it gives the full amount it is repaired, else nobody knows.
SMALLEST = 1000
LARGEST = 10**12


def read(fees: Sequence[tuple[str, dict[str, Any]]], notes: Notes) -> list[dict[str, Any]]:
    """The fee lines of `PHILEPHI` items, each with where it stands. The database repeats a fee under
    each channel: the same code, amount and text is one line."""
    lines: list[dict[str, Any]] = []
    seen: set[tuple[Any, ...]] = set()
    codes: set[str] = set()
    for where, item in fees:
        said = (plain(raw(item.get("SOTIEN"))), plain(raw(item.get("DONVI"))))
        key = (plain(raw(item.get("MAPHILEPHI"))).strip("'’`"), *said, plain(raw(item.get("MOTA"))))
        if key in seen or key == ("", "", "", ""):
            continue
        seen.add(key)
        name = _name(item, where, notes)
        lines.append(
            {
                "code": _code(item, where, codes, notes),
                "name": name,
                "kind": "charge" if name.lower().startswith("lệ phí") else "fee",
                "amount": _amount(item, where, notes),
                "due_at": "submission",
                "refundable": False,
            }
        )
    return lines


def _code(item: dict[str, Any], where: str, codes: set[str], notes: Notes) -> str:
    """Unique among the lines: the rest of the system refers to a line by its code."""
    before = raw(item.get("MAPHILEPHI"))
    cleaned = plain(before).strip("'’` ")[:50]
    code = cleaned or f"PLP-{len(codes) + 1:02d}"
    number = 1
    while code in codes:
        number += 1
        code = f"{cleaned or 'PLP'}-{number:02d}"
    codes.add(code)
    if before and code != before:
        notes.repair(f"{where}/MAPHILEPHI", "code", before, code)
    return code


def _name(item: dict[str, Any], where: str, notes: Notes) -> str:
    """The database gives a fee no name, only a text about it, which may be long."""
    return line(item.get("MOTA"), f"{where}/MOTA", notes) or "Phí, lệ phí"


def _amount(item: dict[str, Any], where: str, notes: Notes) -> int | None:
    """In đồng; None, with a gap that keeps the text, when nobody can say: unknown is not zero."""
    before = raw(item.get("SOTIEN"))
    unit = plain(raw(item.get("DONVI")))
    said = plain(f"{before} {unit}")
    where = f"{where}/SOTIEN"
    if plain(before).lower().strip(" .") in _FREE:
        notes.repair(where, "free-is-zero", before, 0)
        return 0
    match = _NUMBER.fullmatch(plain(before))
    if match is None:
        notes.gap("fee-amount-unclear" if before.strip() else "fee-amount-missing", where, said)
        return None
    currency = (match[2].strip() or unit).lower().strip(" .")
    amount = int(re.sub(r"\D", "", match[1]))
    if currency not in _DONG:
        notes.gap("fee-in-other-currency" if currency == "usd" else "fee-amount-unclear", where, said)
        return None
    if 0 < amount < SMALLEST and re.search(
        rf"(?<![\d.,]){amount}[.,]000(?![.,]?\d)", plain(raw(item.get("MOTA")))
    ):
        notes.repair(where, "thousands-by-text", said, amount * 1000)
        return amount * 1000
    if 0 < amount < SMALLEST or amount > LARGEST:
        notes.gap("fee-amount-unclear", where, said)
        return None
    if before != str(amount):
        notes.repair(where, "amount", before, amount)
    return amount


def of_channels(channels: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """All `PHILEPHI` items of `CACHTHUCTHUCHIEN`, each with where it stands."""
    return [
        (f"/CACHTHUCTHUCHIEN/{c}/THOIGIAN/{t}/PHILEPHI/{f}", fee)
        for c, channel in enumerate(channels)
        for t, time in enumerate(items(channel.get("THOIGIAN")))
        for f, fee in enumerate(items(time.get("PHILEPHI")))
    ]
