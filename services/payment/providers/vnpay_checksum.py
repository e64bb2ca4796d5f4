"""Checksums of VNPAY 2.1.0: HMAC-SHA512 in hex, over two kinds of text (protocol facts, section 7.4).

What travels in an address is signed as a form: names sorted, empty values and the checksum itself left
out, name and value URL-encoded. What is posted is signed as values in a fixed order, joined by `|`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

_UNSIGNED = ("vnp_SecureHash", "vnp_SecureHashType")
_QUESTION = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef", "vnp_TransactionDate",
    "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
_REFUND = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType", "vnp_TxnRef",
    "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy", "vnp_CreateDate",
    "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
_REFUND_ANSWER = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType",
    "vnp_TransactionStatus", "vnp_OrderInfo",
)  # fmt: skip

#: Command → the fields that its checksum covers, in order.
ASKED: Mapping[str, Sequence[str]] = {"querydr": _QUESTION, "refund": _REFUND}
ANSWERED: Mapping[str, Sequence[str]] = {
    "querydr": (*_REFUND_ANSWER, "vnp_PromotionCode", "vnp_PromotionAmount"),
    "refund": _REFUND_ANSWER,
}


def form(parameters: Mapping[str, str]) -> str:
    """The query string that is signed and sent. Only VNPAY's own names are covered."""
    covered = [
        (name, value)
        for name, value in sorted(parameters.items())
        if value and name.startswith("vnp_") and name not in _UNSIGNED
    ]
    return urlencode(covered, errors="backslashreplace")


def row(names: Sequence[str], message: Mapping[str, str]) -> str:
    """A field that is not there counts as empty."""
    return "|".join(message.get(name, "") for name in names)


def sign(text: str, secret: str) -> str:
    """Lower-case hex, 128 characters."""
    return hmac.new(secret.encode(), text.encode(errors="backslashreplace"), hashlib.sha512).hexdigest()


def form_holds(parameters: Mapping[str, str], secrets: Sequence[str]) -> bool:
    return _holds(form(parameters), parameters, secrets)


def row_holds(names: Sequence[str], message: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """A value that holds the separator is refused: the same text could be cut into other fields."""
    separable = not any("|" in message.get(name, "") for name in names)
    return _holds(row(names, message), message, secrets) and separable


def _holds(text: str, message: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Under any of `secrets` (two are valid while they are rotated), in the same time wherever it
    differs."""
    given = message.get("vnp_SecureHash", "").lower().encode(errors="backslashreplace")
    found = False
    for secret in secrets:
        found |= hmac.compare_digest(sign(text, secret).encode(), given)
    return found
