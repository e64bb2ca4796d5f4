"""Each way in which registering a system can fail."""

from __future__ import annotations

from kit.problem import NotFound, Problem


class ClientMissing(NotFound):
    code = "client-not-found"
    title = {"vi": "Không có hệ thống này", "en": "No such client"}


class ClientTaken(Problem):
    status, code = 409, "client-taken"
    title = {"vi": "Mã hệ thống đã dùng", "en": "The id is taken"}


class AgencyNotYours(Problem):
    status, code = 422, "agency-not-yours"
    title = {"vi": "Cơ quan không thuộc quyền", "en": "The body is not yours"}
    detail = {
        "vi": "Chỉ đăng ký cho cơ quan mình hoặc cơ quan cấp dưới.",
        "en": "Only for your body or one below it.",
    }
