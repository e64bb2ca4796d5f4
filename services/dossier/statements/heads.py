"""The headings of the forms' tables, with their columns' numbers. Pure."""

from __future__ import annotations

from collections.abc import Callable

from kit.problem import Language
from services.dossier.statements.paper import Head

Say = Callable[[str, str], str]


def say(language: Language) -> Say:
    """Vietnamese and English in, the one that is wanted out."""
    return lambda vi, en: vi if language == "vi" else en


def first(name: str, say: Say) -> tuple[Head, Head]:
    return Head(say("STT", "No."), "text", "(1)"), Head(name, "text", "(2)")


def flow(say: Say) -> tuple[Head, ...]:
    """(3) to (13) are those of form II.06; it has no place for what follows them."""
    total = say("Tổng số", "Total")
    return (
        Head(
            say("Số lượng hồ sơ tiếp nhận", "Dossiers received"),
            parts=(
                Head(total, number="(3)=(4)+(5)+(6)"),
                Head(
                    say("Tiếp nhận mới trong kỳ", "New in the period"),
                    parts=(
                        Head(say("Trực tuyến", "Online"), number="(4)"),
                        Head(say("Trực tiếp, bưu chính", "Counter, post"), number="(5)"),
                    ),
                ),
                Head(say("Từ kỳ trước chuyển qua", "Carried over"), number="(6)"),
            ),
        ),
        Head(
            say("Số lượng hồ sơ đã giải quyết", "Dossiers solved"),
            parts=(
                Head(total, number="(7)=(8)+(9)+(10)"),
                Head(say("Trước hạn", "Early"), number="(8)"),
                Head(say("Đúng hạn", "On time"), number="(9)"),
                Head(say("Quá hạn", "Late"), number="(10)"),
            ),
        ),
        Head(
            say("Số lượng hồ sơ đang giải quyết", "Dossiers pending"),
            parts=(
                Head(total, number="(11)=(12)+(13)"),
                Head(say("Trong hạn", "In time"), number="(12)"),
                Head(say("Quá hạn", "Late"), number="(13)"),
            ),
        ),
        Head(
            say("Kết thúc khác", "Ended otherwise"),
            parts=(
                Head(total, number="(14)=(15)+(16)"),
                Head(say("Rút, dừng", "Withdrawn, stopped"), number="(15)"),
                Head(say("Không có hẹn trả", "Without a promise"), number="(16)"),
            ),
        ),
        Head(say("Số đếm theo ngày", "Told as counts"), number="(17)"),
    )


def pace(say: Say) -> tuple[Head, ...]:
    return (
        Head(say("Tỷ lệ đúng hạn", "Share on time"), "share", "(18)"),
        Head(
            say("Thời gian giải quyết (giờ)", "Processing time (hours)"),
            parts=(
                Head(say("Trung vị", "Median"), "decimal", "(19)"),
                Head(say("Phân vị 90", "90th percentile"), "decimal", "(20)"),
            ),
        ),
    )


def shares(say: Say) -> tuple[Head, ...]:
    return (
        Head(say("Đã tiếp nhận", "Received"), number="(3)"),
        Head(
            say("Hồ sơ trực tuyến mức độ 3, 4", "Received online at level 3 or 4"),
            parts=(
                Head(say("Thuộc thủ tục mức độ 3, 4", "Eligible"), number="(4)"),
                Head(say("Trực tuyến", "Online"), number="(5)"),
                Head(say("Tỷ lệ trên mọi hồ sơ", "Share of all"), "share", "(6)=(5)/(3)"),
                Head(say("Tỷ lệ trên hồ sơ mức độ 3, 4", "Share of eligible"), "share", "(7)=(5)/(4)"),
                Head(say("Chỉ tiêu", "Target"), "share", "(8)"),
                Head(say("(6) đạt chỉ tiêu", "(6) reaches it"), "text", "(9)"),
            ),
        ),
        Head(
            say("Thanh toán trực tuyến", "Paid online"),
            parts=(
                Head(say("Có phí, lệ phí", "With a fee"), number="(10)"),
                Head(say("Nộp trực tuyến", "Paid online"), number="(11)"),
                Head(say("Tỷ lệ", "Share"), "share", "(12)=(11)/(10)"),
            ),
        ),
        Head(
            say("Yêu cầu bổ sung hồ sơ", "Supplement requests"),
            parts=(
                Head(say("Phải bổ sung", "Had to supplement"), number="(13)"),
                Head(say("Số lần", "Requests"), number="(14)"),
                Head(say("Tỷ lệ phải bổ sung", "Share"), "share", "(15)=(13)/(3)"),
                Head(say("Lần trên một hồ sơ", "Per dossier"), "decimal", "(16)=(14)/(3)"),
            ),
        ),
    )
