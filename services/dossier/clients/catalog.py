"""What a dossier reads of the catalogue: this service's own model of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel

from kit.http import Neighbour, NeighbourRefused
from services.dossier.errors import ProcedureUnknown


class Field(BaseModel):
    code: str
    name: str


class Offering(BaseModel):
    agency: str
    online_level: int
    decision: str | None = None
    pay_online_from: date | None = None
    pilot: bool = False
    mandated: bool = False


class OfferedBy(BaseModel):
    agency: str
    name: str
    online_level: int


class ProcedureOfTheDay(BaseModel):
    """The published version, and the offering of one body, as they stand on one day."""

    code: str
    version: int
    name: str
    field: Field
    government_levels: list[str]
    form_schema: dict[str, Any] | None
    papers: list[dict[str, Any]]
    fees: list[dict[str, Any]]
    processing_time: dict[str, Any] | None
    results: list[dict[str, Any]]
    stages: list[dict[str, Any]] = []
    sample: bool = False
    offering: Offering | None
    offered_by: list[OfferedBy]
    receiving_offices: list[str] = []


class CatalogBody(BaseModel):
    code: str
    name: str
    kind: str
    government_level: str
    parent_code: str | None = None


class CatalogBodies(BaseModel):
    items: list[CatalogBody]


class Catalog:
    """Raises NeighbourDown when the catalogue does not answer."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour

    async def procedure(self, code: str, agency: str, on: str) -> ProcedureOfTheDay:
        """What a dossier to `agency` would freeze on that day. Raises ProcedureUnknown."""
        try:
            return await self._neighbour.get(
                f"/internal/procedures/{code}/submission",
                ProcedureOfTheDay,
                params={"agency": agency, "on": on},
            )
        except NeighbourRefused:
            raise ProcedureUnknown(procedure=code) from None

    async def bodies(self) -> list[CatalogBody]:
        return (await self._neighbour.get("/internal/bodies", CatalogBodies)).items
