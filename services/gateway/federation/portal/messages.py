"""A dossier in the words of the national portal (protocol facts, sections 2 and 3). Pure.

All values are strings unless the facts say otherwise; times are `yyyyMMddHHmmss` in Vietnam, and an
absent one is the empty string.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kit.clock import VIETNAM
from services.gateway.federation.snapshot import Document, Fee, Result, Snapshot, Step, Supplement

_CHANNEL = {"counter": "1", "online": "2", "post": "3"}
#: `LoaiDoiTuong`: citizen, business, state agency, organisation or other.
_APPLICANT = {"citizen": "1", "business": "2", "household_business": "2", "state_body": "3"}
_OTHER_APPLICANT = "4"
#: `LoaiDinhDanh`: the only two codes that are known. Other papers go without one.
_IDENTITY = {"personal_number": "1", "old_card": "2"}
#: `HinhThucThu`: at reception, at return of the result. What is due on acceptance is paid at reception.
_FEE_DUE = {"submission": "1", "acceptance": "1", "return": "4"}
_ORDINARY_FEE = "1"
#: `DuocThanhToanTrucTuyen`.
_PAID = {"none": "0", "portal": "1", "province": "2", "unpaid": "3"}
_AT_THE_PROVINCE = "2"  # `NoiNopHoSo`; "1" is the portal itself
_POPULATION_DATABASE = "1"  # `MaCSDL`
_IN_PROGRESS = "4"
_NOBODY = "Hệ thống một cửa điện tử"


def stamp(moment: datetime | None) -> str:
    return moment.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S") if moment else ""


def dossier(snapshot: Snapshot) -> dict[str, Any]:
    """One item of `DongBoHoSoMC`."""
    applicant, procedure = snapshot.applicant, snapshot.procedure
    return {
        "MaHoSo": snapshot.code,
        "MaTTHC": procedure.code,
        "TenTTHC": procedure.name,
        "MaLinhVuc": procedure.field.code,
        "TenLinhVuc": procedure.field.name,
        "KenhThucHien": _CHANNEL[snapshot.channel],
        "ChuHoSo": applicant.name,
        "SoGiayToChuHoSo": applicant.papers[0].number if applicant.papers else "",
        "LoaiDoiTuong": _APPLICANT.get(applicant.kind, _OTHER_APPLICANT),
        # The portal's own id of the submitter: only what was submitted by that account.
        "MaDoiTuong": (applicant.tech_id or "") if snapshot.channel == "online" else "",
        "Email": applicant.email or "",
        "SoDienThoai": applicant.phone or "",
        "Fax": "",
        "ThongTinKhac": "",
        "TrichYeuHoSo": (snapshot.summary or "")[:1000],
        "TrangThaiHoSo": snapshot.status_code,
        **_dates(snapshot),
        "ThongTinTra": "",
        "HinhThuc": "1" if snapshot.return_method == "post" else "0",
        "DonViXuLy": snapshot.resolving.name,
        "GhiChu": snapshot.note or "",
        "NoiNopHoSo": _AT_THE_PROVINCE,
        **_digital(snapshot),
        "DinhDanhCHS": [
            {"LoaiDinhDanh": _IDENTITY[paper.type], "SoDinhDanh": paper.number}
            for paper in applicant.papers
            if paper.type in _IDENTITY
        ],
        "TaiLieuNop": [_document(document) for document in snapshot.documents],
        "DanhSachLePhi": [_fee(fee) for fee in snapshot.fees],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [_supplement(supplement) for supplement in snapshot.supplements],
        "DanhSachGiayToKetQua": [_result(result) for result in snapshot.results],
    }


def _dates(snapshot: Snapshot) -> dict[str, str]:
    return {
        "NgayNopHoSo": stamp(snapshot.submitted_at),
        "NgayTiepNhan": stamp(snapshot.accepted_at),
        "NgayHenTra": stamp(snapshot.promised_at),
        "NgayKetThucXuLy": stamp(snapshot.finished_at),
        "NgayTuChoi": stamp(snapshot.refused_at),
        "NgayTra": stamp(snapshot.returned_at),
    }


def _digital(snapshot: Snapshot) -> dict[str, Any]:
    """What the 766 score counts as digital (facts 8.4)."""
    return {
        "HoSoCoThanhPhanSoHoa": _flag(any(document.digitised for document in snapshot.documents)),
        "TaiKhoanDuocXacThucVoiVNeID": _flag(snapshot.verified),
        "DuocThanhToanTrucTuyen": _PAID[snapshot.paid_online],
        # A verified account is one that the population database vouches for.
        "DSKetNoiCSDL": [{"MaCSDL": _POPULATION_DATABASE}] if snapshot.verified else [],
    }


def _document(document: Document) -> dict[str, str]:
    return {
        "TepDinhKemId": document.id,
        "TenTepDinhKem": document.filename[:4000],
        "IsDeleted": "False",
        "MaThanhPhanHoSo": document.paper_code or "",
        "DuongDanTaiTepTin": document.url,
        "DuocSoHoa": _flag(document.digitised),
        "DuocTaiSuDung": _flag(document.reused),
        "DuocLayTuKhoDMQG": "0",
        "MaKetQuaThayThe": "",
    }


def _fee(fee: Fee) -> dict[str, str]:
    """An unknown amount is the empty string: "0" would say that nothing is to be paid."""
    return {
        "TenPhiLePhi": fee.name,
        "MaPhiLePhi": fee.code,
        "HinhThucThu": _FEE_DUE[fee.due_at],
        "Gia": "" if fee.amount is None else str(fee.amount),
        "LoaiPhiLePhi": _ORDINARY_FEE,
    }


def _supplement(supplement: Supplement) -> dict[str, Any]:
    return {
        "HoSoBoSungId": supplement.number,
        "NguoiYeuCauBoSung": supplement.requested_by,
        "NoiDungBoSung": supplement.reason,
        "NgayBoSung": stamp(supplement.requested_at),
        "NguoiTiepNhanBoSung": supplement.answered_by or "",
        "ThongTinTiepNhan": "",
        "NgayTiepNhanBoSung": stamp(supplement.answered_at),
        "TrangThaiBoSung": supplement.answered_at is not None,
        "DanhSachGiayToBoSung": [_document(document) for document in supplement.documents],
        "DanhSachLePhiBoSung": [],
        "NgayHenTraTruoc": stamp(supplement.old_promise),
        "NgayHenTraMoi": stamp(supplement.new_promise),
    }


def _result(result: Result) -> dict[str, str]:
    return {
        "TenGiayTo": result.name[:2000],
        "MaThanhPhanHoSo": "",
        "GiayToId": result.id,
        "DuongDanTepTinKetQua": result.url,
        "MaGiayToKetQua": result.code or "",
    }


def _flag(value: bool) -> str:
    return "1" if value else "0"


def steps(snapshot: Snapshot) -> list[dict[str, str]]:
    """The items of `CapNhatTienDoHoSoMC`, oldest first."""
    ordered = sorted(snapshot.steps, key=lambda step: (step.at, step.seq))
    return [_step(snapshot.code, step) for step in ordered]


def _step(code: str, step: Step) -> dict[str, str]:
    return {
        "MaHoSo": code,
        "NguoiXuLy": (step.actor_name or _NOBODY)[:50],
        "ChucDanh": step.title or "",
        "ThoiDiemXuLy": stamp(step.at),
        "PhongBanXuLy": step.agency_name or "",
        "NoiDungXuLy": step.text,
        "TrangThai": step.status_code or _IN_PROGRESS,
        "NgayBatDau": stamp(step.started_at),
        "NgayKetThucTheoQuyDinh": stamp(step.due_at),
    }


#: What tells two steps of a dossier apart. Names are left out: the portal may keep them cut or masked.
_STEP_KEY = ("ThoiDiemXuLy", "TrangThai", "NoiDungXuLy")


def lacking(wanted: list[dict[str, str]], held: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """The wanted steps that are not among those the portal holds, each held one counted once."""
    there = [_key(step) for step in held]
    missing = []
    for step in wanted:
        key = _key(step)
        if key in there:
            there.remove(key)
        else:
            missing.append(step)
    return missing


def _key(step: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(step.get(name) or "") for name in _STEP_KEY)
