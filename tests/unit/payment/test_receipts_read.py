"""Who sees receipts, what they show, how they are printed."""

from __future__ import annotations

import pytest

from services.payment.receipts import render, views
from services.payment.receipts.models import Receipt
from tests import system
from tests.unit.payment.conftest import CONSTRUCTION, World
from tests.unit.payment.test_receipts import FEE_ONLY, cancel, get, paid, receipts

pytestmark = pytest.mark.anyio


PROVINCE, ELSEWHERE = "000.00.00.H28", "000.00.13.H28"


async def test_others_see_no_receipt_and_cancel_none(world: World) -> None:
    (receipt,) = await receipts(world, await paid(world, purposes=FEE_ONLY))
    for stranger in (
        world.citizen("binh"),
        world.staff("officer", ELSEWHERE),
        world.staff("officer", "000.00.01.H99"),
    ):
        answer = await get(world, receipt, stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "receipt-not-found")
        listed = await world.client.get("/v1/receipts", headers=stranger)
        assert listed.json()["items"] == []
    assert (await cancel(world, receipt, world.staff("cashier", ELSEWHERE))).status_code == 404
    assert (await cancel(world, receipt, world.citizen())).status_code == 403
    assert (await cancel(world, receipt, world.staff("officer"))).status_code == 403
    assert (await world.client.get("/v1/receipts")).status_code == 401
    for reader in (world.staff("officer"), world.staff("cashier", CONSTRUCTION), world.staff("auditor")):
        assert (await get(world, receipt, reader)).status_code == 200


async def test_the_list_is_narrowed_and_paged(world: World) -> None:
    dossier_id = world.dossier(code="000.00.01.H28-201026-7777")
    payment = (await world.create(dossier_id)).json()
    await world.confirm(payment)
    wanted = {receipt["id"] for receipt in await receipts(world, payment)}
    officer = world.staff("officer")
    for dossier in (dossier_id, "000.00.01.H28-201026-7777"):
        first = await world.client.get(
            "/v1/receipts",
            params={"dossier": dossier, "agency": CONSTRUCTION, "series": "HB-20E", "status": "issued",
                    "limit": 1},
            headers=officer,
        )  # fmt: skip
        page = first.json()
        assert 'rel="next"' in first.headers["Link"]
        second = await world.client.get(
            "/v1/receipts", params={"dossier": dossier, "cursor": page["next"]}, headers=officer
        )
        assert {receipt["id"] for receipt in (*page["items"], *second.json()["items"])} == wanted
    none = await world.client.get("/v1/receipts", params={"series": "ZZ-20E"}, headers=officer)
    assert none.json() == {"items": [], "next": None}


async def test_bad_input_is_said_in_vietnamese_with_its_place(world: World) -> None:
    (receipt,) = await receipts(world, await paid(world, purposes=FEE_ONLY))
    for body, pointer in (
        ({"reason": " "}, "/reason"),
        ({"reason": "x" * 501}, "/reason"),
        ({"replace": "perhaps"}, "/replace"),
        ({"payer_name": "An"}, ""),
        ({"amount": 1}, "/amount"),
    ):
        answer = await cancel(world, receipt, **body)
        assert answer.status_code == 422, body
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Content-Language"] == "vi"
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await cancel(world, receipt, version='"7"')).status_code == 412
    assert (await cancel(world, receipt, version="soon")).status_code == 422
    missing = await world.client.post(
        f"/v1/receipts/{receipt['id']}/cancel", json={"reason": "x"}, headers=world.staff("leader")
    )
    assert missing.status_code == 428
    for url in ("/v1/receipts?status=lost", "/v1/receipts?series=%00", "/v1/receipts?dossier=a%20b",
                "/v1/receipts?cursor=x", "/v1/receipts/verify/abc", "/v1/receipts/1"):  # fmt: skip
        wrong = await world.client.get(url, headers=world.citizen())
        assert wrong.status_code == 422, url
        assert wrong.json()["errors"][0]["parameter"], url
    unknown = await world.client.get("/v1/receipts/verify/AAAA-AAAA-AAAA-AAAA-AAAA")
    assert (unknown.status_code, unknown.json()["title"]) == (404, "Không tìm thấy biên lai")


async def test_anybody_verifies_a_receipt_and_learns_of_no_person(world: World) -> None:
    _, charge = await receipts(world, await paid(world))
    assert charge["verification_url"] == (
        f"{system.PUBLIC_URL}/v1/receipts/verify/{charge['verification_code']}"
    )
    answer = await world.client.get(f"/v1/receipts/verify/{charge['verification_code']}")
    assert answer.status_code == 200
    check = answer.json()
    assert {name: check[name] for name in ("valid", "number", "amount", "issued_on", "title")} == {
        "valid": True,
        "number": charge["number"],
        "amount": 50_000,
        "issued_on": "2020-10-26",
        "title": "PHIẾU THU LỆ PHÍ",
    }
    for personal in ("Nguyễn", "017300000001", charge["dossier_code"], charge["payment_id"]):
        assert personal not in answer.text


async def test_a_receipt_shows_the_bodys_name_tax_code_and_account(world: World) -> None:
    for _ in range(3):
        await world.app.state.consumers["payment-catalog"].poll()
    account = {
        "valid_from": "2020-10-26", "bank": "KBNN Hòa Bình", "number": "3511.0.1234567",
        "holder": "Sở Xây dựng", "tax_code": "5400123456", "decision": "QĐ 1/QĐ-SXD",
    }  # fmt: skip
    leader = world.staff("leader", PROVINCE)
    (before,) = await receipts(world, await paid(world, purposes=FEE_ONLY))
    assert (before["agency_name"], before["tax_code"]) == ("Sở Xây dựng", "")
    put = await world.client.put(f"/v1/ledger/accounts/{CONSTRUCTION}", json=account, headers=leader)
    assert put.status_code == 200, put.text
    (after,) = await receipts(world, await paid(world, purposes=FEE_ONLY))
    assert [after[name] for name in ("tax_code", "account", "bank")] == [
        "5400123456",
        "3511.0.1234567",
        "KBNN Hòa Bình",
    ]
    replaced = (await cancel(world, before, leader, replace=True)).json()
    new = (await get(world, {"id": replaced["replaced_by"]})).json()
    assert (new["tax_code"], replaced["tax_code"]) == ("5400123456", "")


async def test_a_body_registers_a_form_of_its_own(world: World) -> None:
    world.clock.set("2026-05-04T09:00")
    form = {"form_code": "01BLP0-003", "letters": "XD"}
    url = f"/v1/receipts/forms/{CONSTRUCTION}/fee"
    leader = world.staff("leader", CONSTRUCTION)
    assert (
        await world.client.put(url, json=form, headers=world.staff("leader", ELSEWHERE))
    ).status_code == 403
    taken = await world.client.put(url, json={**form, "form_code": "01BLP0-002"}, headers=leader)
    assert [error["pointer"] for error in taken.json()["errors"]] == ["/form_code"]
    answer = await world.client.put(url, json=form, headers=leader)
    assert answer.status_code == 200, answer.text
    fee, charge = await receipts(world, await paid(world))
    assert (fee["form_code"], fee["series"], fee["number"]) == ("01BLP0-003", "XD-26E", "0000001")
    assert (charge["form_code"], charge["series"]) == ("01BLP0-002", "HB-26E")
    again = await world.client.put(url, json={"form_code": "01BLP0-001", "letters": "HB"}, headers=leader)
    assert again.status_code == 200


async def test_a_receipt_is_printed_with_its_amount_in_words(world: World) -> None:
    fee, _ = await receipts(world, await paid(world))
    answer = await get(world, fee, Accept="application/pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["ETag"] == '"1"'
    assert fee["number"] in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-")
    async with world.app.state.database.transaction() as session:
        row = await session.get_one(Receipt, fee["id"])
    shown = views.printed(row, "Nguyễn Thị An", None, None)
    assert {name: shown[name] for name in ("title", "total", "in_words", "method", "date", "cancelled")} == {
        "title": "PHIẾU THU PHÍ",
        "total": "100.000",
        "in_words": "Một trăm nghìn đồng",
        "method": "Trực tuyến qua Nền tảng thanh toán quốc gia",
        "date": "ngày 26 tháng 10 năm 2020",
        "cancelled": "",
    }


async def test_a_name_is_printed_as_text_whatever_it_says(world: World) -> None:
    (receipt,) = await receipts(world, await paid(world, purposes=FEE_ONLY, payer_name='#panic("x") *$ "\\'))
    assert (await get(world, receipt, Accept="application/pdf")).status_code == 200
    async with world.app.state.database.transaction() as session:
        row = await session.get_one(Receipt, receipt["id"])
    data = views.printed(row, "#panic()", None, None)
    assert await render.pdf(data, "http://x") == await render.pdf(data, "http://x")
