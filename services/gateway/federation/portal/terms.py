"""Processing times as the national database writes them: "01 Giờ", "2 Ngày làm việc; 3 Ngày". Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.gateway.federation.portal.reading import Notes, plain

_TERM = re.compile(r"(\d+(?:[.,]\d+)?)\s*(ngày làm việc|ngày|giờ làm việc|giờ|tháng)", re.IGNORECASE)
_UNITS = {
    "ngày làm việc": "working_days",
    "ngày": "days",
    "giờ làm việc": "hours",
    "giờ": "hours",
    "tháng": "months",
}
#: In calendar days, only to find the longest of several: five working days fill a week, a working day
#: has eight hours.
_LENGTH = {
    "working_days": Fraction(7, 5),
    "days": Fraction(1),
    "hours": Fraction(7, 40),
    "months": Fraction(30),
}
_HOURS_A_DAY = 8
LONGEST = 3660


@dataclass(frozen=True)
class Term:
    amount: Fraction
    unit: str

    @property
    def length(self) -> Fraction:
        return self.amount * _LENGTH[self.unit]


def read(texts: Sequence[str], where: str, notes: Notes) -> dict[str, int | str] | None:
    """The processing time of a procedure, or None with a gap.

    Where cases or channels have different times the longest is taken, and said so: an office must not
    promise what only some of its cases keep.
    """
    texts = list(dict.fromkeys(text for text in map(plain, texts) if text))
    said = "; ".join(texts)
    terms = {Term(_number(match[1]), _UNITS[match[2].lower()]) for match in _TERM.finditer(said)}
    if not terms:
        notes.gap("processing-time-unclear" if texts else "processing-time-missing", where, said)
        return None
    longest = max(terms, key=lambda term: (term.length, term.unit))
    if not 0 < longest.amount <= LONGEST:
        notes.gap("processing-time-unclear", where, said)
        return None
    amount, unit = _whole(longest)
    after: dict[str, int | str] = {"amount": amount, "unit": unit}
    if len(terms) > 1:
        notes.repair(where, "longest-of-several", said, after)
    elif amount != longest.amount:
        notes.repair(where, "whole-units", said, after)
    elif not re.match(rf"{amount}(?!\d)", said):
        notes.repair(where, "number", said, after)
    return after


def _number(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


def _whole(term: Term) -> tuple[int, str]:
    """Half a day is told in hours; anything else is rounded up."""
    if term.amount.denominator != 1 and term.unit == "working_days":
        return math.ceil(term.amount * _HOURS_A_DAY), "hours"
    return math.ceil(term.amount), term.unit
