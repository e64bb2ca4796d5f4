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


class BillMissing(NotFound):
    code = "bill-not-found"
    title = {"vi": "Cổng thanh toán không có chứng từ này", "en": "The provider has no such bill"}


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
