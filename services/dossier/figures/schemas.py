"""How figures are asked for, and what callers see of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from kit.clock import FIRST, LAST, Day, Local, Moment
from services.dossier.figures.indicator import Column, Indicator
from services.dossier.figures.period import PATTERN, Span, read
from services.dossier.figures.queries import Asked, GroupBy, Scope
from services.dossier.schemas import AgencyCode


class WantedPeriod(BaseModel):
    """`period` 2020, 2020-10 or 2020-Q4, or `from` and `to`; by default this year. `agency`: whose figures;
    by default the caller's body, without a login the province. `as_of`: what depends on the clock (all of
    on-time) is told as it stood just before; by default the end of the period, or now if that is earlier."""

    model_config = ConfigDict(extra="forbid")

    period: Annotated[str, Field(pattern=PATTERN)] | None = None
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    as_of: Moment | None = None
    agency: AgencyCode | None = None

    @model_validator(mode="after")
    def _one_period(self) -> WantedPeriod:
        both = self.first is not None and self.last is not None
        if (self.first is None) != (self.last is None) or (both and self.period):
            raise PydanticCustomError("period", "period, or from and to")
        if self.first and self.last and self.last < self.first:
            raise PydanticCustomError("period", "from is after to")
        if self.period and not FIRST.year <= int(self.period[:4]) < LAST.year:
            raise PydanticCustomError("period", "no year of ours")
        return self

    def span(self, today: date) -> Span:
        if self.first is not None and self.last is not None:
            return Span(self.first, self.last)
        return read(self.period or str(today.year))

    def moment(self, span: Span, now: datetime) -> datetime:
        return self.as_of or min(now, span.end())


class Wanted(WantedPeriod):
    """`closing`: counted from what it has frozen, as of the end of its month; by default of that whole
    month."""

    scope: Scope = "below"
    group_by: GroupBy = "agency"
    closing: UUID | None = None


class ColumnView(BaseModel):
    """`meaning`: where the label does not say it all."""

    name: str
    label: str
    kind: str
    meaning: str | None = None

    @classmethod
    def of(cls, column: Column, language: str) -> ColumnView:
        meaning = column.meaning[language] if column.meaning else None
        return cls(name=column.name, label=column.label(language), kind=column.kind, meaning=meaning)


class Row(BaseModel):
    """`values`: by the columns' names; counts beside shares, a share null where its denominator is zero."""

    key: str
    name: str
    values: dict[str, float | int | None]


class Defined(BaseModel):
    """What every figure carries: its definition; the days `from` to `to`; whose it is. `closing`: it is
    counted from what that closing froze."""

    indicator: str
    version: int
    definition: dict[str, str]
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    as_of: Local
    agency: str
    scope: str
    group_by: str
    closing: UUID | None = None

    @staticmethod
    def by(indicator: Indicator, asked: Asked, as_of: datetime, language: str) -> dict[str, Any]:
        return {
            "indicator": indicator.id,
            "version": indicator.version,
            "definition": indicator.words(language),
            "first": asked.span.first,
            "last": asked.span.last,
            "as_of": as_of,
            "agency": asked.agency,
            "scope": asked.scope,
            "group_by": asked.group_by,
            "closing": asked.book.closing,
        }


class Report(Defined):
    """`main`: the column that stands for the indicator. `synthetic`: generated dossiers are counted, too."""

    synthetic: bool
    main: str
    columns: list[ColumnView]
    total: Row
    rows: list[Row]
