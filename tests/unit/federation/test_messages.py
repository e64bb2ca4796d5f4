"""A dossier in the portal's words: the examples of the protocol facts, section 10, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.federation.portal import messages
from services.gateway.federation.snapshot import Snapshot

DOCUMENT = {
    "id": "901",
    "paper_code": "GT-01",
    "filename": "don.pdf",
    "url": "https://mc.example.vn/f/901",
    "digitised": True,
    "reused": False,
}
STEPS = [
    {
        "seq": 5,
        "at": "2026-11-25T10:10:00+07:00",
        "actor_name": "Lê Thị Thẩm",
        "title": "Chuyên viên",
        "agency_name": "Phòng A",
        "text": "Đề nghị bổ sung",
        "status": "supplement_requested",
        "status_code": "5",
    },
    {
        "seq": 2,
        "at": "2026-11-23T02:15:00Z",
        "actor_name": "Trần Văn Tiếp",
        "title": "",
        "agency_name": "Trung tâm PVHCC",
        "text": "Tiếp nhận",
        "status": "accepted",
        "status_code": "2",
        "started_at": "2026-11-23T09:15:00+07:00",
        "due_at": "2026-11-23T17:00:00+07:00",
    },
]


def snapshot(**more: Any) -> Snapshot:
    content = {
        "id": "01930000-0000-7000-8000-000000000001",
        "code": "000.00.13.H28-261123-0001",
        "version": 2,
        "status": "accepted",
        "status_code": "2",
        "channel": "online",
        "procedure": {
            "code": "1.004203",
            "name": "Cấp thử nghiệm giấy phép X",
            "field": {"code": "G13-TN01", "name": "Lĩnh vực thử nghiệm"},
        },
        "receiving": {"code": "000.00.01.H28", "name": "Trung tâm PVHCC"},
        "resolving": {"code": "000.00.13.H28", "name": "Sở Thử nghiệm"},
        "holder": {"code": "000.00.13.H28", "name": "Sở Thử nghiệm"},
        "applicant": {
            "kind": "citizen",
            "name": "Nguyễn Thị Mẫu",
            "papers": [{"type": "personal_number", "number": "017000000001"}],
            "phone": "0900000000",
            "email": "mau@example.vn",
            "tech_id": "tech-0001",
        },
        "verified": True,
        "summary": "Hồ sơ thử",
        "submitted_at": "2026-11-23T08:05:12+07:00",
        "accepted_at": "2026-11-23T02:15:00Z",
        "promised_at": "2026-12-01T17:00:00+07:00",
        "fees": [{"code": "2", "name": "Lệ phí", "kind": "charge", "amount": 150000, "due_at": "submission"}],
        "paid_online": "portal",
        "documents": [DOCUMENT],
        "steps": STEPS,
    }
    return Snapshot.model_validate(content | more)


def test_the_dossier_of_the_example() -> None:
    expected = {
        "MaHoSo": "000.00.13.H28-261123-0001",
        "MaTTHC": "1.004203",
        "TenTTHC": "Cấp thử nghiệm giấy phép X",
        "MaLinhVuc": "G13-TN01",
        "TenLinhVuc": "Lĩnh vực thử nghiệm",
        "KenhThucHien": "2",
        "ChuHoSo": "Nguyễn Thị Mẫu",
        "SoGiayToChuHoSo": "017000000001",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "tech-0001",
        "Email": "mau@example.vn",
        "SoDienThoai": "0900000000",
        "Fax": "",
        "ThongTinKhac": "",
        "TrichYeuHoSo": "Hồ sơ thử",
        "NgayNopHoSo": "20261123080512",
        "NgayTiepNhan": "20261123091500",
        "NgayHenTra": "20261201170000",
        "TrangThaiHoSo": "2",
        "NgayTra": "",
        "ThongTinTra": "",
        "HinhThuc": "0",
        "NgayKetThucXuLy": "",
        "NgayTuChoi": "",
        "DonViXuLy": "Sở Thử nghiệm",
        "GhiChu": "",
        "NoiNopHoSo": "2",  # the example's "1" is a dossier submitted at the portal itself
        "HoSoCoThanhPhanSoHoa": "1",
        "TaiKhoanDuocXacThucVoiVNeID": "1",
        "DuocThanhToanTrucTuyen": "1",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "017000000001"}],
        "DSKetNoiCSDL": [{"MaCSDL": "1"}],
        "TaiLieuNop": [
            {
                "TepDinhKemId": "901",
                "TenTepDinhKem": "don.pdf",
                "IsDeleted": "False",
                "MaThanhPhanHoSo": "GT-01",
                "DuongDanTaiTepTin": "https://mc.example.vn/f/901",
                "DuocSoHoa": "1",
                "DuocTaiSuDung": "0",
                "DuocLayTuKhoDMQG": "0",
                "MaKetQuaThayThe": "",
            }
        ],
        "DanhSachLePhi": [
            {
                "TenPhiLePhi": "Lệ phí",
                "MaPhiLePhi": "2",
                "HinhThucThu": "1",
                "Gia": "150000",
                "LoaiPhiLePhi": "1",
            }
        ],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [],
    }
    assert messages.dossier(snapshot()) == expected


def test_the_steps_of_the_example_oldest_first() -> None:
    code = "000.00.13.H28-261123-0001"
    assert messages.steps(snapshot()) == [
        {
            "MaHoSo": code,
            "NguoiXuLy": "Trần Văn Tiếp",
            "ChucDanh": "",
            "ThoiDiemXuLy": "20261123091500",
            "PhongBanXuLy": "Trung tâm PVHCC",
            "NoiDungXuLy": "Tiếp nhận",
            "TrangThai": "2",
            "NgayBatDau": "20261123091500",
            "NgayKetThucTheoQuyDinh": "20261123170000",
        },
        {
            "MaHoSo": code,
            "NguoiXuLy": "Lê Thị Thẩm",
            "ChucDanh": "Chuyên viên",
            "ThoiDiemXuLy": "20261125101000",
            "PhongBanXuLy": "Phòng A",
            "NoiDungXuLy": "Đề nghị bổ sung",
            "TrangThai": "5",
            "NgayBatDau": "",
            "NgayKetThucTheoQuyDinh": "",
        },
    ]


@pytest.mark.parametrize(
    ("more", "field", "expected"),
    [
        ({"channel": "counter"}, "KenhThucHien", "1"),
        ({"channel": "post"}, "KenhThucHien", "3"),
        ({"channel": "counter"}, "MaDoiTuong", ""),
        ({"return_method": "post"}, "HinhThuc", "1"),
        ({"return_method": "online"}, "HinhThuc", "0"),
        ({"paid_online": "none"}, "DuocThanhToanTrucTuyen", "0"),
        ({"paid_online": "province"}, "DuocThanhToanTrucTuyen", "2"),
        ({"paid_online": "unpaid"}, "DuocThanhToanTrucTuyen", "3"),
        ({"documents": []}, "HoSoCoThanhPhanSoHoa", "0"),
        ({"verified": False}, "TaiKhoanDuocXacThucVoiVNeID", "0"),
        ({"verified": False}, "DSKetNoiCSDL", []),
        ({"summary": "x" * 1500}, "TrichYeuHoSo", "x" * 1000),
        ({"summary": None, "note": None}, "TrichYeuHoSo", ""),
        ({"finished_at": "2026-11-30T23:30:00Z"}, "NgayKetThucXuLy", "20261201063000"),
        ({"refused_at": "2026-11-24T09:00:00+07:00"}, "NgayTuChoi", "20261124090000"),
        ({"returned_at": "2026-12-01T09:00:00+07:00"}, "NgayTra", "20261201090000"),
        ({"applicant": {"kind": "business", "name": "Công ty"}}, "LoaiDoiTuong", "2"),
        ({"applicant": {"kind": "household_business", "name": "Hộ"}}, "LoaiDoiTuong", "2"),
        ({"applicant": {"kind": "state_body", "name": "Sở"}}, "LoaiDoiTuong", "3"),
        ({"applicant": {"kind": "other", "name": "Hội"}}, "LoaiDoiTuong", "4"),
        ({"applicant": {"kind": "citizen", "name": "Mẫu"}}, "SoGiayToChuHoSo", ""),
    ],
)
def test_codes_and_cuts(more: dict[str, Any], field: str, expected: object) -> None:
    assert messages.dossier(snapshot(**more))[field] == expected


def test_papers_without_a_known_code_are_left_out_of_the_identities() -> None:
    papers = [{"type": "passport", "number": "B1"}, {"type": "old_card", "number": "113000001"}]
    message = messages.dossier(snapshot(applicant={"kind": "citizen", "name": "Mẫu", "papers": papers}))
    assert message["SoGiayToChuHoSo"] == "B1"
    assert message["DinhDanhCHS"] == [{"LoaiDinhDanh": "2", "SoDinhDanh": "113000001"}]


def test_an_unknown_fee_is_not_zero_and_a_free_one_is() -> None:
    line = {"code": "P", "name": "Phí", "kind": "fee", "due_at": "return"}
    message = messages.dossier(snapshot(fees=[{**line, "amount": None}, {**line, "amount": 0}]))
    assert [fee["Gia"] for fee in message["DanhSachLePhi"]] == ["", "0"]
    assert message["DanhSachLePhi"][0]["HinhThucThu"] == "4"


def test_supplements_and_results() -> None:
    message = messages.dossier(
        snapshot(
            supplements=[
                {
                    "number": 1,
                    "requested_by": "Lê Thị Thẩm",
                    "reason": "Thiếu bản vẽ",
                    "requested_at": "2026-11-25T10:10:00+07:00",
                    "answered_by": "Nguyễn Thị Mẫu",
                    "answered_at": "2026-11-26T08:00:00+07:00",
                    "old_promise": "2026-12-01T17:00:00+07:00",
                    "new_promise": "2026-12-02T17:00:00+07:00",
                    "documents": [DOCUMENT],
                }
            ],
            results=[
                {
                    "id": "7",
                    "name": "G" * 2500,
                    "code": "KQ-01",
                    "url": "https://x/7",
                    "verification_code": "v",
                }
            ],
        )
    )
    supplement = message["DanhSachHoSoBoSung"][0]
    assert (supplement["HoSoBoSungId"], supplement["TrangThaiBoSung"]) == (1, True)
    assert (supplement["NgayHenTraTruoc"], supplement["NgayHenTraMoi"]) == (
        "20261201170000",
        "20261202170000",
    )
    assert supplement["DanhSachGiayToBoSung"][0]["TepDinhKemId"] == "901"
    assert message["DanhSachGiayToKetQua"] == [
        {
            "TenGiayTo": "G" * 2000,
            "MaThanhPhanHoSo": "",
            "GiayToId": "7",
            "DuongDanTepTinKetQua": "https://x/7",
            "MaGiayToKetQua": "KQ-01",
        }
    ]


def test_a_long_name_is_cut_and_an_empty_one_filled() -> None:
    step = {**STEPS[1], "actor_name": "N" * 60}
    assert messages.steps(snapshot(steps=[step]))[0]["NguoiXuLy"] == "N" * 50
    step = {**STEPS[1], "actor_name": ""}
    assert messages.steps(snapshot(steps=[step]))[0]["NguoiXuLy"] == "Hệ thống một cửa điện tử"


def test_lacking_counts_a_step_once() -> None:
    wanted = messages.steps(snapshot(steps=[STEPS[1], STEPS[1], STEPS[0]]))
    held = [{**wanted[0], "NguoiXuLy": "cut", "More": 1}]
    assert messages.lacking(wanted, held) == [wanted[1], wanted[2]]
    assert messages.lacking(wanted, wanted) == []
