"""The merchant's interface: querydr and refund.

What the merchant has signed is answered signed; what it has not is refused without a signature, since
nothing that a stranger chose is signed. Codes: protocol facts, section 7.4, and what public clients know.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Any

from mocks.clock import stamp
from mocks.national_portal.faults import Fault
from mocks.vnpay import checksum
from mocks.vnpay.books import Books, Order, State, Transaction
from mocks.vnpay.settings import Settings

DONE, WRONG_PARTNER, MALFORMED, PART_BEFORE, UNHEARD = "00", "02", "03", "04", "91"
WRONG_SUM, REPEATED, NOT_PAID, WRONG_CHECKSUM, TROUBLE = "93", "94", "95", "97", "99"
#: Scripted fault → what becomes of a refund that is taken in.
PUT_OFF: dict[str, State] = {"pending": "done", "pending-refused": "failed"}
_STATES = {
    "pay": {"waiting": "01", "done": "00", "failed": "02"},
    "refund": {"waiting": "05", "done": "00", "failed": "09"},
}
_TIME = re.compile(r"[0-9]{14}")
_COMMON = {"vnp_RequestId": re.compile(r"[0-9A-Za-z]{1,32}"), "vnp_Version": re.compile(r"2\.1\.0"),
           "vnp_TxnRef": re.compile(r"[0-9A-Za-z]{1,100}"), "vnp_TransactionDate": _TIME,
           "vnp_CreateDate": _TIME, "vnp_IpAddr": re.compile(r"[0-9a-fA-F.:]{7,45}"),
           "vnp_OrderInfo": re.compile(r"[0-9A-Za-z .:-]{1,255}")}  # fmt: skip
_FORMS = {
    "querydr": _COMMON,
    "refund": {
        **_COMMON,
        "vnp_Amount": re.compile(r"[1-9][0-9]{0,14}00"),
        "vnp_TransactionType": re.compile(r"0[23]"),
        "vnp_TransactionNo": re.compile(r"[0-9]{0,15}"),
        "vnp_CreateBy": re.compile(r"[0-9A-Za-z .:-]{1,245}"),
    },
}


def refusal(code: str, words: str) -> dict[str, Any]:
    """Unsigned."""
    return {"vnp_ResponseId": secrets.token_hex(16), "vnp_ResponseCode": code, "vnp_Message": words}


class Merchant:
    def __init__(self, books: Books, settings: Settings) -> None:
        self._books = books
        self._partner, self._secrets = settings.vnpay_tmn_code, settings.vnpay_secrets.split(",")

    def answer(self, message: dict[str, Any], fault: Fault | None = None) -> dict[str, Any]:
        """To querydr or refund. `fault`: of PUT_OFF."""
        command = str(message["vnp_Command"])
        if message.get("vnp_TmnCode") != self._partner:
            return refusal(WRONG_PARTNER, "Invalid connection")
        if not self._genuine(command, message):
            return refusal(WRONG_CHECKSUM, "Invalid checksum")
        wrong = [name for name, form in _FORMS[command].items() if not form.fullmatch(message.get(name, ""))]
        if wrong:
            return self._said(message, MALFORMED, f"Invalid data format: {', '.join(wrong)}")
        if message["vnp_RequestId"] in self._books.requests:
            return self._said(message, REPEATED, "Duplicate request")
        self._books.requests.add(message["vnp_RequestId"])
        order = self._books.order(message["vnp_TxnRef"])
        if order is None or order.asked["vnp_CreateDate"] != message["vnp_TransactionDate"]:
            return self._said(message, UNHEARD, "Transaction not found")
        if command == "querydr":
            return self._said(message, DONE, "QueryDR Success", self._of(order, order.latest))
        return self._refund(order, message, fault)

    def _genuine(self, command: str, message: dict[str, Any]) -> bool:
        """All that the checksum covers is text, and it holds under one of the secrets."""
        names = checksum.REQUEST[command]
        if not all(isinstance(message.get(name, ""), str) for name in (*names, "vnp_SecureHash")):
            return False
        given = message.get("vnp_SecureHash", "").encode()
        return any(
            hmac.compare_digest(checksum.of_row(names, message, secret).encode(), given)
            for secret in self._secrets
        )

    def _refund(self, order: Order, message: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
        amount, whole = int(message["vnp_Amount"]) // 100, message["vnp_TransactionType"] == "02"
        payment = order.payment
        if message.get("vnp_TransactionNo", "") not in ("", payment.number):
            return self._said(message, UNHEARD, "Transaction not found")
        if payment.state != "done":
            return self._said(message, NOT_PAID, "The transaction was not successful")
        if whole and order.repaid:
            return self._said(message, PART_BEFORE, "A part was refunded before")
        if amount > payment.amount - order.repaid or (whole and amount != payment.amount):
            return self._said(message, WRONG_SUM, "Invalid refund amount")
        refund = self._books.refund(order, amount, whole=whole)
        if fault:
            self._books.put_off(refund, fault.seconds, PUT_OFF[fault.kind])
        return self._said(message, DONE, "Request success", self._of(order, refund))

    def _of(self, order: Order, transaction: Transaction) -> dict[str, str]:
        kind = "01" if transaction.kind == "pay" else "02" if transaction.whole else "03"
        return {
            "vnp_Amount": str(transaction.amount * 100),
            "vnp_BankCode": transaction.bank,
            "vnp_PayDate": stamp(transaction.at),
            "vnp_TransactionNo": transaction.number,
            "vnp_TransactionType": kind,
            "vnp_TransactionStatus": _STATES[transaction.kind][transaction.state],
            "vnp_OrderInfo": order.asked["vnp_OrderInfo"],
        }

    def _said(
        self, message: dict[str, Any], code: str, words: str, facts: dict[str, str] | None = None
    ) -> dict[str, Any]:
        command = str(message["vnp_Command"])
        answer = {
            **refusal(code, words),
            "vnp_Command": command,
            "vnp_TmnCode": self._partner,
            "vnp_TxnRef": message["vnp_TxnRef"],
            **(facts or {}),
        }
        hashed = checksum.of_row(checksum.ANSWER[command], answer, self._secrets[0])
        return {**answer, "vnp_SecureHash": hashed}
