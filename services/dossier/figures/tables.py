"""A report as a table: the same figures as its JSON, named for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kit.problem import Language
from kit.tabular import Cell
from services.dossier.figures import lines, words
from services.dossier.figures.definitions import ONLINE_SHARE
from services.dossier.figures.schemas import ColumnView, Report, Row
from services.dossier.figures.sheets import Heading, Kind, Line, Table

_KINDS: Mapping[str, Kind] = {"count": "count", "share": "share", "hours": "decimal", "mean": "decimal"}
CODE = {"vi": "Mã", "en": "Code"}
TOTAL = {"vi": "Tổng", "en": "Total"}
TARGET = {"vi": "Chỉ tiêu chung", "en": "General target"}
_HOURS = {"vi": "giờ", "en": "hours"}
#: Rows that a target of the online share is held against.
_WITH_TARGET = ("agency", "child", "unit", "month")


def table(report: Report, target: float, language: Language) -> Table:
    """A row of the report a row: code, name, its columns. `target`: of the online share, for all bodies: a
    column beside, and a line across the bars."""
    headings = [Heading(_heading(column, language), _KINDS[column.kind]) for column in report.columns]
    names = [column.name for column in report.columns]
    with_target = report.indicator == ONLINE_SHARE.id and report.group_by in _WITH_TARGET
    if with_target:
        headings.append(Heading(TARGET[language], "share"))
    code: Kind = "month" if report.group_by == "month" else "text"

    def cells(row: Row) -> list[Cell]:
        return [*(row.values[name] for name in names), *([target] if with_target else [])]

    return Table(
        title=f"{report.definition['title']} · {report.total.name} · {lines.days(report)}",
        headings=[
            Heading(CODE[language], code),
            Heading(words.GROUPS[report.group_by][language], "text"),
            *headings,
        ],
        rows=[[_code(row.key, code), row.name, *cells(row)] for row in report.rows],
        total=[None, TOTAL[language], *cells(report.total)],
        definitions=_definitions(report, language),
        language=language,
        chart=2 + names.index(report.main),
        target=1 + len(headings) if with_target else None,
        mark=lines.mark(report, language),
    )


def _heading(column: ColumnView, language: Language) -> str:
    return f"{column.label} ({_HOURS[language]})" if column.kind == "hours" else column.label


def _code(key: str, kind: Kind) -> Cell:
    return date.fromisoformat(key) if kind == "month" else key


def _definitions(report: Report, language: Language) -> list[Line]:
    """Everything that the answer carries beside its figures."""
    return [
        *lines.defined(report.definition, language),
        lines.line("version", f"{report.indicator} v{report.version}", language),
        *lines.frame(report, report.total.name, report.closing, language),
        lines.line("scope", words.SCOPES[report.scope][language], language),
        lines.line("group_by", words.GROUPS[report.group_by][language], language),
        *(Line(column.label, column.meaning) for column in report.columns if column.meaning),
    ]


def filename(report: Report) -> str:
    return f"{report.indicator}-{report.first}-{report.last}"
