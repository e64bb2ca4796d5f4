"""What the reports of this room say of themselves, beside the indicator's own definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kit.problem import Language, Words
from services.dossier.figures.indicator import Indicator
from services.dossier.targets.forecast import Error, Name

TARGET: Words = {
    "vi": "Chỉ tiêu của cơ quan trong năm, tính cho cả năm kể từ 1/1 dù quyết định có hiệu lực khi nào; cơ"
    " quan không được giao riêng thì theo cơ quan cấp trên gần nhất được giao. Tỷ lệ hồ sơ"
    " trực tuyến sau cùng theo mức chung của tỉnh: {default} ({decision}).",
    "en": "The body's target of the year, over the whole year whenever the decision took effect; a body"
    " without its own has that of the nearest body above it. Of the online share at last the"
    " province's common one: {default} ({decision}).",
}
ROWS: Words = {
    "vi": "Mỗi dòng là một cơ quan, tính cả các đơn vị bên dưới không có dòng riêng. Hồ sơ nằm ở dòng của"
    " cơ quan tiếp nhận (đúng hạn: cơ quan giải quyết): hồ sơ mà Trung tâm Phục vụ hành chính công nhận"
    " thay các sở nằm ở dòng của Trung tâm.",
    "en": "A row is a body with all below it that has no row of its own. A dossier is in the row of the"
    " body that received it (on time: that resolves it): what the one-stop centre receives for the"
    " departments is in the centre's row.",
}
LACKING: Words = {
    "vi": "Còn thiếu: trong số hồ sơ ở mẫu số, cần thêm bao nhiêu hồ sơ vào tử số để đạt; nếu là"
    " hồ sơ mới: cần bao nhiêu, tất cả đều vào tử số (để trống: bao nhiêu cũng không đủ).",
    "en": "Lacking: of the dossiers in the denominator, how many more in the numerator would reach the"
    " target; if new: how many new ones, all in the numerator (empty: no number would).",
}
FORECAST: Words = {
    "vi": "Dự báo đến hết năm theo các tháng đã trọn tại thời điểm tính; phương pháp và sai số theo"
    " năm gần nhất có đủ các tháng (tháng 12 đang chạy thì tính đến nay). Không dự báo tỷ lệ"
    " đúng hạn, vì hồ sơ sẽ quá hạn vào cuối năm chưa biết được.",
    "en": "To the year's end, by the months that were over at the moment of the report; method and error"
    " by the latest year of which no month is missing (a running December as far as it has come). None of"
    " the share on time, as what will be late by then is not known.",
}
RANK: Words = {
    "vi": "Xếp theo tỷ lệ, cao nhất trước; bằng nhau thì cùng hạng (1, 2, 2, 4). Dưới {minimum} hồ sơ ở"
    " mẫu số thì không xếp hạng.",
    "en": "By the share, the greatest first; equals share a rank (1, 2, 2, 4). Below {minimum} dossiers in"
    " the denominator there is none.",
}
CHANGE: Words = {
    "vi": "Số hạng tăng so với kỳ liền trước cùng độ dài ({first:%d/%m/%Y}–{last:%d/%m/%Y}), cùng điều"
    " kiện xếp hạng; để trống nếu một trong hai kỳ không có hạng.",
    "en": "Ranks gained since the period of the same length before ({first}–{last}), by the same rules;"
    " empty without a rank in either.",
}
SCORE: Words = {
    "vi": "Điểm cải cách hành chính của năm {year}, 0–100: trung bình cộng của min(1, tỷ lệ/chỉ tiêu) qua"
    " các chỉ số mà cơ quan có chỉ tiêu và tính được (có mẫu số), trọng số bằng nhau, nhân 100.",
    "en": "The reform score of {year}, 0–100: the mean of min(1, share/target) over the indicators of"
    " which the body has a target and that can be computed (have a denominator), of equal weight, times"
    " 100.",
}
STEPS: Words = {
    "vi": "Cặp cơ quan – thủ tục có hồ sơ nhận trực tiếp, bưu chính trong kỳ, nhiều nhất trước: trước hết"
    " các thủ tục đã ở mức độ 3, 4 (vận động nộp trực tuyến), không đủ thì thêm thủ tục chưa"
    " trực tuyến (nâng mức độ); cách khác: chỉ nâng mức độ. Mức độ là của tháng gần nhất có hồ"
    " sơ. Trong mỗi loại không có cách nào ít cặp hơn.",
    "en": "Pairs of body and procedure with dossiers over the counter or by post in the period, biggest"
    " first: first those at level 3 or 4 already (people to be won for it), then, where they are not"
    " enough, those not online yet (their level to be raised); the other way: by raising alone. The"
    " level is that of the latest month with dossiers. Within a kind no fewer pairs would do.",
}
_METHODS: Mapping[Name, Words] = {
    "run-rate": {
        "vi": "Mỗi tháng còn lại như bình quân các tháng trọn gần nhất (nhiều nhất ba tháng)",
        "en": "Each month to come like the mean of the last whole months (at most three)",
    },
    "year-to-date": {
        "vi": "Phần còn lại của năm như các tháng đã qua trong năm",
        "en": "The rest of the year like its months so far",
    },
    "seasonal": {
        "vi": "Mỗi tháng còn lại như tháng đó năm trước, nhân mức tăng của các tháng đã qua",
        "en": "Each month to come like that month a year before, times the growth of the months so far",
    },
}
_BASIS: Words = {"vi": " ({first:%m/%Y}–{last:%m/%Y})", "en": " ({first:%Y-%m} to {last:%Y-%m})"}
_ERROR: Words = {
    "vi": ". Làm lại cuối mỗi tháng của năm {of} thì lệch bình quân {points} điểm phần trăm ({samples} lần).",
    "en": ". Replayed at each month's end of {of}, it missed by {points} percentage points on average"
    " ({samples} times).",
}
_NO_ERROR: Words = {
    "vi": ". Chưa có năm trọn vẹn nào để đo sai số.",
    "en": ". There is no whole year yet to measure its error by.",
}


def forecast(method: Name, first: date, last: date, error: Error | None, language: Language) -> str:
    said = _METHODS[method][language] + _BASIS[language].format(first=first, last=last)
    if error is None:
        return said + _NO_ERROR[language]
    points = f"{float(error.points):.2f}"
    if language == "vi":
        points = points.replace(".", ",")
    return said + _ERROR[language].format(of=error.of, points=points, samples=error.samples)


def definition(
    indicator: Indicator, language: Language, *, default: str, decision: str, **parts: str
) -> dict[str, str]:
    """The indicator's words, what its target is, and `parts` in the language already."""
    target = TARGET[language].format(default=default, decision=decision)
    return {**indicator.words(language), "target": target, "rows": ROWS[language], **parts}


def percent(share: float, language: Language) -> str:
    text = f"{share * 100:.4f}".rstrip("0").rstrip(".")
    return f"{text.replace('.', ',')} %" if language == "vi" else f"{text} %"
