"""Amounts in Vietnamese words, as receipts must have them.

Own code: num2words 0.5 reads 2 000 015 as "hai triệu lẻ mười lăm", leaves out "không trăm" where it must
stand, and from 10^15 on says a number ten times too small.
"""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
#: After tens from twenty on: "hai mươi mốt", and after any ten: "mười lăm". Four stays "bốn" everywhere: "tư"
#: is as right, but two spellings of one amount on two receipts would be taken for a mistake.
_ONE, _FIVE = "mốt", "lăm"
_UNITS = ((1_000_000, "triệu"), (1_000, "nghìn"), (1, ""))
_BILLION = 10**9


def in_words(amount: int) -> str:
    """đồng: 150000 → "Một trăm năm mươi nghìn đồng". Raises ValueError below zero."""
    if amount < 0:
        raise ValueError("a negative amount")
    words = " ".join(_number(amount, after=False)) if amount else _DIGITS[0]
    return f"{words[0].upper()}{words[1:]} đồng"


def _number(number: int, *, after: bool) -> list[str]:
    """`after`: something higher was said before, so that a group begins with its hundreds, even none:
    1005 is "một nghìn không trăm linh năm". Groups without anything are not said."""
    words: list[str] = []
    billions, rest = divmod(number, _BILLION)
    if billions:
        words += [*_number(billions, after=after), "tỷ"]
    for size, unit in _UNITS:
        group = rest // size % 1000
        if group:
            words += _group(group, full=after or bool(words))
            words += [unit] if unit else []
    return words


def _group(group: int, *, full: bool) -> list[str]:
    """1 to 999; `full` says the hundreds also where there are none."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words: list[str] = []
    if hundreds or full:
        words += [_DIGITS[hundreds], "trăm"]
    if tens == 1:
        words.append("mười")
    elif tens:
        words += [_DIGITS[tens], "mươi"]
    elif words and ones:
        words.append("linh")
    if ones == 1 and tens > 1:
        words.append(_ONE)
    elif ones == 5 and tens:
        words.append(_FIVE)
    elif ones:
        words.append(_DIGITS[ones])
    return words
