"""The states of a dossier and who may move it where: the table of the domain rules, section 2.

Pure data. The checks, the `actions` of each answer, the diagram and the tests are derived from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    IN_PROGRESS = "in_progress"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    PAYMENT_REQUIRED = "payment_required"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    COMPLETED = "completed"
    RETURNED = "returned"


#: `TrangThaiHoSo` of the national portal (protocol facts, table 2.2). A draft is not known there.
NATIONAL_CODE: Mapping[Status, str] = {
    Status.SUBMITTED: "1",
    Status.ACCEPTED: "2",
    Status.REFUSED: "3",
    Status.IN_PROGRESS: "4",
    Status.SUPPLEMENT_REQUESTED: "5",
    Status.PAYMENT_REQUIRED: "6",
    Status.WITHDRAWN: "7",
    Status.STOPPED: "8",
    Status.COMPLETED: "9",
    Status.RETURNED: "10",
}

LABEL: Mapping[Status, Mapping[str, str]] = {
    Status.DRAFT: {"vi": "Bản nháp", "en": "Draft"},
    Status.SUBMITTED: {"vi": "Mới đăng ký", "en": "Submitted"},
    Status.ACCEPTED: {"vi": "Được tiếp nhận", "en": "Accepted"},
    Status.REFUSED: {"vi": "Không được tiếp nhận", "en": "Refused"},
    Status.IN_PROGRESS: {"vi": "Đang xử lý", "en": "In progress"},
    Status.SUPPLEMENT_REQUESTED: {"vi": "Yêu cầu bổ sung giấy tờ", "en": "Supplement requested"},
    Status.PAYMENT_REQUIRED: {"vi": "Yêu cầu thực hiện nghĩa vụ tài chính", "en": "Payment required"},
    Status.WITHDRAWN: {"vi": "Công dân yêu cầu rút hồ sơ", "en": "Withdrawn"},
    Status.STOPPED: {"vi": "Dừng xử lý", "en": "Stopped"},
    Status.COMPLETED: {"vi": "Đã xử lý xong", "en": "Completed"},
    Status.RETURNED: {"vi": "Đã trả kết quả", "en": "Result returned"},
}


class Action(StrEnum):
    SUBMIT = "submit"
    ACCEPT = "accept"
    REFUSE = "refuse"
    ASSIGN = "assign"
    START = "start"
    PASS_ON = "pass-on"  # noqa: S105
    FORWARD = "forward"
    REQUEST_OPINION = "request-opinion"
    GIVE_OPINION = "give-opinion"
    REQUEST_SUPPLEMENT = "request-supplement"
    SUPPLEMENT = "supplement"
    REQUIRE_PAYMENT = "require-payment"
    SETTLE = "settle"
    EXTEND = "extend"
    COMPLETE = "complete"
    RETURN = "return"
    WITHDRAW = "withdraw"
    STOP = "stop"
    REOPEN = "reopen"


class Who(StrEnum):
    """The owner of the dossier; staff of a body that it lies with, by role; staff of a body whose opinion
    was asked; another service, by its event."""

    OWNER = "owner"
    OFFICER = "officer"
    LEADER = "leader"
    ADVISER = "adviser"
    SERVICE = "service"


class Target(StrEnum):
    """Where an action leads when the dossier decides: nowhere, or back to where it came from."""

    SAME = "same"
    BACK = "back"


@dataclass(frozen=True)
class Transition:
    action: Action
    sources: frozenset[Status]
    to: Status | Target
    who: frozenset[Who]
    event: str
    label: Mapping[str, str]


def _transition(
    action: Action, sources: Iterable[Status], to: Status | Target, who: Iterable[Who], words: tuple[str, ...]
) -> Transition:
    event, vi, en = words
    return Transition(
        action, frozenset(sources), to, frozenset(who), f"dossier.{event}", {"vi": vi, "en": en}
    )


_S, _A, _W = Status, Action, Who
_DESK = (_W.OFFICER, _W.LEADER)
_LEADER = (_W.LEADER,)
_AT_WORK = (_S.ACCEPTED, _S.IN_PROGRESS)
#: The offices are waiting for somebody else; `came_from` says where it goes on.
WAITING = frozenset({_S.SUPPLEMENT_REQUESTED, _S.PAYMENT_REQUIRED})
_RECEIVED = (*_AT_WORK, *WAITING)
#: Closed: nothing more is expected of the offices.
CLOSED = frozenset({_S.REFUSED, _S.WITHDRAWN, _S.STOPPED, _S.COMPLETED, _S.RETURNED})

TRANSITIONS: Mapping[Action, Transition] = {
    transition.action: transition
    for transition in (
        _transition(_A.SUBMIT, (_S.DRAFT,), _S.SUBMITTED, (_W.OWNER,),
                    ("submitted", "Nộp hồ sơ", "Submit")),
        _transition(_A.ACCEPT, (_S.SUBMITTED,), _S.ACCEPTED, _DESK,
                    ("accepted", "Tiếp nhận", "Accept")),
        _transition(_A.REFUSE, (_S.SUBMITTED,), _S.REFUSED, _DESK,
                    ("refused", "Từ chối tiếp nhận", "Refuse")),
        _transition(_A.ASSIGN, (_S.SUBMITTED, *_RECEIVED), Target.SAME, _DESK,
                    ("assigned", "Giao hồ sơ", "Assign")),
        _transition(_A.START, (_S.ACCEPTED,), _S.IN_PROGRESS, _DESK,
                    ("started", "Bắt đầu xử lý", "Start processing")),
        _transition(_A.PASS_ON, (_S.IN_PROGRESS,), Target.SAME, _DESK,
                    ("passed-on", "Chuyển bước xử lý", "Pass on")),
        _transition(_A.FORWARD, _AT_WORK, Target.SAME, _DESK,
                    ("forwarded", "Chuyển cơ quan khác xử lý", "Forward to another body")),
        _transition(_A.REQUEST_OPINION, (_S.IN_PROGRESS,), Target.SAME, _DESK,
                    ("opinion-requested", "Lấy ý kiến cơ quan khác", "Ask another body's opinion")),
        _transition(_A.GIVE_OPINION, (_S.IN_PROGRESS, *WAITING), Target.SAME, (_W.ADVISER,),
                    ("opinion-given", "Cho ý kiến", "Give the opinion asked for")),
        _transition(_A.REQUEST_SUPPLEMENT, (_S.SUBMITTED, _S.IN_PROGRESS), _S.SUPPLEMENT_REQUESTED, _DESK,
                    ("supplement-requested", "Yêu cầu bổ sung", "Request a supplement")),
        _transition(_A.SUPPLEMENT, (_S.SUPPLEMENT_REQUESTED,), Target.BACK, (_W.OWNER, *_DESK),
                    ("supplemented", "Bổ sung hồ sơ", "Supplement")),
        _transition(_A.REQUIRE_PAYMENT, _AT_WORK, _S.PAYMENT_REQUIRED, _DESK,
                    ("payment-required", "Yêu cầu nộp phí, lệ phí", "Require a payment")),
        _transition(_A.SETTLE, (_S.PAYMENT_REQUIRED,), Target.BACK, (_W.SERVICE,),
                    ("payment-settled", "Đã nộp phí, lệ phí", "Settled")),
        _transition(_A.EXTEND, _AT_WORK, Target.SAME, _LEADER,
                    ("extended", "Xin lỗi và hẹn lại", "Apologise and give a new date")),
        _transition(_A.COMPLETE, (_S.IN_PROGRESS,), _S.COMPLETED, _DESK,
                    ("completed", "Ký, hoàn thành", "Sign and complete")),
        _transition(_A.RETURN, (_S.COMPLETED,), _S.RETURNED, _DESK,
                    ("returned", "Trả kết quả", "Return the result")),
        _transition(_A.WITHDRAW, (_S.SUBMITTED, *_RECEIVED), _S.WITHDRAWN, (_W.OWNER,),
                    ("withdrawn", "Rút hồ sơ", "Withdraw")),
        _transition(_A.STOP, _RECEIVED, _S.STOPPED, _DESK,
                    ("stopped", "Dừng xử lý", "Stop")),
        _transition(_A.REOPEN, CLOSED - {_S.WITHDRAWN}, _S.IN_PROGRESS, _LEADER,
                    ("reopened", "Mở lại hồ sơ", "Reopen")),
    )
}  # fmt: skip

#: Among the offices: citizens and the portal are not told of these steps.
INWARD = frozenset({_A.ASSIGN, _A.REQUEST_OPINION, _A.GIVE_OPINION})


def possible(status: Status, who: frozenset[Who]) -> list[Action]:
    """What these callers may do now as far as state and role decide, in the order of the table."""
    return [t.action for t in TRANSITIONS.values() if status in t.sources and t.who & who]


def ends(transition: Transition, source: Status) -> list[Status]:
    """The states in which the action can end when it begins in `source`."""
    if transition.to is Target.SAME:
        return [source]
    if transition.to is Target.BACK:
        asked = next(t for t in TRANSITIONS.values() if t.to is source)
        return sorted(asked.sources)
    return [Status(transition.to)]


def diagram() -> str:
    """The table as a Mermaid state diagram, which `docs/dossier-states.md` shows, without the actions that
    leave the state as it is."""
    lines = [f"{state}: {state} · {LABEL[state]['vi']}" for state in Status]
    lines.append(f"[*] --> {Status.DRAFT}")
    for t in (t for t in TRANSITIONS.values() if t.to is not Target.SAME):
        for source in sorted(t.sources):
            lines += [f"{source} --> {end}: {t.action}" for end in ends(t, source)]
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in lines)])


def listing() -> str:
    """The table as one in Markdown, for the same page."""
    cells = (
        (f"`{t.action}`", t.label["vi"], ", ".join(sorted(t.sources)), t.to, ", ".join(sorted(t.who)))
        for t in TRANSITIONS.values()
    )
    rows = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join(["| action | nhãn | from | to | who |", "|---|---|---|---|---|", *rows])
