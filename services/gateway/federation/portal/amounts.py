"""Fees as the national database writes them: 50000, "50.000", "Miễn phí", "5 VNĐ", "10 USD". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kit.text import fold
from services.gateway.federation.portal.reading import Notes, items, line, plain, raw

_FREE = {"miễn phí", "không", "không thu", "không thu phí", "không có", "không mất phí"}
_DONG = {"", "đ", "đồng", "vnđ", "vnd", "việt nam đồng", "dong"}
_NUMBER = re.compile(r"(\d{1,3}(?:[., ]\d{3})+|\d+)(?:[.,]0{1,2})?\s*(.*)", re.DOTALL)
#: Without accents: "20.000 vnđ/tờ khai"; "do Hội đồng nhân dân cấp tỉnh quy định".
_AMOUNT_IN_TEXT = re.compile(r"\d[\d.,]*\s*(d|dong|vnd)\b")
_RATE_ELSEWHERE = re.compile(r"\b(muc|theo|quy dinh|quyet dinh|ap dung|thuc hien|thong tu)\b")
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
                "kind": _kind(name),
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


def _kind(name: str) -> str:
    """By the word that comes first: lệ phí is a charge, phí a fee."""
    found = re.search(r"(lệ )?phí", name.lower())
    return "charge" if found and found[1] else "fee"


def _amount(item: dict[str, Any], where: str, notes: Notes) -> int | None:
    """In đồng; None, with a gap that keeps the text, when nobody can say: unknown is not zero."""
    before, text = raw(item.get("SOTIEN")), plain(raw(item.get("MOTA")))
    unit = plain(raw(item.get("DONVI")))
    said = plain(f"{before} {unit}")
    where = f"{where}/SOTIEN"
    if plain(before).lower().strip(" .") in _FREE:
        if _speaks_of_paying(text):
            notes.gap("fee-free-in-doubt", where, plain(f"{before}: {text}"))
            return None
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
    if amount == 0 and _AMOUNT_IN_TEXT.search(fold(text)):
        notes.gap("fee-free-in-doubt", where, plain(f"{before}: {text}"))
        return None
    if 0 < amount < SMALLEST and re.search(rf"(?<![\d.,]){amount}[.,]000(?![.,]?\d)", text):
        notes.repair(where, "thousands-by-text", said, amount * 1000)
        return amount * 1000
    if 0 < amount < SMALLEST or amount > LARGEST:
        notes.gap("fee-amount-unclear", where, said)
        return None
    if before != str(amount):
        notes.repair(where, "amount", before, amount)
    return amount


def _speaks_of_paying(text: str) -> bool:
    """Whether the text beside a "Miễn phí" says that there is something to pay after all."""
    folded = fold(text).lstrip("-+ ")
    if folded.startswith(("mien", "khong")):
        return False
    return bool(_AMOUNT_IN_TEXT.search(folded) or _RATE_ELSEWHERE.search(folded))


def of_channels(channels: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """All `PHILEPHI` items of `CACHTHUCTHUCHIEN`, each with where it stands."""
    return [
        (f"/CACHTHUCTHUCHIEN/{c}/THOIGIAN/{t}/PHILEPHI/{f}", fee)
        for c, channel in enumerate(channels)
        for t, time in enumerate(items(channel.get("THOIGIAN")))
        for f, fee in enumerate(items(time.get("PHILEPHI")))
    ]
