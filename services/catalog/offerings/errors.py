"""Ways in which an offering can be refused."""

from __future__ import annotations

from kit.problem import NotFound, Words


class OfferingMissing(NotFound):
    code = "offering-not-found"
    title = {"vi": "Cơ quan không tiếp nhận thủ tục này", "en": "The body does not offer this procedure"}


NO_SUCH_BODY: Words = {
    "vi": "Cơ quan {agency} chưa hoặc không còn hoạt động ngày {day}.",
    "en": "The body {agency} does not exist on {day}.",
}
OTHER_LEVEL: Words = {
    "vi": "Cơ quan cấp {level}, thủ tục chỉ nêu cấp {levels}; nếu đúng, gửi kèm other_level.",
    "en": "The body is of level {level}, the procedure names {levels}; if that is right, send other_level.",
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
    "vi": "Ngày {day} cơ quan chưa tiếp nhận trực tuyến thủ tục này.",
    "en": "On {day} the body does not offer it online yet.",
}
