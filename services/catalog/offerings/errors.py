"""Ways in which an offering can be refused."""

from __future__ import annotations

from kit.problem import NotFound, Words


class OfferingMissing(NotFound):
    code = "offering-not-found"
    title = {"vi": "Cơ quan không tiếp nhận thủ tục này", "en": "The body does not offer this procedure"}


NO_SUCH_BODY: Words = {
    "vi": "Cơ quan {agency} chưa hoặc không còn hoạt động ngày {day:%d/%m/%Y}.",
    "en": "The body {agency} does not exist on {day}.",
}
OTHER_LEVEL: Words = {
    "vi": "Cơ quan thuộc {level:vi}, thủ tục chỉ nêu {levels:vi}.",
    "en": "The body is of the level {level:en}, the procedure names {levels:en} only.",
}
#: Where it may be said so.
OTHER_LEVEL_ASKED: Words = {
    "vi": OTHER_LEVEL["vi"] + " Nếu đúng như vậy, gửi kèm other_level.",
    "en": OTHER_LEVEL["en"] + " If that is right, send other_level.",
}
REASON_MISSING: Words = {
    "vi": "Nêu quyết định (decision) hoặc lý do (reason).",
    "en": "Name the decision, or give a reason.",
}
PAST_STANDS: Words = {
    "vi": "Ngày {day:%d/%m/%Y} cơ quan đã tiếp nhận theo quy định khác: những ngày đã qua giữ nguyên, "
    "thay đổi từ hôm nay trở đi.",
    "en": "On {day} the body offered it on other terms: days that have passed stay as they were, change it "
    "from today on.",
}
ENDED_BEFORE: Words = {
    "vi": "Những ngày đã qua giữ nguyên: thôi tiếp nhận từ hôm nay trở đi.",
    "en": "Days that have passed stay as they were: it can end from today on.",
}
PAYS_TOO_LOW: Words = {
    "vi": "Chỉ thanh toán trực tuyến được ở mức độ 3 hoặc 4.",
    "en": "Only what is offered at level 3 or 4 can be paid online.",
}
PAYS_NOTHING: Words = {
    "vi": "Thủ tục không thu phí, lệ phí: không có gì để thanh toán trực tuyến.",
    "en": "The procedure costs nothing: there is nothing to pay online.",
}
PAYS_TOO_EARLY: Words = {
    "vi": "Ngày {day:%d/%m/%Y} cơ quan chưa tiếp nhận trực tuyến thủ tục này.",
    "en": "On {day} the body does not offer it online yet.",
}
