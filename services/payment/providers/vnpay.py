"""VNPAY 2.1.0: pay address, IPN, querydr, refund (protocol facts, section 7.4).

querydr tells of the latest transaction under a reference only, be it the payment or a refund of it. The
methods that ask are written around that.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from kit.clock import Clock
from kit.problem import FieldFault, InvalidInput
from kit.tls import trusted
from services.payment.errors import CallbackRefused
from services.payment.providers.port import (
    Attempt,
    Bill,
    InDoubt,
    Notice,
    Opened,
    Order,
    Paid,
    Refused,
    Repaid,
    Repayment,
    Waiting,
)
from services.payment.providers.vnpay_checksum import ANSWERED, ASKED, form, form_holds, row, row_holds, sign
from services.payment.providers.vnpay_text import moment, plain, read_amount, read_answer, read_number

VERSION, DONE, UNHEARD = "2.1.0", "00", "91"
#: `vnp_TransactionType` and, for a gateway that leaves it at 01, the states that only refunds have.
_REFUND_TYPES, _REFUND_STATES = ("02", "03"), ("05", "06", "09")
#: Refund refused as it was asked: partner 02, form 03, whole after part 04, part only 13, sum 93, the
#: payment was not paid 95, checksum 97. 94 (asked before) and 91 are none: something may have been done.
_REFUSALS = ("02", "03", "04", "13", "93", "95", "97")
#: A request that we gave up may still arrive: until then, "never heard of it" proves nothing.
_ON_ITS_WAY = timedelta(minutes=2)
_SAID = {
    "00": "Confirmed",
    "01": "Order not found",
    "02": "Order already confirmed",
    "04": "Invalid amount",
    "97": "Invalid checksum",
    "99": "Refused",
}

Answer = Mapping[str, str]


@dataclass(frozen=True)
class Account:
    """Ours there. The first of `secrets` signs, all verify. `ip`: of the machine that asks."""

    tmn_code: str
    secrets: Sequence[str] = field(repr=False)
    pay_url: str
    api_url: str
    return_url: str
    ip: str = "127.0.0.1"


class Vnpay:
    """`lasts`: how long after its opening a payment page takes money; the same as of the orders."""

    name, repays = "vnpay", True

    def __init__(
        self,
        account: Account,
        *,
        clock: Clock,
        timeout: float,
        lasts: timedelta = timedelta(minutes=30),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._account, self._clock, self._timeout, self._lasts = account, clock, timeout, lasts
        self._client = httpx.AsyncClient(
            verify=trusted(), transport=transport, timeout=timeout, follow_redirects=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def open(self, order: Order) -> Opened | Refused | InDoubt:
        """The signed address; VNPAY hears of the payment when the payer goes there. Who pays is not told."""
        parameters = {
            "vnp_Version": VERSION,
            "vnp_Command": "pay",
            "vnp_TmnCode": self._account.tmn_code,
            "vnp_Amount": str(order.attempt.amount * 100),
            "vnp_CreateDate": moment(order.attempt.begun),
            "vnp_ExpireDate": moment(order.expires),
            "vnp_CurrCode": "VND",
            "vnp_IpAddr": order.ip,
            "vnp_Locale": "vn",
            "vnp_OrderInfo": plain(f"Thanh toan phi le phi ho so {order.dossier_code}"),
            "vnp_OrderType": "other",
            "vnp_ReturnUrl": self._account.return_url,
            "vnp_TxnRef": order.attempt.reference,
        }
        query = form(parameters)
        return Opened(
            f"{self._account.pay_url}?{query}&vnp_SecureHash={sign(query, self._account.secrets[0])}"
        )

    async def query(self, attempt: Attempt) -> Paid | Waiting | Refused | InDoubt:
        """A payment whose page can still be opened is waiting, though VNPAY never heard of it. One that we
        know as paid is never refused, whatever came after it."""
        answer = await self._ask(attempt)
        if isinstance(answer, InDoubt):
            return answer
        state = self._state(attempt, answer)
        if isinstance(state, Refused) and attempt.transaction:
            return InDoubt(f"was-paid-{state.reason}")
        return state

    def _state(self, attempt: Attempt, answer: Answer) -> Paid | Waiting | Refused | InDoubt:
        code, status = answer["vnp_ResponseCode"], answer.get("vnp_TransactionStatus", "")
        if code == UNHEARD:
            open_still = self._clock.now() < attempt.begun + self._lasts
            return Waiting() if open_still else Refused("unheard")
        if code != DONE:
            return InDoubt(f"code-{code}")
        if _is_refund(answer):
            return _paid_before(attempt, answer)
        if status == "01":
            return Waiting()
        if status == "02":
            return Refused(status)
        if status != DONE:
            return InDoubt(f"status-{status}")  # 04 taken at the bank, 07 suspected: money may yet come
        amount, number = read_amount(answer.get("vnp_Amount", "")), read_number(answer)
        if amount is None or not number:
            return InDoubt("unreadable-state")
        return Paid(number, answer.get("vnp_BankCode", ""), amount)

    async def repay(self, repayment: Repayment) -> Repaid | Waiting | Refused | InDoubt:
        message = {
            **self._envelope("refund", repayment.of),
            # The same for the same refund, so that VNPAY does it once (94 the second time).
            "vnp_RequestId": hashlib.sha256(repayment.reference.encode()).hexdigest()[:32],
            "vnp_TransactionType": "02" if repayment.whole else "03",
            "vnp_Amount": str(repayment.amount * 100),
            "vnp_TransactionNo": repayment.of.transaction or "",
            "vnp_CreateBy": plain(repayment.by) or "motcua",
            "vnp_OrderInfo": plain(f"Hoan tien {repayment.reference} {repayment.reason}"),
        }
        answer = await self._post(message, repayment.of.reference)
        if isinstance(answer, Refused | InDoubt):
            return answer
        code = answer["vnp_ResponseCode"]
        if code != DONE:
            return Refused(code) if code in _REFUSALS else InDoubt(f"code-{code}")
        return _repaid(repayment, answer)

    async def query_repayment(self, repayment: Repayment) -> Repaid | Waiting | Refused | InDoubt:
        """Only one refund of a payment may be open at a time: two of one amount cannot be told apart."""
        answer = await self._ask(repayment.of)
        if isinstance(answer, InDoubt):
            return answer
        if (code := answer["vnp_ResponseCode"]) != DONE:
            return InDoubt(f"code-{code}")
        if _is_refund(answer) and read_number(answer) not in repayment.earlier:
            return _repaid(repayment, answer)
        if self._clock.now() < repayment.at + _ON_ITS_WAY:
            return InDoubt("on-its-way")
        return Refused("unheard")

    async def bill(self, attempt: Attempt, time: str) -> Bill | Refused | InDoubt:
        return Refused("no-bills")

    def read(self, message: Mapping[str, Any]) -> Notice:
        """The parameters of an IPN."""
        reference = message.get("vnp_TxnRef")
        whole = all(isinstance(value, str) for value in message.values())
        if not whole or not isinstance(reference, str) or not re.fullmatch(r"[0-9A-Za-z]{1,100}", reference):
            words = {"vi": "Thiếu mã tham chiếu hoặc không đọc được", "en": "No readable reference"}
            raise InvalidInput(errors=[FieldFault("unreadable", words, parameter="vnp_TxnRef")])
        code, status = message.get("vnp_ResponseCode", ""), message.get("vnp_TransactionStatus", "")
        amount, number = read_amount(message.get("vnp_Amount", "")), read_number(message)
        paid = code == status == DONE
        refused = Refused((status if code == DONE else code)[:32])
        return Notice(
            genuine=form_holds(message, self._account.secrets),
            reference=reference,
            amount=amount,
            news=Paid(number, message.get("vnp_BankCode", ""), amount or 0) if paid else refused,
            body=message,
            partner=message.get("vnp_TmnCode") == self._account.tmn_code,
            kind=bool(code and status and (number or not paid)),
        )

    def answer(
        self,
        notice: Notice,
        refusal: type[CallbackRefused] | None,
        *,
        repeated: bool,
    ) -> tuple[int, dict[str, Any]]:
        """VNPAY tells again unless it hears 00 or 02."""
        code = refusal.provider_code if refusal else "02" if repeated else DONE
        return 200, {"RspCode": code, "Message": _SAID.get(code, _SAID["99"])}

    def returning(self, parameters: Mapping[str, str]) -> str:
        reference = parameters.get("vnp_TxnRef", "")
        return reference if re.fullmatch(r"[0-9A-Za-z]{1,100}", reference) else ""

    def _envelope(self, command: str, attempt: Attempt) -> dict[str, str]:
        """What every message to the merchant's interface says."""
        return {
            "vnp_Version": VERSION,
            "vnp_Command": command,
            "vnp_TmnCode": self._account.tmn_code,
            "vnp_TxnRef": attempt.reference,
            "vnp_TransactionDate": moment(attempt.begun),
            "vnp_CreateDate": moment(self._clock.now()),
            "vnp_IpAddr": self._account.ip,
        }

    async def _ask(self, attempt: Attempt) -> Answer | InDoubt:
        message = {
            **self._envelope("querydr", attempt),
            "vnp_RequestId": secrets.token_hex(16),
            "vnp_OrderInfo": plain(f"Hoi giao dich {attempt.reference}"),
        }
        answer = await self._post(message, attempt.reference)
        # The question was refused, not the payment.
        return InDoubt(answer.reason) if isinstance(answer, Refused) else answer

    async def _post(self, message: Mapping[str, str], reference: str) -> Answer | Refused | InDoubt:
        command, secret = message["vnp_Command"], self._account.secrets[0]
        signed = {**message, "vnp_SecureHash": sign(row(ASKED[command], message), secret)}
        try:
            # httpx counts from byte to byte; an answer that drips in has to end, too.
            async with asyncio.timeout(self._timeout):
                answer = await self._client.post(self._account.api_url, json=signed)
        except httpx.ConnectError:
            return Refused("unreachable")  # no connection, so nothing was sent
        except (httpx.HTTPError, TimeoutError) as error:
            return InDoubt(type(error).__name__)
        body = read_answer(answer)
        if body is None:
            return InDoubt(f"status-{answer.status_code}")
        return self._trust(body, command, reference)

    def _trust(self, body: Answer, command: str, reference: str) -> Answer | InDoubt:
        """Only what is signed, and speaks of this payment. An error without a signature may come from
        anything on the way, also after the work was done; so it refuses nothing."""
        code = body.get("vnp_ResponseCode", "")
        if not re.fullmatch(r"[0-9A-Za-z]{1,8}", code):
            return InDoubt("no-code")
        if not row_holds(ANSWERED[command], body, self._account.secrets):
            return InDoubt("signature" if body.get("vnp_SecureHash") else f"unsigned-{code}")
        # Of what was not found there may be nothing to tell.
        expected = (reference, "") if code == UNHEARD else (reference,)
        ours = body.get("vnp_TmnCode") == self._account.tmn_code and body.get("vnp_Command") == command
        return body if ours and body.get("vnp_TxnRef", "") in expected else InDoubt("another-payment")


def _is_refund(answer: Answer) -> bool:
    return (
        answer.get("vnp_TransactionType", "") in _REFUND_TYPES
        or answer.get("vnp_TransactionStatus", "") in _REFUND_STATES
    )


def _paid_before(attempt: Attempt, answer: Answer) -> Paid | InDoubt:
    """What is refunded was paid, though the payment's own number and amount are told no more. If we do not
    know them either, somebody gave money back without us: no machine settles that."""
    if not attempt.transaction:
        return InDoubt("refunded-elsewhere")
    return Paid(attempt.transaction, answer.get("vnp_BankCode", ""), attempt.amount)


def _repaid(repayment: Repayment, answer: Answer) -> Repaid | Waiting | Refused | InDoubt:
    status, number = answer.get("vnp_TransactionStatus", ""), read_number(answer)
    if read_amount(answer.get("vnp_Amount", "")) != repayment.amount or number in repayment.earlier:
        return InDoubt("another-refund")
    if status in ("05", "06"):
        return Waiting()
    if status in ("02", "09"):
        return Refused(status)
    return Repaid(number) if status == DONE and number else InDoubt(f"status-{status}")
