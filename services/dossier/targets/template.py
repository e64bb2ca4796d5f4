"""The sheet in which targets are sent, with the bodies' codes filled in as text. CPU work: call it in a
thread."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from kit.problem import Language, Words
from services.dossier.figures.definitions import ONLINE_SHARE
from services.dossier.models import Body
from services.dossier.targets.sheets import HEADINGS

_PAGES: Sequence[Words] = (
    {"vi": "Chỉ tiêu", "en": "Targets"},
    {"vi": "Hướng dẫn", "en": "How to fill it in"},
)
_NOTES: Sequence[Words] = (
    {
        "vi": "Mỗi dòng một cơ quan, chỉ tiêu và năm. Dòng không ghi gì thêm được bỏ qua.",
        "en": "A row for each body, indicator and year. Rows that say nothing more are passed over.",
    },
    {
        "vi": "Thêm biện pháp: ghi ở các dòng ngay dưới, để trống mã, chỉ tiêu và năm.",
        "en": "More measures: in the rows right below, with code, indicator and year left empty.",
    },
    {
        "vi": "Giá trị: 20 %, 20 hoặc 0,2. Ngày: dd/mm/yyyy. Hiệu lực từ: để trống thì từ ngày quyết định.",
        "en": "Value: 20 %, 20 or 0.2. Days: dd/mm/yyyy. Effective from: if empty, the day of the decision.",
    },
    {
        "vi": "Chỉ tiêu: hồ sơ trực tuyến, đúng hạn, thanh toán trực tuyến.",
        "en": "Indicators: online-share, on-time, paid-online.",
    },
    {
        "vi": "Cột mã cơ quan phải ở dạng văn bản (Text), nếu không Excel bỏ các số 0 ở đầu.",
        "en": "The column of codes has to be text, or Excel drops leading zeros.",
    },
)
_FORMATS = {
    "value": "0.##%",
    "decided_on": "dd/mm/yyyy",
    "effective_from": "dd/mm/yyyy",
    "due_on": "dd/mm/yyyy",
}
_WIDTHS = {"agency": 18, "name": 44, "indicator": 44, "measure": 60, "owner": 28}


def template(bodies: Sequence[Body], year: int, language: Language) -> bytes:
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False}) as book:
        page, notes = (book.add_worksheet(words[language]) for words in _PAGES)
        bold = book.add_format({"bold": True, "bottom": 1})
        for place, (name, headings) in enumerate(HEADINGS.items()):
            form = book.add_format({"num_format": _FORMATS.get(name, "@")})
            page.set_column(place, place, _WIDTHS.get(name, 14), form)
            page.write_string(0, place, headings[language], bold)
        for row, body in enumerate(bodies, 1):
            for place, text in enumerate((body.code, body.name, ONLINE_SHARE.title[language])):
                page.write_string(row, place, text)
            page.write_number(row, 3, year)
        page.freeze_panes(1, 0)
        for row, said in enumerate(_NOTES):
            notes.write_string(row, 0, said[language])
        notes.set_column(0, 0, 100)
    return target.getvalue()
