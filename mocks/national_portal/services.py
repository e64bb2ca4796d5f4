"""The portal's services over one store; the session and the array style both come here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mocks.national_portal import rules
from mocks.national_portal.store import Store

Answer = dict[str, Any]
BAD_SESSION = {"error_code": "401", "message": "Phiên làm việc không hợp lệ hoặc đã hết hạn"}
TROUBLE = {"error_code": "-99", "message": "Lỗi hệ thống"}


def answer(code: str, message: str, **more: Any) -> Answer:
    return {"error_code": code, "message": message, **more}


def call(store: Store, service: str, body: dict[str, Any]) -> Answer:
    """`body`: the envelope's members beside session and service."""
    if not body.get("madonvi"):
        return answer("-1", "Thiếu mã định danh đơn vị")
    if service in _READS:
        return answer("0", "Thành công", result=_READS[service](store, body))
    if service == "DongBoHoSoMC":
        return put_dossiers(store, body.get("data"), body.get("isUpdating"))
    if service == "CapNhatTienDoHoSoMC":
        return put_steps(store, body.get("data"))
    return answer("-1", f"Không có dịch vụ {service}")


_READS: dict[str, Callable[[Store, dict[str, Any]], list[Any]]] = {
    "LayDanhSachTTHC": lambda store, _: store.procedures.listed(),
    "LayThuTuc": lambda store, body: _one(store.procedures.one(_text(body, "maTTHC"))),
    "TraCuuHoSo": lambda store, body: _one(store.held(_text(body, "mahoso"))),
    "TraCuuTechID": lambda store, body: [
        {"TECHNICALID": found}
        for found in _one(store.technical_id(_text(body, "mstorcmnd")))
    ],
    # The source knows names but no codes of fields and bodies.
    "LayDanhMucCoQuan": lambda store, _: [
        {"MADONVI": "", "TENDONVI": name, "CAPDONVI": ""} for name in store.procedures.agencies
    ],
    "LayDanhMucLinhVuc": lambda store, _: [
        {"MALINHVUC": "", "TENLINHVUC": name, "MANGANH": ""} for name in store.procedures.fields
    ],
}  # fmt: skip


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _one(found: Any) -> list[Any]:
    return [found] if found else []


def put_dossiers(store: Store, data: Any, is_updating: Any) -> Answer:
    """All or none: a wrong one, or a create of what is there, refuses the call."""
    if is_updating not in ("True", "False"):
        return answer("-1", "isUpdating phải là True hoặc False")
    if not isinstance(data, list) or not data:
        return answer("-1", "Thiếu dữ liệu hồ sơ")
    there = set(store.dossiers)
    for item in data:
        if faults := rules.faults_of_dossier(item):
            return answer("-1", "; ".join(faults))
        code = item["MaHoSo"]
        if is_updating == "False" and code in there:
            return answer("-3", f"Hồ sơ {code} đã tồn tại")
        if is_updating == "True" and code not in there:
            return answer("-1", f"Hồ sơ {code} không tồn tại")
        there.add(code)
    store.dossiers.update({item["MaHoSo"]: item for item in data})
    return answer("0", "Đồng bộ thành công")


def put_steps(store: Store, data: Any) -> Answer:
    """Every step that comes is kept, also one that came before: who doubles, sees it double."""
    if not isinstance(data, list) or not data:
        return answer("-1", "Thiếu dữ liệu tiến độ")
    for item in data:
        if faults := rules.faults_of_step(item):
            return answer("-1", "; ".join(faults))
        if item["MaHoSo"] not in store.dossiers:
            return answer("-1", f"Hồ sơ {item['MaHoSo']} không tồn tại")
    for item in data:
        store.steps[item["MaHoSo"]].append(item)
    return answer("0", "Cập nhật tiến độ thành công")
