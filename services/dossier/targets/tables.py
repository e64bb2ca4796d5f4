"""The reports against targets as tables: the same figures as their JSON, named for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kit.problem import Language
from kit.tabular import Cell
from services.dossier.figures import lines
from services.dossier.figures.sheets import Heading, Kind, Line, Table
from services.dossier.figures.tables import TOTAL
from services.dossier.figures.words import Words
from services.dossier.targets.answers import (
    Attainment,
    AttainmentRow,
    Frame,
    League,
    LeagueRow,
    StepView,
    Way,
)
from services.dossier.targets.schemas import MeasureView

Headings = Sequence[tuple[Kind, Words]]
_CODE: tuple[Kind, Words] = ("text", {"vi": "Mã", "en": "Code"})
_BODY: tuple[Kind, Words] = ("text", {"vi": "Cơ quan", "en": "Body"})
_VALUE: Headings = (
    ("share", {"vi": "Tỷ lệ", "en": "Share"}),
    ("share", {"vi": "Chỉ tiêu", "en": "Target"}),
)
_ONLINE: Headings = (
    ("count", {"vi": "Đã tiếp nhận", "en": "Received"}),
    ("count", {"vi": "Thuộc thủ tục mức độ 3, 4", "en": "Of procedures at level 3 or 4"}),
    ("count", {"vi": "Trực tuyến mức độ 3, 4", "en": "Online, at level 3 or 4"}),
)
_PARTS: Headings = (
    ("count", {"vi": "Mẫu số", "en": "Denominator"}),
    ("count", {"vi": "Tử số", "en": "Numerator"}),
)
_ATTAINED: Headings = (
    *_VALUE,
    ("text", {"vi": "Đạt", "en": "Reached"}),
    ("count", {"vi": "Còn thiếu", "en": "Lacking"}),
    ("count", {"vi": "Còn thiếu, nếu là hồ sơ mới", "en": "Lacking, if new"}),
    ("share", {"vi": "Khoảng cách đến chỉ tiêu", "en": "Gap"}),
    ("share", {"vi": "Dự báo cả năm", "en": "Forecast of the year"}),
    ("text", {"vi": "Dự báo đạt", "en": "Reached by forecast"}),
    ("text", {"vi": "Quyết định", "en": "Decision"}),
    ("day", {"vi": "Hiệu lực từ", "en": "Effective from"}),
    ("text", {"vi": "Theo cấp trên hoặc mức chung", "en": "Inherited"}),
    ("text", {"vi": "Biện pháp", "en": "Measures"}),
)
_RANK: tuple[Kind, Words] = ("count", {"vi": "Hạng", "en": "Rank"})
_RANKED: Headings = (
    *_VALUE,
    ("decimal", {"vi": "Điểm cải cách của năm", "en": "Reform score of the year"}),
    ("count", {"vi": "Số hạng tăng", "en": "Ranks gained"}),
    ("text", {"vi": "Vì sao không có hạng", "en": "Why without a rank"}),
)
_STEPS: Headings = (
    ("text", {"vi": "Phương án", "en": "Way"}),
    ("text", {"vi": "Mã cơ quan", "en": "Code of the body"}),
    _BODY,
    ("text", {"vi": "Mã thủ tục", "en": "Code of the procedure"}),
    ("text", {"vi": "Thủ tục", "en": "Procedure"}),
    ("count", {"vi": "Mức độ", "en": "Online level"}),
    ("text", {"vi": "Việc cần làm", "en": "What to do"}),
    ("count", {"vi": "Hồ sơ trực tiếp, bưu chính", "en": "Dossiers at the counter or by post"}),
    ("count", {"vi": "Cần chuyển sang trực tuyến", "en": "Needed online"}),
    ("count", {"vi": "Cộng dồn", "en": "Cumulative"}),
    ("text", {"vi": "Đủ chỉ tiêu", "en": "Closes the gap"}),
)
_WAYS: Mapping[str, Words] = {
    "steps": {"vi": "Ngắn nhất", "en": "Shortest"},
    "alternative": {"vi": "Chỉ nâng mức độ", "en": "By raising alone"},
}
_KINDS: Mapping[str, Words] = {
    "persuade": {"vi": "Vận động nộp trực tuyến", "en": "Persuade to submit online"},
    "raise": {"vi": "Nâng lên mức độ 3, 4", "en": "Raise to level 3 or 4"},
}
_FEW: Words = {"vi": "Ít hồ sơ", "en": "Few dossiers"}
_YES: Mapping[bool, Words] = {True: {"vi": "Có", "en": "Yes"}, False: {"vi": "Không", "en": "No"}}
_LABELS: Mapping[str, Words] = {
    "target": {"vi": "Chỉ tiêu", "en": "Target"},
    "rows": {"vi": "Dòng", "en": "Rows"},
    "lacking": {"vi": "Còn thiếu", "en": "Lacking"},
    "forecast": {"vi": "Dự báo", "en": "Forecast"},
    "rank": {"vi": "Hạng", "en": "Rank"},
    "change": {"vi": "Số hạng tăng", "en": "Ranks gained"},
    "score": {"vi": "Điểm", "en": "Score"},
    "steps": {"vi": "Các bước", "en": "Steps"},
}


def attainment(answer: Attainment, language: Language) -> Table:
    """A body a row, the asked one as the total; bars of the share, and the line of each one's target."""
    parts = _ONLINE if answer.total.received is not None else _PARTS
    method = [Line(_LABELS["forecast"][language], answer.forecast.text)] if answer.forecast else []
    return _table(
        answer,
        answer.total.name,
        [_CODE, _BODY, *parts, *_ATTAINED],
        [[row.agency, row.name, *_attained(row, language)] for row in answer.rows],
        language,
        total=[None, TOTAL[language], *_attained(answer.total, language)],
        named=1,
        chart=2 + len(parts),
        more=method,
    )


def _attained(row: AttainmentRow, language: Language) -> list[Cell]:
    forecast, has_target = row.forecast, row.target is not None
    return [
        *_counts(row, (row.received, row.eligible, row.online)),
        *(row.value, row.target, _yes(row.reached if has_target else None, language)),
        *(row.lacking, row.lacking_if_new, row.gap),
        *((forecast.value, _yes(forecast.reached, language)) if forecast else (None, None)),
        *(row.decision, row.effective_from, _yes(row.inherited if has_target else None, language)),
        "; ".join(map(_measure, row.measures)) or None,
    ]


def _measure(measure: MeasureView) -> str:
    due = None if measure.due_on is None else f"{measure.due_on:%d/%m/%Y}"
    return " – ".join(part for part in (measure.text, measure.owner, due) if part)


def _yes(value: bool | None, language: Language) -> str | None:
    return None if value is None else _YES[value][language]


def _counts(row: AttainmentRow | LeagueRow, online: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Of the online share what it is made of, else denominator and numerator."""
    return (row.denominator, row.numerator) if online[0] is None else online


def league(answer: League, name: str, language: Language) -> Table:
    """`name`: of the body that was asked for."""
    of_online = all(row.received is not None for row in answer.rows)
    parts = (_ONLINE[0], _ONLINE[2]) if of_online else _PARTS
    rows: list[Sequence[Cell]] = [
        [
            *(row.rank, row.agency, row.name),
            *_counts(row, (row.received, row.online)),
            *(row.value, row.target, row.score, row.change),
            _FEW[language] if row.reason else None,
        ]
        for row in answer.rows
    ]
    headings = [_RANK, _CODE, _BODY, *parts, *_RANKED]
    return _table(answer, name, headings, rows, language, named=2, chart=3 + len(parts))


def way(answer: Way, language: Language) -> Table:
    """Steps in their order, then those of the other way."""
    rows = [
        _step(step, _WAYS[name][language], language)
        for name, steps in (("steps", answer.steps), ("alternative", answer.alternative))
        for step in steps
    ]
    said = [
        Line(_ONLINE[0][1][language], answer.received, "count"),
        Line(_ONLINE[2][1][language], answer.online, "count"),
        Line(_LABELS["target"][language], answer.target, "share"),
        Line(_LABELS["lacking"][language], answer.lacking, "count"),
    ]
    return _table(answer, answer.name, _STEPS, rows, language, named=4, chart=8, target=False, more=said)


def _step(step: StepView, way: str, language: Language) -> list[Cell]:
    return [
        *(way, step.agency, step.name, step.procedure, step.procedure_name, step.online_level),
        *(_KINDS[step.kind][language], step.dossiers, step.used, step.cumulative),
        _yes(step.closes, language),
    ]


def _table(
    answer: Frame,
    name: str,
    headings: Headings,
    rows: Sequence[Sequence[Cell]],
    language: Language,
    *,
    named: int,
    chart: int,
    total: Sequence[Cell] | None = None,
    target: bool = True,
    more: Sequence[Line] = (),
) -> Table:
    """The target's column is the one beside the chart's."""
    definition = answer.definition
    return Table(
        title=f"{definition['title']} · {name} · {lines.days(answer)}",
        headings=[Heading(words[language], kind) for kind, words in headings],
        rows=rows,
        total=total,
        definitions=[
            *lines.defined(definition, language),
            *(Line(label[language], definition[key]) for key, label in _LABELS.items() if key in definition),
            *more,
            lines.line("version", f"{answer.indicator} v{answer.version}", language),
            *lines.frame(answer, name, None, language),
        ],
        language=language,
        named=named,
        chart=chart,
        target=chart + 1 if target else None,
        mark=lines.mark(answer, language),
    )
