"""How a cell of a report is asked to explain itself, and what callers see of that."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from kit.clock import Local
from kit.page import CursorText, Limit
from kit.text import Line
from services.dossier.figures.indicator import Part
from services.dossier.figures.schemas import ColumnView, Defined, Wanted


class ToExplain(Wanted):
    """Which cell: the row's `key` as the report has it (of a row that there is not, nothing is counted), by
    default the total; its `column`, by default the main one. `part`: which of its facts are listed, by
    default all."""

    key: Annotated[Line, StringConstraints(max_length=100)] | None = None
    column: Annotated[Line, StringConstraints(max_length=40)] | None = None
    part: Part | None = None
    limit: Limit = 50
    cursor: CursorText = None


class Excluded(BaseModel):
    """`count`: dossiers."""

    reason: str
    text: str
    count: int


class Counted(Excluded):
    part: Part


class FactView(BaseModel):
    """A dossier, or a line of counts for a day (`origin` count, `quantity` of them). `value`: its supplement
    requests, or hours, where the figure is made of these. `part`: "denominator" is counted there and not in
    the numerator."""

    id: UUID
    code: str | None
    origin: str
    quantity: int
    procedure: str
    procedure_name: str
    channel: str
    online_level: int
    receiving_agency: str
    resolving_agency: str
    submitted_on: date | None
    received_on: date | None
    finished_at: Local | None
    value: float | int | None
    part: Part
    reason: str
    text: str


class Explained(Defined):
    """A cell's numerator and denominator; of a count, and of hours, both are what is counted. `counts`: those
    that the reasons tell apart. `parts`: all dossiers of the row by their reasons; `excluded`: those of them
    that the cell leaves out. `items`: of the part that was asked for, by the day of the figure's basis; only
    those that the caller may see, so many more are `hidden`."""

    key: str | None
    column: ColumnView
    numerator: int
    denominator: int
    counts: dict[str, int]
    excluded: list[Excluded]
    parts: list[Counted]
    items: list[FactView]
    hidden: int
    next: str | None
