"""Each way to fail here, with a name."""

from __future__ import annotations

from kit.problem import NotFound, Problem


class ReceiptMissing(NotFound):
    code = "receipt-not-found"
    title = {"vi": "Không tìm thấy biên lai", "en": "No such receipt"}


class ReceiptCancelled(Problem):
    status, code = 409, "receipt-cancelled"
    title = {"vi": "Biên lai đã bị hủy", "en": "The receipt is cancelled"}
    detail = {"vi": "Số {number} đã bị hủy trước đó.", "en": "Number {number} was cancelled before."}
