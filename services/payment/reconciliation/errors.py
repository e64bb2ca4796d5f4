"""Each way to fail here, with a name."""

from __future__ import annotations

from kit.problem import NotFound, Problem


class ProvinceOnly(Problem):
    """A provider's account is the whole province's."""

    status, code = 403, "province-only"
    title = {"vi": "Chỉ cơ quan cấp trên cùng được đối soát", "en": "Only the top body reconciles"}
    detail = {
        "vi": "Cơ quan khác xem báo cáo phần của mình: GET /v1/reconciliations/{{id}}/report.",
        "en": "Other bodies see their part of the report: GET /v1/reconciliations/{{id}}/report.",
    }


class ReconciliationMissing(NotFound):
    code = "reconciliation-not-found"
    title = {"vi": "Không tìm thấy đợt đối soát", "en": "No such reconciliation"}


class ReconciliationClosed(Problem):
    status, code = 409, "reconciliation-closed"
    title = {"vi": "Đợt đối soát đã chốt", "en": "The reconciliation is closed"}
    detail = {"vi": "Ngày {day} đã chốt, không sửa được.", "en": "The day {day} is closed and frozen."}


class DayNotOver(Problem):
    status, code = 409, "day-not-over"
    title = {"vi": "Ngày đối soát chưa kết thúc", "en": "The day is not over"}
    detail = {
        "vi": "Ngày {day} chưa hết: tiền còn có thể đến. Hãy chốt từ ngày hôm sau.",
        "en": "Money may still come on {day}. Close it from the next day on.",
    }


class StatementMissing(Problem):
    status, code = 409, "statement-missing"
    title = {"vi": "Chưa có sao kê của cổng thanh toán", "en": "The provider's statement is missing"}
    detail = {
        "vi": "Ngày không có giao dịch thì gửi tệp chỉ có dòng tiêu đề.",
        "en": "For a day without transactions send a file with its headings only.",
    }


class DifferencesOpen(Problem):
    """Carries their number, by kind, and the first of them."""

    status, code = 409, "differences-open"
    title = {"vi": "Còn chênh lệch chưa xử lý", "en": "Differences are open"}
    detail = {
        "vi": "Còn {open} chênh lệch chưa có thao tác xử lý.",
        "en": "{open} differences have no action yet.",
    }


class DifferenceMissing(NotFound):
    code = "difference-not-found"
    title = {"vi": "Không tìm thấy chênh lệch", "en": "No such difference"}


class DifferenceGone(Problem):
    status, code = 409, "difference-gone"
    title = {"vi": "Chênh lệch không còn nữa", "en": "The difference is not there any more"}


class StatementUnreadable(Problem):
    status, code = 422, "statement-unreadable"
    title = {"vi": "Không đọc được sao kê", "en": "The statement cannot be read"}
    detail = {"vi": "{why_vi}", "en": "{why_en}"}


class StatementTooLarge(Problem):
    """Also of what a workbook would unpack to."""

    status, code = 413, "statement-too-large"
    title = {"vi": "Sao kê quá lớn", "en": "The statement is too large"}
    detail = {"vi": "{why_vi}", "en": "{why_en}"}


class StatementTypeUnknown(Problem):
    status, code = 415, "statement-type"
    title = {"vi": "Sao kê phải là CSV hoặc XLSX", "en": "A statement is CSV or XLSX"}
    detail = {"vi": "Content-Type là một trong: {known}.", "en": "Content-Type is one of: {known}."}
