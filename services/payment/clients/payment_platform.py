"""The national portal's Payment Platform 1.0.6: INIT and QUERY (protocol facts, section 7.1).

A call ends with an outcome, never with an exception: what did not come back whole is `InDoubt`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from kit.clock import VIETNAM
from services.payment.checksum import FIELDS, holds, sign
from services.payment.settings import PlatformState

VERSION, CURRENCY, PAID_CODE = "1.0.6", "VND", "00"


@dataclass(frozen=True)
class Order:
    """What is to be paid. `receipt` is `ThongTinBienLai`; it is not covered by the checksum."""

    reference: str
    amount: int
    description: str
    begun: datetime
    ip: str
    receipt: Mapping[str, Any]


@dataclass(frozen=True)
class Opened:
    url: str


@dataclass(frozen=True)
class Refused:
    """Nothing was or will be paid under this reference. `reason`: the provider's code, or ours."""

    reason: str


@dataclass(frozen=True)
class Paid:
    transaction: str
    bank: str
    amount: int


@dataclass(frozen=True)
class Waiting:
    """The provider knows the payment and has no money for it yet."""


@dataclass(frozen=True)
class InDoubt:
    """Time-out, transport error, or an answer that cannot be read."""

    error: str


Answer = Opened | Refused | InDoubt
State = Paid | Waiting | Refused | InDoubt


def moment(at: datetime) -> str:
    """`yyyyMMddHHmmss` in Vietnam."""
    return at.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")


@dataclass(frozen=True)
class Partner:
    """Our account there. `states` and `unheard`: see the settings."""

    url: str
    code: str
    secrets: Sequence[str]
    states: Mapping[str, PlatformState]
    unheard: str


class PaymentPlatform:
    def __init__(
        self, partner: Partner, *, timeout: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.partner = partner
        self._timeout = timeout
        self._client = httpx.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def init(self, order: Order) -> Answer:
        """Ask for a payment page. Sent once: a repetition could open a second payment."""
        message = {
            "LoaiBanTin": "INIT",
            "PhienBan": VERSION,
            "MaDoiTac": self.partner.code,
            "MaThamChieu": order.reference,
            "SoTien": str(order.amount),
            "LoaiHinhThanhToan": "PAY",
            "MaKenhThanhToan": "1",
            "MaThietBi": "1",
            "NgonNgu": "vi-VN",
            "MaTienTe": CURRENCY,
            "MaNganHang": "PAYMENT",
            "ThongTinGiaoDich": order.description,
            "ThoiGianGD": moment(order.begun),
            "Ip": order.ip,
        }
        answer = await self._post({**self._signed(message), "ThongTinBienLai": order.receipt})
        if isinstance(answer, InDoubt | Refused):
            return answer
        if (code := _code(answer)) != PAID_CODE:
            return Refused(code) if code else InDoubt("no-code")
        url = answer.get("UrlThanhToan")
        if not isinstance(url, str) or not re.fullmatch(r"https?://\S{1,1990}", url):
            return InDoubt("no-payment-page")
        return Opened(url)

    async def query(self, reference: str, begun: datetime) -> State:
        """Ask what became of a payment; `begun` is the moment its INIT carried."""
        message = {
            "LoaiBanTin": "QUERY",
            "PhienBan": VERSION,
            "MaDoiTac": self.partner.code,
            "MaThamChieu": reference,
            "ThoiGianGD": moment(begun),
        }
        answer = await self._post(self._signed(message))
        if isinstance(answer, Refused):
            return InDoubt(answer.reason)  # the question was refused, not the payment
        if isinstance(answer, InDoubt):
            return answer
        return self._state(answer, reference)

    def _state(self, answer: Mapping[str, Any], reference: str) -> State:
        code = _code(answer)
        if code == self.partner.unheard:
            return Refused("unheard")
        if not self._genuine(answer):
            return InDoubt("signature")
        if answer.get("MaThamChieu") != reference or answer.get("MaDoiTac") != self.partner.code:
            return InDoubt("another-payment")
        state = self.partner.states.get(str(answer.get("TrangThaiGD", "")))
        if state == "waiting":
            return Waiting()
        if state == "failed":
            return Refused(code if code not in ("", PAID_CODE) else "failed")
        transaction, bank = str(answer.get("MaGiaoDich") or ""), str(answer.get("MaNganHang") or "")
        amount = str(answer.get("SoTien", ""))
        if state != "paid" or not transaction or not re.fullmatch(r"[0-9]{1,15}", amount):
            return InDoubt("unreadable-state")
        if answer.get("MaTienTe") != CURRENCY:
            return InDoubt("another-currency")
        return Paid(transaction, bank, int(amount))

    def _genuine(self, answer: Mapping[str, Any]) -> bool:
        """A QUERY is answered with the fields of a CONFIRM, its checksum among them."""
        covered = {name: str(answer.get(name, "")) for name in FIELDS["CONFIRM"]}
        return holds("CONFIRM", covered, str(answer.get("MaXacThuc", "")), self.partner.secrets)

    def _signed(self, message: dict[str, str]) -> dict[str, Any]:
        checksum = sign(message["LoaiBanTin"], message, self.partner.secrets[0])
        return {**message, "MaXacThuc": checksum}

    async def _post(self, message: Mapping[str, Any]) -> Mapping[str, Any] | Refused | InDoubt:
        try:
            # httpx counts from byte to byte; an answer that drips in has to end, too.
            async with asyncio.timeout(self._timeout):
                answer = await self._client.post(self.partner.url, json=message)
        except httpx.ConnectError:
            return Refused("unreachable")  # no connection, so nothing was sent
        except (httpx.HTTPError, TimeoutError) as error:
            return InDoubt(type(error).__name__)
        try:
            body = answer.json()
        except ValueError:
            body = None
        if answer.status_code >= 500 or not isinstance(body, dict):
            return InDoubt(f"status-{answer.status_code}")
        return body


def _code(answer: Mapping[str, Any]) -> str:
    return str(answer.get("MaLoi", ""))[:32]
