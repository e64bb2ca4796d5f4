"""What the figures of use mean. Pure."""

from __future__ import annotations

from kit.problem import Language

VERSION = 2
UNUSED: dict[Language, dict[str, str]] = {
    "vi": {
        "name": "Dịch vụ công trực tuyến có ít hoặc không có hồ sơ",
        "numerator": "Hồ sơ đã tiếp nhận từ first_day đến last_day, theo thủ tục và cơ quan giải quyết",
        "denominator": "Không có: đây là danh sách",
        "basis": "Mức độ của ngày last_day; ngày tiếp nhận của hồ sơ",
        "scope": "Từng cặp thủ tục và cơ quan đang tiếp nhận trực tuyến (mức độ 3, 4)",
        "exclusions": "Bản nháp, hồ sơ chưa tiếp nhận hoặc bị từ chối, hồ sơ bị hủy do gửi nhầm",
    },
    "en": {
        "name": "Online services with few or no dossiers",
        "numerator": "Dossiers received from first_day to last_day, by procedure and resolving body",
        "denominator": "None: this is a list",
        "basis": "The level of last_day; the day on which a dossier was received",
        "scope": "Each procedure with each body that offers it online (level 3 or 4)",
        "exclusions": "Drafts, dossiers not yet received or refused, dossiers voided as sent by mistake",
    },
}
CANDIDATES: dict[Language, dict[str, str]] = {
    "vi": {
        "name": "Thủ tục nên đưa lên trực tuyến, nhiều hồ sơ trước",
        "numerator": "Hồ sơ đã tiếp nhận từ first_day đến last_day, theo thủ tục và cơ quan giải quyết",
        "denominator": "Không có: đây là danh sách",
        "basis": "Mức độ và nội dung thủ tục của hôm nay, hoặc của ngày on; ngày tiếp nhận của hồ sơ",
        "scope": "Từng cặp thủ tục có hiệu lực và cơ quan chưa tiếp nhận trực tuyến (dưới mức độ 3)",
        "exclusions": "Bản nháp, hồ sơ chưa tiếp nhận hoặc bị từ chối, hồ sơ bị hủy do gửi nhầm; thủ tục đã "
        "bãi bỏ, cơ quan đã giải thể",
    },
    "en": {
        "name": "Procedures to go online next, those with most dossiers first",
        "numerator": "Dossiers received from first_day to last_day, by procedure and resolving body",
        "denominator": "None: this is a list",
        "basis": "Level and content of today, or of the day on; the day on which a dossier was received",
        "scope": "Each procedure in force with each body that does not offer it online (below level 3)",
        "exclusions": "Drafts, dossiers not yet received or refused, dossiers voided as sent by mistake; "
        "procedures abolished, bodies dissolved",
    },
}
