"""What becomes of a receipt, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

#: phí and lệ phí, as the lines of a payment name them: each has its own receipt.
Kind = Literal["fee", "charge"]
KINDS: tuple[Kind, ...] = ("fee", "charge")


class ReceiptStatus(StrEnum):
    """`issued`: a phiếu thu. `signed`: an issuer has signed it, it is a biên lai. `cancelled` is the end."""

    ISSUED = "issued"
    SIGNED = "signed"
    CANCELLED = "cancelled"


LABEL: Mapping[ReceiptStatus, Mapping[str, str]] = {
    ReceiptStatus.ISSUED: {"vi": "Đã lập phiếu thu", "en": "Issued"},
    ReceiptStatus.SIGNED: {"vi": "Đã ký biên lai", "en": "Signed"},
    ReceiptStatus.CANCELLED: {"vi": "Đã hủy", "en": "Cancelled"},
}

_OF = {"fee": "PHÍ", "charge": "LỆ PHÍ"}


def title(kind: str, *, signed: bool) -> str:
    """What it is called: biên lai only once an issuer has signed it."""
    return f"{'BIÊN LAI THU' if signed else 'PHIẾU THU'} {_OF[kind]}"
