"""Targets, as callers send and see them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer, StringConstraints
from pydantic_core import PydanticCustomError

from kit import page
from kit.clock import Day, Local
from kit.text import Incoming, Line
from services.dossier.schemas import AgencyCode

IndicatorId = Literal["online-share", "on-time", "paid-online"]
Year = Annotated[int, Field(ge=2000, le=2099)]
#: Of a target; beyond that it is no list that somebody works through.
MOST_MEASURES = 20
DecisionNumber = Annotated[Line, StringConstraints(min_length=1, max_length=100)]
MeasureText = Annotated[Line, StringConstraints(min_length=1, max_length=500)]
MeasureOwner = Annotated[Line, StringConstraints(min_length=1, max_length=200)]


def _no_text(value: Any) -> Any:
    """Numbers of JSON alone: "20%" and true are for people to write."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("decimal_type", "a number is needed")
    return value


Share = Annotated[
    Decimal,
    BeforeValidator(_no_text),
    Field(gt=0, le=1, decimal_places=6, description="a fraction of 1, six decimals"),
]
Shown = Annotated[Decimal, PlainSerializer(float, return_type=float)]


class Measure(Incoming):
    text: MeasureText
    owner: MeasureOwner | None = Field(default=None, description="who sees to it: a person or an office")
    due_on: Day | None = None


Measures = Annotated[list[Measure], Field(max_length=MOST_MEASURES)]


class NewTarget(Incoming):
    """`effective_from`: by default the day of the decision. `measures`: by default they stay as they are."""

    value: Share
    decision: DecisionNumber
    decided_on: Day
    effective_from: Day | None = None
    measures: Measures | None = None

    def members(self) -> dict[str, Any]:
        """As `commands` and the table have them."""
        said = self.model_dump(include={"value", "decision", "decided_on"})
        said["effective_from"] = self.effective_from or self.decided_on
        return said | ({} if self.measures is None else {"measures": written(self.measures)})


class NewMeasures(Incoming):
    measures: Measures


def written(measures: list[Measure]) -> list[dict[str, Any]]:
    return [measure.model_dump(mode="json") for measure in measures]


class TargetsAsked(page.Asked):
    year: Year | None = None
    agency: AgencyCode | None = None
    indicator: IndicatorId | None = None


class MeasureView(BaseModel):
    text: str
    owner: str | None
    due_on: date | None


class TargetView(BaseModel):
    """`inherited`: nothing was assigned to the body itself, so that the target of the nearest body above it
    applies, at last the province's default; all null where there is none. `version` 0: nothing is recorded
    of the body itself."""

    agency: str
    name: str
    indicator: str
    year: int
    value: Shown | None
    decision: str | None
    decided_on: date | None
    effective_from: date | None
    inherited: bool
    measures: list[MeasureView]
    version: int


class Change(BaseModel):
    """Of one member, as JSON has it."""

    old: Any
    new: Any


class VersionView(BaseModel):
    version: int
    at: Local
    by: str
    changes: dict[str, Change]


class History(BaseModel):
    """Oldest first."""

    items: list[VersionView]


class ImportedTarget(BaseModel):
    """`row`: the first of the sheet that speaks of it."""

    row: int
    agency: str
    name: str
    indicator: str
    year: int
    outcome: Literal["created", "updated", "unchanged"]
    changes: dict[str, Change]


class Imported(BaseModel):
    """What changed, or with `dry_run` would."""

    dry_run: bool
    created: int
    updated: int
    unchanged: int
    items: list[ImportedTarget]
