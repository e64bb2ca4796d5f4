"""A statement as it is printed, whether by Excel or as PDF. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kit.problem import Language
from kit.tabular import Cell
from services.dossier.figures.sheets import Kind, Line


@dataclass(frozen=True)
class Head:
    """A column's heading, or one over several. `number`: what the row of numbers says, (3)=(4)+(5)."""

    text: str
    kind: Kind = "count"
    number: str = ""
    parts: tuple[Head, ...] = ()

    def columns(self) -> list[Head]:
        return [leaf for part in self.parts for leaf in part.columns()] or [self]

    def depth(self) -> int:
        return 1 + max((part.depth() for part in self.parts), default=0)


@dataclass(frozen=True)
class Merged:
    """A heading's place in the table's head, from 0."""

    text: str
    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True)
class Section:
    """A table. The first two columns are the row's number and its name."""

    name: str
    title: str | None
    heads: tuple[Head, ...]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell]

    def columns(self) -> list[Head]:
        return [leaf for head in self.heads for leaf in head.columns()]

    def depth(self) -> int:
        return max(head.depth() for head in self.heads)

    def merged(self) -> list[Merged]:
        """By row, then by column."""
        return sorted(_placed(self.heads, 0, 0, self.depth()), key=lambda each: (each.row, each.column))


def _placed(heads: Sequence[Head], row: int, column: int, depth: int) -> Iterator[Merged]:
    """One without parts reaches down to the last row."""
    for head in heads:
        width = len(head.columns())
        yield Merged(head.text, row, column, 1 if head.parts else depth - row, width)
        yield from _placed(head.parts, row + 1, column, depth)
        column += width


@dataclass(frozen=True)
class Paper:
    """`form`: which one it is, above the title; `lines`: below it. `place`: where it is signed, by `signers`.
    `mark`: what each page says of its data."""

    language: Language
    form: str
    title: str
    lines: Sequence[str]
    body: str
    place: str
    sections: Sequence[Section]
    notes: Sequence[str]
    definitions: Sequence[Line]
    signers: tuple[str, str]
    mark: str | None


def shown(cell: Cell, kind: Kind, language: Language) -> str:
    """As people write it: 365.040 and 3,25 % in Vietnamese, 365,040 and 3.25 % in English."""
    if cell is None:
        return "–"
    if isinstance(cell, datetime):
        return f"{cell:%H:%M %d/%m/%Y}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, str):
        return cell
    text = {"share": f"{cell * 100:,.2f} %", "decimal": f"{cell:,.2f}"}.get(kind, f"{cell:,}")
    return text.translate(_VIETNAMESE) if language == "vi" else text


_VIETNAMESE = str.maketrans(",.", ".,")
