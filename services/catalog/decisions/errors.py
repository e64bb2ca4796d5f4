"""Ways in which a decision's list can be refused."""

from __future__ import annotations

from kit.problem import InvalidInput, NotFound, Words


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


NO_SUCH_BODY: Words = {"vi": "Không có cơ quan {agency}.", "en": "There is no body {agency}."}
TWICE: Words = {
    "vi": "Thủ tục này với cơ quan hoặc cấp này đã có ở mục {first}.",
    "en": "This procedure with this body or level is already in line {first}.",
}
NO_BODIES: Words = {
    "vi": "Danh sách chỉ nêu cấp {level}: chưa biết cơ quan nào tiếp nhận.",
    "en": "The list names only the level {level}: which body takes it is not known.",
}
UNKNOWN: Words = {"vi": "Danh mục chưa có thủ tục này.", "en": "The catalogue does not have this procedure."}
AMBIGUOUS: Words = {
    "vi": "Nhiều thủ tục cùng tên; ghi mã để phân biệt.",
    "en": "Several procedures have this name; give the code.",
}
NOT_IN_FORCE: Words = {
    "vi": "Thủ tục không có hiệu lực ngày {day}.",
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
