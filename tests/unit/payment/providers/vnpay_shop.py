"""VNPAY as our provider and the mock's real application, joined for tests."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from mocks.vnpay.app import create_app
from mocks.vnpay.settings import Settings
from services.payment.errors import CallbackForged
from services.payment.providers.port import Attempt, Notice, Opened, Order, Paid, Repayment
from services.payment.providers.vnpay import Account, Vnpay
from services.payment.providers.vnpay_checksum import ANSWERED
from tests import system

SECRET, OLD_SECRET = "VNPAY-SECRET-0001", "VNPAY-SECRET-0000"
ACCOUNT = Account(
    tmn_code="MOTCUAHB",
    secrets=(SECRET, OLD_SECRET),
    pay_url="http://vnpay.test/paymentv2/vpcpay.html",
    api_url="http://vnpay.test/merchant_webapi/api/transaction",
    return_url="http://gateway.test/return",
)


def sha512(text: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


class Ipn(httpx.AsyncBaseTransport):
    """Our own end, at its smallest: reads the notice and answers by the protocol."""

    def __init__(self) -> None:
        self.vnpay: Vnpay
        self.notices: list[Notice] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        notice = self.vnpay.read(dict(request.url.params))
        self.notices.append(notice)
        refusal = None if notice.genuine else CallbackForged
        status, body = self.vnpay.answer(notice, refusal, repeated=notice in self.notices[:-1])
        return httpx.Response(status, json=body)


@dataclass
class Shop:
    """`hurried`: the same provider, that waits for half a second only."""

    vnpay: Vnpay
    hurried: Vnpay
    gateway: httpx.AsyncClient
    clock: system.StoppedClock
    notices: list[Notice]
    begun: dict[str, Any] = field(default_factory=dict)

    def attempt(self, reference: str = "MC0001", transaction: str | None = None) -> Attempt:
        return Attempt(reference, 150_000, self.begun.setdefault(reference, self.clock.now()), transaction)

    async def arrive(self, reference: str = "MC0001", **changes: Any) -> httpx.Response:
        """A payer on the page that `open` gave."""
        order = replace(make_order(self.attempt(reference)), **changes)
        opened = await self.vnpay.open(order)
        assert isinstance(opened, Opened)
        return await self.gateway.get(opened.url)

    async def pay(self, outcome: str = "paid", reference: str = "MC0001") -> httpx.Response:
        page = await self.arrive(reference)
        action = page.text.split('action="')[1].split('"')[0]
        return await self.gateway.post(action, data={"outcome": outcome, "bank": "BIDV"})

    async def paid(self) -> Attempt:
        """A payment that was made, as we know it then."""
        await self.pay()
        news = self.notices[-1].news
        assert isinstance(news, Paid)
        return self.attempt(transaction=news.transaction)

    def repayment(self, of: Attempt, amount: int = 50_000, **changes: Any) -> Repayment:
        given = Repayment(
            reference="RF0001", of=of, amount=amount, whole=amount == of.amount, reason="Rút hồ sơ",
            by="nguyễn văn lãnh", at=self.clock.now(), earlier=frozenset(),
        )  # fmt: skip
        return replace(given, **changes)

    async def fault(self, service: str, kind: str, **more: Any) -> None:
        order = {"service": service, "kind": kind, **more}
        assert (await self.gateway.post("/_mock/faults", json=order)).status_code == 200

    async def given_back(self) -> int:
        books = (await self.gateway.get("/_mock/books")).json()
        return sum(each["amount"] for each in books if (each["kind"], each["state"]) == ("refund", "done"))


def make_order(attempt: Attempt) -> Order:
    return Order(
        attempt=attempt, expires=attempt.begun.replace(minute=30), ip="10.0.0.5",
        dossier_code="000.00.13.H28-261123-0001", procedure_code="9.000001", procedure_name="Cấp phép",
        agency="H28.13", agency_name="Sở Xây dựng", payer_name="Nguyễn Thị An",
        payer_number="017300000001", lines=(), payee=None,
    )  # fmt: skip


@asynccontextmanager
async def open_shop() -> AsyncIterator[Shop]:
    settings = Settings(
        vnpay_tmn_code=ACCOUNT.tmn_code,
        vnpay_secrets=f"{SECRET},{OLD_SECRET}",
        vnpay_ipn_url="http://gateway.test/ipn",
        vnpay_ipn_delays="60",
    )
    clock, ipn = system.StoppedClock(), Ipn()
    app = create_app(settings, clock.now, ipn)
    async with system.running(app) as gateway:
        way = httpx.ASGITransport(app)
        ipn.vnpay = Vnpay(ACCOUNT, clock=clock, timeout=10, transport=way)
        hurried = Vnpay(ACCOUNT, clock=clock, timeout=0.5, transport=way)
        yield Shop(ipn.vnpay, hurried, gateway, clock, ipn.notices)
        await ipn.vnpay.close()


class Says(httpx.AsyncBaseTransport):
    """A VNPAY that answers every message with the same fields, signed by `secret`."""

    def __init__(self, secret: str = SECRET, **fields: Any) -> None:
        self._secret, self._fields = secret, fields

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        command = "refund" if b'"refund"' in await request.aread() else "querydr"
        said = {
            "vnp_ResponseId": "1", "vnp_Command": command, "vnp_ResponseCode": "00", "vnp_Message": "x",
            "vnp_TmnCode": "MOTCUAHB", "vnp_TxnRef": "MC0001", "vnp_Amount": "15000000",
            "vnp_BankCode": "NCB", "vnp_TransactionNo": "77", "vnp_TransactionType": "01",
            "vnp_TransactionStatus": "00", **self._fields,
        }  # fmt: skip
        text = "|".join(str(said.get(name, "")) for name in ANSWERED[command])
        return httpx.Response(200, json={"vnp_SecureHash": sha512(text, self._secret), **said})


def against(transport: httpx.AsyncBaseTransport, shop: Shop) -> Vnpay:
    return Vnpay(ACCOUNT, clock=shop.clock, timeout=10, transport=transport)
