"""The indicators of QĐ 766/QĐ-TTg (`national-portal.md` 8.4), as we read them. Pure.

The groups' weights are from memory, not from the text. How a group shares its weight out is not known to us:
it is `shares` here, one each, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.dossier.score.definition import Group, Indicator, Words

_NO_CATALOGUE: Words = {
    "vi": "Danh mục thủ tục chưa trả lời; hãy thử lại",
    "en": "The catalogue did not answer; please try again",
}
_NO_PETITIONS: Words = {
    "vi": "Phản ánh, kiến nghị không nằm trong hệ thống này",
    "en": "Petitions are not kept in this system",
}
_NO_PARTS: Words = {
    "vi": "Sổ số liệu không ghi từng thành phần hồ sơ; tệp bị xóa khi hết hạn lưu",
    "en": "The facts do not hold a dossier's papers, and their files are purged in time",
}
_NO_POSTING: Words = {
    "vi": "Danh mục không ghi ngày của quyết định công bố thủ tục và ngày đăng tải",
    "en": "The catalogue does not know when a procedure's decision was made and posted",
}


def _words(vi: str, en: str) -> Words:
    return {"vi": vi, "en": en}


TRANSPARENCY = Group(
    "transparency",
    _words("Công khai, minh bạch", "Transparency"),
    18,
    (
        Indicator(
            "1.1",
            _words("Thủ tục được công bố đúng hạn", "Procedures decided on time"),
            _words(
                "Quyết định công bố chậm nhất 5 ngày làm việc trước ngày có hiệu lực",
                "Decision at most 5 working days before its legal effect",
            ),
            why_not=_NO_POSTING,
        ),
        Indicator(
            "1.2",
            _words("Thủ tục được đăng tải đúng hạn", "Procedures posted on time"),
            _words(
                "Đăng tải chậm nhất 5 ngày làm việc sau quyết định công bố",
                "Posted at most 5 working days after the decision",
            ),
            why_not=_NO_POSTING,
        ),
        Indicator(
            "1.3",
            _words("Thủ tục đủ các bộ phận nội dung", "Procedures with all their parts"),
            _words(
                "Thủ tục có đủ tên, trình tự, cách thức, thành phần, thời hạn, đối tượng, cơ quan / mọi"
                " thủ tục",
                "Procedures with name, sequence, channel, components, time, audience and agency / all"
                " procedures",
            ),
            why_not=_NO_CATALOGUE,
        ),
        Indicator(
            "1.4",
            _words("Hồ sơ đồng bộ lên Cổng quốc gia", "Dossiers synced to the national portal"),
            _words(
                "Hồ sơ đã đồng bộ tiếp nhận trong kỳ / số lớn hơn trong số của Cổng và số của báo cáo quốc"
                " gia",
                "Synced dossiers received in the period / the greater of the portal's count and the"
                " national report's",
            ),
            why_not=_words(
                "Số hồ sơ do Cổng và báo cáo quốc gia đếm không có trong dữ liệu của tỉnh",
                "How many the portal and the national report count is not among our data",
            ),
        ),
    ),
)
PROGRESS = Group(
    "progress",
    _words("Tiến độ giải quyết", "Progress"),
    20,
    (
        Indicator(
            "2.1",
            _words("Giải quyết đúng hạn", "Decided on time"),
            _words(
                "Hồ sơ giải quyết xong không muộn hơn hẹn trả, bổ sung nhiều nhất một lần / hồ sơ giải quyết"
                " xong có hẹn trả, cộng hồ sơ đang quá hạn tại as_of",
                "Decided by the promise, with at most one supplement request / decided with a promise, and"
                " those open whose promise is before as_of",
            ),
        ),
        Indicator(
            "2.2",
            _words("Thời gian giải quyết trung bình (giờ)", "Mean processing time (hours)"),
            _words(
                "Giờ từ tiếp nhận đến giải quyết xong, trừ tạm dừng / hồ sơ giải quyết xong; chỉ để biết",
                "Hours from reception to decision, pauses left out / dossiers decided; informs only",
            ),
            full_at=None,
            shares=0,
        ),
    ),
)
ONLINE_SERVICE = Group(
    "online_service",
    _words("Cung cấp dịch vụ trực tuyến", "Online service"),
    12,
    (
        Indicator(
            "3.1",
            _words("Thủ tục cung cấp trực tuyến", "Procedures offered online"),
            _words(
                "Thủ tục tiếp nhận trực tuyến (mức độ 3, 4) / thủ tục có hiệu lực; của cơ quan dưới tỉnh: /"
                " thủ tục cơ quan tiếp nhận",
                "Procedures offered online (level 3 or 4) / procedures in force; of a body below the"
                " province: / procedures that it offers",
            ),
            full_at=0.8,
            why_not=_NO_CATALOGUE,
        ),
        Indicator(
            "3.2",
            _words("Dịch vụ trực tuyến có hồ sơ", "Online services with dossiers"),
            _words(
                "Dịch vụ (thủ tục của một cơ quan) có ít nhất một hồ sơ tiếp nhận trực tuyến / dịch vụ cung"
                " cấp trực tuyến",
                "Services (a procedure of a body) with at least one dossier received online / services"
                " offered online",
            ),
            why_not=_NO_CATALOGUE,
        ),
        Indicator(
            "3.3",
            _words("Hồ sơ trực tuyến có kết quả điện tử", "Online dossiers with an electronic result"),
            _words(
                "Hồ sơ tiếp nhận trực tuyến, nếu được giải quyết thì có tệp kết quả / hồ sơ giải quyết xong;"
                " chưa nhân với tỷ lệ đồng bộ (1.4), vì không tính được",
                "Dossiers received online and, if granted, with a result file / dossiers decided; not"
                " multiplied by the sync rate (1.4), which is not known",
            ),
            full_at=0.5,
        ),
    ),
)
ONLINE_PAYMENT = Group(
    "online_payment",
    _words("Thanh toán trực tuyến", "Online payment"),
    10,
    (
        Indicator(
            "3.5",
            _words("Thủ tục thanh toán được trực tuyến", "Procedures payable online"),
            _words(
                "Thủ tục có phí, lệ phí nộp được trực tuyến ngày đó / thủ tục có phí, lệ phí khác 0 (chưa rõ"
                " mức không phải là 0)",
                "Fee procedures payable online that day / procedures with a fee that is not zero (not known"
                " is not zero)",
            ),
            full_at=0.8,
            why_not=_NO_CATALOGUE,
        ),
        Indicator(
            "3.6",
            _words("Hồ sơ thanh toán trực tuyến", "Dossiers paid online"),
            _words(
                "Hồ sơ mà mọi khoản đã nộp đều nộp trực tuyến / hồ sơ tiếp nhận có phí, lệ phí lớn hơn 0",
                "Dossiers of which all that was paid was paid online / dossiers received with an amount above"
                " zero",
            ),
        ),
    ),
)
SATISFACTION = Group(
    "satisfaction",
    _words("Mức độ hài lòng", "Satisfaction"),
    18,
    (
        Indicator(
            "5.1-5.3",
            _words("Xử lý phản ánh, kiến nghị đúng hạn", "Petitions handled in time"),
            _words(
                "Từ chối trong 2, yêu cầu bổ sung trong 5, trả lời trong 15, công khai trong 2 ngày làm việc;"
                " ba chỉ tiêu, tính chung ba phần trọng số",
                "Refused within 2, supplement asked within 5, answered within 15, published within 2 working"
                " days; three indicators, with three shares of the weight",
            ),
            shares=3,
            why_not=_NO_PETITIONS,
        ),
        Indicator(
            "5.4",
            _words("Mức độ hài lòng khi giải quyết", "Satisfaction with the decision"),
            _words(
                "100 % − (tỷ lệ trễ hạn + tỷ lệ không hài lòng), trên mẫu số của 2.1; trễ hạn: không thuộc"
                " tử số của 2.1; không hài lòng: người dân cho 1 điểm; ai không đánh giá không bị coi là"
                " không hài lòng",
                "100 % − (late % + displeased %), of the denominator of 2.1; late: not in its numerator;"
                " displeased: the owner gave 1 point; who did not rate does not count as displeased",
            ),
            full_at=0.9,
        ),
    ),
)
DIGITISATION = Group(
    "digitisation",
    _words("Số hóa hồ sơ", "Digitisation"),
    22,
    (
        Indicator(
            "4.1",
            _words("Kết quả điện tử", "Electronic results"),
            _words("Hồ sơ được giải quyết có tệp kết quả / hồ sơ được giải quyết trong kỳ",
                   "Granted dossiers with a result file / dossiers granted in the period"),
        ),
        Indicator(
            "4.2",
            _words("Số hóa thành phần và kết quả", "Components and result digitised"),
            _words("Hồ sơ có tệp thành phần và tệp kết quả / hồ sơ",
                   "Dossiers with component files and a result file / dossiers"),
            full_at=0.8,
            why_not=_NO_PARTS,
        ),
        Indicator(
            "4.3",
            _words("Tái sử dụng thành phần số hóa", "Digitised components reused"),
            _words("Hồ sơ có thành phần đã số hóa được dùng lại / hồ sơ",
                   "Dossiers with a digitised component that is reused / dossiers"),
            full_at=0.8,
            why_not=_NO_PARTS,
        ),
        Indicator(
            "4.4",
            _words("Chia sẻ dữ liệu", "Data shared"),
            _words("Hồ sơ có giấy tờ lấy từ kho dữ liệu cá nhân, hoặc có liên kết kết quả đã đồng bộ / hồ sơ",
                   "Dossiers with a paper from the owner's data store, or a synced result link / dossiers"),
            why_not=_NO_PARTS,
        ),
        Indicator(
            "4.5",
            _words("Khai thác dữ liệu dân cư", "Population data used"),
            _words("Hồ sơ có định danh đã xác thực, hoặc có tra cứu cơ sở dữ liệu dân cư / hồ sơ",
                   "Dossiers by a verified identity, or with a population look-up / dossiers"),
            why_not=_words(
                "Sổ số liệu không chứa dữ liệu cá nhân, nên không ghi việc xác thực và tra cứu dân cư",
                "The facts hold no personal data, so neither verification nor look-ups",
            ),
        ),
    ),
)  # fmt: skip
GROUPS: Sequence[Group] = (
    TRANSPARENCY,
    PROGRESS,
    ONLINE_SERVICE,
    ONLINE_PAYMENT,
    SATISFACTION,
    DIGITISATION,
)
