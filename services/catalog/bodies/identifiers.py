"""Agency identifiers in both notations that circulate. Pure.

QCVN 102:2016 reads right to left and pads: `000.00.13.H28`, up to four levels of three, two, two digits and
the group. Decision 20/2020/QĐ-TTg turned it round: `H28.13`, level 1 first, at most 35 characters, no padding
here and any number of leading zeros on the way in. They name the same body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 35
#: Digits of levels 2, 3 and 4 in the notation of QCVN 102:2016.
_WIDTHS = (2, 2, 3)
_QCVN = re.compile(r"(\d{3})\.(\d{2})\.(\d{2})\.([A-H]\d{2})", re.ASCII)
_SHORT = re.compile(r"([A-H]\d{2})((?:\.\d{1,9}){0,3})", re.ASCII)


@dataclass(frozen=True)
class Identifier:
    """`group`: a letter (H a province, G a ministry) and its number; `levels`: the numbers of levels 2 to 4,
    as many as there are, each from 1."""

    group: str
    levels: tuple[int, ...] = ()

    @property
    def short(self) -> str:
        """As in Decision 20/2020: `H28.13`."""
        return ".".join((self.group, *map(str, self.levels)))

    @property
    def padded(self) -> str | None:
        """As in QCVN 102:2016: `000.00.13.H28`; None where it has no room for the digits of a number."""
        numbers = (*self.levels, 0, 0, 0)[:3]
        digits = [f"{number:0{width}d}" for number, width in zip(numbers, _WIDTHS, strict=True)]
        if any(len(part) > width for part, width in zip(digits, _WIDTHS, strict=True)):
            return None
        return ".".join((*reversed(digits), self.group))


def parse(text: str) -> Identifier | None:
    """None for what is in neither notation: a level that is skipped, a fifth one, more than 35 characters."""
    if len(text) > LONGEST:
        return None
    if match := _QCVN.fullmatch(text):
        four, three, two, group = match.groups()
        numbers = [int(two), int(three), int(four)]
        while numbers and numbers[-1] == 0:
            numbers.pop()
    elif match := _SHORT.fullmatch(text):
        group = match[1]
        numbers = [int(part) for part in match[2].split(".")[1:]]
    else:
        return None
    return None if 0 in numbers else Identifier(group, tuple(numbers))


def notations(text: str) -> list[str]:
    """How the body may be written down: as it was given, then in each notation that can hold it."""
    found = parse(text)
    if found is None:
        return [text]
    return list(dict.fromkeys(name for name in (text, found.padded, found.short) if name))


def canonical(text: str) -> str:
    """The notation in which bodies are kept: QCVN's where it has room, else the short one; what is in
    neither, as it is."""
    found = parse(text)
    return text if found is None else found.padded or found.short
