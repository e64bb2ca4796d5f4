"""Why a fact is counted in a figure, or left out: for each way to sort the facts all the reasons there are,
of which each fact of the period has one (`sorting` says when). Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """`columns`: the counts that a fact with this reason is in; in none: it is left out."""

    code: str
    vi: str
    en: str
    columns: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        return self.vi if language == "vi" else self.en


_LEFT_OUT = (
    Reason("voided", "Thuộc lô dữ liệu đã bị hủy", "Of a batch that was voided"),
    Reason("replaced", "Số đếm đã được thay bằng hồ sơ chi tiết", "A count that dossiers have replaced"),
    Reason("refused", "Bị từ chối tiếp nhận", "Refused, so not received"),
    Reason(
        "not-received",
        "Đã nộp nhưng chưa được tiếp nhận (kể cả rút trước khi tiếp nhận)",
        "Submitted, and not received (yet, or withdrawn before)",
    ),
)
#: Of a count line only the number received is known.
_COUNT_LINE = Reason(
    "count-line", "Số đếm theo ngày, không theo dõi từng hồ sơ", "A count of a day, of no single dossiers"
)

BY_CHANNEL_AND_LEVEL = (
    Reason(
        "online",
        "Nộp trực tuyến, thủ tục mức độ 3, 4",
        "Online, of a procedure at level 3 or 4",
        ("received", "eligible", "online"),
    ),
    Reason(
        "counter",
        "Nộp trực tiếp, dù thủ tục đã ở mức độ 3, 4",
        "At the counter, although the procedure was at level 3 or 4",
        ("received", "eligible"),
    ),
    Reason(
        "post",
        "Nộp qua bưu chính, dù thủ tục đã ở mức độ 3, 4",
        "By post, although the procedure was at level 3 or 4",
        ("received", "eligible"),
    ),
    Reason(
        "online-below-level-3",
        "Nộp trực tuyến, thủ tục chưa ở mức độ 3, 4",
        "Online, of a procedure below level 3",
        ("received",),
    ),
    Reason(
        "counter-below-level-3",
        "Nộp trực tiếp, thủ tục chưa ở mức độ 3, 4",
        "At the counter, of a procedure below level 3",
        ("received",),
    ),
    Reason(
        "post-below-level-3",
        "Nộp qua bưu chính, thủ tục chưa ở mức độ 3, 4",
        "By post, of a procedure below level 3",
        ("received",),
    ),
    *_LEFT_OUT,
)
BY_FEE = (
    Reason(
        "paid-online",
        "Phí, lệ phí đã nộp trực tuyến",
        "The fee was paid online",
        ("received", "fee_dossiers", "fee_online"),
    ),
    Reason(
        "not-paid-online",
        "Phí, lệ phí nộp bằng cách khác hoặc chưa nộp",
        "The fee was paid otherwise, or not yet",
        ("received", "fee_dossiers"),
    ),
    Reason("no-fee", "Không phải nộp phí, lệ phí", "No fee to pay", ("received",)),
    Reason(_COUNT_LINE.code, _COUNT_LINE.vi, _COUNT_LINE.en, ("received",)),
    *_LEFT_OUT,
)
BY_SUPPLEMENT = (
    Reason(
        "supplemented",
        "Đã yêu cầu bổ sung ít nhất một lần",
        "A supplement was requested, once or more",
        ("received", "supplemented", "rounds"),
    ),
    Reason("not-supplemented", "Không phải bổ sung", "No supplement was requested", ("received",)),
    Reason(_COUNT_LINE.code, _COUNT_LINE.vi, _COUNT_LINE.en, ("received",)),
    *_LEFT_OUT,
)
_NOT_DECIDED = (
    Reason("withdrawn", "Người nộp rút hồ sơ", "Withdrawn by the applicant", ("ended",)),
    Reason("stopped", "Dừng giải quyết", "Stopped", ("ended",)),
    Reason("no-decision", "Kết thúc mà không có quyết định", "Ended without a decision", ("ended",)),
)
_AFTER = Reason("after-as-of", "Tiếp nhận sau thời điểm tính số liệu", "Received after the figures' moment")
BY_PROMISE = (
    Reason("early", "Giải quyết xong trước ngày hẹn", "Decided before the promised day", ("ended", "early")),
    Reason(
        "on-time",
        "Giải quyết xong đúng ngày hẹn, không quá giờ hẹn",
        "Decided on the promised day, by the promised time",
        ("ended", "on_time"),
    ),
    Reason("late", "Giải quyết xong sau hẹn trả", "Decided after the promised time", ("ended", "late")),
    Reason("overdue", "Đang giải quyết, đã quá hẹn trả", "Open, past the promised time", ("overdue",)),
    Reason("pending", "Đang giải quyết, chưa quá hẹn trả", "Open, not past a promised time", ("pending",)),
    Reason(
        "unscored",
        "Giải quyết xong nhưng không có hẹn trả để so",
        "Decided, without a promise to be held to",
        ("ended", "unscored"),
    ),
    *_NOT_DECIDED,
    _AFTER,
    _COUNT_LINE,
    *_LEFT_OUT,
)
BY_ARRIVAL = (
    Reason(
        "carried-over",
        "Tiếp nhận trước kỳ, đầu kỳ chưa giải quyết xong",
        "Received before the period, open when it began",
        ("carried_over",),
    ),
    Reason(
        "received-online",
        "Tiếp nhận trong kỳ, nộp trực tuyến",
        "Received in the period, online",
        ("received_online",),
    ),
    Reason(
        "received-otherwise",
        "Tiếp nhận trong kỳ, nộp trực tiếp hoặc qua bưu chính",
        "Received in the period, at the counter or by post",
        ("received_otherwise",),
    ),
    _AFTER,
    _COUNT_LINE,
    *_LEFT_OUT,
)
BY_HOURS = (
    Reason("decided", "Giải quyết xong trong kỳ", "Decided in the period", ("decided",)),
    *(Reason(reason.code, reason.vi, reason.en) for reason in _NOT_DECIDED),
    Reason("not-ended", "Tiếp nhận trong kỳ, chưa kết thúc", "Received in the period, not ended"),
    Reason("unmeasured", "Không rõ thời gian giải quyết", "Of unknown time"),
    _COUNT_LINE,
    *_LEFT_OUT,
)
