"""The national database as the mock serves it: the source's flaws, and nothing beside them."""

from __future__ import annotations

from typing import Any

import pytest

from mocks.national_portal.procedures import Procedures
from tests.unit.mocks.conftest import Portal

pytestmark = pytest.mark.anyio


async def full(portal: Portal) -> dict[str, Any]:
    (found,) = (await portal.call("LayThuTuc", maTTHC="1.000005"))["result"]
    return dict(found)


async def test_a_full_procedure_in_the_portals_shape(portal: Portal) -> None:
    found = await full(portal)
    assert found["TENTTHC"] == "Cấp giấy phép  xây dựng \nnhà ở "
    levels = [level["CAPTHUCHIEN"] for level in found["CAPTHUCHIEN"]]
    assert levels == ["0", "1", "2", "3", "4"]  # the last is none of the portal's
    assert [channel["KENH"] for channel in found["CACHTHUCTHUCHIEN"]] == ["2", "3", "1"]
    times = [(t["THOIGIANGIAIQUYET"], t["DONVITINH"]) for t in found["CACHTHUCTHUCHIEN"][0]["THOIGIAN"]]
    assert times == [("01", "Giờ"), ("1.5", "Ngày làm việc")]
    papers = [(case["TRUONGHOP"], case["GIAYTO"][0]["TENGIAYTO"]) for case in found["THANHPHANHOSO"]]
    assert papers == [("Cấp mới", "Đơn"), ("", "Bản vẽ")]
    assert found["THANHPHANHOSO"][1]["GIAYTO"][0]["SOBANSAO"] == "2"
    assert found["LINHVUCTHUCHIEN"] == [{"MALINHVUC": "", "TENLINHVUC": "Hoạt động xây dựng"}]
    assert [who["TENDOITUONG"] for who in found["DOITUONGTHUCHIEN"]] == ["Công dân Việt Nam", "HTX)"]
    assert found["CANCUPHAPLY"][0]["SOVANBAN"] == "50/2014/QH13"


async def test_fees_as_the_portal_writes_them(portal: Portal) -> None:
    fees = (await full(portal))["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["PHILEPHI"]
    assert [fee["SOTIEN"] for fee in fees[:4]] == ["20 VNĐ", "Miễn phí", "10 USD", ""]
    assert fees[3]["MOTA"] == "Phí thẩm định a"
    assert {fee["SOTIEN"] for fee in fees[4:16]} == {"1500000", "1.500.000"}
    assert {fee["SOTIEN"] for fee in fees[16:]} == {"0", "không"}
    assert 0 < sum(fee["MAPHILEPHI"].endswith("'") for fee in fees) < len(fees)
    assert fees == (await full(portal))["CACHTHUCTHUCHIEN"][1]["THOIGIAN"][0]["PHILEPHI"]


async def test_nothing_is_invented_where_the_source_has_nothing(portal: Portal) -> None:
    (found,) = (await portal.call("LayThuTuc", maTTHC="1.000006"))["result"]
    said = {name: value for name, value in found.items() if value}
    assert said == {
        "ID": "1000006", "MATTHC": "1.000006", "TENTTHC": "Không có gì khác", "TRANGTHAI": "1",
    }  # fmt: skip
    assert (await portal.call("LayDanhMucLinhVuc"))["result"] == [
        {"MALINHVUC": "", "TENLINHVUC": "Hoạt động xây dựng", "MANGANH": ""}
    ]
    assert [body["TENDONVI"] for body in (await portal.call("LayDanhMucCoQuan"))["result"]] == ["Sở Xây dựng"]


async def test_a_procedure_is_withdrawn_and_restored(portal: Portal) -> None:
    async def listed() -> list[str]:
        return [row["MATTHC"] for row in (await portal.call("LayDanhSachTTHC"))["result"]]

    assert await listed() == ["1.000005", "1.000006"]
    gone = await portal.client.post("/_mock/procedures/1.000005/withdraw")
    assert gone.json() == {"code": "1.000005", "withdrawn": True, "listed": 1}
    assert await listed() == ["1.000006"]
    assert (await portal.call("LayThuTuc", maTTHC="1.000005"))["result"] == []
    await portal.client.post("/_mock/procedures/1.000005/restore")
    assert await listed() == ["1.000005", "1.000006"]
    assert (await portal.client.post("/_mock/procedures/9/withdraw")).status_code == 404


async def test_the_national_database_changes_a_procedure(portal: Portal) -> None:
    """In the shape that it has: the rest stays, and the list says the new name."""
    before, path = await full(portal), "/_mock/procedures/1.000005/change"
    await portal.client.post(path, json={"fee": 120_000})
    fees = (await full(portal))["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["PHILEPHI"]
    assert fees[0]["SOTIEN"].replace(".", "") == "120000"
    assert fees[1:] == before["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["PHILEPHI"][1:]
    await portal.client.post(path, json={"paper": {"name": "Bản vẽ", "copies_photo": 5}})
    papers = [paper for case in (await full(portal))["THANHPHANHOSO"] for paper in case["GIAYTO"]]
    assert [(p["TENGIAYTO"], p["SOBANSAO"]) for p in papers] == [("Đơn", "0"), ("Bản vẽ", "5")]
    await portal.client.post(path, json={"name": "Tên mới", "paper": {"name": "Tờ khai"}})
    after = await full(portal)
    assert after["THANHPHANHOSO"][-1]["GIAYTO"][-1]["TENGIAYTO"] == "Tờ khai"
    assert after["TENTTHC"] == "Tên mới"
    assert "Tên mới" in [row["TENTTHC"] for row in (await portal.call("LayDanhSachTTHC"))["result"]]
    assert (await portal.client.post("/_mock/procedures/9/change", json={"fee": 1})).status_code == 404
    assert (await portal.client.post(path, json={"fee": -1})).status_code == 422


def test_no_file_no_procedures() -> None:
    assert Procedures(None).listed() == []
