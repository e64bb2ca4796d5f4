"""Each way to fail here, with a name."""

from __future__ import annotations

from kit.problem import InvalidInput, NotFound, Problem


class ProposalMissing(NotFound):
    code = "proposal-not-found"
    title = {"vi": "Không có đề xuất này", "en": "No such proposal"}


class ProposalDecided(Problem):
    status, code = 409, "proposal-decided"
    title = {"vi": "Đề xuất đã được xử lý", "en": "The proposal is decided"}
    detail = {
        "vi": "Đề xuất đang ở trạng thái “{state}”.",
        "en": "The proposal is “{state}”.",
    }


class LaterVersion(Problem):
    """Another version is to come into force after that day: it would undo what is accepted for it."""

    status, code = 409, "later-version"
    title = {"vi": "Đã có phiên bản hiệu lực sau ngày này", "en": "A later version is scheduled"}
    detail = {
        "vi": "Có phiên bản hiệu lực từ {day}; chọn ngày từ đó trở đi.",
        "en": "A version comes into force on {day}; choose that day or a later one.",
    }


class NotOurOwn(Problem):
    status, code = 409, "procedure-is-national"
    title = {"vi": "Thủ tục này là của CSDL quốc gia", "en": "The procedure is a national one"}
    detail = {
        "vi": "Chỉ thủ tục riêng của tỉnh mới cần ánh xạ sang mã quốc gia.",
        "en": "Only the province's own procedures are mapped to a national code.",
    }


class MappingMissing(NotFound):
    code = "mapping-not-found"
    title = {"vi": "Thủ tục chưa được ánh xạ", "en": "The procedure is not mapped"}


class NationalCodeUnknown(InvalidInput):
    code = "national-code-unknown"
    title = {"vi": "Không có mã này trong CSDL quốc gia", "en": "Not a code of the national database"}


#: Words of faults: {language: text}.
UNDECIDED = {
    "vi": "Tỉnh và quốc gia cùng sửa mục này: chọn national hoặc local.",
    "en": "Both have changed this field: choose national or local.",
}
NOTHING_CHANGED = {
    "vi": "CSDL quốc gia không thay đổi mục này.",
    "en": "The national database has not changed this field.",
}
NOT_KNOWN = {
    "vi": "Chưa nhận thủ tục nào có mã này từ CSDL quốc gia.",
    "en": "No procedure of this code was taken in from the national database.",
}
