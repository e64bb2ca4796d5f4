"""Ways in which a decision's list can be refused."""

from __future__ import annotations

from kit.problem import InvalidInput, NotFound, Problem, Words


class DecisionMissing(NotFound):
    code = "decision-not-found"
    title = {"vi": "Không có quyết định này", "en": "No such decision"}


class RevisionReasonMissing(InvalidInput):
    code = "revision-reason-missing"
    title = {"vi": "Sửa danh sách cần có lý do", "en": "A revision needs a reason"}
    detail = {
        "vi": "Quyết định {number} đã có trong hệ thống với nội dung khác; gửi kèm reason để ghi bản sửa.",
        "en": "Decision {number} is recorded with another content; send a reason to record a revision.",
    }


class ListTypeUnknown(Problem):
    status, code = 415, "decision-type-refused"
    title = {"vi": "Danh sách phải là JSON, XLSX hoặc CSV", "en": "A list is JSON, XLSX or CSV"}
    detail = {"vi": "Content-Type là một trong: {known}.", "en": "Content-Type is one of: {known}."}


NO_SUCH_BODY: Words = {"vi": "Không có cơ quan {agency}.", "en": "There is no body {agency}."}
TWICE: Words = {
    "vi": "Mục {lines[0]} và mục {lines[1]} cùng một thủ tục ({procedure}), cùng cơ quan hoặc cấp.",
    "en": "Lines {lines[0]} and {lines[1]} are the same procedure ({procedure}) with the same body or level.",
}
SIGNED_LATER: Words = {
    "vi": "Ngày ký sau hôm nay: chỉ ghi quyết định đã ký.",
    "en": "It is signed after today: only what was signed is recorded.",
}
NO_BODIES: Words = {
    "vi": "Danh sách chỉ nêu {level:vi}: chưa biết cơ quan nào tiếp nhận.",
    "en": "The list names only the level {level:en}: which body takes it is not known.",
}
UNKNOWN: Words = {"vi": "Danh mục chưa có thủ tục này.", "en": "The catalogue does not have this procedure."}
AMBIGUOUS: Words = {
    "vi": "Nhiều thủ tục cùng tên; ghi mã để phân biệt.",
    "en": "Several procedures have this name; give the code.",
}
NOT_IN_FORCE: Words = {
    "vi": "Thủ tục không có hiệu lực ngày {day:%d/%m/%Y}.",
    "en": "The procedure is not in force on {day}.",
}
HEADING_MISSING: Words = {
    "vi": "Không thấy dòng tiêu đề có cột Mã thủ tục hoặc Tên thủ tục, và cột Mức độ.",
    "en": "No heading with a column of codes (Mã thủ tục) or names (Tên thủ tục), and of levels (Mức độ).",
}
AGENCY_BY_NAME: Words = {
    "vi": "Cần đúng một cơ quan tên {agency}; tìm thấy: {found}.",
    "en": "Exactly one body must be called {agency}; found: {found}.",
}
