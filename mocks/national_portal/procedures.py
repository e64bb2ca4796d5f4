"""The national database's procedures, from a JSON Lines file, in the portal's own shape (4.1).

The flaws of the source go through as they are, and a few hazards that clients have met are added in
a way that depends on the code alone. Nothing is invented where the source has nothing.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

_LEVELS = {"bộ": "0", "tỉnh": "1", "huyện": "2", "xã": "3", "khác": "4"}
_CHANNELS = {"Trực tiếp": "1", "Trực tuyến": "2", "Dịch vụ bưu chính": "3"}


class Procedures:
    """Lines are kept as they are and shaped when they are asked for: the whole would be ten times the
    memory. `names` by code; `fields` and `agencies` as they first appear; `changed` rows by code."""

    def __init__(self, path: Path | None) -> None:
        self._lines: dict[str, bytes] = {}
        self.names: dict[str, str] = {}
        self.withdrawn: set[str] = set()
        self.changed: dict[str, dict[str, Any]] = {}
        fields: dict[str, None] = {}
        agencies: dict[str, None] = {}
        for line in path.read_bytes().splitlines() if path else []:
            if line.strip():
                row = json.loads(line)
                self._lines[row["code"]] = line
                self.names[row["code"]] = row["name"]
                fields[row.get("field", "")] = agencies[row.get("agency", "")] = None
        self.fields = [name for name in fields if name]
        self.agencies = [name for name in agencies if name]

    def add(self, row: dict[str, Any]) -> None:
        """One more, as the source writes them, or other words for one that is there."""
        self._lines[row["code"]] = json.dumps(row, ensure_ascii=False).encode()
        self.names[row["code"]] = row["name"]
        self.changed.pop(row["code"], None)

    def listed(self) -> list[dict[str, str]]:
        return [
            {"MATTHC": code, "TENTTHC": name}
            for code, name in self.names.items()
            if code not in self.withdrawn
        ]

    def one(self, code: str) -> dict[str, Any] | None:
        return None if code in self.withdrawn or code not in self._lines else shaped(self._row(code))

    def change(
        self, code: str, name: str | None, fee: int | None, paper: dict[str, Any] | None
    ) -> dict[str, Any]:
        """The row with another name, another amount (đồng) of its first fee, a paper of that name put in or
        given other numbers of copies; as the source writes them, so that they take the source's shape."""
        row = self._row(code)
        if name is not None:
            row["name"] = self.names[code] = name
        if fee is not None:
            first, *others = row.get("fees") or [{}]
            kept = {key: value for key, value in first.items() if key != "portal_value"}
            row["fees"] = [{**kept, "amount_vnd": fee}, *others]
        if paper is not None:
            papers = row.setdefault("documents", [])
            same = next((one for one in papers if one.get("name") == paper["name"]), None)
            if same is None:
                papers.append(same := {"copies_original": 1, "copies_photo": 0})
            same.update(paper)
        self.changed[code] = row
        return shaped(row)

    def _row(self, code: str) -> dict[str, Any]:
        row: dict[str, Any] = self.changed.get(code) or json.loads(self._lines[code])
        return row


def shaped(row: dict[str, Any]) -> dict[str, Any]:
    """`LayThuTuc`'s `result[0]`."""
    code = row["code"]
    field, agency = row.get("field"), row.get("agency")
    return {
        "ID": code.replace(".", ""),
        "MATTHC": code,
        "TENTTHC": row["name"],
        "MACOQUANCONGBO": "",
        "LOAITTHC": "",
        "TRANGTHAI": "1",
        "MOTA": "",
        "TUKHOA": "",
        "QUYETDINH": row.get("decision_no", ""),
        "IDQUYETDINHCONGBO": "",
        "DIACHITIEPNHAN": "",
        "MOTADOITUONGTHUCHIEN": "",
        "MOTACOQUANTHUCHIEN": "",
        "MOTACOQUANTHAMQUYEN": "",
        "YEUCAU": "",
        "TRINHTUTHUCHIEN": [],
        "LINHVUCTHUCHIEN": [{"MALINHVUC": "", "TENLINHVUC": field}] if field else [],
        "CAPTHUCHIEN": [
            {"CAPTHUCHIEN": _LEVELS.get(level, "4"), "TENCAP": level}
            for level in row.get("level_of_government", [])
        ],
        "CACHTHUCTHUCHIEN": _channels(row),
        "THANHPHANHOSO": _papers(row),
        "DOITUONGTHUCHIEN": [
            {"MADOITUONG": "", "TENDOITUONG": applicant} for applicant in row.get("applicants", [])
        ],
        "KETQUATHUCHIEN": (
            [{"MAKETQUA": "", "TENKETQUA": row["result"], "TENTEP": "", "URL": ""}]
            if row.get("result")
            else []
        ),
        "CANCUPHAPLY": [
            {"SOVANBAN": number, "TENVANBAN": "", "NGAYBANHANH": "", "NGAYHIEULUC": "",
             "COQUANBANHANH": "", "DIACHITRUYCAP": ""}
            for number in row.get("legal_basis", [])
        ],
        "COQUANTHUCHIEN": [{"MADONVI": "", "TENDONVI": agency}] if agency else [],
        "COQUANCOTHAMQUYEN": [],
        "COQUANDUOCUYQUYEN": [],
        "COQUANPHOIHOP": [],
        "TTHCLIENQUAN": [],
        "TTHCLIENTHONG": [],
    }  # fmt: skip


def _channels(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Times and fees hang on the channels; the source has one set for all of them."""
    channels = [_CHANNELS.get(name, name) for name in row.get("submission_channels", [])]
    times = _times(row)
    fees = [_fee(row["code"], number, fee) for number, fee in enumerate(row.get("fees", []), start=1)]
    if not channels:
        channels = ["1"] if times or fees else []
    entries = times or ([{"THOIGIANGIAIQUYET": "", "DONVITINH": "", "MOTA": ""}] if fees else [])
    return [
        {"KENH": channel, "THOIGIAN": [{**entry, "PHILEPHI": fees} for entry in entries]}
        for channel in channels
    ]


def _times(row: dict[str, Any]) -> list[dict[str, str]]:
    """Number and unit: "5 Ngày làm việc; 7 Ngày làm việc" → two entries of number and unit."""
    entries = []
    for part in str(row.get("processing_time_text") or "").split(";"):
        number, _, unit = part.strip().partition(" ")
        if part.strip():
            note = row.get("processing_note", "")
            entries.append({"THOIGIANGIAIQUYET": number, "DONVITINH": unit.strip(), "MOTA": note})
    return entries


def _fee(code: str, number: int, fee: dict[str, Any]) -> dict[str, str]:
    odd = zlib.crc32(f"{code}/{number}".encode())
    amount = fee.get("amount_vnd")
    if fee.get("portal_value") or amount is None:
        # What the portal itself shows, "20 VNĐ", also where the file's makers worked out 20,000.
        shown, unit = str(fee.get("portal_value") or ""), ""
    else:
        shown, unit = str(amount), "Đồng"
        if amount >= 1000 and odd % 3 == 0:
            shown = f"{amount:,}".replace(",", ".")
        elif amount == 0 and odd % 3 == 0:
            shown = "không"
    return {
        "MAPHILEPHI": f"{number}'" if odd % 5 == 0 else str(number),
        "SOTIEN": shown,
        "DONVI": unit,
        "MOTA": " ".join(filter(None, (fee.get("name"), fee.get("condition")))),
        "TENTEP": "",
        "URL": "",
    }


def _papers(row: dict[str, Any]) -> list[dict[str, Any]]:
    cases: dict[str, list[dict[str, str]]] = {}
    for paper in row.get("documents", []):
        cases.setdefault(paper.get("case") or "", []).append(
            {
                "MAGIAYTO": "",
                "TENGIAYTO": paper.get("name", ""),
                "SOBANCHINH": str(paper.get("copies_original", "")),
                "SOBANSAO": str(paper.get("copies_photo", "")),
                "TENMAUDON": paper.get("form") or "",
                "URL": "",
                "MA_KQ_THAYTHE": "",
            }
        )
    return [{"TRUONGHOP": case, "GIAYTO": papers} for case, papers in cases.items()]
