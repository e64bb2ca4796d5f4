"""Each way to fail, with a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kit.problem import FieldFault, InvalidInput, NotFound, Problem


class ProcedureUnknown(Problem):
    status, code = 422, "procedure-unknown"
    title = {"vi": "Không có thủ tục này", "en": "No such procedure"}
    detail = {
        "vi": "Thủ tục {procedure} không có hoặc chưa được công bố.",
        "en": "Procedure {procedure} does not exist or is not published.",
    }


class FactsUnknown(InvalidInput):
    """A case or an exemption that the procedure does not have; `cases` and `exemptions` list those it has."""

    code = "facts-unknown"
    title = {"vi": "Không có trường hợp hoặc diện miễn giảm này", "en": "No such case or exemption"}

    @classmethod
    def told(cls, body: Mapping[str, Any]) -> FactsUnknown:
        """`body`: the catalogue's answer, whose pointers lead into the facts."""
        known = {name: body.get(name, []) for name in ("cases", "exemptions")}
        faults = []
        for error in body.get("errors", []):
            found = known["cases" if error["code"] == "case-unknown" else "exemptions"]
            listed = ", ".join(f"{each['code']} ({each['name']})" for each in found) or "–"
            where = f"/facts{error['pointer']}"
            faults.append(FieldFault(error["code"], _NOT_AMONG, pointer=where, known=listed))
        return cls(errors=faults, **known)


_NOT_AMONG = {"vi": "Thủ tục không có mã này. Có: {known}.", "en": "The procedure has no such code: {known}."}


class NotOffered(Problem):
    """Rule 3: online submission only to a body that offers the procedure at level 3 or 4 that day."""

    status, code = 409, "not-offered-online"
    title = {"vi": "Cơ quan này chưa nhận trực tuyến", "en": "Not offered online there"}
    detail = {
        "vi": "Cơ quan {agency} chưa nhận trực tuyến thủ tục {procedure}. Nơi nhận: {where}.",
        "en": "{agency} does not take {procedure} online. Offered by: {where}.",
    }


class FormMissing(Problem):
    status, code = 409, "form-missing"
    title = {"vi": "Thủ tục chưa có mẫu điện tử", "en": "The procedure has no electronic form"}


class NotSubmittable(InvalidInput):
    code = "dossier-incomplete"
    title = {"vi": "Hồ sơ chưa đầy đủ hoặc chưa đúng", "en": "The dossier is incomplete or wrong"}


class ActionNotPossible(Problem):
    status, code = 409, "action-not-possible"
    title = {"vi": "Chưa thực hiện được thao tác này", "en": "This action is not possible now"}
    detail = {
        "vi": "Hồ sơ đang ở trạng thái “{status_label}”. Có thể: {possible}.",
        "en": "The dossier is “{status_label}”. Possible now: {possible}.",
    }


class LeaderNeeded(Problem):
    """Rules, section 8.3: a supplement is asked for once; a second time only by a leader."""

    status, code = 403, "leader-needed"
    title = {"vi": "Cần lãnh đạo quyết định", "en": "A leader has to decide"}
    detail = {
        "vi": "Đã yêu cầu bổ sung {rounds} lần; lần tiếp theo do lãnh đạo yêu cầu, có lý do.",
        "en": "A supplement was requested {rounds} time(s); the next needs a leader and a reason.",
    }


class StopTooEarly(Problem):
    """Rules, section 2: an officer stops past a due date; a leader at any time."""

    status, code = 409, "stop-too-early"
    title = {"vi": "Chưa đến hạn để dừng xử lý", "en": "It is too early to stop"}
    detail = {
        "vi": "Cán bộ chỉ dừng hồ sơ khi người nộp đã quá hạn; lãnh đạo có thể dừng, có lý do.",
        "en": "An officer stops once the applicant is past due; a leader may stop with a reason.",
    }


class ExtendedAlready(Problem):
    """Rule 8: one apology."""

    status, code = 409, "extended-already"
    title = {"vi": "Đã xin lỗi và hẹn lại một lần", "en": "Extended once already"}


class PromisePast(Problem):
    """Rule 8: the apology comes before the promised time."""

    status, code = 409, "promise-past"
    title = {"vi": "Đã quá giờ hẹn, không hẹn lại được", "en": "The promised time has passed"}


class SignatureNeeded(Problem):
    """A leader signs, or an officer at a step of the procedure that carries the right."""

    status, code = 403, "signature-needed"
    title = {"vi": "Cần người có thẩm quyền ký", "en": "Somebody who may sign is needed"}


class StageOfLeader(Problem):
    status, code = 403, "stage-of-leader"
    title = {"vi": "Bước này do lãnh đạo thực hiện", "en": "This stage is a leader's"}
    detail = {
        "vi": "Bước “{stage}” do lãnh đạo thực hiện.",
        "en": "The stage “{stage}” is a leader's.",
    }


class OwnerNeeded(Problem):
    """Only for who came on paper the desk says what they brought (rule 5)."""

    status, code = 403, "owner-needed"
    title = {"vi": "Người nộp hồ sơ tự bổ sung", "en": "The applicant supplements it themselves"}
    detail = {
        "vi": "Hồ sơ nộp trực tuyến do người nộp bổ sung trực tuyến.",
        "en": "An online dossier is supplemented online by its applicant.",
    }


class NotAsked(Problem):
    status, code = 403, "opinion-not-asked"
    title = {"vi": "Cơ quan của bạn không được hỏi ý kiến", "en": "Your body was not asked"}


class AskedAlready(Problem):
    status, code = 409, "opinion-asked-already"
    title = {"vi": "Đã hỏi ý kiến cơ quan này, chưa có trả lời", "en": "Asked already, unanswered"}


class OfficerUnknown(InvalidInput):
    code = "officer-unknown"
    title = {"vi": "Không có cán bộ này", "en": "No such officer"}

    def __init__(self) -> None:
        super().__init__(errors=[FieldFault(self.code, self.title, pointer="/assignee")])


class FeeUnsettled(Problem):
    status, code = 409, "fee-unsettled"
    title = {"vi": "Chưa nộp phí, lệ phí", "en": "A fee is not settled"}
    detail = {
        "vi": "Còn {amount} đồng phải nộp ({purpose}) trước bước này.",
        "en": "{amount} đồng ({purpose}) are due before this step.",
    }


class PromiseNeeded(InvalidInput):
    """Rule 6: no time in the catalogue, so the officer gives a date with a reason."""

    code = "promise-needed"
    title = {"vi": "Cần ngày hẹn trả", "en": "A promised date is needed"}
    detail = {
        "vi": "Thủ tục không có thời hạn trong danh mục: ghi promised_on và reason.",
        "en": "The procedure has no time in the catalogue: give promised_on and a reason.",
    }


class DocumentTooLarge(Problem):
    status, code = 413, "document-too-large"
    title = {"vi": "Tệp quá lớn", "en": "The document is too large"}
    detail = {"vi": "Tối đa {limit} byte mỗi tệp.", "en": "At most {limit} bytes a file."}


class DocumentEmpty(InvalidInput):
    code = "document-empty"
    title = {"vi": "Tệp rỗng", "en": "The document is empty"}


class DocumentTypeRefused(Problem):
    status, code = 415, "document-type-refused"
    title = {"vi": "Loại tệp không được nhận", "en": "This type of document is not taken"}
    detail = {
        "vi": "Nội dung tệp là {found}; nhận: {accepted}.",
        "en": "The content is {found}; accepted: {accepted}.",
    }


class PhotosRefused(Problem):
    status, code = 415, "photos-refused"
    title = {"vi": "Không ghép được các ảnh", "en": "The photos cannot be joined"}
    detail = {
        "vi": "Ảnh không đọc được hoặc quá lớn ({reason}).",
        "en": "Unreadable or too big ({reason}).",
    }


class ScanPending(Problem):
    status, code = 423, "document-waiting"
    title = {"vi": "Tệp đang chờ kiểm tra mã độc", "en": "The file waits for its malware scan"}


class DocumentInfected(Problem):
    status, code = 403, "document-infected"
    title = {"vi": "Tệp có mã độc, đã bị khóa", "en": "The file is infected and locked"}


class PaperUnknown(InvalidInput):
    code = "paper-unknown"
    title = {"vi": "Không có loại giấy tờ này", "en": "No such paper"}
    detail = {
        "vi": "Thủ tục này nhận: {papers}.",
        "en": "This procedure takes: {papers}.",
    }

    @classmethod
    def at(cls, pointer: str, papers: Iterable[Mapping[str, Any]]) -> PaperUnknown:
        """`papers`: those that the procedure knows."""
        known = ", ".join(str(paper["code"]) for paper in papers) or "–"
        return cls(papers=known, errors=[FieldFault(cls.code, cls.title, pointer=pointer)])


class DocumentsClosed(Problem):
    status, code = 409, "documents-closed"
    title = {"vi": "Hồ sơ không nhận thêm tệp lúc này", "en": "No documents are taken now"}


class DocumentMissing(NotFound):
    code = "document-not-found"
    title = {"vi": "Không tìm thấy tệp", "en": "No such document"}


class LinkInvalid(Problem):
    status, code = 403, "link-invalid"
    title = {"vi": "Đường dẫn không đúng hoặc đã hết hạn", "en": "The link is wrong or has expired"}


class DossierMissing(NotFound):
    code = "dossier-not-found"
    title = {"vi": "Không tìm thấy hồ sơ", "en": "No such dossier"}


class NotRateable(Problem):
    status, code = 409, "not-rateable"
    title = {"vi": "Chỉ đánh giá sau khi trả kết quả", "en": "Rated once the result was returned"}


class RatedAlready(Problem):
    status, code = 409, "rated-already"
    title = {"vi": "Hồ sơ đã được đánh giá", "en": "Rated already"}


class CheckWrong(Problem):
    """Rule 12: the last four digits of the applicant's phone or paper number."""

    status, code = 403, "check-wrong"
    title = {"vi": "Bốn số cuối không đúng", "en": "The last four digits are wrong"}


class TooManyTries(Problem):
    status, code = 429, "too-many-tries"
    title = {"vi": "Thử quá nhiều lần, hãy thử lại sau một giờ", "en": "Too many tries, wait an hour"}


class DossierVoided(Problem):
    status, code = 409, "dossier-voided"
    title = {"vi": "Hồ sơ đã bị hủy cùng lô", "en": "The dossier was voided with its batch"}


class DossierPurged(Problem):
    status, code = 409, "dossier-purged"
    title = {"vi": "Hồ sơ đã hết hạn lưu", "en": "The dossier's time of retention is over"}


class NoticeMissing(NotFound):
    code = "notice-not-found"
    title = {"vi": "Không có thông báo này", "en": "No such notice"}


class ResultMissing(NotFound):
    code = "result-not-found"
    title = {"vi": "Không có kết quả với mã này", "en": "No result with this code"}


class SupplementUnanswered(InvalidInput):
    code = "supplement-unanswered"
    title = {"vi": "Chưa bổ sung đủ", "en": "Not every item is answered"}


class AccountUnknown(Problem):
    status, code = 403, "account-unknown"
    title = {"vi": "Không xác định được tài khoản", "en": "The account is not known"}


class BodyMissing(NotFound):
    code = "agency-not-found"
    title = {"vi": "Không tìm thấy cơ quan trong phạm vi của bạn", "en": "No such body within your reach"}
