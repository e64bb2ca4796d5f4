"""What a dossier reads of the catalogue: this service's own model of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from kit.http import Neighbour, NeighbourDown, NeighbourRefused
from services.dossier.errors import FactsUnknown, ProcedureUnknown


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
    """The published version, and the offering of one body, as they stand on one day. `papers` and `fees` are
    those of the facts that were asked with; `facts_missing` names the facts on which some still hang.
    `national_code`: under which the national database knows the procedure, if it does."""

    code: str
    national_code: str | None = None
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
    cases: list[dict[str, str]] = []
    exemptions: list[dict[str, str]] = []
    facts_missing: list[str] = []
    sample: bool = False
    offering: Offering | None
    offered_by: list[OfferedBy]
    receiving_offices: list[str] = []


class CatalogBody(BaseModel):
    code: str
    name: str
    kind: str
    government_level: str
    unit_code: str | None = None
    parent_code: str | None = None
    successors: list[str] = []


class CatalogUnit(BaseModel):
    code: str
    name: str
    level: str
    parent_code: str | None = None
    successor_code: str | None = None
    valid_from: date
    valid_to: date | None = None


class CatalogPlaces(BaseModel):
    """All bodies and units of all days."""

    items: list[CatalogBody]
    units: list[CatalogUnit] = []


class Provision(BaseModel):
    """Procedures of a day, and of these: offered online; with all parts that must be published; with a fee,
    and these payable online. `services`: the procedures that each body offers online."""

    procedures: int
    online: int
    complete: int
    with_fee: int
    payable: int
    services: dict[str, list[str]]


class Catalog:
    """Raises NeighbourDown when the catalogue does not answer."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour

    async def procedure(
        self, code: str, agency: str, on: str, facts: Mapping[str, Any] | None = None
    ) -> ProcedureOfTheDay:
        """What a dossier to `agency` with these facts (as `facts.asked` says them) would freeze on that day.

        Raises ProcedureUnknown, FactsUnknown.
        """
        try:
            return await self._neighbour.ask(
                f"/internal/procedures/{code}/submission",
                ProcedureOfTheDay,
                {"on": on, **(facts or {})},
                params={"agency": agency},
            )
        except NeighbourRefused as refused:
            if refused.code == FactsUnknown.code:
                raise FactsUnknown.told(refused.body) from None
            raise ProcedureUnknown(procedure=code) from None

    async def places(self) -> CatalogPlaces:
        return await self._neighbour.get("/internal/bodies", CatalogPlaces)

    async def provision(self, on: date, agencies: Sequence[str] | None) -> Provision:
        """What these bodies offer that day; without any, what is in force."""
        asked = {"on": on.isoformat(), "agencies": agencies}
        try:
            return await self._neighbour.ask("/internal/provision", Provision, asked)
        except NeighbourRefused:
            raise NeighbourDown(neighbour=self._neighbour.name) from None
