"""Each way to fail, with a name."""

from __future__ import annotations

from typing import ClassVar

from kit.problem import InvalidInput, NotFound, Problem


class DossierMissing(NotFound):
    """Also for another citizen's dossier: its existence is not told."""

    code = "dossier-not-found"
    title = {"vi": "Không tìm thấy hồ sơ", "en": "No such dossier"}


class PaymentMissing(NotFound):
    code = "payment-not-found"
    title = {"vi": "Không tìm thấy khoản thanh toán", "en": "No such payment"}


class ProviderUnknown(Problem):
    status, code = 404, "provider-unknown"
    title = {"vi": "Không có cổng thanh toán này", "en": "No such payment provider"}
    detail = {"vi": "Dùng được: {known}.", "en": "Configured: {known}."}


class NothingDue(Problem):
    status, code = 409, "nothing-due"
    title = {"vi": "Không có khoản phải nộp", "en": "Nothing is due"}
    detail = {
        "vi": "Hồ sơ {dossier_code} không có phí, lệ phí phải nộp cho bước này.",
        "en": "Dossier {dossier_code} has nothing to pay for this purpose.",
    }


class FeeSettled(Problem):
    status, code = 409, "fee-settled"
    title = {"vi": "Đã nộp phí, lệ phí", "en": "The fee is settled"}
    detail = {
        "vi": "Khoản này của hồ sơ {dossier_code} đã được nộp; không nộp lần nữa.",
        "en": "This fee of dossier {dossier_code} has been paid; do not pay it again.",
    }


class NotPayableOnline(Problem):
    status, code = 409, "not-payable-online"
    title = {"vi": "Chưa thanh toán trực tuyến được", "en": "Not payable online"}
    detail = {
        "vi": "Thủ tục này chưa thanh toán trực tuyến. Nộp tại bộ phận tiếp nhận của cơ quan {agency}.",
        "en": "This procedure is not payable online yet. Pay at the counter of {agency}.",
    }


class PaymentUnderWay(Problem):
    """Carries the payment's id and, once the provider has given it, the address of its page."""

    status, code = 409, "payment-under-way"
    title = {"vi": "Đang có khoản thanh toán", "en": "A payment is under way"}
    detail = {
        "vi": "Khoản thanh toán {payment_id} đang được thực hiện: hãy tiếp tục, hoặc hủy rồi tạo lại.",
        "en": "Payment {payment_id} is under way: continue it, or cancel it first.",
    }


class ReturnNotAllowed(InvalidInput):
    code = "return-url-not-allowed"
    title = {"vi": "Địa chỉ quay lại không được phép", "en": "The return address is not allowed"}


class ActionNotPossible(Problem):
    status, code = 409, "action-not-possible"
    title = {"vi": "Chưa thực hiện được thao tác này", "en": "This action is not possible now"}
    detail = {
        "vi": "Khoản thanh toán đang ở trạng thái “{payment_status}”.",
        "en": "The payment is “{payment_status}”.",
    }


class ProviderDown(Problem):
    """The provider did not say whether money has come, so nothing was changed."""

    status, code = 503, "provider-unavailable"
    title = {"vi": "Cổng thanh toán chưa trả lời", "en": "The payment provider does not answer"}
    detail = {
        "vi": "Chưa rõ đã có tiền hay chưa nên chưa thay đổi gì; hãy thử lại sau.",
        "en": "Whether money has come is not known, so nothing was changed; please try again.",
    }


class CallbackRefused(Problem):
    """A call-back that changes nothing. The answer also has the protocol's own fields.

    `provider_code`: its `MaLoi`. The platform names 00 and 99 only; 01, 04 and 97 are what other
    Vietnamese providers use for the same reasons.
    """

    reason: ClassVar[str] = "other"
    provider_code: ClassVar[str] = "99"


class CallbackForged(CallbackRefused):
    status, code = 403, "callback-signature"
    reason, provider_code = "signature", "97"
    title = {"vi": "Mã xác thực không đúng", "en": "The checksum is wrong"}


class CallbackUnknownReference(CallbackRefused):
    status, code = 404, "callback-unknown-reference"
    reason, provider_code = "unknown-reference", "01"
    title = {"vi": "Không có mã tham chiếu này", "en": "No such reference"}


class CallbackWrongPartner(CallbackRefused):
    status, code = 409, "callback-partner"
    reason = "partner"
    title = {"vi": "Không phải mã đối tác của hệ thống", "en": "Another partner's code"}


class CallbackWrongAmount(CallbackRefused):
    status, code = 409, "callback-amount"
    reason, provider_code = "amount", "04"
    title = {"vi": "Số tiền không khớp", "en": "The amount differs"}


class CallbackWrongCurrency(CallbackRefused):
    status, code = 409, "callback-currency"
    reason = "currency"
    title = {"vi": "Loại tiền không khớp", "en": "The currency differs"}


class CallbackWrongKind(CallbackRefused):
    status, code = 409, "callback-kind"
    reason = "kind"
    title = {"vi": "Không phải bản tin xác nhận", "en": "Not a CONFIRM message"}


class RefundMissing(NotFound):
    code = "refund-not-found"
    title = {"vi": "Không tìm thấy khoản hoàn", "en": "No such refund"}


class NotPaid(Problem):
    status, code = 409, "not-paid"
    title = {"vi": "Khoản này chưa được thanh toán", "en": "This payment has not succeeded"}


class AvailableChanged(Problem):
    """The amount that may go back is not the one that the caller saw."""

    status, code = 412, "refund-amount-available-mismatch"
    title = {"vi": "Số tiền còn được hoàn đã thay đổi", "en": "The amount available for refund has changed"}
    detail = {
        "vi": "Còn được hoàn {refund_amount_available} đồng; hãy xem lại rồi gửi với số này.",
        "en": "{refund_amount_available} đồng can be refunded; look again and send that figure.",
    }


class RefundTooLarge(Problem):
    status, code = 409, "refund-too-large"
    title = {"vi": "Vượt số tiền được hoàn", "en": "More than can be refunded"}
    detail = {"vi": "Chỉ còn {available} đồng được hoàn.", "en": "Only {available} đồng can be refunded."}


class LinesNotRefundable(Problem):
    status, code = 409, "lines-not-refundable"
    title = {"vi": "Khoản thu không được hoàn", "en": "Not refundable"}
    detail = {"vi": "Theo quy định không hoàn: {lines}.", "en": "By their rule not refundable: {lines}."}


class RefundActionNotPossible(Problem):
    status, code = 409, "action-not-possible"
    title = {"vi": "Chưa thực hiện được thao tác này", "en": "This action is not possible now"}
    detail = {
        "vi": "Khoản hoàn đang ở trạng thái “{refund_status}”.",
        "en": "The refund is “{refund_status}”.",
    }


class SecondPersonNeeded(Problem):
    status, code = 409, "second-person-needed"
    title = {"vi": "Cần người thứ hai phê duyệt", "en": "A second person has to approve"}
    detail = {
        "vi": "Khoản hoàn trên {above} đồng phải do người khác người đề nghị phê duyệt.",
        "en": "Above {above} đồng somebody else than who asked has to approve.",
    }


class ProviderRepays(Problem):
    status, code = 409, "provider-repays"
    title = {"vi": "Không chi trả bằng tay", "en": "Not to be paid out by hand"}
    detail = {
        "vi": "Khoản này chưa được phê duyệt, hoặc cổng thanh toán tự hoàn.",
        "en": "It is not approved yet, or the provider gives the money back itself.",
    }


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


class AccountOverlaps(Problem):
    status, code = 409, "payee-account-overlaps"
    title = {"vi": "Trùng thời gian với tài khoản khác", "en": "Another account is valid on these days"}
    detail = {
        "vi": "Cơ quan đã có tài khoản từ {valid_from}; tài khoản mới phải bắt đầu sau ngày đó.",
        "en": "The body has an account from {valid_from}; a new one has to begin after that day.",
    }


class ReceiptMissing(NotFound):
    code = "receipt-not-found"
    title = {"vi": "Không tìm thấy biên lai", "en": "No such receipt"}


class ReceiptCancelled(Problem):
    status, code = 409, "receipt-cancelled"
    title = {"vi": "Biên lai đã bị hủy", "en": "The receipt is cancelled"}
    detail = {"vi": "Số {number} đã bị hủy trước đó.", "en": "Number {number} was cancelled before."}


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
