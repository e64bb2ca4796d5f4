"""The figures of provision as callers see them, and stated figures as editors send them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field, StringConstraints

from kit import page
from kit.clock import Day, Local
from kit.text import Incoming, Line, Text
from services.catalog.bodies.schemas import BodyCode
from services.catalog.schemas import Ref, Why

GroupBy = Literal["agency", "field", "government_level"]
Unit = Literal["procedures", "percent"]
_DIMENSION = (
    r"^(total|cell:[a-z_]{1,40}:[1-4]|agency:[0-9A-Za-z.\-]{2,40}|field:.{1,60}"
    r"|government_level:[a-z_]{1,40})$"
)
MissingState = Literal["lower_level", "not_offered", "unknown_procedure", "ambiguous_name"]


class StatedAsked(Incoming):
    """`dimension`: `total`, `cell:<government level>:<online level>`, `agency:<code>`, `field:<code>` or
    `government_level:<level>`. `source_date`: of the source; another one is another figure."""

    dimension: Annotated[Line, StringConstraints(pattern=_DIMENSION)]
    unit: Unit
    value: float = Field(ge=0, le=10**9, allow_inf_nan=False)
    source: Annotated[Text, StringConstraints(min_length=1, max_length=2000)]
    source_date: Day
    note: Annotated[Text, StringConstraints(max_length=2000)] = ""
    reason: Why


class ProvisionAsked(BaseModel):
    as_of: Annotated[Day | None, Query(description="not after today, which is the default")] = None
    group_by: GroupBy | None = None

    model_config = page.Asked.model_config


class MissingAsked(page.Asked):
    as_of: Annotated[Day | None, Query(description="not after today, which is the default")] = None
    state: MissingState | None = None
    agency: Annotated[BodyCode | None, Query()] = None


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
    """Mandatory lines of decisions in force."""

    lines: int
    as_decided: int
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
    computed: list[Reading]


class StatedFigureView(StatedView):
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
