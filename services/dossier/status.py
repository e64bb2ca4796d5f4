"""The states of a dossier and who may move it where: the table of the domain rules, section 2.

Pure data. The checks, the `actions` of each answer and the tests are derived from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    IN_PROGRESS = "in_progress"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    RETURNED = "returned"


#: `TrangThaiHoSo` of the national portal (protocol facts, table 2.2). A draft is not known there.
NATIONAL_CODE: Mapping[Status, str] = {
    Status.SUBMITTED: "1",
    Status.ACCEPTED: "2",
    Status.REFUSED: "3",
    Status.IN_PROGRESS: "4",
    Status.SUPPLEMENT_REQUESTED: "5",
    Status.WITHDRAWN: "7",
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
    Status.WITHDRAWN: {"vi": "Công dân yêu cầu rút hồ sơ", "en": "Withdrawn"},
    Status.COMPLETED: {"vi": "Đã xử lý xong", "en": "Completed"},
    Status.RETURNED: {"vi": "Đã trả kết quả", "en": "Result returned"},
}


class Action(StrEnum):
    SUBMIT = "submit"
    ACCEPT = "accept"
    REFUSE = "refuse"
    START = "start"
    REQUEST_SUPPLEMENT = "request-supplement"
    SUPPLEMENT = "supplement"
    COMPLETE = "complete"
    RETURN = "return"
    WITHDRAW = "withdraw"


class Who(StrEnum):
    """The owner of the dossier, or staff who see it, by role."""

    OWNER = "owner"
    OFFICER = "officer"
    LEADER = "leader"


@dataclass(frozen=True)
class Transition:
    """`to` None: back to the state that the dossier came from."""

    action: Action
    sources: frozenset[Status]
    to: Status | None
    who: frozenset[Who]
    event: str
    label: Mapping[str, str]


def _transition(
    action: Action,
    sources: tuple[Status, ...],
    to: Status | None,
    who: tuple[Who, ...],
    words: tuple[str, ...],
) -> Transition:
    event, vi, en = words
    return Transition(action, frozenset(sources), to, frozenset(who), event, {"vi": vi, "en": en})


_S, _A, _W = Status, Action, Who
_DESK = (_W.OFFICER, _W.LEADER)

TRANSITIONS: Mapping[Action, Transition] = {
    transition.action: transition
    for transition in (
        _transition(_A.SUBMIT, (_S.DRAFT,), _S.SUBMITTED, (_W.OWNER,),
                    ("dossier.submitted", "Nộp hồ sơ", "Submit")),
        _transition(_A.ACCEPT, (_S.SUBMITTED,), _S.ACCEPTED, _DESK,
                    ("dossier.accepted", "Tiếp nhận", "Accept")),
        _transition(_A.REFUSE, (_S.SUBMITTED,), _S.REFUSED, _DESK,
                    ("dossier.refused", "Từ chối tiếp nhận", "Refuse")),
        _transition(_A.START, (_S.ACCEPTED,), _S.IN_PROGRESS, _DESK,
                    ("dossier.started", "Bắt đầu xử lý", "Start processing")),
        _transition(_A.REQUEST_SUPPLEMENT, (_S.SUBMITTED, _S.IN_PROGRESS), _S.SUPPLEMENT_REQUESTED, _DESK,
                    ("dossier.supplement-requested", "Yêu cầu bổ sung", "Request a supplement")),
        _transition(_A.SUPPLEMENT, (_S.SUPPLEMENT_REQUESTED,), None, (_W.OWNER,),
                    ("dossier.supplemented", "Bổ sung hồ sơ", "Supplement")),
        _transition(_A.COMPLETE, (_S.IN_PROGRESS,), _S.COMPLETED, (_W.LEADER,),
                    ("dossier.completed", "Ký, hoàn thành", "Sign and complete")),
        _transition(_A.RETURN, (_S.COMPLETED,), _S.RETURNED, _DESK,
                    ("dossier.returned", "Trả kết quả", "Return the result")),
        _transition(_A.WITHDRAW,
                    (_S.SUBMITTED, _S.ACCEPTED, _S.IN_PROGRESS, _S.SUPPLEMENT_REQUESTED),
                    _S.WITHDRAWN, (_W.OWNER,),
                    ("dossier.withdrawn", "Rút hồ sơ", "Withdraw")),
    )
}  # fmt: skip

#: Closed: nothing more is expected of the offices.
CLOSED = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.COMPLETED, Status.RETURNED})


def possible(status: Status, who: frozenset[Who]) -> list[Action]:
    """What these callers may do now, in the order of the table."""
    return [t.action for t in TRANSITIONS.values() if status in t.sources and t.who & who]


def diagram() -> str:
    """The table as a Mermaid state diagram, which `docs/dossier-states.md` shows."""
    asked_from = TRANSITIONS[Action.REQUEST_SUPPLEMENT].sources
    lines = [f"{state}: {state} · {LABEL[state]['vi']}" for state in Status]
    lines.append(f"[*] --> {Status.DRAFT}")
    for t in TRANSITIONS.values():
        ends = [t.to] if t.to else sorted(asked_from)
        lines += [f"{source} --> {end}: {t.action}" for source in sorted(t.sources) for end in ends]
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in lines)])
