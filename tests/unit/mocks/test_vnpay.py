"""VNPAY 2.1.0 as the mock plays it."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.unit.mocks.vnpay_merchant import OLD_SECRET, REFUND, TOLD, Vnpay, form, open_vnpay, row, sha512

pytestmark = pytest.mark.anyio


@pytest.fixture
async def vnpay() -> AsyncIterator[Vnpay]:
    async with open_vnpay() as opened:
        yield opened


async def test_a_payer_pays_and_goes_back_after_the_merchant_was_told(vnpay: Vnpay) -> None:
    page = await vnpay.arrive()
    for shown in ("150.000 đồng", "Thanh toan phi ho so 0001", "MC0001", "giả lập", '<html lang="vi">'):
        assert shown in page.text
    assert (await vnpay.query())["vnp_TransactionStatus"] == "01"
    back = await vnpay.decide(page)
    (told,) = vnpay.merchant.received
    assert (told["vnp_ResponseCode"], told["vnp_TransactionStatus"]) == ("00", "00")
    assert (told["vnp_Amount"], told["vnp_BankCode"], told["vnp_TxnRef"]) == ("15000000", "BIDV", "MC0001")
    assert told["vnp_SecureHash"] == sha512(form(told))
    address = urlsplit(back.headers["Location"])
    said = dict(parse_qsl(address.query))
    assert (back.status_code, address.hostname, said.pop("a")) == (303, "gateway.test", "1")
    assert said == told
    found = await vnpay.query()
    assert found["vnp_SecureHash"] == sha512(row((*TOLD, "PromotionCode", "PromotionAmount"), found))
    assert (found["vnp_TransactionType"], found["vnp_TransactionStatus"]) == ("01", "00")
    assert found["vnp_TransactionNo"] == told["vnp_TransactionNo"]
    assert "thành công" in (await vnpay.arrive()).text
    assert len(vnpay.merchant.received) == 1
    (kept,) = (await vnpay.client.get("/_mock/payments")).json()
    assert kept["told"] == [{"status": 200, "answer": {"RspCode": "00"}}]


async def test_a_second_click_pays_nothing_more(vnpay: Vnpay) -> None:
    page = await vnpay.arrive()
    first, second = await vnpay.decide(page), await vnpay.decide(page, "cancelled")
    assert first.headers["Location"] == second.headers["Location"]
    assert len(vnpay.merchant.received) == 1
    assert await vnpay.states() == [("pay", 150_000, "done")]


@pytest.mark.parametrize(("outcome", "code"), [("failed", "51"), ("cancelled", "24")])
async def test_a_payer_who_does_not_pay(vnpay: Vnpay, outcome: str, code: str) -> None:
    assert (await vnpay.pay(outcome)).status_code == 303
    (told,) = vnpay.merchant.received
    assert (told["vnp_ResponseCode"], told["vnp_TransactionStatus"]) == (code, "02")
    assert (await vnpay.query())["vnp_TransactionStatus"] == "02"


async def test_a_page_takes_no_money_after_its_time(vnpay: Vnpay) -> None:
    page = await vnpay.arrive()
    vnpay.clock.forward(minutes=31)
    assert "quá thời gian" in (await vnpay.arrive()).text
    await vnpay.decide(page)
    assert [told["vnp_ResponseCode"] for told in vnpay.merchant.received] == ["11"]
    assert await vnpay.states() == [("pay", 150_000, "failed")]


async def test_pages_that_are_forged_or_used_wrongly(vnpay: Vnpay) -> None:
    assert (await vnpay.arrive("FORGED")).status_code == 400
    assert (await vnpay.arrive(vnp_TmnCode="ANOTHER1")).status_code == 400
    assert "vnp_OrderInfo" in (await vnpay.arrive(vnp_OrderInfo="Lệ phí")).text
    assert "vnp_Amount" in (await vnpay.arrive(vnp_Amount="15000050")).text
    assert "vnp_ReturnUrl" in (await vnpay.arrive(vnp_ReturnUrl="javascript:alert(1)")).text
    page = await vnpay.arrive(OLD_SECRET)
    assert page.status_code == 200
    assert (await vnpay.arrive(OLD_SECRET, vnp_Amount="100")).status_code == 409
    assert (await vnpay.decide(page, "stolen")).status_code == 422
    assert (await vnpay.client.post("/paymentv2/pay/guessed", data={"outcome": "paid"})).status_code == 404
    assert vnpay.merchant.received == []


async def test_faults_of_the_ipn(vnpay: Vnpay) -> None:
    async def told(kind: str) -> list[dict[str, str]]:
        vnpay.merchant.received.clear()
        assert (await vnpay.fault("IPN", kind)).status_code == 200
        reference = kind.replace("-", "")
        assert (await vnpay.pay(vnp_TxnRef=reference)).status_code == 303
        return vnpay.merchant.received

    first, second = await told("duplicate")
    assert first == second
    (amount,) = await told("wrong-amount")
    assert (amount["vnp_Amount"], amount["vnp_SecureHash"]) == ("15000100", sha512(form(amount)))
    (signature,) = await told("wrong-signature")
    assert signature["vnp_SecureHash"] != sha512(form(signature))
    failed, paid = await told("out-of-order")
    assert (failed["vnp_TransactionStatus"], paid["vnp_TransactionStatus"]) == ("02", "00")
    assert failed["vnp_TransactionNo"] != paid["vnp_TransactionNo"]
    assert await told("down") == []
    assert await told("slow") == []
    await vnpay.merchant.has_received(1)


async def test_the_ipn_is_sent_again_until_it_is_heard(vnpay: Vnpay) -> None:
    refused = [httpx.Response(200, json={"RspCode": code}) for code in ("97", "99")]
    vnpay.merchant.answers = [httpx.Response(502), *refused]
    await vnpay.pay()
    await vnpay.merchant.has_received(4)
    assert len({told["vnp_SecureHash"] for told in vnpay.merchant.received}) == 1


async def test_an_ipn_confirmed_before_is_not_sent_again(vnpay: Vnpay) -> None:
    vnpay.merchant.answers = [httpx.Response(200, json={"RspCode": "02"})]
    await vnpay.pay()
    await asyncio.sleep(0.05)
    assert len(vnpay.merchant.received) == 1


async def test_questions_that_are_refused(vnpay: Vnpay) -> None:
    await vnpay.pay()
    unsigned = [await vnpay.query("FORGED"), await vnpay.query(vnp_TmnCode="ANOTHER1")]
    assert [(said["vnp_ResponseCode"], "vnp_SecureHash" in said) for said in unsigned] == [
        ("97", False), ("02", False),
    ]  # fmt: skip
    signed = [
        await vnpay.query(vnp_OrderInfo="Hỏi"),
        await vnpay.query(vnp_TxnRef="MC0002"),
        await vnpay.query(vnp_TransactionDate="20201026080001"),
        await vnpay.query(vnp_RequestId="RQ3"),
    ]
    assert [said["vnp_ResponseCode"] for said in signed] == ["03", "91", "91", "94"]
    names = (*TOLD, "PromotionCode", "PromotionAmount")
    assert all(said["vnp_SecureHash"] == sha512(row(names, said)) for said in signed)
    assert (await vnpay.query(OLD_SECRET))["vnp_ResponseCode"] == "00"


async def test_refunds_never_exceed_what_was_paid(vnpay: Vnpay) -> None:
    assert (await vnpay.refund(150_000, "02"))["vnp_ResponseCode"] == "91"
    page = await vnpay.arrive()
    assert (await vnpay.refund(150_000, "02"))["vnp_ResponseCode"] == "95"
    await vnpay.decide(page)
    assert (await vnpay.refund(150_001))["vnp_ResponseCode"] == "93"
    assert (await vnpay.refund(100_000, "02"))["vnp_ResponseCode"] == "93"
    assert (await vnpay.refund(50_000, vnp_TransactionNo="1"))["vnp_ResponseCode"] == "91"
    part = await vnpay.refund(50_000)
    assert (part["vnp_ResponseCode"], part["vnp_TransactionStatus"]) == ("00", "00")
    assert (part["vnp_TransactionType"], part["vnp_SecureHash"]) == ("03", sha512(row(TOLD, part)))
    assert (await vnpay.query())["vnp_TransactionNo"] == part["vnp_TransactionNo"]
    assert (await vnpay.refund(150_000, "02"))["vnp_ResponseCode"] == "04"
    assert (await vnpay.refund(100_001))["vnp_ResponseCode"] == "93"
    assert (await vnpay.refund(100_000, vnp_RequestId=vnpay.requests[-4]))["vnp_ResponseCode"] == "94"
    assert (await vnpay.refund(100_000))["vnp_ResponseCode"] == "00"
    assert (await vnpay.refund(1))["vnp_ResponseCode"] == "93"
    assert await vnpay.states() == [
        ("pay", 150_000, "done"), ("refund", 50_000, "done"), ("refund", 100_000, "done"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "end", "state"), [("pending", "00", "done"), ("pending-refused", "09", "failed")]
)
async def test_a_refund_that_the_bank_ends_later(vnpay: Vnpay, kind: str, end: str, state: str) -> None:
    await vnpay.pay()
    await vnpay.fault("refund", kind, seconds=3600)
    assert (await vnpay.refund(150_000, "02"))["vnp_TransactionStatus"] == "05"
    assert (await vnpay.refund(1))["vnp_ResponseCode"] == "93"
    vnpay.clock.forward(minutes=59)
    assert (await vnpay.query())["vnp_TransactionStatus"] == "05"
    vnpay.clock.forward(minutes=2)
    assert (await vnpay.query())["vnp_TransactionStatus"] == end
    assert await vnpay.states() == [("pay", 150_000, "done"), ("refund", 150_000, state)]
    assert (await vnpay.books())[1]["at"] == "2020-10-26T09:00:00+07:00"


@pytest.mark.parametrize(
    ("kind", "status", "done"),
    [("down", 502, False), ("error", 200, False), ("timeout-after-success", 504, True), ("slow", 200, True)],
)
async def test_faults_of_a_refund(vnpay: Vnpay, kind: str, status: int, done: bool) -> None:
    await vnpay.pay()
    assert (await vnpay.fault("refund", kind)).status_code == 200
    message = {"vnp_Command": "refund", "vnp_TransactionType": "02", "vnp_Amount": "15000000",
               "vnp_TransactionNo": "", "vnp_CreateBy": "an"}  # fmt: skip
    assert (await vnpay.send(REFUND, **message)).status_code == status
    assert (("refund", 150_000, "done") in await vnpay.states()) == done
    assert (await vnpay.client.get("/_mock/faults")).json() == {"waiting": []}


async def test_a_fault_that_does_not_exist_is_refused_and_faults_can_be_called_off(vnpay: Vnpay) -> None:
    assert (await vnpay.fault("IPN", "pending")).status_code == 422
    await vnpay.fault("querydr", "down", times=3)
    assert (await vnpay.client.delete("/_mock/faults")).json() == {"waiting": []}


async def test_the_statement_of_a_day_has_the_money_that_moved_on_it(vnpay: Vnpay) -> None:
    await vnpay.pay()
    await vnpay.pay("failed", vnp_TxnRef="MC0002")
    vnpay.clock.set("2020-10-26T23:59:59")
    part = await vnpay.refund(50_000)
    vnpay.clock.set("2020-10-27T00:00:00")
    whole = await vnpay.refund(100_000)

    async def rows(day: str) -> list[list[str]]:
        sheet = await vnpay.client.get("/_mock/statement", params={"day": day})
        assert sheet.headers["Content-Type"].startswith("text/csv")
        return list(csv.reader(io.StringIO(sheet.text)))

    number = vnpay.merchant.received[0]["vnp_TransactionNo"]
    heading = ["reference", "transaction", "kind", "amount", "time"]
    assert await rows("2020-10-26") == [
        heading,
        ["MC0001", number, "pay", "150000", "2020-10-26T08:00:00+07:00"],
        ["MC0001", part["vnp_TransactionNo"], "refund", "50000", "2020-10-26T23:59:59+07:00"],
    ]
    assert await rows("2020-10-27") == [
        heading,
        ["MC0001", whole["vnp_TransactionNo"], "refund", "100000", "2020-10-27T00:00:00+07:00"],
    ]
    assert (await vnpay.client.get("/_mock/statement", params={"day": "hôm nay"})).status_code == 422


async def test_a_person_sees_the_books_on_a_page(vnpay: Vnpay) -> None:
    assert "Chưa có giao dịch" in (await vnpay.client.get("/")).text
    await vnpay.pay()
    page = (await vnpay.client.get("/")).text
    for shown in (
        "MC0001",
        "150.000 đồng",
        "Thành công",
        "http://vnpay.test/paymentv2/vpcpay.html",
        "giả lập",
    ):
        assert shown in page
    assert (await vnpay.client.get("/health/ready")).json() == {"status": "ok"}


@pytest.mark.parametrize("body", ["", "[]", '{"vnp_Command": "pay"}', '{"vnp_Command": ["querydr"]}'])
async def test_what_is_no_question_is_told_so(vnpay: Vnpay, body: str) -> None:
    answer = await vnpay.client.post("/merchant_webapi/api/transaction", content=body)
    assert (answer.status_code, answer.json()["vnp_ResponseCode"]) == (200, "03")
