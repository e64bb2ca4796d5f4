"""What stands in the tables of provision, in words. Pure."""

from __future__ import annotations

from kit.problem import Language
from services.catalog.codelists import labels

Words = dict[str, dict[Language, str]]

HEADING: dict[Language, tuple[str, ...]] = {
    "vi": ("Phần", "Mã", "Tên", "Mức độ", "Số lượng", "Tỷ lệ", "Nguồn", "Ngày của nguồn"),
    "en": ("Section", "Code", "Name", "Level", "Count", "Share", "Source", "Date of the source"),
}
SECTIONS: Words = {
    "in_force": {"vi": "Thủ tục có hiệu lực", "en": "Procedures in force"},
    "cells": {"vi": "Theo cấp chính quyền và mức độ", "en": "By level of government and online level"},
    "cells_total": {"vi": "Cộng các ô", "en": "Cells together"},
    "distinct": {"vi": "Mỗi thủ tục một lần", "en": "Each procedure once"},
    "agency": {"vi": "Theo cơ quan", "en": "By body"},
    "field": {"vi": "Theo lĩnh vực", "en": "By field"},
    "government_level": {"vi": "Theo cấp chính quyền", "en": "By level of government"},
    "mandated": {"vi": "Bắt buộc theo quyết định", "en": "Mandated by decisions"},
    "stated": {"vi": "Số do nguồn công bố", "en": "Stated by a source"},
    "definition": {"vi": "Định nghĩa", "en": "Definition"},
}
STATES: Words = {
    "lines": {"vi": "Mục bắt buộc", "en": "Mandatory lines"},
    "as_decided": {"vi": "Đúng quyết định", "en": "As decided"},
    "partly": {"vi": "Mới một số cơ quan đúng quyết định", "en": "By some of the bodies only"},
    "lower_level": {"vi": "Mức độ thấp hơn quyết định", "en": "At a lower level"},
    "not_offered": {"vi": "Chưa tiếp nhận trực tuyến", "en": "Not offered online"},
    "unknown_procedure": {"vi": "Không có thủ tục này", "en": "No such procedure"},
    "ambiguous_name": {"vi": "Nhiều thủ tục cùng tên", "en": "Several procedures of the name"},
}
REASONS: Words = {
    "not_offered": {"vi": "Không cơ quan nào tiếp nhận", "en": "No body offers it"},
    "body_ended": {
        "vi": "Chỉ cơ quan đã giải thể tiếp nhận",
        "en": "Only bodies that were dissolved offered it",
    },
    "below_online": {"vi": "Tiếp nhận dưới mức độ 3", "en": "Offered below level 3"},
    "other_level": {"vi": "Mức độ cao nhất của cấp là mức khác", "en": "Its highest level there is another"},
}
MISSING: dict[Language, tuple[str, ...]] = {
    "vi": ("Quyết định", "Mục", "Tình trạng", "Mã thủ tục", "Tên thủ tục", "Mã cơ quan", "Cơ quan",
           "Cấp chính quyền", "Mức độ quyết định", "Mức độ tiếp nhận"),
    "en": ("Decision", "Line", "State", "Procedure", "Name", "Code of the body", "Body",
           "Level of government", "Level decided", "Level offered"),
}  # fmt: skip
STATED: dict[Language, tuple[str, ...]] = {
    "vi": ("Chiều", "Đơn vị", "Giá trị", "Nguồn", "Ngày của nguồn", "Ghi chú", "Lý do", "Người nhập",
           "Nhập lúc"),
    "en": ("Dimension", "Unit", "Value", "Source", "Date of the source", "Note", "Reason", "Entered by",
           "Entered at"),
}  # fmt: skip
EXPLAINED: dict[Language, tuple[str, ...]] = {
    "vi": ("Mã thủ tục", "Tên thủ tục", "Mã lĩnh vực", "Lĩnh vực", "Mức độ", "Số cơ quan",
           "Vì sao không tính"),
    "en": ("Procedure", "Name", "Code of the field", "Field", "Level", "Bodies", "Why not counted"),
}  # fmt: skip
UNITS: Words = {
    "procedures": {"vi": "thủ tục", "en": "procedures"},
    "percent": {"vi": "%", "en": "%"},
}
_PROVINCE = {"vi": "Toàn tỉnh", "en": "The whole province"}
_CELL = {"vi": "{place}, mức độ {level}", "en": "{place}, level {level}"}


def place(government_level: str, language: Language) -> str:
    return labels("government_level")[language].get(government_level, government_level)


def dimension(text: str, names: dict[str, str], language: Language) -> str:
    """`names`: of bodies and fields, by dimension."""
    kind, _, key = text.partition(":")
    if kind == "total":
        return _PROVINCE[language]
    if kind == "cell":
        level, _, number = key.partition(":")
        return _CELL[language].format(place=place(level, language), level=number)
    if kind == "government_level":
        return place(key, language)
    return names.get(text) or key
