"""The lists as tables for people. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from kit.problem import Language
from kit.tabular import Cell
from services.catalog.usage.schemas import Candidate, Gap, Unused

_UNUSED: dict[Language, tuple[str, ...]] = {
    "vi": ("Mã thủ tục", "Tên thủ tục", "Mã cơ quan", "Cơ quan", "Mức độ", "Mức độ này từ ngày",
           "Hồ sơ tiếp nhận", "Trong đó trực tuyến"),
    "en": ("Procedure", "Name", "Code of the body", "Body", "Level", "At this level since",
           "Dossiers received", "Of these online"),
}  # fmt: skip
_CANDIDATES: dict[Language, tuple[str, ...]] = {
    "vi": ("Mã thủ tục", "Tên thủ tục", "Mã cơ quan", "Cơ quan", "Hồ sơ tiếp nhận", "Mức độ hiện nay",
           "Còn thiếu cho mức độ 3", "Còn thiếu cho mức độ 4"),
    "en": ("Procedure", "Name", "Code of the body", "Body", "Dossiers received", "Level today",
           "Missing for level 3", "Missing for level 4"),
}  # fmt: skip


def unused(items: Sequence[Unused], language: Language) -> list[Sequence[Cell]]:
    return [
        _UNUSED[language],
        *(
            (item.procedure.code, item.procedure.name, item.agency.code, item.agency.name, item.online_level,
             item.offered_since.isoformat() if item.offered_since else None, item.received,
             item.received_online)
            for item in items
        ),
    ]  # fmt: skip


def candidates(items: Sequence[Candidate], language: Language) -> list[Sequence[Cell]]:
    def words(gaps: Sequence[Gap]) -> str:
        return "; ".join(gap.label for gap in gaps)

    return [
        _CANDIDATES[language],
        *(
            (item.procedure.code, item.procedure.name, item.agency.code, item.agency.name, item.received,
             item.online_level, words(item.missing_for_3), words(item.missing_for_4))
            for item in items
        ),
    ]  # fmt: skip
