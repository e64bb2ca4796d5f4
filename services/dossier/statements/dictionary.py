"""The data dictionary of the open data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kit.problem import Language
from services.dossier.figures.sheets import Kind
from services.dossier.figures.words import CHANNELS
from services.dossier.statements.schemas import Dataset, DatasetColumn
from services.dossier.statements.suppression import SMALL

ID, VERSION = "received-by-month", 1
TITLE = {
    "vi": "Hồ sơ thủ tục hành chính đã tiếp nhận theo tháng, cơ quan, thủ tục và kênh tiếp nhận",
    "en": "Dossiers received by month, body, procedure and channel",
}
DESCRIPTION = {
    "vi": "Mỗi dòng: số hồ sơ một cơ quan đã tiếp nhận trong một tháng, của một thủ tục, qua một kênh. Tính"
    " theo ngày tiếp nhận và cơ quan tiếp nhận; không tính bản nháp, hồ sơ bị từ chối, lô dữ liệu đã bị hủy,"
    " số đếm đã được thay bằng hồ sơ chi tiết. Không có dữ liệu cá nhân. Không có dòng nghĩa là không có hồ"
    " sơ.",
    "en": "A row: the dossiers that a body received in a month, of a procedure, by a channel. By the day of"
    " reception and the receiving body; without drafts, refused dossiers, voided batches and counts that"
    " dossiers have replaced. No personal data. What has no row was nought.",
}
RULE = {
    "vi": f"Số nhỏ hơn {SMALL} không công bố (suppressed). Khi các số bị ẩn của một cơ quan trong tháng có"
    " thể suy ra từ tổng, số nhỏ tiếp theo cũng được ẩn; nếu vẫn suy ra được thì tổng cũng không công bố.",
    "en": f"Counts below {SMALL} are not shown (suppressed). Where the hidden counts of a body and month"
    " could be told from their total, the next smallest are hidden, too; where that is not enough, so is the"
    " total.",
}


def _channels(language: Language) -> str:
    return "; ".join(f"{code} ({words[language]})" for code, words in CHANNELS.items())


@dataclass(frozen=True)
class Column:
    """`kind`: of its cells in a file; `type`: as JSON has it."""

    kind: Kind
    type: str
    vi: str
    en: str

    def meaning(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en


#: By name, in their order.
COLUMNS: Mapping[str, Column] = {
    "month": Column("month", "date", "Tháng tiếp nhận (ngày đầu tháng)", "Month (its first day)"),
    "agency": Column("text", "string", "Mã định danh của cơ quan tiếp nhận", "Code of the receiving body"),
    "agency_name": Column("text", "string", "Tên cơ quan tiếp nhận", "Name of the receiving body"),
    "procedure": Column("text", "string", "Mã thủ tục hành chính", "Code of the procedure"),
    "procedure_name": Column(
        "text", "string", "Tên thủ tục, theo hồ sơ gần nhất", "Its name, by its latest dossier"
    ),
    "channel": Column("text", "string", f"Kênh tiếp nhận: {_channels('vi')}", f"Channel: {_channels('en')}"),
    "received": Column(
        "count",
        "integer",
        "Số hồ sơ đã tiếp nhận; trống nếu bị ẩn",
        "Dossiers received; empty where suppressed",
    ),
    "suppressed": Column(
        "text", "boolean", "Số hồ sơ bị ẩn vì quá nhỏ", "The count is hidden, as it is too small"
    ),
    "agency_month_total": Column(
        "count",
        "integer",
        "Tổng của cơ quan trong tháng, kể cả số bị ẩn; trống nếu không công bố",
        "Of the body in the month, with what is hidden; empty where it is withheld",
    ),
}


def dataset(language: Language, **facts: object) -> Dataset:
    """`facts`: what is not the same of every answer."""
    return Dataset.model_validate(
        {
            "id": ID,
            "version": VERSION,
            "title": TITLE[language],
            "description": DESCRIPTION[language],
            "suppression": RULE[language],
            "suppressed_below": SMALL,
            "columns": [
                DatasetColumn(name=name, type=column.type, description=column.meaning(language))
                for name, column in COLUMNS.items()
            ],
            **facts,
        }
    )
