"""The mocks' applications in this process, on a clock that stands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from mocks.national_portal.app import create_app
from mocks.national_portal.settings import Settings
from tests import system

CALLBACK = "http://gateway.test/v1/auth/callback"
CLIENT = ("motcua-hoa-binh", "client-secret")
SECRET = "MOCK-SECRET-0001"
CODE = "000.00.13.H28-261123-0001"

ROWS: list[dict[str, Any]] = [
    {"code": "1.000005", "name": "Cấp giấy phép  xây dựng \nnhà ở ", "field": "Hoạt động xây dựng",
     "level_of_government": ["bộ", "tỉnh", "huyện", "xã", "khác"], "agency": "Sở Xây dựng",
     "submission_channels": ["Trực tuyến", "Dịch vụ bưu chính", "Trực tiếp"],
     "fees": [{"amount_vnd": 20000, "portal_value": "20 VNĐ", "condition": "20.000 vnđ/tờ khai"},
              {"portal_value": "Miễn phí"}, {"portal_value": "10 USD"},
              {"name": "Phí thẩm định", "condition": "a"},
              *({"amount_vnd": 1_500_000} for _ in range(12)), *({"amount_vnd": 0} for _ in range(12))],
     "documents": [{"name": "Đơn", "copies_original": 1, "copies_photo": 0, "form": "Mẫu 1",
                    "case": "Cấp mới"},
                   {"name": "Bản vẽ", "copies_original": 0, "copies_photo": 2}],
     "processing_time_text": "01 Giờ; 1.5 Ngày làm việc", "processing_note": "Từ ngày nhận đủ",
     "applicants": ["Công dân Việt Nam", "HTX)"], "result": "Giấy phép", "decision_no": "1/QĐ-BXD",
     "legal_basis": ["50/2014/QH13"]},
    {"code": "1.000006", "name": "Không có gì khác"},
]  # fmt: skip


class Province(httpx.AsyncBaseTransport):
    """Where CONFIRM arrives. `answers` are given in order; then always `MaLoi` 00."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.answers: list[httpx.Response] = []
        self._arrival = asyncio.Event()

    async def has_received(self, number: int) -> None:
        """Waits until so many have arrived."""
        async with asyncio.timeout(5):
            while len(self.received) < number:
                self._arrival.clear()
                await self._arrival.wait()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.received.append(json.loads(await request.aread()))
        self._arrival.set()
        return self.answers.pop(0) if self.answers else httpx.Response(200, json={"MaLoi": "00"})


@dataclass
class Portal:
    client: httpx.AsyncClient
    clock: system.StoppedClock
    province: Province
    session: str = ""

    async def log_in(self) -> dict[str, Any]:
        account = {"username": "hoa-binh", "password": "adapter-secret"}
        answer: dict[str, Any] = (await self.client.post("/mapi/login", json=account)).json()
        self.session = answer["session"]
        return answer

    async def call(self, service: str, **body: Any) -> dict[str, Any]:
        """In session style; logs in first."""
        if not self.session:
            await self.log_in()
        envelope = {"session": self.session, "madonvi": "000.00.00.H28", "service": service}
        answer: dict[str, Any] = (await self.client.post("/mapi/g", json=envelope | body)).json()
        return answer

    async def fault(self, service: str, kind: str, **more: Any) -> httpx.Response:
        order = {"service": service, "kind": kind, **more}
        return await self.client.post("/_mock/faults", json=order)


def dossier(**changes: Any) -> dict[str, Any]:
    """The facts' own example (10.1), shortened."""
    return {
        "MaHoSo": CODE, "MaTTHC": "1.004203", "TenTTHC": "Cấp thử nghiệm giấy phép X",
        "MaLinhVuc": "G13-TN01", "TenLinhVuc": "Lĩnh vực thử nghiệm", "KenhThucHien": "2",
        "ChuHoSo": "Nguyễn Thị Mẫu", "SoGiayToChuHoSo": "017000000001", "LoaiDoiTuong": "1",
        "NgayNopHoSo": "20261123080512", "NgayTiepNhan": "20261123091500", "NgayHenTra": "20261201170000",
        "TrangThaiHoSo": "2", "HinhThuc": "0", "NgayKetThucXuLy": "", "DonViXuLy": "Sở Thử nghiệm",
        "NoiNopHoSo": "1", "DuocThanhToanTrucTuyen": "1",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "017000000001"}],
        "DSKetNoiCSDL": [{"MaCSDL": "1"}],
        "TaiLieuNop": [{"TepDinhKemId": "901", "TenTepDinhKem": "don.pdf", "IsDeleted": "False",
                        "MaThanhPhanHoSo": "GT-01", "DuongDanTaiTepTin": "https://mc.example.vn/f/901"}],
        "DanhSachLePhi": [{"TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "2", "HinhThucThu": "1",
                           "Gia": "150000", "LoaiPhiLePhi": "1"}],
        "DanhSachGiayToKetQua": [],
        **changes,
    }  # fmt: skip


def step(**changes: Any) -> dict[str, Any]:
    """The facts' own example (10.2)."""
    return {
        "MaHoSo": CODE, "NguoiXuLy": "Trần Văn Tiếp", "ChucDanh": "", "ThoiDiemXuLy": "20261123091500",
        "PhongBanXuLy": "Trung tâm PVHCC", "NoiDungXuLy": "Tiếp nhận", "TrangThai": "2",
        "NgayBatDau": "20261123091500", "NgayKetThucTheoQuyDinh": "20261123170000", **changes,
    }  # fmt: skip


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    path = tmp_path / "procedures.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), "utf-8")
    settings = Settings(
        portal_public_url="http://portal.test",
        portal_procedures=path,
        portal_client_id=CLIENT[0],
        portal_client_secret=CLIENT[1],
        portal_redirect_uris=CALLBACK,
        portal_session_seconds=1800,
        adapter_username="hoa-binh",
        adapter_password="adapter-secret",
        payment_platform_partner="MOCKHB",
        payment_platform_secrets=f"{SECRET},OLD-SECRET",
        payment_confirm_url="http://gateway.test/confirm",
        payment_confirm_delays="0,0,0",
        payment_return_url="http://gateway.test/return",
    )
    clock, province = system.StoppedClock(), Province()
    async with system.running(create_app(settings, clock.now, province)) as client:
        yield Portal(client, clock, province)
