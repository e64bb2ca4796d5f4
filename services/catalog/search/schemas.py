"""What a search answers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from services.catalog.schemas import Facet, Ref

_HINT = "the query with its slips mended, when it had any; `items` answer it already"


class ProcedureItem(BaseModel):
    """A row of a search. `fee_total` in đồng: of one copy; null when an amount is not known, or depends on
    the case or the channel (`fee-quote` computes it)."""

    code: str
    name: str
    field: Ref
    government_levels: list[str]
    audiences: list[str]
    channels: list[str]
    online_level: int
    mandated: bool
    offered_by: int
    fee_total: int | None
    processing_time: dict[str, Any] | None
    sample: bool
    source: str


class ProcedurePage(BaseModel):
    """`facets`: by field, government_level, online_level, audience and agency, each counted without regard
    to what is chosen in itself."""

    items: list[ProcedureItem]
    next: str | None = None
    did_you_mean: str | None = Field(default=None, description=_HINT)
    facets: dict[str, list[Facet]] | None = None


class Suggestions(BaseModel):
    """For what is still being typed. The code of a field or an agency is what `field=` and `agency=` of the
    search ask for; `count` of a field: its procedures."""

    procedures: list[Ref]
    fields: list[Facet]
    agencies: list[Ref]
    did_you_mean: str | None = Field(default=None, description=_HINT)
