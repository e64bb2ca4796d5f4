"""From counts to answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from kit.problem import Language
from services.catalog.offerings.checks import ONLINE
from services.catalog.provision.definition import DEFINITION, INDICATOR, VERSION
from services.catalog.provision.models import StatedFigure
from services.catalog.provision.queries import Cell, Counted, Missing
from services.catalog.provision.schemas import (
    CellView,
    Count,
    Definition,
    Group,
    GroupBy,
    MandatedCounts,
    MissingView,
    Provision,
    Reading,
    StatedBeside,
    StatedFigureView,
    StatedView,
)
from services.catalog.schemas import Ref
from services.catalog.tabular import Cell as TableCell

Figure = Literal["distinct", "cells", "cell", "group"]


@dataclass(frozen=True)
class Figures:
    """All that was counted for a day; `groups` by what they are grouped by."""

    as_of: date
    in_force: int
    cells: Sequence[Cell]
    groups: Mapping[GroupBy, Sequence[Counted]]
    mandated: Mapping[str, int]
    stated: Sequence[StatedFigure]


def provision(figures: Figures, group_by: GroupBy | None, language: Language) -> Provision:
    cells = [cell for cell in figures.cells if cell.government_level]
    return Provision(
        definition=definition(language),
        as_of=figures.as_of,
        in_force=figures.in_force,
        cells=[CellView(**asdict(cell), share=_share(cell.count, figures.in_force)) for cell in cells],
        cells_total=_total(figures, everywhere=False),
        distinct=_total(figures, everywhere=True),
        group_by=group_by,
        groups=[_group(counted) for counted in figures.groups[group_by]] if group_by else [],
        mandated=_mandated(figures.mandated),
        stated=[_beside(row, figures) for row in figures.stated],
    )


def definition(language: Language) -> Definition:
    return Definition(id=INDICATOR, version=VERSION, texts=DEFINITION[language])


def _share(count: int, of: int) -> float | None:
    return round(count / of, 6) if of else None


def _total(figures: Figures, *, everywhere: bool) -> Count:
    def at(level: int) -> int:
        return sum(
            cell.count
            for cell in figures.cells
            if cell.online_level == level and (cell.government_level == "") == everywhere
        )

    three, four = at(ONLINE), at(ONLINE + 1)
    return Count(
        level_3=three, level_4=four, online=three + four, share=_share(three + four, figures.in_force)
    )


def _group(counted: Counted) -> Group:
    online = counted.level_3 + counted.level_4
    return Group(**counted._asdict(), online=online, share=_share(online, counted.procedures))


def _mandated(counts: Mapping[str, int]) -> MandatedCounts:
    names = [name for name in MandatedCounts.model_fields if name != "lines"]
    return MandatedCounts(lines=sum(counts.values()), **{name: counts.get(name, 0) for name in names})


def stated(row: StatedFigure) -> StatedView:
    return StatedView.model_validate({name: getattr(row, name) for name in StatedView.model_fields})


def stated_figure(row: StatedFigure) -> StatedFigureView:
    return StatedFigureView.model_validate(
        {name: getattr(row, name) for name in StatedFigureView.model_fields}
    )


def _beside(row: StatedFigure, figures: Figures) -> StatedBeside:
    said = stated(row)
    readings = []
    for figure, count, of in _computed(row.dimension, figures):
        value: float | None = count
        if said.unit == "percent":
            value = round(100 * count / of, 2) if of else None
        difference = None if value is None else round(said.value - value, 2)
        readings.append(Reading(figure=figure, value=value, difference=difference))
    return StatedBeside(**said.model_dump(), computed=readings)


def _computed(dimension: str, figures: Figures) -> list[tuple[Figure, int, int]]:
    """What a stated figure may be held against: the figure, its numerator and denominator."""
    kind, _, key = dimension.partition(":")
    if kind == "total":
        return [
            ("distinct", _total(figures, everywhere=True).online, figures.in_force),
            ("cells", _total(figures, everywhere=False).online, figures.in_force),
        ]
    if kind == "cell":
        government_level, _, level = key.partition(":")
        found = {(cell.government_level, cell.online_level): cell.count for cell in figures.cells}
        return [("cell", found.get((government_level, int(level)), 0), figures.in_force)]
    groups: dict[str, Sequence[Counted]] = {str(name): rows for name, rows in figures.groups.items()}
    return [
        ("group", counted.level_3 + counted.level_4, counted.procedures)
        for counted in groups[kind]
        if counted.key == key
    ]


def missing(row: Missing) -> MissingView:
    return MissingView.model_validate(
        {
            "decision": Ref(code=row.slug, name=row.decision),
            "number": row.number,
            "state": row.state,
            "procedure": row.code or row.said or None,
            "name": row.name,
            "agency": Ref(code=row.agency, name=row.agency_name or "") if row.agency else None,
            "government_level": row.government_level,
            "online_level": row.online_level,
            "offered_level": row.level,
        }
    )


_HEADING: Sequence[TableCell] = (
    "Mục", "Mã", "Tên", "Số thủ tục", "Mức độ 3", "Mức độ 4", "Trực tuyến", "Tỷ lệ",
    "Nguồn", "Ngày của nguồn",
)  # fmt: skip


def rows(answer: Provision) -> list[Sequence[TableCell]]:
    """The figures as a table, the definition below them."""
    found: list[Sequence[TableCell]] = [_HEADING]
    found.append(["Ngày số liệu", "", answer.as_of.isoformat(), answer.in_force])
    at = {(cell.government_level, cell.online_level): cell.count for cell in answer.cells}
    for level in sorted({cell.government_level for cell in answer.cells}):
        three, four = at.get((level, ONLINE), 0), at.get((level, ONLINE + 1), 0)
        share = _share(three + four, answer.in_force)
        found.append(["Ô theo cấp", level, "", answer.in_force, three, four, three + four, share])
    for title, count in (("Cộng các ô", answer.cells_total), ("Mỗi thủ tục một lần", answer.distinct)):
        found.append(
            [title, "", "", answer.in_force, count.level_3, count.level_4, count.online, count.share]
        )
    for group in answer.groups:
        counts = [group.procedures, group.level_3, group.level_4, group.online, group.share]
        found.append(["Nhóm", group.key, group.name, *counts])
    for name, count_ in answer.mandated.model_dump().items():
        found.append(["Bắt buộc", name, "", count_])
    for said in answer.stated:
        value = said.value
        number = [value, None] if said.unit == "procedures" else [None, round(value / 100, 6)]
        source = [said.source, said.source_date.isoformat()]
        found.append(["Số công bố", said.dimension, said.note, None, None, None, *number, *source])
    definition_ = answer.definition
    found.append(["Định nghĩa", "id", f"{definition_.id} v{definition_.version}"])
    found += [["Định nghĩa", name, text] for name, text in definition_.texts.items()]
    return found
