"""The catalogue, as far as the sync of procedures needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel

from kit.http import Neighbour

SOURCE = "national-portal"
#: Validating and versioning two hundred procedures takes its time on a busy machine.
TIMEOUT = 60.0


class ImportedRow(BaseModel):
    code: str
    outcome: Literal["created", "updated", "proposed", "unchanged", "refused"]
    errors: list[dict[str, Any]] = []


class Imported(BaseModel):
    rows: list[ImportedRow]


class Closed(BaseModel):
    """Codes that are abolished, and those whose abolition waits for an editor."""

    closed: list[str]
    proposed: list[str] = []


class Catalogue:
    """Both calls may be repeated: what is there already is answered with "unchanged". Raises
    NeighbourDown, NeighbourRefused."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour

    async def take_in(self, contents: Sequence[dict[str, Any]]) -> dict[str, ImportedRow]:
        """At most 200 procedures; the answer by code."""
        body = {"items": list(contents), "source": SOURCE}
        answer = await self._neighbour.post("/internal/procedures/imports", Imported, body, timeout=TIMEOUT)
        return {row.code: row for row in answer.rows}

    async def close(self, codes: Sequence[str], reason: str) -> Closed:
        body = {"codes": list(codes), "reason": reason}
        return await self._neighbour.post("/internal/procedures/closings", Closed, body, timeout=TIMEOUT)
