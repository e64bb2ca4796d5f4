"""Each way to fail, with a name."""

from __future__ import annotations

from kit.problem import FieldFault, InvalidInput, NotFound, Problem


class ProcedureMissing(NotFound):
    code = "procedure-not-found"
    title = {"vi": "Không có thủ tục này", "en": "No such procedure"}


class ProcedureAbolished(NotFound):
    """It was in force once; a version of then is under `…/versions`."""

    code = "procedure-abolished-since"
    title = {"vi": "Thủ tục đã bị bãi bỏ", "en": "The procedure was abolished"}
    detail = {"vi": "Bãi bỏ từ ngày {since}: {reason}", "en": "Abolished from {since}: {reason}"}


class VersionMissing(NotFound):
    code = "procedure-version-not-found"
    title = {"vi": "Không có phiên bản này", "en": "No such version"}


class FormMissing(NotFound):
    code = "form-not-found"
    title = {"vi": "Thủ tục chưa có mẫu điện tử", "en": "The procedure has no electronic form"}


class AgencyMissing(NotFound):
    code = "agency-not-found"
    title = {"vi": "Không có cơ quan này", "en": "No such body"}


class CodeListMissing(NotFound):
    code = "code-list-not-found"
    title = {"vi": "Không có danh mục này", "en": "No such code list"}


class ProcedureExists(Problem):
    status, code = 409, "procedure-exists"
    title = {"vi": "Mã thủ tục đã có", "en": "The code is taken"}


class NothingToPublish(Problem):
    status, code = 409, "no-draft"
    title = {"vi": "Không có bản nháp", "en": "There is no draft"}


class Abolished(Problem):
    status, code = 409, "procedure-abolished"
    title = {"vi": "Thủ tục đã bị bãi bỏ", "en": "The procedure is abolished"}


class DayPassed(InvalidInput):
    code = "day-passed"
    title = {"vi": "Ngày đã qua", "en": "That day has passed"}
    detail = {
        "vi": "Hiệu lực bắt đầu từ hôm nay hoặc về sau: hồ sơ đã nộp theo quy định của các ngày trước.",
        "en": "It takes effect today or later: dossiers were submitted by what stood on the days before.",
    }

    @classmethod
    def at(cls, pointer: str) -> DayPassed:
        return cls(errors=[FieldFault(cls.code, cls.title, pointer=pointer)])


class GapsRemain(Problem):
    """A level asks for things that the version does not have; `gaps` lists them all, `errors` in words."""

    status, code = 409, "gaps-remain"
    title = {"vi": "Còn thiếu thông tin cho mức độ này", "en": "The level needs more"}
    detail = {
        "vi": "Mức độ {level} còn thiếu các mục nêu ở errors.",
        "en": "Level {level} still lacks what errors lists.",
    }


class FormUnusable(InvalidInput):
    code = "form-unusable"
    title = {"vi": "Mẫu điện tử không dùng được", "en": "The form cannot be used"}
    detail = {
        "vi": "Những chỗ cần sửa trong mẫu nêu ở errors.",
        "en": "What has to be mended in it is listed in errors.",
    }


class FormRefused(InvalidInput):
    code = "form-refused"
    title = {"vi": "Dữ liệu chưa đúng mẫu", "en": "The data does not fit the form"}
