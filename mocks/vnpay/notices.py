"""The payer has decided: the books are written, the merchant is told by a signed IPN."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import httpx

from mocks.clock import stamp
from mocks.vnpay import checksum
from mocks.vnpay.books import Books, Order, Transaction
from mocks.vnpay.settings import Settings

#: What a payer does → `vnp_ResponseCode`.
OUTCOMES = {"paid": "00", "failed": "51", "cancelled": "24", "expired": "11"}
_HEARD = ("00", "02")
_MOST_REPEATS = 10


class Notifier:
    def __init__(
        self, books: Books, settings: Settings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._books, self._settings = books, settings
        self._secret = settings.vnpay_secrets.split(",")[0]
        self._delays = [float(delay) for delay in settings.vnpay_ipn_delays.split(",")][:_MOST_REPEATS]
        self._http = httpx.AsyncClient(transport=transport, timeout=5, trust_env=False)
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    def notice(self, order: Order, payment: Transaction, **lies: str) -> dict[str, str]:
        """What an IPN and the way back say of a payment, signed."""
        done = payment.state == "done"
        said = {
            "vnp_Amount": str(payment.amount * 100),
            "vnp_BankCode": payment.bank or "VNPAY",
            "vnp_BankTranNo": f"VNP{payment.number}" if done else "",
            "vnp_CardType": "ATM" if done else "",
            "vnp_OrderInfo": order.asked["vnp_OrderInfo"],
            "vnp_PayDate": stamp(payment.at),
            "vnp_ResponseCode": payment.code,
            "vnp_TmnCode": order.asked["vnp_TmnCode"],
            "vnp_TransactionNo": payment.number,
            "vnp_TransactionStatus": "00" if done else "02",
            "vnp_TxnRef": order.reference,
            **lies,
        }
        told = {name: value for name, value in said.items() if value}
        return {**told, "vnp_SecureHash": checksum.of_form(told, self._secret)}

    async def finish(self, order: Order, outcome: str, bank: str) -> None:
        """`outcome`: of OUTCOMES. The merchant is told before this returns, unless a scripted fault has it
        otherwise; when it says neither 00 nor 02, it is told again in the background."""
        fault = self._books.faults.next("IPN")
        kind = fault.kind if fault else ""
        tried = None
        if kind == "out-of-order" and outcome == "paid":
            tried = self._end(order.payment, "failed", "")
            self._books.pay(order, "waiting")
        payment = self._end(order.payment, outcome, bank)
        if tried:
            await self._send(order, self.notice(order, tried))
        if kind == "down":
            return
        if fault is not None and kind == "slow":
            self._later(order, payment, [fault.seconds, *self._delays])
            return
        notice = self.notice(order, payment)
        if kind == "wrong-signature":
            notice["vnp_SecureHash"] = "0" * 128
        if kind == "wrong-amount":
            notice = self.notice(order, payment, vnp_Amount=str((payment.amount + 1) * 100))
        heard = await self._send(order, notice)
        if kind == "duplicate":
            await self._send(order, notice)
        if not heard:
            self._later(order, payment, self._delays)

    def _end(self, payment: Transaction, outcome: str, bank: str) -> Transaction:
        payment.state = "done" if outcome == "paid" else "failed"
        payment.code, payment.bank, payment.at = OUTCOMES[outcome], bank, self._books.now()
        return payment

    def _later(self, order: Order, payment: Transaction, delays: list[float]) -> None:
        task = asyncio.create_task(self._again(order, payment, delays))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, order: Order, payment: Transaction, delays: list[float]) -> None:
        for delay in delays:
            await asyncio.sleep(delay)
            if await self._send(order, self.notice(order, payment)):
                return

    async def _send(self, order: Order, notice: dict[str, str]) -> bool:
        try:
            answer = await self._http.get(f"{self._settings.vnpay_ipn_url}?{urlencode(notice)}")
            body: Any = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            order.told.append({"error": type(error).__name__})
            return False
        order.told.append({"status": answer.status_code, "answer": body})
        return isinstance(body, dict) and body.get("RspCode") in _HEARD
