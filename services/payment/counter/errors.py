"""Each way to fail here, with a name."""

from __future__ import annotations

from kit.problem import InvalidInput, NotFound, Problem


class ShiftNeeded(Problem):
    status, code = 409, "cash-shift-needed"
    title = {"vi": "Chưa mở ca thu tiền", "en": "No cash shift is open"}
    detail = {"vi": "Hãy mở ca trước: POST /v1/cash-shifts.", "en": "Open one first: POST /v1/cash-shifts."}


class ShiftMissing(NotFound):
    code = "cash-shift-not-found"
    title = {"vi": "Không tìm thấy ca thu tiền", "en": "No such cash shift"}


class ShiftOpen(Problem):
    status, code = 409, "cash-shift-open"
    title = {"vi": "Đang có ca thu tiền", "en": "A cash shift is open"}
    detail = {"vi": "Hãy đóng ca {shift_id} trước.", "en": "Close shift {shift_id} first."}


class ShiftClosed(Problem):
    status, code = 409, "cash-shift-closed"
    title = {"vi": "Ca đã đóng", "en": "The shift is closed"}


class DifferenceUnexplained(InvalidInput):
    code = "difference-unexplained"
    title = {"vi": "Tiền đếm được khác sổ", "en": "The count differs from the books"}


class NotThisCounter(Problem):
    status, code = 403, "not-this-counter"
    title = {"vi": "Không thu phí của cơ quan khác", "en": "Another body's fee"}
    detail = {
        "vi": "Hồ sơ này không do cơ quan của bạn tiếp nhận hay giải quyết.",
        "en": "Your body neither received nor resolves this dossier.",
    }
