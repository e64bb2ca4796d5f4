"""agency.changed: who acts for whom is read again, whole."""

from __future__ import annotations

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from kit import copies
from kit.db import Database
from kit.feed import CloudEvent, Consumer, Effect
from kit.http import Neighbour
from services.gateway.edge.successors.models import Successor


class _Body(BaseModel):
    code: str
    successors: list[str] = []


class _Bodies(BaseModel):
    items: list[_Body]


def catalog(database: Database, neighbour: Neighbour) -> Consumer:
    async def changed(_: CloudEvent) -> Effect:
        bodies = (await neighbour.get("/internal/bodies", _Bodies)).items
        rows = [{"old": body.code, "new": body.successors[-1]} for body in bodies if body.successors]

        async def copy(session: AsyncSession) -> None:
            await copies.make_equal(session, Successor.__table__, rows)  # type: ignore[attr-defined]

        return copy

    return Consumer("gateway-catalog", database, neighbour, {"agency.changed": changed})
