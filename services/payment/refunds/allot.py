"""Which lines of a payment money goes back from. Pure; amounts in đồng."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.payment.models import Payment
from services.payment.refunds.errors import LinesNotRefundable, RefundTooLarge
from services.payment.refunds.models import Refund
from services.payment.refunds.status import RefundStatus

#: Refunds that take nothing of what may go back.
_FREE = (RefundStatus.FAILED, RefundStatus.REJECTED)
Line = dict[str, Any]


def refundable(payment: Payment) -> int:
    """What of the payment may go back by its lines' own rule, and has not been asked back yet."""
    total: int = sum(line["amount"] for line in payment.lines if line["refundable"])
    return total - payment.refunding


def left(payment: Payment, refunds: Sequence[Refund]) -> list[Line]:
    """The refundable lines with what is left of each, in the payment's order."""
    gone: Counter[str] = Counter()
    for refund in refunds:
        if refund.status not in _FREE and refund.overpaid is None:
            gone.update({line["code"]: line["amount"] for line in refund.lines})
    return [
        _part(line, line["amount"] - gone[line["code"]])
        for line in payment.lines
        if line["refundable"] and line["amount"] > gone[line["code"]]
    ]


def first(available: Iterable[Line], amount: int) -> list[Line]:
    """The amount, from the first lines on. Raises RefundTooLarge."""
    found, wanted = [], amount
    for line in available:
        taken = min(wanted, line["amount"])
        if taken:
            found.append(_part(line, taken))
        wanted -= taken
    if wanted:
        raise RefundTooLarge(amount=amount, available=amount - wanted)
    return found


def named(payment: Payment, available: Sequence[Line], wanted: Mapping[str, int]) -> list[Line]:
    """So much of each line that is named. Raises LinesNotRefundable, RefundTooLarge."""
    known = {line["code"]: line for line in payment.lines}
    if strange := [code for code in wanted if code not in known or not known[code]["refundable"]]:
        names = (known[code]["name"] if code in known else code for code in strange)
        raise LinesNotRefundable(lines=", ".join(names))
    rest = {line["code"]: line["amount"] for line in available}
    for code, amount in wanted.items():
        if amount > rest.get(code, 0):
            raise RefundTooLarge(amount=amount, available=rest.get(code, 0))
    return [_part(known[code], amount) for code, amount in wanted.items()]


def _part(line: Mapping[str, Any], amount: int) -> Line:
    return {"code": line["code"], "name": line["name"], "kind": line["kind"], "amount": amount}
