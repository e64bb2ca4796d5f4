"""Closings and amendments, as callers see them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from kit import page
from kit.clock import FIRST, LAST, Local
from kit.text import Incoming, Line
from services.dossier.figures.period import read


def _of_our_time(period: str) -> str:
    if not FIRST.year <= int(period[:4]) < LAST.year:
        raise PydanticCustomError("period", "no year of ours")
    return period


Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$"), AfterValidator(_of_our_time)]
Reason = Annotated[Line, StringConstraints(min_length=1)]


class NewClosing(Incoming):
    """`period`: a month, as in 2020-10."""

    period: Month
    reason: Reason | None = None

    @property
    def month(self) -> date:
        return read(self.period).first


class NewAmendment(Incoming):
    reason: Reason


class ClosingView(BaseModel):
    """`facts` were frozen with `digest` (SHA-256), which the event log says, too. `amendments`: how many have
    been made since."""

    id: UUID
    period: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    closed_at: Local
    closed_by: str
    reason: str | None
    digest: str
    facts: int
    amendments: int


class Moved(BaseModel):
    """The figures of a body, by the columns of the indicator."""

    key: str
    name: str
    before: dict[str, float | int | None]
    after: dict[str, float | int | None]


class Effect(BaseModel):
    """What an amendment did to an indicator: in the whole province, and in the bodies right below it whose
    figures changed, each with all below it; in the tree of the closing."""

    indicator: str
    version: int
    title: str
    main: str
    before: dict[str, float | int | None]
    after: dict[str, float | int | None]
    rows: list[Moved]


class AmendmentView(BaseModel):
    """Since the closing or the amendment before, so many facts `came` to what counts, `changed`, or `went`
    out of it. `changes`: where they are listed. `by` service:dossier: it was made by itself, in the night."""

    number: int
    at: Local
    by: str
    reason: str | None
    came: int
    changed: int
    went: int
    digest: str
    changes: str
    figures: list[Effect]


class ChangesWanted(page.Asked):
    amendment: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="by default what one made now would say"
    )


class ColumnChange(BaseModel):
    name: str
    label: str
    old: Any
    new: Any


class Change(BaseModel):
    """A fact, as it is now. `kind`: came, changed, went; `columns`: what differs, of one that was known."""

    id: UUID
    kind: str
    code: str | None
    origin: str
    quantity: int
    procedure: str
    channel: str
    receiving_agency: str
    resolving_agency: str
    received_on: date | None
    columns: list[ColumnChange]


class Changes(BaseModel):
    """The sums are of all; `items` are those within the caller's rights, `hidden` says how many are not."""

    amendment: int | None
    came: int
    changed: int
    went: int
    hidden: int
    items: list[Change]
    next: str | None = None
