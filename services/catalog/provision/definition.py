"""What the figures of provision mean (`rules.md`, section 5). Pure."""

from __future__ import annotations

from kit.problem import Language

INDICATOR, VERSION = "provision", 1

DEFINITION: dict[Language, dict[str, str]] = {
    "vi": {
        "name": "Mức độ cung cấp dịch vụ công trực tuyến",
        "numerator": "Thủ tục được tiếp nhận trực tuyến ở mức độ 3 hoặc 4",
        "denominator": "Mọi thủ tục có hiệu lực trong ngày (in_force)",
        "basis": "Tình trạng của ngày as_of: phiên bản có hiệu lực, cơ quan đang hoạt động",
        "scope": "Toàn tỉnh: mọi cơ quan của danh mục",
        "exclusions": "Bản nháp, thủ tục chưa có hiệu lực hoặc đã bãi bỏ; cơ quan đã giải thể",
        "cells": "Mỗi thủ tục một lần ở mỗi cấp chính quyền, ở mức độ cao nhất mà một cơ quan của cấp đó "
        "tiếp nhận, không kể bao nhiêu cơ quan; thủ tục ở hai cấp có trong hai ô",
        "distinct": "Mỗi thủ tục một lần, ở mức độ cao nhất của mọi cấp",
        "by_agency": "Thủ tục cơ quan tiếp nhận trực tuyến / thủ tục cơ quan tiếp nhận ở mọi mức độ",
        "by_field": "Thủ tục của lĩnh vực được tiếp nhận trực tuyến / thủ tục có hiệu lực của lĩnh vực",
        "by_government_level": "Thủ tục cơ quan của cấp tiếp nhận trực tuyến / thủ tục có hiệu lực nêu cấp "
        "đó hoặc được cấp đó tiếp nhận",
        "mandated": "Mục bắt buộc trong danh sách của các quyết định còn hiệu lực, so với việc tiếp nhận",
        "stated": "Số do nguồn công bố, ghi riêng bên cạnh số tính được; chênh lệch = công bố − tính được",
    },
    "en": {
        "name": "Provision of online public services",
        "numerator": "Procedures offered online, at level 3 or 4",
        "denominator": "All procedures in force that day (in_force)",
        "basis": "As of the day as_of: versions in force, bodies that exist",
        "scope": "The whole province: all bodies of the catalogue",
        "exclusions": "Drafts, procedures not yet in force or abolished; bodies that were dissolved",
        "cells": "A procedure counts once per level of government, at the highest level at which any of its "
        "bodies offers it, however many do; one that stands at two levels is in two cells",
        "distinct": "A procedure counts once, at its highest level anywhere",
        "by_agency": "Procedures that the body offers online / procedures that it offers at any level",
        "by_field": "Procedures of the field offered online / procedures of the field in force",
        "by_government_level": "Procedures that bodies of the level offer online / procedures in force that "
        "name the level or are offered there",
        "mandated": "Mandatory lines in the lists of decisions in force, beside what is offered",
        "stated": "What a source states is kept beside what is computed; difference = stated − computed",
    },
}  # fmt: skip
