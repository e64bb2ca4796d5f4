"""The answers as tables for people, one heading over all rows; names in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from kit.problem import Language
from kit.tabular import Cell
from services.catalog.provision import words
from services.catalog.provision.schemas import (
    Count,
    ExplainedView,
    MissingView,
    Provision,
    StatedBeside,
    StatedFigureView,
)

Table = list[Sequence[Cell]]
_BOTH = "3+4"


def provision(answer: Provision, language: Language) -> Table:
    """A row for each count: section, code, name, online level, count, share; of stated figures the source."""

    def row(section: str, key: str, name: str, *cells: Cell) -> Sequence[Cell]:
        return [words.SECTIONS[section][language], key, name, *cells, *[None] * (5 - len(cells))]

    def counts(section: str, key: str, name: str, count: Count) -> Table:
        return [
            row(section, key, name, 3, count.level_3),
            row(section, key, name, 4, count.level_4),
            row(section, key, name, _BOTH, count.online, count.share),
        ]

    found: Table = [words.HEADING[language]]
    found.append(row("in_force", "", answer.as_of.isoformat(), None, answer.in_force))
    for cell in answer.cells:
        name = words.place(cell.government_level, language)
        found.append(row("cells", cell.government_level, name, cell.online_level, cell.count, cell.share))
    found += counts("cells_total", "", "", answer.cells_total) + counts("distinct", "", "", answer.distinct)
    for group in answer.groups:
        section = str(answer.group_by)
        name = group.name or words.place(group.key, language)
        found.append(row(section, group.key, name, None, group.procedures))
        found += counts(section, group.key, name, group)
    for state, count in answer.mandated.model_dump().items():
        found.append(row("mandated", state, words.STATES[state][language], None, count))
    found += [row("stated", said.dimension, said.name, *_stated(said)) for said in answer.stated]
    texts = {"id": f"{answer.definition.id} v{answer.definition.version}", **answer.definition.texts}
    return found + [row("definition", name, text) for name, text in texts.items()]


def _stated(said: StatedBeside) -> Sequence[Cell]:
    source = (said.source, said.source_date.isoformat())
    if said.unit == "procedures":
        return (None, said.value, None, *source)
    return (None, None, round(said.value / 100, 6), *source)


def missing(items: Sequence[MissingView], language: Language) -> Table:
    rows: Table = [words.MISSING[language]]
    for item in items:
        body = (item.agency.code, item.agency.name) if item.agency else (None, None)
        level = words.place(item.government_level, language) if item.government_level else None
        state = words.STATES[item.state][language]
        rows.append(
            [item.decision.name, item.number, state, item.procedure, item.name, *body, level,
             item.online_level, item.offered_level]
        )  # fmt: skip
    return rows


def stated(items: Sequence[StatedFigureView], language: Language) -> Table:
    return [
        words.STATED[language],
        *(
            (item.dimension, words.UNITS[item.unit][language], item.value, item.source,
             item.source_date.isoformat(), item.note, item.reason, item.entered_by,
             item.entered_at.isoformat())
            for item in items
        ),
    ]  # fmt: skip


def explained(items: Sequence[ExplainedView], language: Language) -> Table:
    return [
        words.EXPLAINED[language],
        *(
            (item.procedure.code, item.procedure.name, item.field.code, item.field.name, item.level,
             item.bodies, item.label)
            for item in items
        ),
    ]  # fmt: skip
