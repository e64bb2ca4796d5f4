"""What papers, numbers and dates look like in Vietnam, as named formats of JSON Schema.

A form says `{"type": "string", "format": "vn-personal-number"}`. A format refuses only what cannot be; what
merely looks wrong (a province or a century in a personal number) is a warning beside a valid answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from kit.problem import Words

#: Formats of the standard itself that the validator asserts.
STANDARD = frozenset((
    "date", "time", "date-time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6",
    "uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer",
    "relative-json-pointer", "regex",
))  # fmt: skip


class Format(NamedTuple):
    check: Callable[[str], bool]
    words: Words


class Doubt(NamedTuple):
    """Something to look at again: a stable code, words per language and what fills them."""

    code: str
    words: Words
    facts: Mapping[str, Any]


def _matches(pattern: str) -> Callable[[Any], bool]:
    # [0-9] and not \d, which takes the digits of every script.
    return lambda text: isinstance(text, str) and re.fullmatch(pattern, text) is not None


def _partial_date(text: Any) -> bool:
    """A year, a month of a year, or a day that the calendar has."""
    if not _matches(r"[12][0-9]{3}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")(text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


#: Lengths of numbers: Law on Citizen Identification 2014 art. 12 (12 digits), Decree 05/1999 (9), Circular
#: 95/2016/TT-BTC art. 5 (10, 10-3); a personal number serves as tax code since 1 July 2025.
FORMATS: dict[str, Format] = {
    "vn-personal-number": Format(
        _matches(r"[0-9]{12}"),
        {"vi": "Số định danh cá nhân gồm 12 chữ số.", "en": "A personal number has 12 digits."},
    ),
    "vn-old-card": Format(
        _matches(r"[0-9]{9}"),
        {
            "vi": "Số chứng minh nhân dân gồm 9 chữ số.",
            "en": "The number of an old identity card has 9 digits.",
        },
    ),
    "vn-identity-number": Format(
        _matches(r"[0-9]{12}|[0-9]{9}"),
        {
            "vi": "Số định danh cá nhân gồm 12 chữ số, số chứng minh nhân dân gồm 9 chữ số.",
            "en": "A personal number has 12 digits, the number of an old identity card 9.",
        },
    ),
    "passport": Format(
        _matches(r"[A-Z0-9]{6,12}"),
        {
            "vi": "Số hộ chiếu gồm 6 đến 12 chữ in hoa và chữ số, viết liền.",
            "en": "A passport number has 6 to 12 capital letters and digits, without spaces.",
        },
    ),
    "vn-tax-code": Format(
        _matches(r"[0-9]{10}(-[0-9]{3})?|[0-9]{12}"),
        {
            "vi": "Mã số thuế gồm 10 chữ số, 10 chữ số kèm -3 chữ số, hoặc 12 chữ số của số định danh.",
            "en": "A tax code has 10 digits, 10 digits and -3 digits, or the 12 digits of a personal number.",
        },
    ),
    "vn-phone": Format(
        _matches(r"0[0-9]{9}|02[0-9]{9}"),
        {
            "vi": "Số điện thoại gồm 10 chữ số (máy bàn có thể 11), bắt đầu bằng số 0, viết liền.",
            "en": "A phone number has 10 digits (a landline may have 11), begins with 0 and has no spaces.",
        },
    ),
    "vn-postal-code": Format(
        _matches(r"[0-9]{5}"),
        {"vi": "Mã bưu chính gồm 5 chữ số.", "en": "A postal code has 5 digits."},
    ),
    "partial-date": Format(
        _partial_date,
        {
            "vi": "Ghi năm-tháng-ngày có thật, hoặc năm-tháng, hoặc chỉ năm: 1985-07-21, 1985-07, 1985.",
            "en": "Give a real year-month-day, a year-month, or a year alone: 1985-07-21, 1985-07, 1985.",
        },
    ),
    "year-month": Format(
        _matches(r"[12][0-9]{3}-(0[1-9]|1[0-2])"),
        {"vi": "Ghi năm-tháng, ví dụ 2020-10.", "en": "Give a year-month, such as 2020-10."},
    ),
    "clock-time": Format(
        _matches(r"([01][0-9]|2[0-3]):[0-5][0-9]"),
        {"vi": "Ghi giờ và phút, ví dụ 07:30.", "en": "Give hour and minute, such as 07:30."},
    ),
}

#: Standard ones that people meet, in words.
_PLAIN: dict[str, Words] = {
    "date": {"vi": "Ghi ngày có thật dạng năm-tháng-ngày.", "en": "Give a real day as year-month-day."},
    "email": {"vi": "Không phải địa chỉ thư điện tử.", "en": "Not an e-mail address."},
    "uri": {
        "vi": "Không phải địa chỉ trang, ví dụ https://example.vn.",
        "en": "Not an address such as https://example.vn.",
    },
}

KNOWN = STANDARD | FORMATS.keys()
CHECKS: dict[str, Callable[[str], bool]] = {name: known.check for name, known in FORMATS.items()}
WORDS: dict[str, Words] = {**_PLAIN, **{name: known.words for name, known in FORMATS.items()}}

#: Where a birth was registered, by the first three digits (Circular 07/2016/TT-BCA, annex 1); from 100 on
#: they stand for a country (annex 2).
_PROVINCES = frozenset((
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38,
    40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80,
    82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
))  # fmt: skip
_FIRST_COUNTRY = 100
_PROVINCE = {
    "vi": "Ba số đầu {digits} không phải mã tỉnh, thành phố đã biết; hãy xem lại số.",
    "en": "The first three digits {digits} are no known province; please look at the number again.",
}
_BORN = {
    "vi": "Theo số này thì năm sinh là {year}, sau năm nay; hãy xem lại số.",
    "en": "By this number the year of birth is {year}, after the present year; please look at it again.",
}


def doubts(name: str, value: Any, on: date) -> list[Doubt]:
    """What looks wrong on the day `on` in a value that has the format `name`."""
    numbers = name in ("vn-personal-number", "vn-identity-number", "vn-tax-code")
    if not numbers or not FORMATS["vn-personal-number"].check(value):
        return []
    found = []
    place = int(value[:3])
    if place < _FIRST_COUNTRY and place not in _PROVINCES:
        found.append(Doubt("personal-number-province", _PROVINCE, {"digits": value[:3]}))
    # The fourth digit: 0 and 1 the twentieth century, 2 and 3 the twenty-first, and so on.
    year = 1900 + 100 * (int(value[3]) // 2) + int(value[4:6])
    if year > on.year:
        found.append(Doubt("personal-number-century", _BORN, {"year": year}))
    return found
