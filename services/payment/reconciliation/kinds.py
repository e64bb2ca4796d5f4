"""The kinds of differences: what each is called, what is proposed, what may be done about it. Data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kit.problem import Words


class Kind(StrEnum):
    """In the order in which they are shown."""

    MISSING_HERE = "missing-here"
    MISSING_THERE = "missing-there"
    AMOUNT = "amount"
    TWICE = "twice"
    LATE = "late"
    WRONG_BODY = "wrong-body"
    REFUND_UNKNOWN = "refund-unknown"
    FEE_KIND = "fee-kind"
    UNREADABLE_ROW = "unreadable-row"
    DOSSIER_UNSETTLED = "dossier-unsettled"


class Action(StrEnum):
    """What somebody says that they did about a difference."""

    TAKEN_IN = "taken-in"
    WRITTEN_TO_PROVIDER = "written-to-provider"
    WRITTEN_TO_BANK = "written-to-bank"
    REFUND_PROPOSED = "refund-proposed"
    CORRECTED = "corrected"
    TOLD_AGAIN = "told-again"
    CARRIED_OVER = "carried-over"
    IGNORED = "ignored-with-reason"


#: Upon these the provider is asked: what it has is taken in, what was paid twice is proposed to go back.
ASKS = frozenset({Action.TAKEN_IN, Action.REFUND_PROPOSED})
#: Actions that say nothing without a note.
NEEDS_NOTE = frozenset({Action.IGNORED, Action.CORRECTED})

ACTION_LABEL: Mapping[Action, Words] = {
    Action.TAKEN_IN: {"vi": "Đã ghi nhận tiền", "en": "The money was taken in"},
    Action.WRITTEN_TO_PROVIDER: {
        "vi": "Đã gửi văn bản cho cổng thanh toán",
        "en": "The provider was written to",
    },
    Action.WRITTEN_TO_BANK: {"vi": "Đã gửi văn bản cho ngân hàng", "en": "The bank was written to"},
    Action.REFUND_PROPOSED: {"vi": "Đã đề xuất hoàn tiền", "en": "A refund was proposed"},
    Action.CORRECTED: {"vi": "Đã điều chỉnh", "en": "Corrected"},
    Action.TOLD_AGAIN: {"vi": "Đã báo lại cho hồ sơ", "en": "The dossier was told again"},
    Action.CARRIED_OVER: {"vi": "Chuyển sang ngày sau", "en": "Carried over to another day"},
    Action.IGNORED: {"vi": "Bỏ qua, có lý do", "en": "Ignored, with a reason"},
}


@dataclass(frozen=True)
class Rule:
    """`code` is the proposal for machines, the action that answers it best."""

    label: Words
    proposal: Words
    code: Action
    others: tuple[Action, ...]

    @property
    def actions(self) -> tuple[Action, ...]:
        return (self.code, *self.others, Action.IGNORED)


_A = Action
RULES: Mapping[Kind, Rule] = {
    Kind.MISSING_HERE: Rule(
        {"vi": "Có ở sao kê, hệ thống chưa ghi nhận", "en": "In the statement, not taken in here"},
        {
            "vi": "Hỏi lại cổng thanh toán; nếu tiền đã thu thì ghi nhận vào khoản thanh toán.",
            "en": "Ask the provider; if it has the money, take it in.",
        },
        _A.TAKEN_IN,
        (_A.WRITTEN_TO_PROVIDER, _A.REFUND_PROPOSED, _A.CARRIED_OVER),
    ),
    Kind.MISSING_THERE: Rule(
        {"vi": "Hệ thống đã ghi nhận, sao kê không có", "en": "Taken in here, not in the statement"},
        {
            "vi": "Gửi văn bản cho cổng thanh toán, ngân hàng kèm số giao dịch; xem sao kê ngày sau.",
            "en": "Write to the provider or the bank with the transaction; look at the next day's statement.",
        },
        _A.WRITTEN_TO_PROVIDER,
        (_A.WRITTEN_TO_BANK, _A.CARRIED_OVER),
    ),
    Kind.AMOUNT: Rule(
        {"vi": "Lệch số tiền", "en": "The amounts differ"},
        {
            "vi": "Gửi văn bản đề nghị cổng thanh toán, ngân hàng xác nhận số tiền đã thu.",
            "en": "Have the provider or the bank confirm the amount that it took.",
        },
        _A.WRITTEN_TO_PROVIDER,
        (_A.WRITTEN_TO_BANK, _A.CORRECTED, _A.REFUND_PROPOSED),
    ),
    Kind.TWICE: Rule(
        {"vi": "Nộp hai lần", "en": "Paid twice"},
        {"vi": "Đề xuất hoàn khoản nộp thừa.", "en": "Propose a refund of what was paid too much."},
        _A.REFUND_PROPOSED,
        (_A.WRITTEN_TO_PROVIDER,),
    ),
    Kind.LATE: Rule(
        {"vi": "Ghi nhận khác ngày", "en": "Noted on another day"},
        {
            "vi": "Chuyển sang đối soát của ngày mà bên kia ghi nhận.",
            "en": "Carry it over to the day on which the other side has it.",
        },
        _A.CARRIED_OVER,
        (_A.WRITTEN_TO_PROVIDER, _A.CORRECTED),
    ),
    Kind.WRONG_BODY: Rule(
        {"vi": "Tiền về tài khoản của cơ quan khác", "en": "On another body's account"},
        {
            "vi": "Đề nghị ngân hàng chuyển tiền về đúng tài khoản của cơ quan thu.",
            "en": "Have the bank move it to the account of the body whose fee it is.",
        },
        _A.WRITTEN_TO_BANK,
        (_A.CORRECTED, _A.WRITTEN_TO_PROVIDER),
    ),
    Kind.REFUND_UNKNOWN: Rule(
        {"vi": "Khoản hoàn chưa rõ", "en": "A refund that is not clear"},
        {
            "vi": "Hỏi lại cổng thanh toán về khoản hoàn này.",
            "en": "Ask the provider about this refund.",
        },
        _A.WRITTEN_TO_PROVIDER,
        (_A.CORRECTED, _A.CARRIED_OVER),
    ),
    Kind.FEE_KIND: Rule(
        {"vi": "Lệch cơ cấu phí, lệ phí", "en": "Phí and lệ phí are divided otherwise"},
        {
            "vi": "Điều chỉnh hạch toán phí, lệ phí theo hồ sơ; báo bên lập sao kê.",
            "en": "Correct the entry of phí and lệ phí by the dossier; tell whoever made the statement.",
        },
        _A.CORRECTED,
        (_A.WRITTEN_TO_PROVIDER, _A.WRITTEN_TO_BANK),
    ),
    Kind.UNREADABLE_ROW: Rule(
        {"vi": "Dòng không đọc được", "en": "A row that cannot be read"},
        {
            "vi": "Xin lại sao kê đúng, hoặc đối chiếu dòng này bằng tay.",
            "en": "Ask for a corrected statement, or settle this row by hand.",
        },
        _A.CORRECTED,
        (_A.WRITTEN_TO_PROVIDER, _A.WRITTEN_TO_BANK),
    ),
    Kind.DOSSIER_UNSETTLED: Rule(
        {"vi": "Hồ sơ chưa ghi nhận đã nộp", "en": "The dossier has not taken it in"},
        {
            "vi": "Báo lại cho hồ sơ, hoặc chờ hệ thống hồ sơ hoạt động trở lại.",
            "en": "Tell the dossier again, or wait until its system is back.",
        },
        _A.TOLD_AGAIN,
        (_A.CARRIED_OVER, _A.REFUND_PROPOSED),
    ),
}

ORDER: Mapping[Kind, int] = {kind: place for place, kind in enumerate(Kind)}
