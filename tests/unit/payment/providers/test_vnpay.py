"""VNPAY as our provider, against the mock's real application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

import httpx
import pytest

from kit.problem import InvalidInput
from services.payment.errors import (
    CallbackForged,
    CallbackRefused,
    CallbackUnknownReference,
    CallbackWrongAmount,
    CallbackWrongPartner,
)
from services.payment.providers.port import InDoubt, Opened, Paid, Provider, Refused, Waiting
from tests.unit.payment.providers.vnpay_shop import (
    ACCOUNT,
    OLD_SECRET,
    SECRET,
    Says,
    Shop,
    against,
    make_order,
    open_shop,
    sha512,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as opened:
        yield opened


async def test_it_is_a_provider(shop: Shop) -> None:
    provider: Provider = shop.vnpay
    assert (provider.name, provider.repays) == ("vnpay", True)
    assert SECRET not in repr(ACCOUNT)


async def test_a_payment_from_the_page_to_the_answer(shop: Shop) -> None:
    opened = await shop.vnpay.open(make_order(shop.attempt()))
    assert isinstance(opened, Opened)
    query, _, signature = urlsplit(opened.url).query.rpartition("&vnp_SecureHash=")
    asked = dict(parse_qsl(query))
    assert signature == sha512("&".join(f"{name}={quote_plus(asked[name])}" for name in sorted(asked)))
    assert asked == {
        "vnp_Version": "2.1.0", "vnp_Command": "pay", "vnp_TmnCode": "MOTCUAHB", "vnp_Amount": "15000000",
        "vnp_CreateDate": "20201026080000", "vnp_ExpireDate": "20201026083000", "vnp_CurrCode": "VND",
        "vnp_IpAddr": "10.0.0.5", "vnp_Locale": "vn", "vnp_OrderType": "other", "vnp_TxnRef": "MC0001",
        "vnp_OrderInfo": "Thanh toan phi le phi ho so 000.00.13.H28-261123-0001",
        "vnp_ReturnUrl": "http://gateway.test/return",
    }  # fmt: skip
    back = await shop.pay()
    (notice,) = shop.notices
    assert notice.genuine and notice.partner and notice.currency and notice.kind
    assert (notice.reference, notice.amount) == ("MC0001", 150_000)
    assert isinstance(notice.news, Paid)
    assert (notice.news.bank, notice.news.amount) == ("BIDV", 150_000)
    assert await shop.vnpay.query(shop.attempt()) == notice.news
    home = dict(parse_qsl(urlsplit(back.headers["Location"]).query))
    assert shop.vnpay.returning(home) == "MC0001"
    (kept,) = (await shop.gateway.get("/_mock/payments")).json()
    assert kept["told"] == [{"status": 200, "answer": {"RspCode": "00", "Message": "Confirmed"}}]


@pytest.mark.parametrize(("outcome", "reason"), [("failed", "51"), ("cancelled", "24")])
async def test_a_payer_who_does_not_pay(shop: Shop, outcome: str, reason: str) -> None:
    await shop.pay(outcome)
    assert shop.notices[0].news == Refused(reason)
    assert await shop.vnpay.query(shop.attempt()) == Refused("02")


async def test_a_page_that_nobody_opened_waits_until_its_time_is_over(shop: Shop) -> None:
    attempt = shop.attempt()
    assert await shop.vnpay.query(attempt) == Waiting()
    shop.clock.forward(minutes=30)
    assert await shop.vnpay.query(attempt) == Refused("unheard")


async def test_a_page_on_which_the_payer_thinks_waits(shop: Shop) -> None:
    await shop.arrive()
    shop.clock.forward(hours=2)
    assert await shop.vnpay.query(shop.attempt()) == Waiting()


async def test_a_failed_try_told_before_the_payment(shop: Shop) -> None:
    await shop.fault("IPN", "out-of-order")
    await shop.pay()
    failed, paid = shop.notices
    assert failed.news == Refused("51")
    assert await shop.vnpay.query(shop.attempt()) == paid.news


async def test_notices_that_lie(shop: Shop) -> None:
    for kind in ("wrong-signature", "wrong-amount", "duplicate"):
        await shop.fault("IPN", kind)
        await shop.pay(reference=kind.replace("-", ""))
    forged, amount, once, twice = shop.notices
    assert not forged.genuine
    assert (amount.genuine, amount.amount) == (True, 150_001)
    assert once == twice
    told = [payment["told"][-1]["answer"]["RspCode"] for payment in await payments(shop)]
    assert told == ["97", "00", "02"]


async def payments(shop: Shop) -> list[dict[str, Any]]:
    return list((await shop.gateway.get("/_mock/payments")).json())


async def test_a_notice_that_was_altered_or_signed_by_another(shop: Shop) -> None:
    await shop.pay()
    true = dict(shop.notices[0].body)
    assert not shop.vnpay.read({**true, "vnp_Amount": "100"}).genuine
    assert not shop.vnpay.read({**true, "vnp_BankTranNo": ""}).genuine
    assert not shop.vnpay.read({name: true[name] for name in true if name != "vnp_SecureHash"}).genuine
    assert not shop.vnpay.read(signed(true, "OF-ANOTHER")).genuine
    assert shop.vnpay.read(signed(true, OLD_SECRET)).genuine
    assert shop.vnpay.read({**true, "vnp_SecureHashType": "HmacSHA512", "utm": "x"}).genuine
    another = shop.vnpay.read(signed({**true, "vnp_TmnCode": "ANOTHER1"}))
    assert (another.genuine, another.partner) == (True, False)


def signed(parameters: dict[str, str], secret: str = SECRET) -> dict[str, str]:
    names = sorted(name for name, value in parameters.items() if value and name != "vnp_SecureHash")
    text = "&".join(f"{name}={quote_plus(parameters[name])}" for name in names)
    return {**parameters, "vnp_SecureHash": sha512(text, secret)}


@pytest.mark.parametrize(
    ("changes", "news", "kind"),
    [
        ({"vnp_ResponseCode": "00", "vnp_TransactionStatus": "02"}, Refused("02"), True),
        ({"vnp_ResponseCode": "07", "vnp_TransactionStatus": "00"}, Refused("07"), True),
        ({"vnp_ResponseCode": "00", "vnp_TransactionStatus": ""}, Refused(""), False),
        ({"vnp_TransactionNo": "0"}, Paid("", "BIDV", 150_000), False),
    ],
)
async def test_a_payment_is_believed_only_when_both_codes_say_so(
    shop: Shop, changes: dict[str, str], news: Any, kind: bool
) -> None:
    await shop.pay()
    notice = shop.vnpay.read(signed({**shop.notices[0].body, **changes}))
    assert (notice.news, notice.kind) == (news, kind)


async def test_a_notice_with_a_part_of_a_dong_has_no_amount(shop: Shop) -> None:
    await shop.pay()
    notice = shop.vnpay.read(signed({**shop.notices[0].body, "vnp_Amount": "15000050"}))
    assert (notice.genuine, notice.amount) == (True, None)


@pytest.mark.parametrize(
    "message",
    [{}, {"vnp_TxnRef": ""}, {"vnp_TxnRef": 1}, {"vnp_TxnRef": "a b"}, {"vnp_TxnRef": "a", "x": []}],
)
async def test_what_is_no_notice(shop: Shop, message: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        shop.vnpay.read(message)
    assert shop.vnpay.returning({"vnp_TxnRef": "a b"}) == shop.vnpay.returning({}) == ""


@pytest.mark.parametrize(
    ("refusal", "repeated", "code"),
    [
        (None, False, "00"),
        (None, True, "02"),
        (CallbackUnknownReference, False, "01"),
        (CallbackWrongAmount, False, "04"),
        (CallbackForged, False, "97"),
        (CallbackWrongPartner, False, "99"),
    ],
)
async def test_every_answer_is_200_with_its_code(
    shop: Shop, refusal: type[CallbackRefused] | None, repeated: bool, code: str
) -> None:
    await shop.pay()
    status, body = shop.vnpay.answer(shop.notices[0], refusal, repeated=repeated)
    assert (status, body["RspCode"], set(body)) == (200, code, {"RspCode", "Message"})


@pytest.mark.parametrize("kind", ["down", "error", "timeout-after-success", "slow"])
async def test_a_question_that_is_not_answered_leaves_doubt(shop: Shop, kind: str) -> None:
    await shop.pay()
    await shop.fault("querydr", kind, seconds=1)
    assert isinstance(await shop.hurried.query(shop.attempt()), InDoubt)
    assert isinstance(await shop.vnpay.query(shop.attempt()), Paid)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"vnp_SecureHash": "0" * 128}, InDoubt("signature")),
        ({"vnp_ResponseCode": "97", "vnp_SecureHash": ""}, InDoubt("unsigned-97")),
        ({"vnp_ResponseCode": "91", "vnp_SecureHash": ""}, InDoubt("unsigned-91")),
        ({"vnp_ResponseCode": "99"}, InDoubt("code-99")),
        ({"vnp_ResponseCode": None}, InDoubt("no-code")),
        ({"vnp_TxnRef": "MC0002"}, InDoubt("another-payment")),
        ({"vnp_TmnCode": "ANOTHER1"}, InDoubt("another-payment")),
        ({"vnp_TransactionStatus": "07"}, InDoubt("status-07")),
        ({"vnp_TransactionStatus": "04"}, InDoubt("status-04")),
        ({"vnp_TransactionNo": "0"}, InDoubt("unreadable-state")),
        ({"vnp_Amount": "15000050"}, InDoubt("unreadable-state")),
        ({"vnp_Amount": 15000000}, Paid("77", "NCB", 150_000)),
        ({"vnp_TransactionType": "02"}, InDoubt("refunded-elsewhere")),
    ],
)
async def test_what_is_believed_of_an_answer(shop: Shop, fields: dict[str, Any], state: Any) -> None:
    assert await against(Says(**fields), shop).query(shop.attempt()) == state


async def test_an_answer_signed_by_the_old_secret_holds_and_by_another_does_not(shop: Shop) -> None:
    assert isinstance(await against(Says(OLD_SECRET), shop).query(shop.attempt()), Paid)
    assert await against(Says("OF-ANOTHER"), shop).query(shop.attempt()) == InDoubt("signature")


@pytest.mark.parametrize("content", ["", "<html>", "[]", "[" * 5000])
async def test_an_answer_that_cannot_be_read_leaves_doubt(shop: Shop, content: str) -> None:
    vnpay = against(httpx.MockTransport(lambda _: httpx.Response(200, text=content)), shop)
    assert await vnpay.query(shop.attempt()) == InDoubt("status-200")


async def test_who_cannot_be_reached_was_told_nothing(shop: Shop) -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    vnpay, attempt = against(httpx.MockTransport(unreachable), shop), shop.attempt(transaction="77")
    assert await vnpay.query(attempt) == InDoubt("unreachable")
    assert await vnpay.repay(shop.repayment(attempt)) == Refused("unreachable")
    assert await vnpay.query_repayment(shop.repayment(attempt)) == InDoubt("unreachable")
