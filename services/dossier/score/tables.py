"""The score as a table: the same figures as its JSON, named for people. Pure."""

from __future__ import annotations

from kit.problem import Language
from kit.tabular import Cell
from services.dossier.figures import lines
from services.dossier.figures.sheets import Heading, Kind, Line, Table
from services.dossier.figures.words import Words
from services.dossier.score.schemas import GroupView, IndicatorView, Score

_HEADINGS: tuple[tuple[Kind, Words], ...] = (
    ("text", {"vi": "Mã", "en": "Code"}),
    ("text", {"vi": "Nhóm, chỉ tiêu", "en": "Group, indicator"}),
    ("text", {"vi": "Công thức", "en": "Formula"}),
    ("count", {"vi": "Tử số", "en": "Numerator"}),
    ("count", {"vi": "Mẫu số", "en": "Denominator"}),
    ("decimal", {"vi": "Giá trị", "en": "Value"}),
    ("decimal", {"vi": "Đạt tối đa từ", "en": "Full at"}),
    ("decimal", {"vi": "Trọng số", "en": "Weight"}),
    ("decimal", {"vi": "Điểm", "en": "Points"}),
    ("decimal", {"vi": "Có thể đạt", "en": "Possible"}),
    ("text", {"vi": "Vì sao không tính được", "en": "Why not computable"}),
)
_TOTAL: Words = {"vi": "Tổng", "en": "Total"}
_LABELS: dict[str, Words] = {
    "points": {"vi": "Điểm", "en": "Points"},
    "weights": {"vi": "Trọng số", "en": "Weights"},
}


def table(score: Score, language: Language) -> Table:
    """A row a group, its indicators below it; bars of the points."""
    weight, total = sum(group.weight for group in score.groups), score.total
    return Table(
        title=f"{score.definition['title']} · {score.name} · {lines.days(score)}",
        headings=[Heading(words[language], kind) for kind, words in _HEADINGS],
        rows=[row for group in score.groups for row in _rows(group)],
        total=[None, _TOTAL[language], *[None] * 5, weight, total.points, total.possible, None],
        definitions=[
            *lines.defined(score.definition, language),
            *(Line(words[language], score.definition[name]) for name, words in _LABELS.items()),
            lines.line("version", f"{score.indicator} v{score.version}", language),
            *lines.frame(score, score.name, None, language),
        ],
        language=language,
        chart=8,
        mark=lines.mark(score, language),
    )


def _rows(group: GroupView) -> list[list[Cell]]:
    own: list[Cell] = [None, group.title, *[None] * 5, group.weight, group.points, group.possible, None]
    return [own, *map(_row, group.indicators)]


def _row(each: IndicatorView) -> list[Cell]:
    possible = each.weight if each.points is not None else None
    counted: list[Cell] = [each.numerator, each.denominator, each.value, each.full_at]
    return [each.id, each.title, each.formula, *counted, each.weight, each.points, possible, each.why_not]
