"""The states of a refund and what moves it: the table, as data.

`proposed` by a rule, `requested` by a person, `approved` by a second one (or at once, below the set amount).
Then the provider is told, once: `sending`, `pending` while it works, `unknown` while it is silent. Where no
provider can be told, a person gives the money back and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class RefundStatus(StrEnum):
    PROPOSED = "proposed"
    REQUESTED = "requested"
    APPROVED = "approved"
    SENDING = "sending"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"


_S = RefundStatus
#: The provider was told, and has not said how it ended.
ABROAD = (_S.SENDING, _S.PENDING, _S.UNKNOWN)
#: Nothing more will come of it.
ENDED = (_S.SUCCEEDED, _S.FAILED, _S.REJECTED)

LABEL: Mapping[RefundStatus, Mapping[str, str]] = {
    _S.PROPOSED: {"vi": "Đề xuất hoàn", "en": "Proposed"},
    _S.REQUESTED: {"vi": "Chờ phê duyệt", "en": "Waiting for approval"},
    _S.APPROVED: {"vi": "Đã phê duyệt", "en": "Approved"},
    _S.SENDING: {"vi": "Đang gửi cổng thanh toán", "en": "Being sent to the provider"},
    _S.PENDING: {"vi": "Cổng thanh toán đang xử lý", "en": "The provider is working on it"},
    _S.UNKNOWN: {"vi": "Đang xác minh với cổng thanh toán", "en": "Being verified with the provider"},
    _S.SUCCEEDED: {"vi": "Đã hoàn", "en": "Given back"},
    _S.FAILED: {"vi": "Hoàn không thành công", "en": "Failed"},
    _S.REJECTED: {"vi": "Không hoàn", "en": "Rejected"},
}


class RefundSignal(StrEnum):
    """What became known, or was decided."""

    ASK = "ask"  # a person takes a proposal up
    APPROVE = "approve"
    REJECT = "reject"
    SEND = "send"  # the provider is being told
    WORKING = "working"  # it has heard, and works on it
    LOST = "lost"  # it was silent
    UNHEARD = "unheard"  # asked, it knows nothing of it: it may be told again
    REPAID = "repaid"
    REFUSED = "refused"  # by the provider
    RETRY = "retry"  # a person has it tried again


@dataclass(frozen=True)
class RefundTransition:
    signal: RefundSignal
    sources: frozenset[RefundStatus]
    to: RefundStatus
    event: str


def _transition(
    signal: RefundSignal, sources: tuple[RefundStatus, ...], to: RefundStatus, event: str
) -> RefundTransition:
    return RefundTransition(signal, frozenset(sources), to, f"refund.{event}")


_G = RefundSignal
#: What a refund begins with.
FIRST_EVENT = {_S.PROPOSED: "refund.proposed", _S.REQUESTED: "refund.requested"}

TRANSITIONS: Mapping[RefundSignal, RefundTransition] = {
    transition.signal: transition
    for transition in (
        _transition(_G.ASK, (_S.PROPOSED,), _S.REQUESTED, "taken-up"),
        _transition(_G.APPROVE, (_S.REQUESTED,), _S.APPROVED, "approved"),
        _transition(_G.REJECT, (_S.PROPOSED, _S.REQUESTED), _S.REJECTED, "rejected"),
        _transition(_G.SEND, (_S.APPROVED,), _S.SENDING, "sent"),
        _transition(_G.WORKING, (_S.SENDING, _S.UNKNOWN), _S.PENDING, "pending"),
        _transition(_G.LOST, (_S.SENDING,), _S.UNKNOWN, "unknown"),
        _transition(_G.UNHEARD, (_S.SENDING, _S.UNKNOWN), _S.APPROVED, "unheard"),
        _transition(_G.REPAID, (_S.APPROVED, *ABROAD), _S.SUCCEEDED, "succeeded"),
        _transition(_G.REFUSED, ABROAD, _S.FAILED, "failed"),
        _transition(_G.RETRY, (_S.FAILED,), _S.REQUESTED, "tried-again"),
    )
}


def possible(status: RefundStatus, signal: RefundSignal) -> bool:
    return status in TRANSITIONS[signal].sources
