"""What can be wrong about a closing, with a name each."""

from __future__ import annotations

from kit.problem import FieldFault, InvalidInput, NotFound, Problem


class ClosingMissing(NotFound):
    code = "closing-not-found"
    title = {"vi": "Không có kỳ chốt số liệu này", "en": "No such closing"}


class AmendmentMissing(NotFound):
    code = "amendment-not-found"
    title = {"vi": "Không có lần điều chỉnh này", "en": "No such amendment"}


class MonthClosed(Problem):
    """`closing`: the one that stands."""

    status, code = 409, "month-closed"
    title = {"vi": "Tháng này đã chốt số liệu", "en": "The month is closed"}
    detail = {
        "vi": "Tháng {period} đã chốt; thay đổi về sau ghi thành lần điều chỉnh.",
        "en": "{period} is closed; later changes are amendments.",
    }


class MonthNotOver(InvalidInput):
    code = "month-not-over"
    title = {"vi": "Tháng này chưa kết thúc", "en": "The month is not over"}

    def __init__(self) -> None:
        super().__init__(errors=[FieldFault(self.code, self.title, pointer="/period")])


class NothingToAmend(Problem):
    status, code = 409, "nothing-to-amend"
    title = {"vi": "Không có gì thay đổi để điều chỉnh", "en": "Nothing has changed since"}


class OutsideClosing(InvalidInput):
    """A closing answers for the days of its month, as of the end of it."""

    code = "outside-closing"
    title = {"vi": "Ngoài tháng đã chốt", "en": "Outside the closed month"}

    @classmethod
    def of(cls, month: str, *parameters: str) -> OutsideClosing:
        words = {
            "vi": "Kỳ chốt này là của tháng {month}, tính đến hết tháng.",
            "en": "This closing is of {month}, as of the end of it.",
        }
        return cls(errors=[FieldFault(cls.code, words, parameter=name, month=month) for name in parameters])
