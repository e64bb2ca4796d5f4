"""Which bodies lie below one, as the catalogue knows them."""

from __future__ import annotations

from pydantic import BaseModel

from kit.http import Neighbour


class _Body(BaseModel):
    code: str
    parent_code: str | None = None
    successors: list[str] = []

    def under(self, bodies: set[str]) -> bool:
        """Whether it lies below one of these, or was succeeded by one."""
        return self.parent_code in bodies or not bodies.isdisjoint(self.successors)


class _Bodies(BaseModel):
    items: list[_Body]


class Bodies:
    """Raises NeighbourDown when the catalogue does not answer."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour
        self.close = neighbour.close

    async def of(self, top: str) -> set[str]:
        """`top`, if it exists, all below it, and those that these have succeeded."""
        found = (await self._neighbour.get("/internal/bodies", _Bodies)).items
        mine = {body.code for body in found if body.code == top}
        while more := {body.code for body in found if body.under(mine)} - mine:
            mine |= more
        return mine
