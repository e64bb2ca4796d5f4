"""Money given back through VNPAY, against the mock's real application."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.payment.providers.port import InDoubt, Paid, Refused, Repaid, Repayment, Waiting
from tests.unit.payment.providers.vnpay_shop import Says, Shop, against, open_shop

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as opened:
        yield opened


async def repaid(shop: Shop, repayment: Repayment) -> str:
    """VNPAY's number of a refund that succeeds."""
    done = await shop.vnpay.repay(repayment)
    assert isinstance(done, Repaid)
    return done.transaction


async def test_a_whole_refund(shop: Shop) -> None:
    attempt = await shop.paid()
    repayment = shop.repayment(attempt, 150_000)
    number = await repaid(shop, repayment)
    assert await shop.vnpay.query_repayment(repayment) == Repaid(number)
    assert await shop.given_back() == 150_000


async def test_parts_until_all_is_given_back_and_no_more(shop: Shop) -> None:
    attempt = await shop.paid()
    first = await repaid(shop, shop.repayment(attempt))
    second = await repaid(shop, shop.repayment(attempt, 100_000, reference="RF0002"))
    assert first != second
    again = shop.repayment(attempt, 1, reference="RF0003", earlier=frozenset({first, second}))
    assert await shop.vnpay.repay(again) == Refused("93")
    assert await shop.given_back() == 150_000


async def test_a_payment_that_was_refunded_still_looks_paid(shop: Shop) -> None:
    attempt = await shop.paid()
    before = await shop.vnpay.query(attempt)
    await repaid(shop, shop.repayment(attempt))
    assert await shop.vnpay.query(attempt) == before
    await shop.fault("refund", "pending-refused", seconds=60)
    assert await shop.vnpay.repay(shop.repayment(attempt, 60_000, reference="RF0002")) == Waiting()
    shop.clock.forward(hours=1)
    assert await shop.vnpay.query(attempt) == before


@pytest.mark.parametrize("fields", [{"vnp_TransactionStatus": "02"}, {"vnp_ResponseCode": "91"}])
async def test_a_payment_known_as_paid_is_never_refused(shop: Shop, fields: dict[str, str]) -> None:
    attempt = shop.attempt(transaction="77")
    shop.clock.forward(days=1)
    assert isinstance(await against(Says(**fields), shop).query(attempt), InDoubt)


async def test_a_refund_state_under_the_payments_own_type_says_that_it_was_paid(shop: Shop) -> None:
    says = Says(vnp_TransactionStatus="05")
    assert await against(says, shop).query(shop.attempt(transaction="76")) == Paid("76", "NCB", 150_000)


@pytest.mark.parametrize(("kind", "end"), [("pending", Repaid), ("pending-refused", Refused)])
async def test_a_refund_that_the_bank_ends_later(shop: Shop, kind: str, end: type) -> None:
    attempt = await shop.paid()
    repayment = shop.repayment(attempt)
    await shop.fault("refund", kind, seconds=3600)
    assert await shop.vnpay.repay(repayment) == Waiting()
    shop.clock.forward(minutes=59)
    assert await shop.vnpay.query_repayment(repayment) == Waiting()
    shop.clock.forward(minutes=1)
    assert isinstance(await shop.vnpay.query_repayment(repayment), end)
    assert await shop.given_back() == (50_000 if end is Repaid else 0)


async def test_the_same_refund_sent_twice_is_done_once(shop: Shop) -> None:
    attempt = await shop.paid()
    repayment = shop.repayment(attempt)
    number = await repaid(shop, repayment)
    shop.clock.forward(minutes=5)
    assert await shop.vnpay.repay(repayment) == InDoubt("code-94")
    assert await shop.vnpay.query_repayment(repayment) == Repaid(number)
    assert await shop.given_back() == 50_000


@pytest.mark.parametrize("seconds", [0, 1])
async def test_a_refund_that_timed_out_after_success_is_found(shop: Shop, seconds: int) -> None:
    attempt = await shop.paid()
    repayment = shop.repayment(attempt)
    await shop.fault("refund", "timeout-after-success", seconds=seconds)
    assert isinstance(await shop.hurried.repay(repayment), InDoubt)
    assert isinstance(await shop.vnpay.query_repayment(repayment), Repaid)
    assert await shop.given_back() == 50_000


@pytest.mark.parametrize("kind", ["down", "error"])
async def test_a_refund_that_never_arrived_is_known_as_such_only_after_a_while(shop: Shop, kind: str) -> None:
    attempt = await shop.paid()
    repayment = shop.repayment(attempt)
    await shop.fault("refund", kind)
    assert isinstance(await shop.vnpay.repay(repayment), InDoubt)
    assert await shop.vnpay.query_repayment(repayment) == InDoubt("on-its-way")
    shop.clock.forward(minutes=2)
    assert await shop.vnpay.query_repayment(repayment) == Refused("unheard")


async def test_an_earlier_refund_is_not_taken_for_this_one(shop: Shop) -> None:
    attempt = await shop.paid()
    known = frozenset({await repaid(shop, shop.repayment(attempt))})
    lost = shop.repayment(attempt, reference="RF0002", earlier=known)
    await shop.fault("refund", "down")
    assert isinstance(await shop.vnpay.repay(lost), InDoubt)
    shop.clock.forward(minutes=5)
    assert await shop.vnpay.query_repayment(lost) == Refused("unheard")


async def test_a_refund_of_another_amount_leaves_doubt(shop: Shop) -> None:
    attempt = await shop.paid()
    await repaid(shop, shop.repayment(attempt, 60_000, reference="RF0009"))
    assert await shop.vnpay.query_repayment(shop.repayment(attempt)) == InDoubt("another-refund")


async def test_what_was_not_paid_is_not_given_back(shop: Shop) -> None:
    await shop.pay("failed")
    assert await shop.vnpay.repay(shop.repayment(shop.attempt(), 150_000)) == Refused("95")


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"vnp_ResponseCode": "97"}, Refused("97")),
        ({"vnp_ResponseCode": "02"}, Refused("02")),
        ({"vnp_ResponseCode": "03"}, Refused("03")),
        ({"vnp_ResponseCode": "97", "vnp_SecureHash": ""}, InDoubt("unsigned-97")),
        ({"vnp_ResponseCode": "95", "vnp_SecureHash": "0"}, InDoubt("signature")),
        ({"vnp_ResponseCode": "91"}, InDoubt("code-91")),
        ({"vnp_ResponseCode": "99"}, InDoubt("code-99")),
        ({"vnp_TxnRef": "MC0002"}, InDoubt("another-payment")),
        ({"vnp_Command": "querydr"}, InDoubt("another-payment")),
        ({"vnp_Amount": "100"}, InDoubt("another-refund")),
        ({"vnp_TransactionNo": "70"}, InDoubt("another-refund")),
        ({"vnp_TransactionNo": "0"}, InDoubt("status-00")),
        ({"vnp_TransactionStatus": "06"}, Waiting()),
        ({"vnp_TransactionStatus": "09"}, Refused("09")),
        ({"vnp_TransactionStatus": "04"}, InDoubt("status-04")),
        ({}, Repaid("77")),
    ],
)
async def test_what_is_believed_of_an_answer_to_a_refund(
    shop: Shop, fields: dict[str, Any], outcome: Any
) -> None:
    says = Says(**{"vnp_Amount": "5000000", "vnp_TransactionType": "03", **fields})
    repayment = shop.repayment(shop.attempt(transaction="7"), earlier=frozenset({"70"}))
    assert await against(says, shop).repay(repayment) == outcome


async def test_a_refund_says_the_same_of_itself_however_often_it_is_sent(shop: Shop) -> None:
    sent: list[dict[str, str]] = []

    def take(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(502)

    vnpay = against(httpx.MockTransport(take), shop)
    repayment = shop.repayment(shop.attempt(transaction="77"))
    for _ in range(2):
        assert await vnpay.repay(repayment) == InDoubt("status-502")
    assert sent[0] == sent[1]
    assert (sent[0]["vnp_TransactionType"], sent[0]["vnp_Amount"]) == ("03", "5000000")
    assert sent[0]["vnp_CreateBy"] == "nguyen van lanh"
    assert sent[0]["vnp_OrderInfo"] == "Hoan tien RF0001 Rut ho so"
    assert len(sent[0]["vnp_RequestId"]) == 32
