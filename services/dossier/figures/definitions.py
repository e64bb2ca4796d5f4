"""What each figure is: numerator, denominator, what is left out, by which date and which body (section 5 of
the domain rules). Every answer carries it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Words = Mapping[str, str]
Kind = Literal["count", "share", "hours", "mean"]
By = Literal["receiving_agency", "resolving_agency"]


@dataclass(frozen=True)
class Column:
    """A figure of a row. `of`: numerator and denominator, each a sum of counts, of a share or a mean; null
    where the denominator is zero."""

    name: str
    vi: str
    en: str
    kind: Kind = "count"
    of: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    def label(self, language: str) -> str:
        return self.vi if language == "vi" else self.en


@dataclass(frozen=True)
class Indicator:
    """`by`: the body whose figure it is. `main`: the column that stands for it."""

    id: str
    version: int
    title: Words
    numerator: Words
    denominator: Words
    exclusions: Words
    basis: Words
    by: By
    main: str
    columns: tuple[Column, ...]

    def words(self, language: str) -> dict[str, str]:
        names = ("title", "numerator", "denominator", "exclusions", "basis")
        return {name: getattr(self, name)[language] for name in names}


def _share(name: str, vi: str, en: str, above: tuple[str, ...], below: tuple[str, ...]) -> Column:
    return Column(name, vi, en, "share", (above, below))


_LEFT_OUT = {
    "vi": "Bản nháp; hồ sơ chưa tiếp nhận hoặc bị từ chối; lô bị hủy; số đếm đã có hồ sơ thay thế",
    "en": "Drafts; dossiers not yet received or refused; voided batches; counts that dossiers have replaced",
}
_RECEIVED = {"vi": "Ngày tiếp nhận; theo cơ quan tiếp nhận", "en": "The day of reception; by receiving body"}
_ALL = Column("received", "Đã tiếp nhận", "Received")

ONLINE_SHARE = Indicator(
    id="online-share",
    version=2,
    title={"vi": "Tỷ lệ hồ sơ trực tuyến mức độ 3, 4", "en": "Share of dossiers received online"},
    numerator={
        "vi": "Hồ sơ tiếp nhận trực tuyến (do người dân tự nộp) của thủ tục ở mức độ 3 hoặc 4 ngày đó",
        "en": "Dossiers received online, of procedures offered at level 3 or 4 that day",
    },
    denominator={
        "vi": "share_all: mọi hồ sơ đã tiếp nhận (Quyết định 2566); share_eligible: hồ sơ đã tiếp nhận của"
        " thủ tục ở mức độ 3 hoặc 4 ngày đó",
        "en": "share_all: all dossiers received (Decision 2566); share_eligible: those of procedures offered"
        " at level 3 or 4 that day",
    },
    exclusions=_LEFT_OUT,
    basis=_RECEIVED,
    by="receiving_agency",
    main="share_all",
    columns=(
        _ALL,
        Column("eligible", "Thuộc thủ tục mức độ 3, 4", "Of procedures at level 3 or 4"),
        Column("online", "Trực tuyến", "Online"),
        _share("share_all", "Tỷ lệ trên mọi hồ sơ", "Share of all", ("online",), ("received",)),
        _share(
            "share_eligible", "Tỷ lệ trên hồ sơ mức 3, 4", "Share of eligible", ("online",), ("eligible",)
        ),
    ),
)
ON_TIME = Indicator(
    id="on-time",
    version=1,
    title={"vi": "Tỷ lệ giải quyết đúng hạn", "en": "Decided on time"},
    numerator={
        "vi": "Hồ sơ giải quyết xong trong kỳ, không muộn hơn hẹn trả (kể cả thời gian tạm dừng; lời xin lỗi"
        " không dời hạn chấm điểm)",
        "en": "Decided in the period by the scored promise (with its pauses; an apology does not move it)",
    },
    denominator={
        "vi": "Hồ sơ giải quyết xong trong kỳ, cộng hồ sơ đang giải quyết đã quá hạn tại as_of",
        "en": "Decided in the period, and those open whose promise is before as_of",
    },
    exclusions={
        "vi": "Hồ sơ rút, dừng; hồ sơ không có hẹn trả; lô bị hủy; số đếm",
        "en": "Withdrawn and stopped ones; those without a promise; voided batches; counts",
    },
    basis={
        "vi": "Ngày giải quyết xong; theo cơ quan giải quyết",
        "en": "The day of decision; by resolving body",
    },
    by="resolving_agency",
    main="share_on_time",
    columns=(
        Column("carried_over", "Kỳ trước chuyển qua", "Carried over"),
        Column("received_online", "Tiếp nhận trực tuyến", "Received online"),
        Column("received_otherwise", "Tiếp nhận trực tiếp, bưu chính", "Received otherwise"),
        Column("early", "Trước hạn", "Early"),
        Column("on_time", "Đúng hạn", "On time"),
        Column("late", "Quá hạn", "Late"),
        Column("unscored", "Không có hẹn trả", "Without a promise"),
        Column("ended", "Kết thúc (kể cả rút, dừng)", "Ended, withdrawn and stopped too"),
        Column("pending", "Đang giải quyết trong hạn", "Pending in time"),
        Column("overdue", "Đang giải quyết quá hạn", "Pending, late"),
        _share(
            "share_on_time",
            "Tỷ lệ đúng hạn",
            "Share on time",
            ("early", "on_time"),
            ("early", "on_time", "late", "overdue"),
        ),
    ),
)
PAID_ONLINE = Indicator(
    id="paid-online",
    version=1,
    title={"vi": "Tỷ lệ thanh toán trực tuyến", "en": "Paid online"},
    numerator={"vi": "Hồ sơ có phí, lệ phí đã nộp trực tuyến", "en": "Fee dossiers paid online"},
    denominator={"vi": "Hồ sơ có phí, lệ phí lớn hơn 0", "en": "Fee dossiers with an amount above zero"},
    exclusions=_LEFT_OUT,
    basis=_RECEIVED,
    by="receiving_agency",
    main="share_paid_online",
    columns=(
        _ALL,
        Column("fee_dossiers", "Có phí, lệ phí", "With a fee"),
        Column("fee_online", "Nộp trực tuyến", "Paid online"),
        _share("share_paid_online", "Tỷ lệ", "Share", ("fee_online",), ("fee_dossiers",)),
    ),
)
SUPPLEMENT_ROUNDS = Indicator(
    id="supplement-rounds",
    version=1,
    title={"vi": "Yêu cầu bổ sung hồ sơ", "en": "Supplement requests"},
    numerator={"vi": "Số lần yêu cầu bổ sung", "en": "Supplement requests"},
    denominator={"vi": "Hồ sơ đã tiếp nhận", "en": "Dossiers received"},
    exclusions=_LEFT_OUT,
    basis=_RECEIVED,
    by="receiving_agency",
    main="rounds_per_dossier",
    columns=(
        _ALL,
        Column("supplemented", "Phải bổ sung", "Had to supplement"),
        Column("rounds", "Số lần yêu cầu", "Requests"),
        _share("share_supplemented", "Tỷ lệ phải bổ sung", "Share", ("supplemented",), ("received",)),
        Column(
            "rounds_per_dossier", "Lần trên một hồ sơ", "Per dossier", "mean", (("rounds",), ("received",))
        ),
    ),
)
PROCESSING_TIME = Indicator(
    id="processing-time",
    version=1,
    title={"vi": "Thời gian giải quyết", "en": "Processing time"},
    numerator={
        "vi": "Giờ theo lịch từ tiếp nhận đến giải quyết xong, trừ tạm dừng; trung vị và phân vị 90",
        "en": "Hours by the clock from reception to decision, pauses left out; median and 90th percentile",
    },
    denominator={"vi": "Hồ sơ giải quyết xong trong kỳ", "en": "Dossiers decided in the period"},
    exclusions={
        "vi": "Hồ sơ rút, dừng; lô bị hủy; số đếm",
        "en": "Withdrawn and stopped ones; voided batches; counts",
    },
    basis={
        "vi": "Ngày giải quyết xong; theo cơ quan giải quyết",
        "en": "The day of decision; by resolving body",
    },
    by="resolving_agency",
    main="median",
    columns=(
        Column("decided", "Giải quyết xong", "Decided"),
        Column("median", "Trung vị", "Median", "hours"),
        Column("p90", "Phân vị 90", "90th percentile", "hours"),
    ),
)
INDICATORS: Mapping[str, Indicator] = {
    each.id: each for each in (ONLINE_SHARE, ON_TIME, PAID_ONLINE, SUPPLEMENT_ROUNDS, PROCESSING_TIME)
}


def figures(indicator: Indicator, counts: Mapping[str, float | None]) -> dict[str, float | None]:
    """The columns of a row by its counts; shares to six places."""
    return {column.name: _figure(column, counts) for column in indicator.columns}


def _figure(column: Column, counts: Mapping[str, float | None]) -> float | None:
    if column.of is None:
        value = counts.get(column.name, 0 if column.kind == "count" else None)
        return round(value, 2) if isinstance(value, float) else value
    above, below = (sum(counts.get(name) or 0 for name in names) for names in column.of)
    return round(above / below, 6) if below else None
