"""The figures of provision as callers see them, and stated figures as editors send them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from kit import page
from kit.clock import Day, Local
from kit.text import Incoming, Line, Text
from services.catalog.content import Level
from services.catalog.identifiers import BodyCode
from services.catalog.schemas import Ref, Why

GroupBy = Literal["agency", "field", "government_level"]
Unit = Literal["procedures", "percent"]
_DIMENSION = (
    r"^(total|cell:[a-z_]{1,40}:[1-4]|agency:[0-9A-Za-z.\-]{2,40}|field:.{1,60}"
    r"|government_level:[a-z_]{1,40})$"
)
MissingState = Literal["partly", "lower_level", "not_offered", "unknown_procedure", "ambiguous_name"]


class StatedAsked(Incoming):
    """`dimension`: `total`, `cell:<government level>:<online level>`, `agency:<code>`, `field:<code>` or
    `government_level:<level>`, of what the catalogue knows. `value`: whole procedures, or 0 to 100 percent.
    `source_date`: of the source, not after today; another one is another figure."""

    dimension: Annotated[Line, StringConstraints(pattern=_DIMENSION)]
    unit: Unit
    value: float = Field(ge=0, le=10**9, allow_inf_nan=False, strict=True)
    source: Annotated[Text, StringConstraints(min_length=1, max_length=2000)]
    source_date: Day
    note: Annotated[Text, StringConstraints(max_length=2000)] = ""
    reason: Why

    @model_validator(mode="after")
    def _in_its_unit(self) -> Self:
        if self.unit == "percent" and self.value > 100:
            raise PydanticCustomError("less_than_equal", "at most 100 percent", {"le": 100, "at": ["value"]})
        if self.unit == "procedures" and self.value % 1:
            raise PydanticCustomError("int_from_float", "whole procedures", {"at": ["value"]})
        return self


class ProvisionAsked(BaseModel):
    as_of: Annotated[Day | None, Query(description="not after today, which is the default")] = None
    group_by: GroupBy | None = None

    model_config = page.Asked.model_config


class MissingAsked(page.Asked):
    as_of: Annotated[Day | None, Query(description="not after today, which is the default")] = None
    state: MissingState | None = None
    agency: Annotated[BodyCode | None, Query()] = None


class ExplainAsked(page.Asked):
    """A figure: a cell (`district:4`), or what is online of a body, a field or a level of government; none of
    them: of the whole province, each procedure once (`distinct`)."""

    as_of: Annotated[Day | None, Query(description="not after today, which is the default")] = None
    cell: Annotated[str | None, Query(pattern=r"^(province|district|commune):[1-4]$")] = None
    agency: Annotated[BodyCode | None, Query()] = None
    field: Annotated[Line | None, StringConstraints(min_length=1, max_length=60), Query()] = None
    government_level: Annotated[Level | None, Query()] = None
    excluded: Annotated[bool, Query(description="those that are not counted, each with the reason")] = False

    @model_validator(mode="after")
    def _of_one_figure(self) -> Self:
        given = [name for name in ("cell", "agency", "field", "government_level") if getattr(self, name)]
        if len(given) > 1:
            raise PydanticCustomError("one_figure", "one figure at a time", {"at": [given[1]]})
        return self


# What callers see.


class Definition(BaseModel):
    """In the caller's language."""

    id: str
    version: int
    texts: dict[str, str]


class CellView(BaseModel):
    """A share is a part of all procedures in force; null where there are none."""

    government_level: str
    online_level: int
    count: int
    share: float | None


class Count(BaseModel):
    """At levels 3 and 4, together `online`."""

    level_3: int
    level_4: int
    online: int
    share: float | None


class Group(Count):
    """`procedures`: the denominator, as the definition says."""

    key: str
    name: str
    procedures: int


class MandatedCounts(BaseModel):
    """Mandatory lines of decisions in force, by the states of their comparison."""

    lines: int
    as_decided: int
    partly: int
    lower_level: int
    not_offered: int
    unknown_procedure: int
    ambiguous_name: int


class Reading(BaseModel):
    """A computed figure that a stated one may be held against. `difference`: stated less computed."""

    figure: Literal["distinct", "cells", "cell", "group"]
    value: float | None
    difference: float | None


class StatedView(BaseModel):
    dimension: str
    unit: Unit
    value: float
    source: str
    source_date: date
    note: str


class StatedBeside(StatedView):
    """`name`: of the dimension, in the caller's language."""

    name: str
    computed: list[Reading]


class StatedFigureView(StatedView):
    """`version`: send it in `If-Match`."""

    id: UUID
    version: int
    reason: str
    entered_by: str
    entered_at: Local


class Provision(BaseModel):
    """Counts beside shares. `cells` add up to `cells_total`, where a procedure at two levels of government
    counts twice; `distinct` counts it once."""

    indicator: Literal["provision"] = "provision"
    definition: Definition
    as_of: date
    in_force: int
    cells: list[CellView]
    cells_total: Count
    distinct: Count
    group_by: GroupBy | None
    groups: list[Group]
    mandated: MandatedCounts
    stated: list[StatedBeside]


class MissingView(BaseModel):
    """A mandatory line that is not offered as decided. `offered_level`: at best, today's."""

    decision: Ref
    number: int
    state: MissingState
    procedure: str | None
    name: str | None
    agency: Ref | None
    government_level: str | None
    online_level: int
    offered_level: int | None


class ExplainedView(BaseModel):
    """`level`: the highest within the figure, at which or below so many `bodies` of it offer the procedure;
    null where none does. `reason` and `label`: why it is not counted."""

    procedure: Ref
    field: Ref
    level: int | None
    bodies: int
    reason: Literal["not_offered", "body_ended", "below_online", "other_level"] | None
    label: str | None


class Explained(BaseModel):
    """`counted` is the figure of the report; with `not_counted` it is the figure's denominator."""

    indicator: Literal["provision"] = "provision"
    definition: Definition
    as_of: date
    figure: str
    counted: int
    not_counted: int
    items: list[ExplainedView]
    next: str | None
