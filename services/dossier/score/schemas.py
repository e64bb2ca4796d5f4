"""How the score is asked for, and what callers see of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from kit.clock import Local, Moment
from services.dossier.figures.period import PATTERN, Span, read
from services.dossier.schemas import AgencyCode


class ScoreAsked(BaseModel):
    """`period` 2020, 2020-10 or 2020-Q4; by default this year. `agency`: the body, with those below it; by
    default the caller's, without a login the province. `as_of`: what is open and late is told as of then; by
    default the end of the period, or now if that is earlier."""

    model_config = ConfigDict(extra="forbid")

    period: Annotated[str, Field(pattern=PATTERN)] | None = None
    agency: AgencyCode | None = None
    as_of: Moment | None = None

    @model_validator(mode="after")
    def _of_our_time(self) -> ScoreAsked:
        try:
            read(self.period or "2020")
        except ValueError:
            raise PydanticCustomError("period", "no year of ours", {"at": ["period"]}) from None
        return self

    def of(self, today: date) -> str:
        """The period that is meant."""
        return self.period or str(today.year)

    def moment(self, span: Span, now: datetime) -> datetime:
        return self.as_of or min(now, span.end())


class IndicatorView(BaseModel):
    """`value`: numerator by denominator. `points` of `weight`: null where it is not computable, for the
    reason in `why_not`, and where it informs only (weight 0)."""

    id: str
    title: str
    formula: str
    numerator: int | None
    denominator: int | None
    value: float | None
    full_at: float | None
    weight: float
    points: float | None
    computable: bool
    why_not: str | None


class GroupView(BaseModel):
    """`possible`: the weights of what is computable; `points`: of these, null where nothing is."""

    id: str
    title: str
    weight: float
    points: float | None
    possible: float
    indicators: list[IndicatorView]


class Total(BaseModel):
    """`not_computable`: the indicators that are left out of both."""

    points: float | None
    possible: float
    not_computable: list[str]


class Score(BaseModel):
    """The score of a body, called `name`, for the days `from` to `to`, as far as it can be computed.
    `synthetic`: generated dossiers are counted, too."""

    indicator: str = "score-766"
    version: int
    definition: dict[str, str]
    period: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    as_of: Local
    agency: str
    name: str
    synthetic: bool
    groups: list[GroupView]
    total: Total
