"""Checksums of the national Payment Platform 1.0.6: SHA-256 over values joined by `|`, the secret last.

Source: protocol facts, section 7.1; the vectors of section 10.3 are tests. Plain hash, not HMAC.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

_INIT = (
    "LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan",
    "MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip",
)  # fmt: skip
_CONFIRM = (
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang",
    "ThoiGianGD", "ThongTinGiaoDich",
)  # fmt: skip
_ASK = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")
#: Of our answer to a CONFIRM. The order is not documented; this is the order of its fields.
_ANSWER = ("MaLoi", "MoTaLoi", "MaDoiTac", "MaThamChieu", "ThoiGianGD")

#: Kind of message → the fields that its checksum covers, in order.
FIELDS: Mapping[str, Sequence[str]] = {
    "INIT": _INIT,
    "CONFIRM": _CONFIRM,
    "QUERY": _ASK,
    "GET_BILL": _ASK,
    "ANSWER": _ANSWER,
}


def sign(kind: str, message: Mapping[str, str], secret: str) -> str:
    """Lower-case hex, 64 characters."""
    values = [message[name] for name in FIELDS[kind]]
    return hashlib.sha256("|".join([*values, secret]).encode()).hexdigest()


def holds(kind: str, message: Mapping[str, str], given: str, secrets: Sequence[str]) -> bool:
    """Whether `given` is the checksum under any of `secrets` (two are valid while they are rotated).

    Takes the same time wherever it differs. A value that holds the separator is refused: the same
    string could then be cut into other fields.
    """
    separable = not any("|" in message[name] for name in FIELDS[kind])
    found = False
    for secret in secrets:
        found |= hmac.compare_digest(sign(kind, message, secret).encode(), given.lower().encode())
    return found and separable
