"""Reports against targets, as they are asked for and answered. Shares are fractions of 1, to six places."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from kit.clock import Local
from services.dossier.figures.schemas import WantedPeriod
from services.dossier.targets.schemas import IndicatorId, MeasureView

Of = Literal["department", "district", "commune"]


class AttainmentAsked(WantedPeriod):
    """`of`: bodies of the province other than its committee, committees of districts, or of communes, at or
    below the asked body; by default departments and districts, and of a commune itself."""

    indicator: IndicatorId = "online-share"
    of: Of | None = None


class LeagueAsked(WantedPeriod):
    """`agency`: by default the province. `minimum`: dossiers that a rank needs."""

    indicator: IndicatorId = "online-share"
    of: Of = "department"
    minimum: Annotated[int, Field(ge=1, le=1_000_000)] = 30


class WayAsked(WantedPeriod):
    """`limit`: steps that are listed."""

    limit: Annotated[int, Field(ge=1, le=500)] = 50


class Frame(BaseModel):
    """`period`: as it was asked; null for days. `synthetic`: generated dossiers are counted, too."""

    indicator: str
    version: int
    definition: dict[str, str]
    period: str | None
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    as_of: Local
    agency: str
    synthetic: bool


class ForecastOfRow(BaseModel):
    value: float
    reached: bool | None


class AttainmentRow(BaseModel):
    """`value` is `numerator`/`denominator`, null without any; `received`, `eligible` and `online` are of the
    online share. `target` and what follows from it are null where there is none; `lacking_if_new` also where
    no number of new dossiers would be enough."""

    agency: str
    name: str
    kind: str
    government_level: str
    received: int | None
    eligible: int | None
    online: int | None
    numerator: int
    denominator: int
    value: float | None
    target: float | None
    decision: str | None
    effective_from: date | None
    inherited: bool
    reached: bool
    lacking: int | None
    lacking_if_new: int | None
    gap: float | None
    forecast: ForecastOfRow | None
    measures: list[MeasureView]


class ForecastError(BaseModel):
    """The mean of `samples` misses, in percentage points, replayed on the year `of`."""

    points: float
    of: str
    samples: int


class ForecastView(BaseModel):
    """`text`: method and error in words. `basis_from` to `basis_to`: the days that it rests on."""

    method: str
    text: str
    basis_from: date
    basis_to: date
    error: ForecastError | None


class Attainment(Frame):
    default_target: float | None
    total: AttainmentRow
    rows: list[AttainmentRow]
    forecast: ForecastView | None


class LeagueRow(BaseModel):
    """`change`: ranks gained; `reason` few: not enough dossiers for a rank."""

    rank: int | None
    agency: str
    name: str
    received: int | None
    online: int | None
    numerator: int
    denominator: int
    value: float | None
    target: float | None
    score: float | None
    change: int | None
    reason: Literal["few"] | None


class League(Frame):
    of: str
    minimum: int
    rows: list[LeagueRow]


class StepView(BaseModel):
    """`dossiers`: over the counter or by post; `used` of them are needed."""

    agency: str
    name: str
    procedure: str
    procedure_name: str
    online_level: int
    kind: Literal["persuade", "raise"]
    dossiers: int
    used: int
    cumulative: int
    closes: bool


class Way(Frame):
    """`needed`: how many steps reach the target, of which `steps` lists the first; null where all pairs
    together do not. `alternative` and `alternative_needed`: the same by raising levels alone."""

    name: str
    received: int
    online: int
    target: float
    lacking: int
    reached_by_steps: bool
    needed: int | None
    steps: list[StepView]
    alternative_needed: int | None
    alternative: list[StepView]
