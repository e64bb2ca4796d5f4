"""What this service reads of the catalogue: bodies and their tree."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from kit.http import Neighbour


class CatalogBody(BaseModel):
    code: str
    name: str
    kind: str
    government_level: str
    parent_code: str | None = None
    successors: list[str] = []
    succeeded_on: date | None = None


class _Bodies(BaseModel):
    items: list[CatalogBody]


class Catalog:
    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour

    async def bodies(self) -> list[CatalogBody]:
        """Raises NeighbourDown."""
        return (await self._neighbour.get("/internal/bodies", _Bodies)).items
