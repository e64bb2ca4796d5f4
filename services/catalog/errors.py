"""Each way to fail, with a name."""

from __future__ import annotations

from kit.problem import InvalidInput, NotFound, Problem


class ProcedureMissing(NotFound):
    code = "procedure-not-found"
    title = {"vi": "Không có thủ tục này", "en": "No such procedure"}


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


class GapsRemain(Problem):
    """A level asks for things that the version does not have; `gaps` lists them all."""

    status, code = 409, "gaps-remain"
    title = {"vi": "Còn thiếu thông tin cho mức độ này", "en": "The level needs more"}
    detail = {
        "vi": "Mức độ {level} còn thiếu: {missing}.",
        "en": "Level {level} still lacks: {missing}.",
    }


class FormUnusable(InvalidInput):
    code = "form-unusable"
    title = {"vi": "Mẫu điện tử không dùng được", "en": "The form cannot be used"}
    detail = {
        "vi": "Lược đồ JSON không biên dịch được hoặc tham chiếu ra ngoài: {reason}",
        "en": "The JSON Schema does not compile or refers outside: {reason}",
    }


class FormRefused(InvalidInput):
    code = "form-refused"
    title = {"vi": "Dữ liệu chưa đúng mẫu", "en": "The data does not fit the form"}
