"""What is told at which event: titles and text messages, as data (rule 13).

A text message has at most 160 characters, no accents, and nothing of the person but the dossier's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.dossier.models import Dossier
from services.dossier.sentence import last_day, sentence
from services.dossier.status import Status


@dataclass(frozen=True)
class Template:
    """`text` None: the one sentence. Filled in: `{code}`, `{procedure}`, `{promise}`, and `{due}`, when the
    turn ends of whoever has it."""

    title: str
    sms: str
    text: str | None = None


TEMPLATES: Mapping[str, Template] = {
    "dossier.submitted": Template(
        "Đã nhận hồ sơ nộp", "Ho so {code} da nop. Co quan tra loi truoc {due}."
    ),
    "dossier.accepted": Template("Hồ sơ được tiếp nhận", "Ho so {code} da duoc tiep nhan, hen tra {due}."),
    "dossier.refused": Template(
        "Hồ sơ không được tiếp nhận", "Ho so {code} khong duoc tiep nhan. Xem ly do tren cong dich vu cong."
    ),
    "dossier.supplement-requested": Template(
        "Cần bổ sung hồ sơ", "Ho so {code} can bo sung truoc {due}. Xem chi tiet tren cong dich vu cong."
    ),
    "dossier.payment-required": Template(
        "Cần nộp phí, lệ phí", "Ho so {code} can nop phi, le phi truoc {due}."
    ),
    "dossier.extended": Template(
        "Xin lỗi và hẹn lại ngày trả", "Ho so {code}: xin loi vi cham tra, hen lai {due}."
    ),
    "dossier.promise-moved": Template(
        "Ngày hẹn trả thay đổi",
        "Ho so {code}: ngay hen tra moi la {promise}.",
        "Lịch làm việc thay đổi, ngày hẹn trả mới là {promise}.",
    ),
    "dossier.answer-moved": Template(
        "Ngày trả lời thay đổi", "Ho so {code}: lich lam viec thay doi, co quan tra loi truoc {due}."
    ),
    "dossier.reminded": Template(
        "Sắp hết hạn, hồ sơ đang chờ bạn", "Nhac: ho so {code} dang cho ban den het ngay {due}."
    ),
    "dossier.stopped": Template(
        "Hồ sơ dừng xử lý", "Ho so {code} da dung xu ly. Xem ly do tren cong dich vu cong."
    ),
    "dossier.completed": Template("Đã có kết quả", "Ho so {code} da co ket qua."),
    "result.revoked": Template(
        "Kết quả đã bị thu hồi",
        "Ho so {code}: ket qua da bi thu hoi hoac thay the. Xem tren cong dich vu cong.",
        "Một kết quả của hồ sơ đã bị thu hồi hoặc được thay thế; xem trong mục kết quả của hồ sơ.",
    ),
    "dossier.document-infected": Template(
        "Một tệp có mã độc",
        "Ho so {code}: mot tep ban gui co ma doc va da bi khoa. Hay gui lai tep khac.",
        "Một tệp bạn gửi có mã độc và đã bị khóa; hãy gửi lại tệp khác.",
    ),
    "dossier.draft-expiring": Template(
        "Bản nháp sắp bị xóa",
        "Ban nhap ho so cua ban sap bi xoa. Hay luu lai neu con can.",
        "Bản nháp “{procedure}” lâu không được lưu và sẽ bị xóa; hãy lưu lại nếu còn cần.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    title: str
    text: str
    sms: str
    mail: str


def words(event: str, dossier: Dossier, owed: int) -> Words:
    """The words of a notice; `owed` in đồng. Raises KeyError for an event that is not told."""
    template = TEMPLATES[event]
    facts = {"code": dossier.code or "", "procedure": str(dossier.procedure["name"]), "due": _due(dossier),
             "promise": _day(dossier.promised_at)}  # fmt: skip
    text = template.text.format(**facts) if template.text else sentence(dossier, owed)
    # A letter has no screen around it that says which dossier; a draft, without code, is named in its text.
    mail = f"{template.title}\n{f'Hồ sơ {dossier.code}: ' if dossier.code else ''}{text}"
    return Words(template.title, text, template.sms.format(**facts), mail)


def _due(dossier: Dossier) -> str:
    if dossier.waiting_until is not None:
        return f"{last_day(dossier.waiting_until):%d/%m/%Y}"
    moment = dossier.answer_due_at if dossier.status == Status.SUBMITTED else dossier.promised_at
    return _day(moment)


def _day(moment: datetime | None) -> str:
    return f"{last_day(moment):%d/%m/%Y}" if moment else ""
