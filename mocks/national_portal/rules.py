"""What the portal asks of a dossier and of a progress step, in its own words (sections 2 and 3)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

CODE = re.compile(r"([0-9]{3}(\.[0-9]{2,3}){2}\.|)[A-Z][0-9]{2}(\.[0-9]+)*-\d{6}-\d{4,}")
STATES = {str(number) for number in range(11)}

_REQUIRED = ("MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "ChuHoSo", "LoaiDoiTuong",
             "NgayTiepNhan", "TrangThaiHoSo", "HinhThuc", "DonViXuLy")  # fmt: skip
_MAY_BE_EMPTY = {"NgayTiepNhan"}
_DATES = ("NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy", "NgayNopHoSo", "NgayTuChoi")
_CODES = {
    "KenhThucHien": {"", "1", "2", "3"},
    "LoaiDoiTuong": {"1", "2", "3", "4"},
    "TrangThaiHoSo": STATES,
    "HinhThuc": {"0", "1"},
    "DuocThanhToanTrucTuyen": {"", "0", "1", "2", "3"},
}
_LISTS = ("TaiLieuNop", "DanhSachLePhi", "DanhSachTepDinhKemKhac", "DanhSachHoSoBoSung",
          "DanhSachGiayToKetQua", "DinhDanhCHS", "DSKetNoiCSDL")  # fmt: skip
_STEP_REQUIRED = ("MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "TrangThai")


def faults_of_dossier(item: Any) -> list[str]:
    """What is wrong, in Vietnamese; nothing when it can be taken."""
    if not isinstance(item, dict):
        return ["Hồ sơ phải là đối tượng"]
    faults = [
        f"Thiếu {name}"
        for name in _REQUIRED
        if name not in item or (not item[name] and name not in _MAY_BE_EMPTY)
    ]
    faults += [
        f"{name} phải là chuỗi"
        for name, value in item.items()
        if not isinstance(value, str | list) or (name in _LISTS) != isinstance(value, list)
    ]
    if not faults and not CODE.fullmatch(item["MaHoSo"]):
        faults.append("MaHoSo không đúng cấu trúc")
    faults += [f"{name} không đúng yyyyMMddHHmmss" for name in _DATES if not _is_date(item.get(name, ""))]
    faults += [f"{name} không có trong danh mục" for name, known in _CODES.items()
               if item.get(name, "") not in known and name in item]  # fmt: skip
    return faults


def faults_of_step(item: Any) -> list[str]:
    if not isinstance(item, dict):
        return ["Tiến độ phải là đối tượng"]
    faults = [f"Thiếu {name}" for name in _STEP_REQUIRED if not item.get(name)]
    faults += [f"{name} phải là chuỗi" for name, value in item.items() if not isinstance(value, str)]
    if len(str(item.get("NguoiXuLy", ""))) > 50:
        faults.append("NguoiXuLy dài quá 50 ký tự")
    dates = ("ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh")
    faults += [f"{name} không đúng yyyyMMddHHmmss" for name in dates if not _is_date(item.get(name, ""))]
    if item.get("TrangThai") not in STATES:
        faults.append("TrangThai không có trong danh mục")
    return faults


def _is_date(value: Any) -> bool:
    if value == "":
        return True
    if not isinstance(value, str) or not re.fullmatch(r"\d{14}", value):
        return False
    try:
        datetime.strptime(value, "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return False
    return True
