"""What this service reads of its neighbours' feeds: bodies."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from kit import copies
from kit.db import Database
from kit.feed import CloudEvent, Consumer, Effect
from kit.http import Neighbour
from services.payment.clients.catalog import Catalog
from services.payment.models import Body


def catalog(database: Database, neighbour: Neighbour, client: Catalog) -> Consumer:
    """agency.changed: the bodies are read again, whole."""

    async def changed(_: CloudEvent) -> Effect:
        bodies = await client.bodies()
        parents = {body.code: body.parent_code for body in bodies}
        rows = [
            {**body.model_dump(exclude={"parent_code"}), "ancestors": copies.ancestors(body.code, parents)}
            for body in bodies
        ]

        async def copy(session: AsyncSession) -> None:
            await copies.make_equal(session, Body.__table__, rows)  # type: ignore[attr-defined]

        return copy

    return Consumer("payment-catalog", database, neighbour, {"agency.changed": changed})
