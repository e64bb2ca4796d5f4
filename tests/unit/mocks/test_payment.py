"""Payment Platform 1.0.6 as the mock plays it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from mocks.national_portal import checksum, payment
from tests.unit.mocks.conftest import SECRET, Portal

pytestmark = pytest.mark.anyio

REFERENCE = "dvc0000013H28261123000120261123101500"
INIT: dict[str, Any] = {
    "LoaiBanTin": "INIT", "PhienBan": "1.0.6", "MaDoiTac": "MOCKHB", "MaThamChieu": REFERENCE,
    "SoTien": "150000", "LoaiHinhThanhToan": "PAY", "MaKenhThanhToan": "1", "MaThietBi": "1",
    "NgonNgu": "vi-VN", "MaTienTe": "VND", "MaNganHang": "PAYMENT",
    "ThongTinGiaoDich": "THANH TOAN HO SO 000.00.13.H28-261123-0001", "ThoiGianGD": "20261123101500",
    "Ip": "10.0.0.5",
}  # fmt: skip
CONFIRM = {
    "LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaDoiTac": "MOCKHB", "MaThamChieu": REFERENCE,
    "SoTien": "150000", "MaTienTe": "VND", "MaGiaoDich": "MOCKTXN20261123000001", "MaNganHang": "VCB",
    "ThoiGianGD": "20261123101742", "ThongTinGiaoDich": INIT["ThongTinGiaoDich"],
}  # fmt: skip
QUESTION = {"PhienBan": "1.0.6", "MaDoiTac": "MOCKHB", "MaThamChieu": REFERENCE}
RECEIPT = {
    "MaHoSo": "000.00.13.H28-261123-0001",
    "TenDonVi": "Sở Thử nghiệm",
    "HoTenNguoiNop": "Nguyễn Thị Mẫu <b>",
}


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (INIT, "8def37af9b0827ddf3f296596a2ec9466105fff3630e8e97c2f2393a63f491a7"),
        (CONFIRM, "665ab1587bb4673e7e8ee9e377b6c79461d235fed9d63628fd7590b902f6ac3e"),
        (
            QUESTION | {"LoaiBanTin": "QUERY", "ThoiGianGD": "20261123101500"},
            "f53a04dd748fe2aa99551a196b860a9d8ba232f8a44f7ed3f11acf7699bf5961",
        ),
        (
            QUESTION | {"LoaiBanTin": "GET_BILL", "ThoiGianGD": "20261123101742"},
            "84d8ea7a2722e8f32cd465cc9b4fc31c47a8e97aacaf98b6591df7d4a5e9d746",
        ),
    ],
)
def test_checksums_of_the_facts(message: dict[str, str], digest: str) -> None:
    assert checksum.of(message["LoaiBanTin"], message, SECRET) == digest


async def send(portal: Portal, message: dict[str, Any], secret: str = SECRET) -> dict[str, Any]:
    signature = checksum.of(message["LoaiBanTin"], message, secret)
    answer = await portal.client.post("/payment", json={**message, "MaXacThuc": signature})
    assert answer.status_code == 200
    return dict(answer.json())


async def init(portal: Portal, **changes: Any) -> dict[str, Any]:
    return await send(portal, {**INIT, "ThongTinBienLai": RECEIPT, **changes})


async def query(portal: Portal) -> dict[str, Any]:
    return await send(portal, {**QUESTION, "LoaiBanTin": "QUERY", "ThoiGianGD": INIT["ThoiGianGD"]})


async def pays(portal: Portal, outcome: str = "paid", bank: str = "BIDV") -> httpx.Response:
    """The whole way of a payer, from INIT."""
    page = urlsplit((await init(portal))["UrlThanhToan"]).path
    return await portal.client.post(page, data={"outcome": outcome, "bank": bank})


async def test_a_payment_from_init_to_the_way_back(portal: Portal) -> None:
    opened = await init(portal)
    assert opened["MaLoi"] == "00"
    page = await portal.client.get(urlsplit(opened["UrlThanhToan"]).path)
    for shown in ("150.000 đồng", RECEIPT["MaHoSo"], "Sở Thử nghiệm", "Nguyễn Thị Mẫu &lt;b&gt;"):
        assert shown in page.text
    assert (await query(portal))["TrangThaiGD"] == payment.STATES["waiting"]
    form = {"outcome": "paid", "bank": "BIDV"}
    back = await portal.client.post(page.url.path, data=form)
    assert (back.status_code, back.headers["Location"]) == (
        303, f"http://gateway.test/return?MaThamChieu={REFERENCE}",
    )  # fmt: skip
    (told,) = portal.province.received
    assert (told["MaLoi"], told["SoTien"], told["MaNganHang"]) == ("00", "150000", "BIDV")
    assert told["ThoiGianGD"] == "20201026080000"
    assert told["MaXacThuc"] == checksum.of("CONFIRM", told, SECRET)
    assert await query(portal) == {**told, "TrangThaiGD": payment.STATES["paid"]}
    again = await portal.client.post(page.url.path, data=form)
    assert (again.status_code, len(portal.province.received)) == (303, 1)
    assert "thành công" in (await portal.client.get(page.url.path)).text
    (kept,) = (await portal.client.get("/_mock/payments")).json()
    assert (kept["reference"], kept["state"]) == (REFERENCE, "paid")
    assert kept["confirmed"] == [{"status": 200, "answer": {"MaLoi": "00"}}]


@pytest.mark.parametrize("outcome", ["failed", "cancelled"])
async def test_a_payer_who_does_not_pay(portal: Portal, outcome: str) -> None:
    assert (await pays(portal, outcome)).status_code == 303
    assert [told["MaLoi"] for told in portal.province.received] == [payment.NOT_PAID]
    assert (await query(portal))["TrangThaiGD"] == payment.STATES["failed"]


async def test_a_bill_of_what_was_paid(portal: Portal) -> None:
    async def bill(at: str) -> dict[str, Any]:
        return await send(portal, {**QUESTION, "LoaiBanTin": "GET_BILL", "ThoiGianGD": at})

    assert (await bill("20201026080000"))["MaLoi"] == payment.UNHEARD
    page = urlsplit((await init(portal))["UrlThanhToan"]).path
    assert (await bill("20201026080000"))["MaLoi"] == payment.NOT_PAID
    await portal.client.post(page, data={"outcome": "paid"})
    assert (await bill("20201026080001"))["MaLoi"] == payment.MALFORMED
    found = await bill("20201026080000")
    assert (found["MaLoi"], found["SoTien"], found["ThongTinBienLai"]) == ("00", "150000", RECEIPT)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SoTien": "0"}, payment.MALFORMED),
        ({"SoTien": "-5"}, payment.MALFORMED),
        ({"SoTien": "1e5"}, payment.MALFORMED),
        ({"SoTien": 150000}, payment.WRONG_CHECKSUM),
        ({"MaTienTe": "USD"}, payment.MALFORMED),
        ({"MaThamChieu": "x" * 256}, payment.MALFORMED),
        ({"ThoiGianGD": "hôm nay"}, payment.MALFORMED),
        ({"ThongTinBienLai": "x"}, payment.MALFORMED),
        ({"MaDoiTac": "ANOTHER"}, payment.WRONG_CHECKSUM),
    ],
)
async def test_a_wrong_order_is_refused(portal: Portal, changes: dict[str, Any], code: str) -> None:
    assert (await init(portal, **changes))["MaLoi"] == code
    assert (await portal.client.get("/_mock/payments")).json() == []


async def test_a_signature_by_the_old_secret_holds_and_a_forged_one_does_not(portal: Portal) -> None:
    message = {**INIT, "ThongTinBienLai": RECEIPT}
    assert (await send(portal, message, "FORGED"))["MaLoi"] == payment.WRONG_CHECKSUM
    assert (await send(portal, message, "OLD-SECRET"))["MaLoi"] == "00"
    assert (await send(portal, message))["MaLoi"] == payment.DUPLICATE


async def test_a_page_that_does_not_exist_or_is_used_wrongly(portal: Portal) -> None:
    assert (await portal.client.get("/payment/pay/guessed")).status_code == 404
    assert (await portal.client.post("/payment/pay/guessed", data={"outcome": "paid"})).status_code == 404
    assert (await pays(portal, "stolen")).status_code == 422
    assert portal.province.received == []


async def test_faults_of_confirm(portal: Portal) -> None:
    async def told(kind: str) -> list[dict[str, Any]]:
        portal.province.received.clear()
        assert (await portal.fault("CONFIRM", kind)).status_code == 200
        page = urlsplit((await init(portal, MaThamChieu=kind))["UrlThanhToan"]).path
        assert (await portal.client.post(page, data={"outcome": "paid"})).status_code == 303
        return portal.province.received

    first, second = await told("duplicate")
    assert first == second
    (amount,) = await told("wrong-amount")
    assert (amount["SoTien"], amount["MaXacThuc"]) == ("150001", checksum.of("CONFIRM", amount, SECRET))
    (signature,) = await told("wrong-signature")
    assert signature["MaXacThuc"] != checksum.of("CONFIRM", signature, SECRET)
    assert await told("down") == []
    assert await told("slow") == []
    await portal.province.has_received(1)


async def test_confirm_is_sent_again_until_it_is_heard(portal: Portal) -> None:
    portal.province.answers = [httpx.Response(502), httpx.Response(200, json={"MaLoi": "99"})]
    await pays(portal)
    await portal.province.has_received(3)
    assert len({told["MaXacThuc"] for told in portal.province.received}) == 1


@pytest.mark.parametrize(("kind", "status"), [("down", 502), ("timeout-after-success", 504), ("error", 200)])
async def test_faults_of_init(portal: Portal, kind: str, status: int) -> None:
    await portal.fault("INIT", kind)
    message = {**INIT, "ThongTinBienLai": RECEIPT}
    body = {**message, "MaXacThuc": checksum.of("INIT", message, SECRET)}
    answer = await portal.client.post("/payment", json=body)
    assert answer.status_code == status
    known = (await query(portal))["MaLoi"] != payment.UNHEARD
    assert known == (kind == "timeout-after-success")
