"""What each figure is: numerator, denominator, what is left out, by which date and which body (section 5 of
the domain rules). Every answer carries it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from services.dossier.figures import reasons
from services.dossier.figures.indicator import Column, Indicator, Names


def _share(name: str, vi: str, en: str, above: Names, below: Names) -> Column:
    return Column(name, vi, en, "share", (above, below))


_BY_RECEPTION = {
    "vi": "Ngày tiếp nhận; theo cơ quan tiếp nhận",
    "en": "The day of reception; by receiving body",
}
_BY_DECISION = {
    "vi": "Ngày giải quyết xong; theo cơ quan giải quyết",
    "en": "The day of decision; by resolving body",
}
_RECEIVED = Column(
    "received",
    "Đã tiếp nhận",
    "Received",
    meaning={
        "vi": "Hồ sơ nộp trực tuyến: đã được tiếp nhận; hồ sơ nộp trực tiếp, qua bưu chính: đã nhận tại quầy;"
        " kể cả số đếm theo ngày chưa được thay bằng hồ sơ chi tiết",
        "en": "Accepted, if it came online; taken in, if at the counter or by post; with the counts of a day"
        " that no dossiers have replaced",
    },
)

ONLINE_SHARE = Indicator(
    id="online-share",
    version=2,
    title={"vi": "Tỷ lệ hồ sơ tiếp nhận trực tuyến mức độ 3, 4", "en": "Share of dossiers received online"},
    numerator={
        "vi": "Hồ sơ tiếp nhận trực tuyến (do tổ chức, cá nhân tự nộp) của thủ tục được cung cấp ở mức độ 3"
        " hoặc 4 vào ngày nộp",
        "en": "Dossiers received online, of procedures offered at level 3 or 4 on the day of submission",
    },
    denominator={
        "vi": "Tỷ lệ trên mọi hồ sơ: mọi hồ sơ đã tiếp nhận (Quyết định 2566/QĐ-UBND); tỷ lệ trên hồ sơ mức"
        " độ 3, 4: hồ sơ đã tiếp nhận của thủ tục ở mức độ 3 hoặc 4 vào ngày nộp",
        "en": "Share of all: all dossiers received (Decision 2566/QĐ-UBND); share of eligible: those of"
        " procedures offered at level 3 or 4 on the day of submission",
    },
    basis=_BY_RECEPTION,
    by="receiving_agency",
    main="share_all",
    columns=(
        _RECEIVED,
        Column("eligible", "Thuộc thủ tục mức độ 3, 4", "Of procedures at level 3 or 4"),
        Column("online", "Trực tuyến mức độ 3, 4", "Online, at level 3 or 4"),
        _share("share_all", "Tỷ lệ trên mọi hồ sơ", "Share of all", ("online",), ("received",)),
        _share(
            "share_eligible",
            "Tỷ lệ trên hồ sơ mức độ 3, 4",
            "Share of eligible",
            ("online",),
            ("eligible",),
        ),
    ),
    sortings=(reasons.BY_CHANNEL_AND_LEVEL,),
)
ON_TIME = Indicator(
    id="on-time",
    version=1,
    title={"vi": "Tỷ lệ giải quyết đúng hạn", "en": "Decided on time"},
    numerator={
        "vi": "Hồ sơ giải quyết xong trong kỳ, trước hạn hoặc đúng hạn: không muộn hơn hẹn trả (đã cộng thời"
        " gian tạm dừng; xin lỗi, hẹn lại không dời hạn chấm điểm)",
        "en": "Decided in the period early or on time: by the scored promise (with its pauses; an apology"
        " does not move it)",
    },
    denominator={
        "vi": "Hồ sơ giải quyết xong trong kỳ, cộng hồ sơ đang giải quyết đã quá hẹn trả tại thời điểm tính"
        " số liệu (as_of)",
        "en": "Decided in the period, and those open at as_of whose promise was before it",
    },
    basis=_BY_DECISION,
    by="resolving_agency",
    main="share_on_time",
    columns=(
        Column(
            "carried_over",
            "Kỳ trước chuyển qua",
            "Carried over",
            meaning={
                "vi": "Tiếp nhận trước kỳ và chưa kết thúc khi kỳ bắt đầu; chia theo tháng: ghi ở tháng đầu",
                "en": "Received before the period and open when it began; by month, in the first one's row",
            },
        ),
        Column(
            "received_online",
            "Tiếp nhận trực tuyến",
            "Received online",
            meaning={
                "vi": "Tiếp nhận trong kỳ, do tổ chức, cá nhân tự nộp trực tuyến (mọi mức độ)",
                "en": "Received in the period, submitted online by people themselves (at any level)",
            },
        ),
        Column(
            "received_otherwise",
            "Tiếp nhận trực tiếp, bưu chính",
            "Received otherwise",
            meaning={
                "vi": "Tiếp nhận trong kỳ, nộp tại quầy hoặc qua dịch vụ bưu chính công ích",
                "en": "Received in the period, at the counter or by post",
            },
        ),
        Column(
            "early",
            "Trước hạn",
            "Early",
            meaning={
                "vi": "Giải quyết xong trước ngày hẹn trả",
                "en": "Decided on a day before the promised one",
            },
        ),
        Column(
            "on_time",
            "Đúng hạn",
            "On time",
            meaning={
                "vi": "Giải quyết xong vào ngày hẹn trả, không muộn hơn giờ hẹn",
                "en": "Decided on the promised day, not after the promised time",
            },
        ),
        Column(
            "late",
            "Quá hạn",
            "Late",
            meaning={
                "vi": "Giải quyết xong muộn hơn hẹn trả, kể cả đã xin lỗi, hẹn lại",
                "en": "Decided after the promised time, also where an apology gave another one",
            },
        ),
        Column("unscored", "Không có hẹn trả", "Without a promise"),
        Column("ended", "Kết thúc (kể cả rút, dừng)", "Ended, withdrawn and stopped too"),
        Column(
            "pending",
            "Đang giải quyết trong hạn",
            "Pending in time",
            meaning={
                "vi": "Đã tiếp nhận, chưa kết thúc, chưa quá hẹn trả tại thời điểm tính số liệu (as_of); chia"
                " theo tháng: ghi ở tháng cuối",
                "en": "Received, open and not past its promise at as_of; by month, in the last one's row",
            },
        ),
        Column(
            "overdue",
            "Đang giải quyết quá hạn",
            "Pending, late",
            meaning={
                "vi": "Đã tiếp nhận, chưa kết thúc, đã quá hẹn trả tại thời điểm tính số liệu (as_of); chia"
                " theo tháng: ghi ở tháng cuối",
                "en": "Received, open and past its promise at as_of; by month, in the last one's row",
            },
        ),
        _share(
            "share_on_time",
            "Tỷ lệ đúng hạn",
            "Share on time",
            ("early", "on_time"),
            ("early", "on_time", "late", "overdue"),
        ),
    ),
    sortings=(reasons.BY_PROMISE, reasons.BY_ARRIVAL),
)
PAID_ONLINE = Indicator(
    id="paid-online",
    version=1,
    title={"vi": "Tỷ lệ hồ sơ thanh toán trực tuyến", "en": "Paid online"},
    numerator={
        "vi": "Hồ sơ có phí, lệ phí mà mọi khoản đã nộp đều nộp trực tuyến",
        "en": "Fee dossiers of which all that was paid was paid online",
    },
    denominator={
        "vi": "Hồ sơ đã tiếp nhận có phí, lệ phí lớn hơn 0",
        "en": "Dossiers received with a fee above zero",
    },
    basis=_BY_RECEPTION,
    by="receiving_agency",
    main="share_paid_online",
    columns=(
        _RECEIVED,
        Column("fee_dossiers", "Có phí, lệ phí", "With a fee"),
        Column("fee_online", "Nộp trực tuyến", "Paid online"),
        _share("share_paid_online", "Tỷ lệ", "Share", ("fee_online",), ("fee_dossiers",)),
    ),
    sortings=(reasons.BY_FEE,),
)
SUPPLEMENT_ROUNDS = Indicator(
    id="supplement-rounds",
    version=1,
    title={"vi": "Yêu cầu bổ sung hồ sơ", "en": "Supplement requests"},
    numerator={
        "vi": "Số lần yêu cầu bổ sung của hồ sơ đã tiếp nhận trong kỳ",
        "en": "Supplement requests for the dossiers received in the period",
    },
    denominator={"vi": "Hồ sơ đã tiếp nhận", "en": "Dossiers received"},
    basis=_BY_RECEPTION,
    by="receiving_agency",
    main="rounds_per_dossier",
    columns=(
        _RECEIVED,
        Column("supplemented", "Phải bổ sung", "Had to supplement"),
        Column("rounds", "Số lần yêu cầu", "Requests"),
        _share("share_supplemented", "Tỷ lệ phải bổ sung", "Share", ("supplemented",), ("received",)),
        Column(
            "rounds_per_dossier", "Lần trên một hồ sơ", "Per dossier", "mean", (("rounds",), ("received",))
        ),
    ),
    sortings=(reasons.BY_SUPPLEMENT,),
)
_DECIDED: tuple[Names, Names] = (("decided",), ("decided",))
PROCESSING_TIME = Indicator(
    id="processing-time",
    version=1,
    title={"vi": "Thời gian giải quyết", "en": "Processing time"},
    numerator={
        "vi": "Số giờ theo đồng hồ từ khi tiếp nhận đến khi giải quyết xong, trừ thời gian tạm dừng; trung vị"
        " và phân vị 90",
        "en": "Hours by the clock from reception to decision, pauses left out; median and 90th percentile",
    },
    denominator={"vi": "Hồ sơ giải quyết xong trong kỳ", "en": "Dossiers decided in the period"},
    basis=_BY_DECISION,
    by="resolving_agency",
    main="median",
    columns=(
        Column("decided", "Giải quyết xong", "Decided"),
        Column(
            "median",
            "Trung vị",
            "Median",
            "hours",
            _DECIDED,
            {
                "vi": "Một nửa số hồ sơ giải quyết xong trong chừng này giờ; khi giải trình, tử số và mẫu số"
                " đều là số hồ sơ giải quyết xong",
                "en": "Half of the dossiers took no longer; explained, numerator and denominator both are the"
                " dossiers decided",
            },
        ),
        Column(
            "p90",
            "Phân vị 90",
            "90th percentile",
            "hours",
            _DECIDED,
            {
                "vi": "Chín phần mười số hồ sơ giải quyết xong trong chừng này giờ; khi giải trình, tử số và"
                " mẫu số đều là số hồ sơ giải quyết xong",
                "en": "Nine tenths of the dossiers took no longer; explained, numerator and denominator both"
                " are the dossiers decided",
            },
        ),
    ),
    sortings=(reasons.BY_HOURS,),
)
INDICATORS: Mapping[str, Indicator] = {
    each.id: each for each in (ONLINE_SHARE, ON_TIME, PAID_ONLINE, SUPPLEMENT_ROUNDS, PROCESSING_TIME)
}
