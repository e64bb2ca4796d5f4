"""One sentence that says the same everywhere: where the dossier is, until when, what the citizen has to do
(rule 13). On the screen, in notices, wherever. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from kit.clock import VIETNAM
from kit.problem import Language
from services.dossier.models import Dossier, FeeDue
from services.dossier.status import Status

#: Purposes of fees that are settled before a result leaves the house.
BEFORE_THE_RESULT = ("acceptance", "return")
_NEXT: Mapping[Language, Mapping[Status, str]] = {
    "vi": {
        Status.DRAFT: "Hoàn thiện mẫu đơn và giấy tờ, rồi nộp hồ sơ.",
        Status.SUBMITTED: "Cơ quan sẽ trả lời trước {due}. Bạn chưa phải làm gì thêm.",
        Status.ACCEPTED: "Hồ sơ đã được tiếp nhận, hẹn trả {due}. Bạn không phải làm gì.",
        Status.IN_PROGRESS: "Hồ sơ đang được xử lý, hẹn trả {due}. Bạn không phải làm gì.",
        Status.SUPPLEMENT_REQUESTED: "Bạn cần bổ sung hồ sơ trước {due}; thời hạn xử lý tạm dừng.",
        Status.REFUSED: "Hồ sơ không được tiếp nhận; xem lý do trong lịch sử.",
        Status.PAYMENT_REQUIRED: "Bạn cần nộp {amount} đồng trước {due}; thời hạn xử lý tạm dừng.",
        Status.STOPPED: "Hồ sơ đã dừng xử lý; xem lý do trong lịch sử.",
        Status.WITHDRAWN: "Bạn đã rút hồ sơ.",
        Status.COMPLETED: "Đã có kết quả; bạn có thể tải về.",
        Status.RETURNED: "Kết quả đã được trả.",
    },
    "en": {
        Status.DRAFT: "Complete the form and the papers, then submit.",
        Status.SUBMITTED: "The office answers by {due}. Nothing to do for you.",
        Status.ACCEPTED: "Accepted, promised for {due}. Nothing to do for you.",
        Status.IN_PROGRESS: "In progress, promised for {due}. Nothing to do for you.",
        Status.SUPPLEMENT_REQUESTED: "Please supplement by {due}; the clock is stopped.",
        Status.REFUSED: "Not accepted; the history says why.",
        Status.PAYMENT_REQUIRED: "Please pay {amount} đồng by {due}; the clock is stopped.",
        Status.STOPPED: "Stopped; the history says why.",
        Status.WITHDRAWN: "You have withdrawn it.",
        Status.COMPLETED: "The result is there; you can fetch it.",
        Status.RETURNED: "The result was returned.",
    },
}
#: Instead of the sentence of the state, where a fee is due before it goes on.
_PAY_FIRST: Mapping[Language, Mapping[Status, str]] = {
    "vi": {
        Status.SUBMITTED: "Cơ quan sẽ trả lời trước {due}. Bạn cần nộp {amount} đồng trước đó.",
        Status.COMPLETED: "Đã có kết quả; bạn cần nộp {amount} đồng trước khi nhận.",
    },
    "en": {
        Status.SUBMITTED: "The office answers by {due}. Please pay {amount} đồng before it is accepted.",
        Status.COMPLETED: "The result is there; {amount} đồng are due before you get it.",
    },
}


def owed(dossier: Dossier, dues: Iterable[FeeDue]) -> int:
    """What the applicant has to pay now, in đồng: at submission, what was required later, or before they get
    the result."""
    match dossier.status:
        case Status.SUBMITTED:
            purposes: tuple[str, ...] = ("submission",)
        case Status.COMPLETED:
            purposes = BEFORE_THE_RESULT
        case _:
            purposes = ("additional",)
    return sum(f.amount for f in dues if f.settled_at is None and f.purpose.startswith(purposes))


def sentence(dossier: Dossier, due_now: int, language: Language = "vi") -> str:
    """`due_now`: what `owed` says."""
    status = Status(dossier.status)
    due = day(dossier.answer_due_at if status is Status.SUBMITTED else dossier.promised_at)
    if dossier.waiting_until is not None:
        due = f"{last_day(dossier.waiting_until):%d/%m/%Y}"
    words = _PAY_FIRST[language].get(status) if due_now else None
    return (words or _NEXT[language][status]).format(due=due, amount=dong(due_now))


def last_day(until: datetime) -> datetime:
    """The last day of a turn that ends at midnight."""
    return until.astimezone(VIETNAM) - timedelta(minutes=1)


def day(moment: datetime | None) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if moment else "–"


def dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")
