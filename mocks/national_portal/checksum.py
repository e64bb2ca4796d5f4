"""`MaXacThuc` of Payment Platform 1.0.6: SHA-256 over the values in order, the secret last."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

ORDER: dict[str, tuple[str, ...]] = {
    "INIT": ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan",
             "MaKenhThanhToan", "MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich",
             "ThoiGianGD", "Ip"),
    "CONFIRM": ("LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich",
                "MaNganHang", "ThoiGianGD", "ThongTinGiaoDich"),
    "QUERY": ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD"),
    "GET_BILL": ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD"),
}  # fmt: skip


def of(kind: str, message: Mapping[str, Any], secret: str) -> str:
    """Lower-case hex."""
    values = [str(message.get(name, "")) for name in ORDER[kind]]
    return hashlib.sha256("|".join([*values, secret]).encode()).hexdigest()
