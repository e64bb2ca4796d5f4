"""What a file says of its figures beside them, on its sheet of definitions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from kit.clock import VIETNAM
from kit.problem import Language
from kit.tabular import Cell
from services.dossier.figures.sheets import Kind, Line
from services.dossier.figures.words import Words

_LABELS: Mapping[str, Words] = {
    "title": {"vi": "Chỉ tiêu thống kê", "en": "Indicator"},
    "version": {"vi": "Định nghĩa, phiên bản", "en": "Definition, version"},
    "numerator": {"vi": "Tử số", "en": "Numerator"},
    "denominator": {"vi": "Mẫu số", "en": "Denominator"},
    "exclusions": {"vi": "Không tính", "en": "Not counted"},
    "basis": {"vi": "Ngày và cơ quan làm căn cứ", "en": "Basis date and body"},
    "agency": {"vi": "Cơ quan", "en": "Body"},
    "agency_code": {"vi": "Mã cơ quan", "en": "Code of the body"},
    "from": {"vi": "Từ ngày", "en": "From"},
    "to": {"vi": "Đến ngày", "en": "To"},
    "as_of": {"vi": "Số liệu tính đến", "en": "As of"},
    "scope": {"vi": "Phạm vi", "en": "Scope"},
    "group_by": {"vi": "Mỗi dòng là", "en": "A row is"},
    "closing": {"vi": "Kỳ đã khóa sổ", "en": "Closing"},
    "data": {"vi": "Dữ liệu", "en": "Data"},
}
_SYNTHETIC: Words = {
    "vi": "DỮ LIỆU MÔ PHỎNG: do máy sinh ra để trình diễn, không phải số liệu thật",
    "en": "SYNTHETIC DATA: generated for a demonstration, no real figures",
}
_REAL: Words = {"vi": "Hồ sơ thật, không có dữ liệu mô phỏng", "en": "Real dossiers, no synthetic ones"}


class Said(Protocol):
    """An answer about a body and some days."""

    first: date
    last: date
    as_of: datetime
    agency: str
    synthetic: bool


def line(name: str, value: Cell, language: Language, kind: Kind = "text") -> Line:
    return Line(_LABELS[name][language], value, kind)


def defined(definition: Mapping[str, str], language: Language) -> list[Line]:
    """The parts of a definition that people have a word for."""
    return [line(name, definition[name], language) for name in _LABELS if name in definition]


def frame(said: Said, name: str, closing: UUID | None, language: Language) -> list[Line]:
    """Body, days, moment, closing, and whether there is synthetic data."""
    return [
        line("agency", name, language),
        line("agency_code", said.agency, language),
        line("from", said.first, language, "day"),
        line("to", said.last, language, "day"),
        line("as_of", moment(said.as_of), language, "moment"),
        line("closing", str(closing) if closing else "–", language),
        line("data", mark(said, language) or _REAL[language], language),
    ]


def mark(said: Said, language: Language) -> str | None:
    """What must stand on each page."""
    return _SYNTHETIC[language] if said.synthetic else None


def moment(at: datetime) -> datetime:
    """As a cell holds it: Vietnam's time without a zone."""
    return at.astimezone(VIETNAM).replace(tzinfo=None)


def days(said: Said) -> str:
    return f"{said.first:%d/%m/%Y}–{said.last:%d/%m/%Y}"
