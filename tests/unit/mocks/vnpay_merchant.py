"""The VNPAY mock in this process, and a merchant that signs by the documented rule, written once more."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import httpx

from mocks.vnpay.app import create_app
from mocks.vnpay.settings import Settings
from tests import system

PARTNER, SECRET, OLD_SECRET = "MOTCUAHB", "VNPAY-SECRET-0001", "VNPAY-SECRET-0000"
PAY = {
    "vnp_Version": "2.1.0", "vnp_Command": "pay", "vnp_TmnCode": PARTNER, "vnp_Amount": "15000000",
    "vnp_CreateDate": "20201026080000", "vnp_ExpireDate": "20201026083000", "vnp_CurrCode": "VND",
    "vnp_IpAddr": "10.0.0.5", "vnp_Locale": "vn", "vnp_OrderInfo": "Thanh toan phi ho so 0001",
    "vnp_OrderType": "other", "vnp_ReturnUrl": "http://gateway.test/return?a=1", "vnp_TxnRef": "MC0001",
}  # fmt: skip
ASKED = ("RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate", "CreateDate", "IpAddr",
         "OrderInfo")  # fmt: skip
REFUND = ("RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef", "Amount",
          "TransactionNo", "TransactionDate", "CreateBy", "CreateDate", "IpAddr", "OrderInfo")  # fmt: skip
TOLD = ("ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode",
        "PayDate", "TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo")  # fmt: skip


def sha512(text: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def form(parameters: dict[str, str]) -> str:
    names = sorted(name for name, value in parameters.items() if value and name != "vnp_SecureHash")
    return "&".join(f"{quote_plus(name)}={quote_plus(parameters[name])}" for name in names)


def row(names: tuple[str, ...], message: dict[str, Any]) -> str:
    return "|".join(message.get(f"vnp_{name}", "") for name in names)


class Merchant(httpx.AsyncBaseTransport):
    """Where IPN arrives. `answers` are given in order; then always 00."""

    def __init__(self) -> None:
        self.received: list[dict[str, str]] = []
        self.answers: list[httpx.Response] = []
        self._arrival = asyncio.Event()

    async def has_received(self, number: int) -> None:
        async with asyncio.timeout(5):
            while len(self.received) < number:
                self._arrival.clear()
                await self._arrival.wait()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("GET", "/ipn")
        self.received.append(dict(parse_qsl(request.url.query.decode(), strict_parsing=True)))
        self._arrival.set()
        return self.answers.pop(0) if self.answers else httpx.Response(200, json={"RspCode": "00"})


@dataclass
class Vnpay:
    client: httpx.AsyncClient
    clock: system.StoppedClock
    merchant: Merchant
    requests: list[str] = field(default_factory=list)

    async def arrive(self, secret: str = SECRET, **changes: str) -> httpx.Response:
        """A payer at the page."""
        query = form(PAY | changes)
        address = f"/paymentv2/vpcpay.html?{query}&vnp_SecureHash={sha512(query, secret)}"
        return await self.client.get(address)

    async def decide(self, page: httpx.Response, outcome: str = "paid", bank: str = "BIDV") -> httpx.Response:
        action = page.text.split('action="')[1].split('"')[0]
        return await self.client.post(action, data={"outcome": outcome, "bank": bank})

    async def pay(self, outcome: str = "paid", **changes: str) -> httpx.Response:
        return await self.decide(await self.arrive(**changes), outcome)

    async def send(self, names: tuple[str, ...], secret: str = SECRET, **message: str) -> httpx.Response:
        self.requests.append(f"RQ{len(self.requests)}")
        whole = {
            "vnp_RequestId": self.requests[-1], "vnp_Version": "2.1.0", "vnp_TmnCode": PARTNER,
            "vnp_TxnRef": "MC0001", "vnp_TransactionDate": PAY["vnp_CreateDate"],
            "vnp_CreateDate": "20201026080100", "vnp_IpAddr": "127.0.0.1", "vnp_OrderInfo": "Hoi",
            **message,
        }  # fmt: skip
        signed = {**whole, "vnp_SecureHash": sha512(row(names, whole), secret)}
        return await self.client.post("/merchant_webapi/api/transaction", json=signed)

    async def query(self, secret: str = SECRET, **changes: str) -> dict[str, str]:
        return dict((await self.send(ASKED, secret, **{"vnp_Command": "querydr", **changes})).json())

    async def refund(self, amount: int, kind: str = "03", **changes: str) -> dict[str, str]:
        message = {
            "vnp_Command": "refund", "vnp_TransactionType": kind, "vnp_Amount": str(amount * 100),
            "vnp_TransactionNo": "", "vnp_CreateBy": "lanh dao", **changes,
        }  # fmt: skip
        return dict((await self.send(REFUND, **message)).json())

    async def fault(self, service: str, kind: str, **more: Any) -> httpx.Response:
        return await self.client.post("/_mock/faults", json={"service": service, "kind": kind, **more})

    async def books(self) -> list[dict[str, Any]]:
        return list((await self.client.get("/_mock/books")).json())

    async def states(self) -> list[tuple[str, int, str]]:
        return [(entry["kind"], entry["amount"], entry["state"]) for entry in await self.books()]


@asynccontextmanager
async def open_vnpay() -> AsyncIterator[Vnpay]:
    settings = Settings(
        vnpay_public_url="http://vnpay.test",
        vnpay_tmn_code=PARTNER,
        vnpay_secrets=f"{SECRET},{OLD_SECRET}",
        vnpay_ipn_url="http://gateway.test/ipn",
        vnpay_ipn_delays="0,0,0",
    )
    clock, merchant = system.StoppedClock(), Merchant()
    async with system.running(create_app(settings, clock.now, merchant)) as client:
        yield Vnpay(client, clock, merchant)
