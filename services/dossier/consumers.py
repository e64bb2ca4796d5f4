"""What this service reads of its neighbours' feeds: settled fees, bodies, who has logged in."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit import copies
from kit.auth import Caller
from kit.db import Database
from kit.feed import CloudEvent, Consumer, Effect
from kit.http import Neighbour
from services.dossier.clients.catalog import Catalog, CatalogBody
from services.dossier.commands import demand
from services.dossier.models import Body, Dossier, FeeDue
from services.dossier.office import Office
from services.dossier.owners import commands as owners
from services.dossier.places.models import Unit
from services.dossier.successors import commands as succession

_PAYMENT = Caller(sub="payment", kind="service", name="payment", roles=frozenset({"service"}))
_GATEWAY = Caller(sub="gateway", kind="service", name="gateway", roles=frozenset({"service"}))


def payments(database: Database, neighbour: Neighbour, office: Office) -> Consumer:
    """payment.succeeded settles the fee of its purpose; a second one changes nothing."""

    async def settled(event: CloudEvent) -> Effect | None:
        data = event.data or {}

        async def settle(session: AsyncSession) -> None:
            dossier = await session.scalar(
                select(Dossier).where(col(Dossier.id) == UUID(data["dossier_id"])).with_for_update(of=Dossier)
            )
            fee = await session.get(FeeDue, (UUID(data["dossier_id"]), data["purpose"]))
            if dossier is None or fee is None or fee.settled_at is not None:
                return
            fee.payment_id, fee.channel, fee.provider = event.subject, data["channel"], data["provider"]
            await demand.settle(session, office, _PAYMENT, dossier, fee, event.time)

        return settle

    return Consumer("dossier-payment", database, neighbour, {"payment.succeeded": settled})


def accounts(database: Database, neighbour: Neighbour, office: Office) -> Consumer:
    """account.created, account.changed: what came on paper under one's number becomes one's own."""

    async def seen(event: CloudEvent) -> Effect | None:
        if (event.data or {}).get("kind") == "staff":
            return None
        account = await office.accounts.account(event.subject.removeprefix("account:"))

        async def claim(session: AsyncSession) -> None:
            await owners.claim(session, office, _GATEWAY, account)

        return claim

    handlers = {"account.created": seen, "account.changed": seen}
    return Consumer("dossier-gateway", database, neighbour, handlers)


class Places(Consumer):
    """agency.changed, unit.changed: bodies and units are read again, whole; so they are where the copy has
    bodies without a unit, as it was made before there were any (migration 0013)."""

    def __init__(self, database: Database, neighbour: Neighbour, client: Catalog) -> None:
        handlers = {"agency.changed": self._read, "unit.changed": self._read}
        super().__init__("dossier-catalog", database, neighbour, handlers)
        self._client = client

    async def step(self, wait: float = 0) -> int:
        async with self._database.transaction() as session:
            lacking = await session.scalar(select(exists().where(col(Body.unit).is_(None))))
        if lacking:
            position = await self._position()
            await self._move(position, position, await self._read())
        return await super().step(wait)

    async def _read(self, _: CloudEvent | None = None) -> Effect:
        places = await self._client.places()
        units = [unit.model_dump() for unit in places.units]

        async def copy(session: AsyncSession) -> None:
            await copies.make_equal(session, Unit.__table__, units)  # type: ignore[attr-defined]
            await copy_bodies(session, places.items)

        return copy


async def copy_bodies(session: AsyncSession, bodies: list[CatalogBody]) -> None:
    """Make the copy equal to what was read; what successions ask for is noted as wanted."""
    parents = {body.code: body.parent_code for body in bodies}
    successors = {body.code: body.successors for body in bodies}
    rows = [
        {
            **body.model_dump(exclude={"parent_code", "unit_code"}),
            "unit": body.unit_code,
            "ancestors": copies.ancestors(body.code, parents, successors),
        }
        for body in bodies
    ]
    await copies.make_equal(session, Body.__table__, rows)  # type: ignore[attr-defined]
    await succession.want(session)
