"""How a figure came about, in words of both languages. Pure; amounts in đồng."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Words = Mapping[str, str]

_FACTS = {
    "case": {"vi": "trường hợp", "en": "the case"},
    "copies": {"vi": "số bản", "en": "the number of copies"},
    "channel": {"vi": "cách nộp", "en": "the way of submitting"},
}
_CHANNELS = {
    "counter": {"vi": "nộp trực tiếp", "en": "at the counter"},
    "online": {"vi": "nộp trực tuyến", "en": "online"},
    "post": {"vi": "nộp qua bưu chính", "en": "by post"},
}
UNKNOWN: Words = {
    "vi": "Chưa có mức thu trong danh mục (không phải là 0 đồng).",
    "en": "The amount is not in the catalogue (which does not mean zero).",
}


def dong(amount: int, language: str) -> str:
    plain = f"{amount:,} đồng"
    return plain.replace(",", ".") if language == "vi" else plain


def flat(amount: int) -> dict[str, str]:
    return {language: dong(amount, language) for language in ("vi", "en")}


def by_copy(each: int, copies: int, included: int) -> dict[str, str]:
    """`each` for every copy beyond `included`."""
    paid = max(0, copies - included)
    if not paid:
        return {
            "vi": f"{copies} bản, trong số {included} bản không thu thêm",
            "en": f"{_copies(copies)}, within the {included} that cost nothing more",
        }
    vi, en = f"{paid} bản", _copies(paid)
    if included:
        vi += f" ({copies} bản, trừ {included} bản không thu thêm)"
        en += f" ({copies}, less the {included} that cost nothing more)"
    return {
        "vi": f"{dong(each, 'vi')} × {vi} = {dong(each * paid, 'vi')}",
        "en": f"{dong(each, 'en')} × {en} = {dong(each * paid, 'en')}",
    }


def _copies(number: int) -> str:
    return f"{number} copy" if number == 1 else f"{number} copies"


def reduced(before: Words, exemption: Mapping[str, Any], left: int) -> dict[str, str]:
    """`exemption`: of the content, as stored."""
    percent, name = exemption["percent"], exemption["name"]
    if percent == 100:
        return {"vi": f"{before['vi']}; miễn 100 %: {name}", "en": f"{before['en']}; waived, 100 %: {name}"}
    return {
        "vi": f"{before['vi']}; giảm {percent} %: {name}, còn {dong(left, 'vi')}",
        "en": f"{before['en']}; reduced by {percent} %: {name}, leaves {dong(left, 'en')}",
    }


def only_in(names: Sequence[str]) -> dict[str, str]:
    """The line is for other cases, of these names."""
    listed = ", ".join(names)
    return {"vi": f"Không áp dụng: chỉ thu khi {listed}.", "en": f"Does not apply: only for {listed}."}


def only_by(channels: Sequence[str]) -> dict[str, str]:
    """The line is for other channels."""
    vi, en = (", ".join(_CHANNELS[c][language] for c in channels) for language in ("vi", "en"))
    return {"vi": f"Không áp dụng: chỉ thu khi {vi}.", "en": f"Does not apply: only {en}."}


def depends(facts: Sequence[str]) -> dict[str, str]:
    vi, en = (", ".join(_FACTS[fact][language] for fact in facts) for language in ("vi", "en"))
    return {"vi": f"Còn tùy: {vi}.", "en": f"Depends on {en}."}
