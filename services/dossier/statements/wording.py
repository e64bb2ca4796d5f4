"""What every statement says around its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit.problem import Language

DEFINITIONS: Mapping[Language, str] = {"vi": "Định nghĩa", "en": "Definitions"}
BLOCK: Mapping[Language, Mapping[str, Any]] = {
    "vi": {
        "state": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "motto": "Độc lập - Tự do - Hạnh phúc",
        "date": "ngày …… tháng …… năm ………",
        "sign": ("(Ký, ghi rõ họ tên)", "(Ký, ghi rõ họ tên, đóng dấu)"),
        "notes": "Ghi chú",
        "page": "Trang",
    },
    "en": {
        "state": "SOCIALIST REPUBLIC OF VIET NAM",
        "motto": "Independence - Freedom - Happiness",
        "date": "date: …… / …… / ………",
        "sign": ("(Signature, full name)", "(Signature, full name, seal)"),
        "notes": "Notes",
        "page": "Page",
    },
}
