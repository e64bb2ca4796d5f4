"""Procedures written for the tests, with the flaws that the national database has. Names are invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_TIMED = {"processing_time_text": "5 Ngày làm việc", "processing_days": 5, "processing_day_kind": "working"}
_PAPERS = [{"name": "Đơn đề nghị", "copies_original": 1, "copies_photo": 0}]


def _row(number: int, name: str, levels: list[str] | None, **more: Any) -> dict[str, Any]:
    level = {"level_of_government": levels, "level_basis": "source"} if levels else {}
    return {"code": f"1.{980000 + number:06d}", "name": name, "field": "Thử nghiệm", **level, **more}


ROWS: list[dict[str, Any]] = [
    _row(1, "Cấp giấy phép thử nghiệm đèn kéo quân", ["tỉnh"], **_TIMED, documents=_PAPERS,
         fees=[{"amount_vnd": 0}], submission_channels=["Trực tuyến"], result="Giấy phép"),
    _row(2, "Cấp giấy  phép thử nghiệm trống đồng ", ["tỉnh"], documents=_PAPERS),
    _row(3, "Thử nghiệm có phí bằng chữ", ["tỉnh"], fees=[{"portal_value": "Miễn phí"}]),
    _row(4, "Thử nghiệm có phí chưa rõ", ["huyện"], fees=[{"portal_value": "5 VNĐ"}]),
    _row(5, "Thử nghiệm phí ngoại tệ", ["huyện"], fees=[{"portal_value": "10 USD"}]),
    _row(6, "Thử nghiệm nhiều thời hạn", ["xã"],
         processing_time_text="2 Ngày làm việc; 3 Ngày làm việc"),
    _row(7, "Thử nghiệm theo giờ", ["xã"], processing_time_text="01 Giờ"),
    _row(8, "Thử nghiệm ở hai cấp", ["tỉnh", "huyện"], **_TIMED),
    _row(9, "Thử nghiệm của bộ", ["bộ"]),
    _row(10, "Thử nghiệm của bộ và cấp khác", ["bộ", "khác"]),
    _row(11, "Thử nghiệm không rõ cấp", None),
    _row(12, "Thử nghiệm không rõ cấp nữa", None, fees=[{"amount_vnd": 30000}]),
    *(
        _row(20 + n, f"Thử nghiệm phí số {n}", ["tỉnh"],
             fees=[{"name": "Lệ phí", "amount_vnd": 1_000_000 + n, "condition": "mỗi lần"}])
        for n in range(10)
    ),
]  # fmt: skip


def write(path: Path) -> int:
    """As JSON Lines; the number of rows."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), "utf-8")
    return len(ROWS)
