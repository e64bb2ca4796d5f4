"""What the portal asks of a dossier and of a progress step (facts, sections 2 and 3), told in Vietnamese.

The portal's own rules are not public. These are the shapes, code lists and lengths that the facts give;
what no client is known to fill is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

#: Facts 8.1; the day is checked as a date besides.
CODE = re.compile(r"([0-9]{3}(\.[0-9]{2,3}){2}\.|)[A-Z][0-9]{2}(\.[0-9]+)*-([0-9]{6})-[0-9]{4,}")
STATES = frozenset(str(number) for number in range(11))
_FLAG = frozenset({"", "0", "1"})

_REQUIRED = ("MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "ChuHoSo", "LoaiDoiTuong",
             "TrangThaiHoSo", "HinhThuc", "DonViXuLy")  # fmt: skip
#: A dossier that is only registered has no time of reception yet, but the member is there.
_PRESENT = ("NgayTiepNhan",)
_DATES = ("NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy", "NgayNopHoSo", "NgayTuChoi")
_CODES = {
    "KenhThucHien": {"", "1", "2", "3"},
    "LoaiDoiTuong": {"1", "2", "3", "4"},
    "TrangThaiHoSo": STATES,
    "HinhThuc": {"0", "1"},
    "NoiNopHoSo": {"", "1", "2"},
    "HoSoCoThanhPhanSoHoa": _FLAG,
    "TaiKhoanDuocXacThucVoiVNeID": _FLAG,
    "DuocThanhToanTrucTuyen": {"", "0", "1", "2", "3"},
}
_LISTS = ("TaiLieuNop", "DanhSachLePhi", "DanhSachTepDinhKemKhac", "DanhSachHoSoBoSung",
          "DanhSachGiayToKetQua", "DinhDanhCHS", "DSKetNoiCSDL")  # fmt: skip
_LONGEST = {"TrichYeuHoSo": 1000}
#: Absolute, so that the portal can reach it; a paper without a file has none.
_URL = r"(https?://\S+)?"

_STEP_REQUIRED = ("MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "TrangThai")
_STEP_PRESENT = ("NoiDungXuLy",)
_STEP_DATES = ("ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh")
_STEP_LONGEST = {"NguoiXuLy": 50}


def faults_of_dossier(item: Any) -> list[str]:
    """What is wrong; nothing when it can be taken."""
    if not isinstance(item, dict):
        return ["Hồ sơ phải là đối tượng"]
    faults = [f"Thiếu {name}" for name in _REQUIRED if not item.get(name)]
    faults += [f"Thiếu {name}" for name in _PRESENT if name not in item]
    lists = {name: item[name] for name in _LISTS if name in item}
    texts = {name: value for name, value in item.items() if name not in lists}
    faults += [f"{name} phải là danh sách" for name, value in lists.items() if not isinstance(value, list)]
    faults += _faults_of_texts(texts, _DATES, _CODES, _LONGEST)
    if not faults and not _is_code(item["MaHoSo"]):
        faults.append("MaHoSo không đúng cấu trúc")
    return faults or [fault for name in lists for fault in _faults_of_list(name, lists[name])]


def faults_of_step(item: Any) -> list[str]:
    if not isinstance(item, dict):
        return ["Tiến độ phải là đối tượng"]
    faults = [f"Thiếu {name}" for name in _STEP_REQUIRED if not item.get(name)]
    faults += [f"Thiếu {name}" for name in _STEP_PRESENT if name not in item]
    return faults + _faults_of_texts(item, _STEP_DATES, {"TrangThai": STATES}, _STEP_LONGEST)


def _faults_of_texts(
    texts: dict[str, Any], dates: tuple[str, ...], codes: dict[str, Any], longest: dict[str, int]
) -> list[str]:
    """Numbers and nulls are faults too: all values are strings."""
    faults = [f"{name} phải là chuỗi" for name, value in texts.items() if not isinstance(value, str)]
    told = {name: value for name, value in texts.items() if isinstance(value, str)}
    faults += [f"{name} không đúng yyyyMMddHHmmss" for name in dates if not _is_time(told.get(name, ""))]
    faults += [
        f"{name} không có trong danh mục"
        for name, known in codes.items()
        if name in told and told[name] not in known
    ]
    return faults + [
        f"{name} dài quá {length} ký tự"
        for name, length in longest.items()
        if len(told.get(name, "")) > length
    ]


def _faults_of_list(name: str, items: list[Any]) -> Iterator[str]:
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            yield f"{name} {number}: phải là đối tượng"
            continue
        for member, holds in _MEMBERS.get(name, {}).items():
            if not holds(item):
                yield f"{name} {number}: {member} không hợp lệ"


def _one_of(member: str, *known: str) -> Callable[[dict[str, Any]], bool]:
    return lambda item: item.get(member) in known


def _named(member: str, longest: int) -> Callable[[dict[str, Any]], bool]:
    return lambda item: isinstance(item.get(member), str) and 0 < len(item[member]) <= longest


def _like(member: str, pattern: str) -> Callable[[dict[str, Any]], bool]:
    return lambda item: isinstance(item.get(member), str) and bool(re.fullmatch(pattern, item[member]))


def _is_identity(item: dict[str, Any]) -> bool:
    """1: the 12-digit personal number; 2: the old 9-digit card."""
    length = {"1": 12, "2": 9}.get(str(item.get("LoaiDinhDanh")))
    return length is not None and bool(re.fullmatch(rf"[0-9]{{{length}}}", str(item.get("SoDinhDanh"))))


_MEMBERS: dict[str, dict[str, Callable[[dict[str, Any]], bool]]] = {
    "TaiLieuNop": {
        "TenTepDinhKem": _named("TenTepDinhKem", 4000),
        "IsDeleted": _one_of("IsDeleted", "True", "False"),
        "DuongDanTaiTepTin": _like("DuongDanTaiTepTin", _URL),
    },
    "DanhSachLePhi": {
        "HinhThucThu": _one_of("HinhThucThu", "1", "2", "4"),
        "Gia": _like("Gia", "[0-9]*"),
    },
    "DanhSachGiayToKetQua": {
        "TenGiayTo": _named("TenGiayTo", 2000),
        "DuongDanTepTinKetQua": _like("DuongDanTepTinKetQua", _URL),
    },
    "DinhDanhCHS": {"SoDinhDanh": _is_identity},
    "DSKetNoiCSDL": {"MaCSDL": _named("MaCSDL", 10)},
}


def _is_code(code: str) -> bool:
    found = CODE.fullmatch(code)
    return found is not None and _is_time(f"20{found[4]}000000")


def _is_time(value: str) -> bool:
    """Empty, or a moment."""
    if value == "":
        return True
    if not re.fullmatch(r"[0-9]{14}", value):
        return False
    try:
        datetime.strptime(value, "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return False
    return True
