"""What figures are grouped by and limited to, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kit.problem import Language

Words = Mapping[Language, str]

#: What the rows of a report are.
GROUPS: Mapping[str, Words] = {
    "agency": {"vi": "Cơ quan", "en": "Body"},
    "child": {"vi": "Cơ quan, kể cả cấp dưới", "en": "Body with those below"},
    "government_level": {"vi": "Cấp chính quyền", "en": "Level of government"},
    "unit": {"vi": "Đơn vị hành chính", "en": "Administrative unit"},
    "field": {"vi": "Lĩnh vực", "en": "Field"},
    "procedure": {"vi": "Thủ tục", "en": "Procedure"},
    "channel": {"vi": "Kênh tiếp nhận", "en": "Channel"},
    "month": {"vi": "Tháng", "en": "Month"},
}
SCOPES: Mapping[str, Words] = {
    "own": {"vi": "Riêng cơ quan này", "en": "This body alone"},
    "below": {"vi": "Kể cả các cơ quan trực thuộc", "en": "With all bodies below it"},
}
CHANNELS: Mapping[str, Words] = {
    "online": {"vi": "Trực tuyến", "en": "Online"},
    "counter": {"vi": "Trực tiếp", "en": "Counter"},
    "post": {"vi": "Bưu chính", "en": "Post"},
}
LEVELS: Mapping[str, Words] = {
    "province": {"vi": "Cấp tỉnh", "en": "Province"},
    "district": {"vi": "Cấp huyện", "en": "District"},
    "commune": {"vi": "Cấp xã", "en": "Commune"},
}


def name(group_by: str, key: str, language: Language) -> str:
    """Of a group that has no name in the tables: 10/2020 of a month; else its key."""
    if group_by == "month":
        return f"{date.fromisoformat(key):%m/%Y}"
    known = {"channel": CHANNELS, "government_level": LEVELS}.get(group_by, {})
    return known[key][language] if key in known else key
