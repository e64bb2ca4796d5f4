"""Which bodies lie below one, as the catalogue knows them."""

from __future__ import annotations

from pydantic import BaseModel

from kit.http import Neighbour


class _Body(BaseModel):
    code: str
    parent_code: str | None = None


class _Bodies(BaseModel):
    items: list[_Body]


class Bodies:
    """Raises NeighbourDown when the catalogue does not answer."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour
        self.close = neighbour.close

    async def of(self, top: str) -> set[str]:
        """`top`, if it exists, and all below it."""
        found = (await self._neighbour.get("/internal/bodies", _Bodies)).items
        mine = {body.code for body in found if body.code == top}
        while more := {body.code for body in found if body.parent_code in mine} - mine:
            mine |= more
        return mine
