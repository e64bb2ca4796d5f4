"""`vnp_SecureHash` of VNPAY 2.1.0: HMAC-SHA512 over a sorted form, or over values joined by `|`."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

#: Command → the fields that its checksum covers, in order.
REQUEST: dict[str, tuple[str, ...]] = {
    "querydr": ("vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef",
                "vnp_TransactionDate", "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo"),
    "refund": ("vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType",
               "vnp_TxnRef", "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy",
               "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo"),
}  # fmt: skip
_REFUND = ("vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef",
           "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType",
           "vnp_TransactionStatus", "vnp_OrderInfo")  # fmt: skip
ANSWER = {"refund": _REFUND, "querydr": (*_REFUND, "vnp_PromotionCode", "vnp_PromotionAmount")}


def of_form(parameters: Mapping[str, str], secret: str) -> str:
    """Lower-case hex. Names sorted; the checksum itself and empty values are left out."""
    left_out = ("vnp_SecureHash", "vnp_SecureHashType")
    covered = sorted((name, value) for name, value in parameters.items() if value and name not in left_out)
    return _of(urlencode(covered), secret)


def of_row(names: tuple[str, ...], message: Mapping[str, Any], secret: str) -> str:
    """Lower-case hex. What is not there counts as empty."""
    return _of("|".join(str(message.get(name, "")) for name in names), secret)


def _of(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()
