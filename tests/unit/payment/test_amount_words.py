"""Amounts in Vietnamese words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.receipts.amount_words import in_words

_VALUES = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip


def read_back(words: list[str]) -> int:
    """As a person reads it: what stands before the last "tỷ" counts billions."""
    if "tỷ" in words:
        last = len(words) - 1 - words[::-1].index("tỷ")
        return read_back(words[:last]) * 10**9 + read_back(words[last + 1 :])
    total = group = digit = 0
    for word in words:
        if word in _VALUES:
            digit = _VALUES[word]
        elif word == "trăm":
            group, digit = digit * 100, 0
        elif word == "mươi":
            group, digit = group + digit * 10, 0
        elif word == "mười":
            group += 10
        elif word in ("triệu", "nghìn"):
            total += (group + digit) * (1_000_000 if word == "triệu" else 1_000)
            group = digit = 0
        else:
            assert word == "linh"
    return total + group + digit


@given(
    st.one_of(
        st.integers(0, 10**7), st.integers(0, 2**63 - 1), st.integers(0, 10**6).map(lambda n: n * 10**9)
    )
)
def test_the_words_read_back_are_the_amount(amount: int) -> None:
    words = in_words(amount)
    assert words[0].isupper()
    *number, dong = words.lower().split(" ")
    assert dong == "đồng"
    assert read_back(number) == amount


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi bốn đồng"),
        (105, "Một trăm linh năm đồng"),
        (111, "Một trăm mười một đồng"),
        (1005, "Một nghìn không trăm linh năm đồng"),
        (150_000, "Một trăm năm mươi nghìn đồng"),
        (1_000_000, "Một triệu đồng"),
        (2_000_015, "Hai triệu không trăm mười lăm đồng"),
        (1_234_567, "Một triệu hai trăm ba mươi bốn nghìn năm trăm sáu mươi bảy đồng"),
        (10**9 + 1, "Một tỷ không trăm linh một đồng"),
        (10**12, "Một nghìn tỷ đồng"),
        (10**15, "Một triệu tỷ đồng"),
    ],
)
def test_amounts_in_words(amount: int, words: str) -> None:
    assert in_words(amount) == words
