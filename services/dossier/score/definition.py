"""What the score of QĐ 766/QĐ-TTg is made of, and what every answer says about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Words = Mapping[str, str]
VERSION = 1


@dataclass(frozen=True)
class Indicator:
    """`formula` in words. `full_at`: the value from which on it has all its points; below, they grow in
    proportion. `shares` of the group's weight; one without any informs only. `why_not`: why we cannot
    compute it; with one that we can, why it is missing if it is."""

    id: str
    title: Words
    formula: Words
    full_at: float | None = 1.0
    shares: int = 1
    why_not: Words | None = None


@dataclass(frozen=True)
class Group:
    id: str
    title: Words
    weight: int
    indicators: Sequence[Indicator]

    def weight_of(self, indicator: Indicator) -> float:
        return round(self.weight * indicator.shares / sum(each.shares for each in self.indicators), 2)


TEXTS: Mapping[str, Words] = {
    "title": {
        "vi": "Điểm đánh giá theo Quyết định 766/QĐ-TTg, phần tính được từ dữ liệu của tỉnh",
        "en": "Score of Decision 766/QĐ-TTg, as far as our data tell",
    },
    "points": {
        "vi": "Trọng số × min(1, giá trị / mức đạt điểm tối đa); mức đạt tối đa là 100 % khi nguồn không nêu",
        "en": "Weight × min(1, value / value with full points), which is 100 % where the source names none",
    },
    "weights": {
        "vi": "Công khai 18, tiến độ 20, dịch vụ trực tuyến 12, thanh toán trực tuyến 10, hài lòng 18, số hóa"
        " 22. Quyết định chia tiếp trong nhóm thế nào, chúng tôi không có: ở đây chia đều cho các chỉ tiêu"
        " của nhóm",
        "en": "Transparency 18, progress 20, online service 12, online payment 10, satisfaction 18,"
        " digitisation 22. How the decision divides a group further is not known to us: here equally",
    },
    "exclusions": {
        "vi": "Chỉ tiêu không tính được không có điểm (không phải 0 điểm) và không nằm trong tổng có thể đạt."
        " Bản nháp, hồ sơ rút, dừng, lô bị hủy, số đếm không được tính vào tiến độ",
        "en": "What cannot be computed has no points, which is not zero points, and is not in what is"
        " possible. Drafts, withdrawn and stopped dossiers, voided batches and counts have no progress",
    },
    "basis": {
        "vi": "Hồ sơ theo cơ quan giải quyết và các cơ quan trực thuộc: ngày giải quyết xong, với 3.2 và 3.6"
        " ngày tiếp nhận. Thủ tục: danh mục của ngày cuối kỳ, hoặc của as_of nếu sớm hơn",
        "en": "Dossiers by resolving body and those below: the day of decision, for 3.2 and 3.6 of reception."
        " Procedures: the catalogue of the period's last day, or of as_of if that is earlier",
    },
}
NO_SUCH: Words = {
    "vi": "Trong kỳ không có hồ sơ, thủ tục nào như vậy (mẫu số bằng 0)",
    "en": "There is no such dossier or procedure in the period (the denominator is zero)",
}
