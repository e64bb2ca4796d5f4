"""What callers send and see of imports and exports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from kit.clock import Day
from kit.problem import FieldError, Language
from kit.text import Incoming, Line
from services.catalog.content import Audience, Channel
from services.catalog.transfer.status import State

Said = Literal["created", "updated", "unchanged", "refused"]


class Outcome(BaseModel):
    """What became of a row, `number` as its file counts. `published`: it is also in force from that day."""

    number: int
    code: str
    outcome: Said
    published: bool = False
    errors: list[FieldError] = []


class ImportOptions(BaseModel):
    """How an import was asked for; errors are told in `language`."""

    name: str
    dry_run: bool
    publish: bool
    reason: str
    language: Language


class ExportOptions(Incoming):
    """The filters of the search, and the day on which it searches (default today)."""

    q: Annotated[Line, Field(max_length=300)] | None = None
    field: Annotated[Line, Field(max_length=60)] | None = None
    agency: Annotated[Line, Field(max_length=40)] | None = None
    government_level: Annotated[Line, Field(max_length=40)] | None = None
    online_level: int | None = Field(default=None, ge=1, le=4)
    audience: Audience | None = None
    channel: Channel | None = None
    mandated: bool | None = None
    on: Day | None = None


class NewExport(ExportOptions):
    format: Literal["jsonl", "csv", "xlsx"]


class Progress(BaseModel):
    """`total`: null until the rows are counted."""

    done: int
    total: int | None


class Counts(BaseModel):
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    published: int = 0


class TransferView(BaseModel):
    """`failure`: a problem, as an answer would hold it."""

    id: UUID
    state: State
    format: Literal["jsonl", "csv", "xlsx"]
    progress: Progress
    created_at: datetime
    finished_at: datetime | None
    failure: dict[str, Any] | None
    links: dict[str, str]


class ImportView(TransferView):
    name: str
    dry_run: bool
    publish: bool
    reason: str
    counts: Counts


class ExportView(TransferView):
    filters: dict[str, Any]
    on: date | None
