"""How many dossiers were received, by procedure and body: asked of the dossier service."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from kit.clock import elapsed
from kit.http import Neighbour, NeighbourDown, NeighbourRefused

#: Seconds for which an answer is good enough: the pages of one list are asked for one after the other.
_FRESH = 5.0
_MOST = 20


class Volume(BaseModel):
    """Dossiers received, of one procedure, resolving body and channel."""

    procedure: str
    agency: str
    channel: str
    count: int


class _Volumes(BaseModel):
    items: list[Volume]


class Volumes:
    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour
        self._kept: dict[tuple[date, date], tuple[float, list[Volume]]] = {}

    async def received(self, first: date, last: date) -> list[Volume]:
        """From the first to the last day, both counted. Raises NeighbourDown, also where it refuses."""
        kept = self._kept.get((first, last))
        if kept is not None and elapsed() - kept[0] < _FRESH:
            return kept[1]
        params = {"from": first.isoformat(), "to": last.isoformat()}
        try:
            found = (await self._neighbour.get("/internal/volumes", _Volumes, params=params)).items
        except NeighbourRefused:
            raise NeighbourDown(neighbour=self._neighbour.name) from None
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[first, last] = elapsed(), found
        return found
