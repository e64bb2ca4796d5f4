"""Each way to fail here, with a name."""

from __future__ import annotations

from kit.problem import NotFound, Problem


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
