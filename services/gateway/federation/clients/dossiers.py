"""The dossier service, as far as the federation needs it."""

from __future__ import annotations

from uuid import UUID

from kit.http import Neighbour
from services.gateway.federation.snapshot import Snapshot


class Dossiers:
    """Raises NeighbourDown, NeighbourRefused, pydantic's ValidationError."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour

    async def snapshot(self, dossier_id: UUID) -> Snapshot:
        return await self._neighbour.get(f"/internal/dossiers/{dossier_id}", Snapshot)
