"""The portal's services over one store; the session and the array style both come here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mocks.national_portal import rules
from mocks.national_portal.store import Store

Answer = dict[str, Any]


def answer(code: str, message: str, **more: Any) -> Answer:
    return {"error_code": code, "message": message, **more}


def call(store: Store, service: str, body: dict[str, Any]) -> Answer:
    """`body`: the envelope's members beside session, madonvi and service."""
    reads: dict[str, Callable[[], list[Any]]] = {
        "LayDanhSachTTHC": store.procedures.listed,
        "LayThuTuc": lambda: _one(store.procedures.one(str(body.get("maTTHC", "")))),
        "TraCuuHoSo": lambda: _one(store.held(str(body.get("mahoso", "")))),
        "LayDanhMucCoQuan": lambda: [
            {"MADONVI": "000.00.00.H28", "TENDONVI": "UBND tỉnh Hòa Bình", "CAPDONVI": "1"}
        ],
        "LayDanhMucLinhVuc": list,
        "TraCuuTechID": lambda: _one(
            {"TECHNICALID": f"tech-{body['mstorcmnd']}"} if body.get("mstorcmnd") else None
        ),
    }
    if service in reads:
        return answer("0", "Thành công", result=reads[service]())
    if service == "DongBoHoSoMC":
        return put_dossiers(store, body.get("data"), updating=str(body.get("isUpdating")) == "True")
    if service == "CapNhatTienDoHoSoMC":
        return put_steps(store, body.get("data"))
    return answer("-1", f"Dịch vụ {service} không có")


def _one(found: Any) -> list[Any]:
    return [found] if found else []


def put_dossiers(store: Store, data: Any, *, updating: bool) -> Answer:
    """All or none: a wrong or existing one refuses the call."""
    if not isinstance(data, list) or not data:
        return answer("-1", "Thiếu dữ liệu hồ sơ")
    for item in data:
        if faults := rules.faults_of_dossier(item):
            return answer("-1", "; ".join(faults))
        exists = item["MaHoSo"] in store.dossiers
        if exists and not updating:
            return answer("-3", f"Hồ sơ {item['MaHoSo']} đã tồn tại")
        if updating and not exists:
            return answer("-1", f"Hồ sơ {item['MaHoSo']} không tồn tại")
    for item in data:
        store.dossiers[item["MaHoSo"]] = item
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
