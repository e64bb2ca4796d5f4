"""The states of a payment and what moves it: the table, as data.

`unknown` is the state of doubt: a request left for the provider and no answer came back. Only asking
the provider ends it. Checks, answers and tests are derived from the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Status(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


#: Money may still come, or has come: at most one such payment for a dossier's purpose.
LIVE = (Status.CREATED, Status.PENDING, Status.UNKNOWN, Status.SUCCEEDED)
#: Nobody knows the end yet; the provider is asked.
OPEN = (Status.CREATED, Status.PENDING, Status.UNKNOWN)
#: Ended without money, as far as is known: money that comes later is still taken in.
ENDED_UNPAID = (Status.FAILED, Status.EXPIRED, Status.CANCELLED)

LABEL: Mapping[Status, Mapping[str, str]] = {
    Status.CREATED: {"vi": "Đang khởi tạo", "en": "Being created"},
    Status.PENDING: {"vi": "Chờ thanh toán", "en": "Waiting for payment"},
    Status.UNKNOWN: {"vi": "Đang xác minh với cổng thanh toán", "en": "Being verified with the provider"},
    Status.SUCCEEDED: {"vi": "Đã thanh toán", "en": "Paid"},
    Status.FAILED: {"vi": "Thanh toán không thành công", "en": "Failed"},
    Status.EXPIRED: {"vi": "Hết hạn thanh toán", "en": "Expired"},
    Status.CANCELLED: {"vi": "Đã hủy", "en": "Cancelled"},
}


class Signal(StrEnum):
    """What became known about a payment."""

    OPENED = "opened"  # the provider has a page for the payer
    LOST = "lost"  # no answer: it may or may not have been opened
    PAID = "paid"
    REFUSED = "refused"  # by the provider, or the payer's bank
    LAPSED = "lapsed"  # its time is over and the provider, asked, had no money
    CANCEL = "cancel"  # by the payer, after the provider was asked
    OVERPAID = "overpaid"  # money for a fee that is settled already: to be refunded


@dataclass(frozen=True)
class Transition:
    """`to` None: the state stays, the event is recorded."""

    signal: Signal
    sources: frozenset[Status]
    to: Status | None
    event: str
    audience: Literal["internal", "public"]


def _transition(
    signal: Signal,
    sources: tuple[Status, ...],
    to: Status | None,
    event: str,
    audience: Literal["internal", "public"],
) -> Transition:
    return Transition(signal, frozenset(sources), to, event, audience)


_S = Status

#: What a payment begins with.
FIRST_EVENT = "payment.created"

TRANSITIONS: Mapping[Signal, Transition] = {
    transition.signal: transition
    for transition in (
        _transition(Signal.OPENED, (_S.CREATED,), _S.PENDING, "payment.pending", "internal"),
        _transition(Signal.LOST, (_S.CREATED,), _S.UNKNOWN, "payment.unknown", "internal"),
        _transition(Signal.PAID, (*OPEN, *ENDED_UNPAID), _S.SUCCEEDED, "payment.succeeded", "public"),
        _transition(Signal.REFUSED, OPEN, _S.FAILED, "payment.failed", "public"),
        _transition(Signal.LAPSED, (_S.PENDING,), _S.EXPIRED, "payment.expired", "public"),
        _transition(Signal.CANCEL, (_S.PENDING, _S.UNKNOWN), _S.CANCELLED, "payment.cancelled", "public"),
        _transition(Signal.OVERPAID, (_S.SUCCEEDED, *ENDED_UNPAID), None, "payment.overpaid", "internal"),
    )
}


def possible(status: Status, signal: Signal) -> bool:
    return status in TRANSITIONS[signal].sources
