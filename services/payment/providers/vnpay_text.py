"""How VNPAY writes moments, amounts and words; how its answers are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from kit.clock import VIETNAM


def moment(at: datetime) -> str:
    """`yyyyMMddHHmmss` in Vietnam."""
    return at.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")


def plain(text: str) -> str:
    """Without accents, of letters, digits, spaces and `.:-` alone, at most 255: what VNPAY takes. So no
    value holds the separator of its checksums."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^0-9A-Za-z.:-]+", " ", bare)[:255].split())


def read_amount(text: str) -> int | None:
    """Đồng, from hundredths of đồng; None unless it is whole and more than nothing."""
    if not re.fullmatch(r"[1-9][0-9]{0,14}00", text):
        return None
    return int(text) // 100


def read_number(message: Mapping[str, str]) -> str:
    """VNPAY's number of the transaction; it says 0 when there was none."""
    number = message.get("vnp_TransactionNo", "")
    return number if re.fullmatch(r"[0-9A-Za-z]{1,32}", number) and number.strip("0") else ""


def read_answer(answer: httpx.Response) -> Mapping[str, str] | None:
    """Values as text; None when it is no answer of the service itself."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return None
    if answer.status_code >= 500 or not isinstance(body, dict):
        return None
    return {name: _text(value) for name, value in body.items()}


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
