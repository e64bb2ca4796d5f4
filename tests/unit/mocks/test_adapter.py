"""The portal's adapter in its three styles: what it takes, what it refuses and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.mocks.conftest import CODE, Portal, dossier, step

pytestmark = pytest.mark.anyio

SYNC, PROGRESS = "DongBoHoSoMC", "CapNhatTienDoHoSoMC"


async def put(portal: Portal, *items: Any, updating: str = "False") -> dict[str, Any]:
    return await portal.call(SYNC, isUpdating=updating, data=list(items))


async def held(portal: Portal) -> dict[str, Any]:
    found: dict[str, Any] = (await portal.client.get(f"/_mock/dossiers/{CODE}")).json()
    return found


async def test_a_dossier_and_its_steps_arrive(portal: Portal) -> None:
    assert (await portal.log_in())["error_code"] == 0
    assert await put(portal, dossier()) == {"error_code": "0", "message": "Đồng bộ thành công"}
    assert (await portal.call(PROGRESS, data=[step(), step(TrangThai="5")]))["error_code"] == "0"
    (found,) = (await portal.call("TraCuuHoSo", mahoso=CODE))["result"]
    assert found == {**dossier(), "DanhSachTienDo": [step(), step(TrangThai="5")]}
    assert (await portal.call("TraCuuHoSo", mahoso="khác"))["result"] == []
    assert (await portal.client.get("/_mock/dossiers")).json() == [found]


async def test_a_second_create_is_told_apart_from_an_update(portal: Portal) -> None:
    await put(portal, dossier())
    assert await put(portal, dossier()) == {"error_code": "-3", "message": f"Hồ sơ {CODE} đã tồn tại"}
    changed = dossier(TrangThaiHoSo="4")
    assert (await put(portal, changed, updating="True"))["error_code"] == "0"
    assert (await held(portal))["TrangThaiHoSo"] == "4"
    other = dossier(MaHoSo="H28.13-261123-0002")
    assert "không tồn tại" in (await put(portal, other, updating="True"))["message"]
    assert "isUpdating" in (await put(portal, other, updating="false"))["message"]


async def test_a_call_is_taken_whole_or_not_at_all(portal: Portal) -> None:
    good, twice = dossier(), dossier(MaHoSo="H28.13-261123-0002")
    assert (await put(portal, good, dossier(ChuHoSo="")))["message"] == "Thiếu ChuHoSo"
    assert "đã tồn tại" in (await put(portal, twice, twice))["message"]
    assert (await portal.client.get("/_mock/dossiers")).json() == []
    await put(portal, good)
    refused = await portal.call(PROGRESS, data=[step(), step(MaHoSo="H28.13-261123-0002")])
    assert "không tồn tại" in refused["message"]
    assert (await held(portal))["DanhSachTienDo"] == []


async def test_steps_sent_twice_stand_twice(portal: Portal) -> None:
    await put(portal, dossier())
    for _ in range(2):
        await portal.call(PROGRESS, data=[step()] * 12)
    assert len((await held(portal))["DanhSachTienDo"]) == 24


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"MaHoSo": ""}, "Thiếu MaHoSo"),
        ({"MaHoSo": "H28-0001"}, "MaHoSo không đúng cấu trúc"),
        ({"MaHoSo": "H28.13-261332-0001"}, "MaHoSo không đúng cấu trúc"),
        ({"MaHoSo": ["x"]}, "MaHoSo phải là chuỗi"),
        ({"TrangThaiHoSo": 2}, "TrangThaiHoSo phải là chuỗi"),
        ({"TrangThaiHoSo": "11"}, "TrangThaiHoSo không có trong danh mục"),
        ({"KenhThucHien": []}, "KenhThucHien phải là chuỗi"),
        ({"LoaiDoiTuong": "5"}, "LoaiDoiTuong không có trong danh mục"),
        ({"NgayHenTra": None}, "NgayHenTra phải là chuỗi"),
        ({"NgayHenTra": "2026-12-01"}, "NgayHenTra không đúng yyyyMMddHHmmss"),
        ({"NgayTiepNhan": "20261323091500"}, "NgayTiepNhan không đúng yyyyMMddHHmmss"),
        ({"TrichYeuHoSo": "x" * 1001}, "TrichYeuHoSo dài quá 1000 ký tự"),
        ({"TaiLieuNop": "don.pdf"}, "TaiLieuNop phải là danh sách"),
        ({"TaiLieuNop": ["don.pdf"]}, "TaiLieuNop 1: phải là đối tượng"),
        ({"DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "017"}]}, "DinhDanhCHS 1: SoDinhDanh"),
        ({"DanhSachLePhi": [{"HinhThucThu": "1", "Gia": 150000}]}, "DanhSachLePhi 1: Gia"),
    ],
)
async def test_a_wrong_dossier_is_refused_with_the_reason(
    portal: Portal, changes: dict[str, Any], words: str
) -> None:
    answer = await put(portal, dossier(**changes))
    assert answer["error_code"] == "-1"
    assert words in answer["message"]


async def test_a_file_needs_an_address_that_the_portal_can_reach(portal: Portal) -> None:
    paper = {**dossier()["TaiLieuNop"][0], "DuongDanTaiTepTin": "/v1/documents/1"}
    answer = await put(portal, dossier(TaiLieuNop=[paper]))
    assert answer["message"] == "TaiLieuNop 1: DuongDanTaiTepTin không hợp lệ"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"NguoiXuLy": ""}, "Thiếu NguoiXuLy"),
        ({"NguoiXuLy": "x" * 51}, "NguoiXuLy dài quá 50 ký tự"),
        ({"ThoiDiemXuLy": "hôm nay"}, "ThoiDiemXuLy không đúng yyyyMMddHHmmss"),
        ({"TrangThai": ["2"]}, "TrangThai phải là chuỗi"),
        ({"TrangThai": "12"}, "TrangThai không có trong danh mục"),
    ],
)
async def test_a_wrong_step_is_refused_with_the_reason(
    portal: Portal, changes: dict[str, Any], words: str
) -> None:
    await put(portal, dossier())
    assert words in (await portal.call(PROGRESS, data=[step(**changes)]))["message"]
    assert (await held(portal))["DanhSachTienDo"] == []


@pytest.mark.parametrize("data", [None, [], {}, "x", ["x"], [None]])
async def test_data_that_is_no_list_of_objects(portal: Portal, data: Any) -> None:
    for service in (SYNC, PROGRESS):
        assert (await portal.call(service, isUpdating="False", data=data))["error_code"] == "-1"


async def test_sessions_end(portal: Portal) -> None:
    wrong = await portal.client.post("/mapi/login", json={"username": "hoa-binh", "password": "x"})
    assert wrong.json() == {"error_code": "-1", "message": "Sai tài khoản hoặc mật khẩu"}
    assert (await portal.call("TraCuuHoSo", session="x", mahoso=CODE))["error_code"] == "401"
    assert (await portal.call("TraCuuHoSo", mahoso=CODE))["error_code"] == "0"
    portal.clock.forward(minutes=31)
    assert (await portal.call("TraCuuHoSo", mahoso=CODE))["error_code"] == "401"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"session": "\\ud800"}', b"[" * 100_000])
async def test_what_is_not_json_is_answered_in_the_protocol(portal: Portal, body: bytes) -> None:
    for path in ("/mapi/login", "/mapi/g", f"/api/SynsTTHCC/{SYNC}", "/payment"):
        answer = await portal.client.post(path, content=body)
        assert answer.status_code == 200
        assert answer.json().get("error_code") in ("-1", "401", None)


async def test_a_unit_and_a_known_service_are_asked_for(portal: Portal) -> None:
    assert (await portal.call("TraCuuHoSo", madonvi=""))["message"] == "Thiếu mã định danh đơn vị"
    assert (await portal.call("KhongCo"))["error_code"] == "-1"


async def test_bare_arrays(portal: Portal) -> None:
    where = f"/api/SynsTTHCC/{SYNC}?MaDinhDanhDV=000.00.00.H28"
    created = await portal.client.post(f"{where}&isUpdating=False", json=[dossier()])
    assert created.json() == {"error_code": "0", "message": "Đồng bộ thành công"}
    assert (await portal.client.post(f"{where}&isUpdating=False", json=[dossier()])).json()[
        "error_code"
    ] == "-3"
    steps = await portal.client.post(where.replace(SYNC, PROGRESS), json=[step()])
    assert steps.json()["error_code"] == "0"


async def test_reads_wrapped_in_the_message(portal: Portal) -> None:
    outer = (await portal.client.get("/KetNoiMotCuaQuocGia/LayThuTuc?maTTHC=1.000006")).json()
    assert outer["error_code"] == "0"
    assert json.loads(outer["message"])["result"][0]["TENTTHC"] == "Không có gì khác"


async def test_a_technical_id_is_found_by_number(portal: Portal) -> None:
    for number, tech_id in (("017300000001", "tech-an-nguyen"), ("5400000001", "tech-mau-hoa-binh")):
        found = await portal.call("TraCuuTechID", provider="wso2is", mstorcmnd=number)
        assert found["result"] == [{"TECHNICALID": tech_id}]
    for number in ("", "000000000000"):
        assert (await portal.call("TraCuuTechID", mstorcmnd=number))["result"] == []


async def test_faults_are_met_once_each_and_in_order(portal: Portal) -> None:
    await portal.log_in()
    for kind in ("timeout-after-success", "error", "bad-session"):
        assert (await portal.fault(SYNC, kind)).status_code == 200
    envelope = {"session": portal.session, "madonvi": "x", "service": SYNC, "isUpdating": "False"}
    lost = await portal.client.post("/mapi/g", json=envelope | {"data": [dossier()]})
    assert (lost.status_code, (await held(portal))["MaHoSo"]) == (504, CODE)
    assert (await put(portal, dossier()))["message"] == "Lỗi hệ thống"
    assert (await put(portal, dossier()))["error_code"] == "401"
    portal.session = ""
    assert (await put(portal, dossier()))["error_code"] == "-3"
    assert (await portal.client.get("/_mock/faults")).json() == {"waiting": []}


async def test_down_slow_and_already_there(portal: Portal) -> None:
    await portal.fault("login", "down", times=2)
    for _ in range(2):
        assert (await portal.client.post("/mapi/login", json={})).status_code == 502
    await portal.fault(SYNC, "duplicate")
    assert await put(portal, dossier()) == {"error_code": "3", "message": "Hồ sơ đã tồn tại"}
    assert (await held(portal))["MaHoSo"] == CODE
    await portal.fault("TraCuuHoSo", "slow", seconds=0.01)
    assert len((await portal.call("TraCuuHoSo", mahoso=CODE))["result"]) == 1


async def test_faults_that_no_service_knows(portal: Portal) -> None:
    assert (await portal.fault("TraCuuHoSo", "wrong-amount")).status_code == 422
    assert (await portal.fault("KhongCo", "down")).status_code == 422
    await portal.fault("QUERY", "down", times=3)
    assert (await portal.client.delete("/_mock/faults")).json() == {"waiting": []}
    assert (await portal.client.get("/_mock/dossiers/khác")).status_code == 404
