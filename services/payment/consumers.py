"""What this service reads of its neighbours' feeds: bodies, and what became of dossiers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import copies
from kit.db import Database
from kit.feed import CloudEvent, Consumer, Effect, Handler
from kit.http import Neighbour
from services.payment.clients.catalog import Catalog
from services.payment.models import Body
from services.payment.refunds import proposals
from services.payment.refunds import queries as refunds
from services.payment.successors import commands as succession


def catalog(database: Database, neighbour: Neighbour, client: Catalog) -> Consumer:
    """agency.changed: the bodies are read again, whole."""

    async def changed(_: CloudEvent) -> Effect:
        bodies = await client.bodies()
        parents = {body.code: body.parent_code for body in bodies}
        successors = {body.code: body.successors for body in bodies}
        rows = [
            {
                **body.model_dump(exclude={"parent_code"}),
                "ancestors": copies.ancestors(body.code, parents, successors),
            }
            for body in bodies
        ]

        async def copy(session: AsyncSession) -> None:
            await copies.make_equal(session, Body.__table__, rows)  # type: ignore[attr-defined]
            await succession.want(session)

        return copy

    return Consumer("payment-catalog", database, neighbour, {"agency.changed": changed})


def dossiers(database: Database, neighbour: Neighbour) -> Consumer:
    """A dossier that ended without a result, or had ended when money came: refunds are proposed. One that
    goes on: they are no longer. A fee that the dossier took in: the payment notes it."""

    def ended(cause: str) -> Handler:
        async def read(event: CloudEvent) -> Effect:
            data = event.data or {}

            async def propose(session: AsyncSession) -> None:
                purpose = data.get("purpose") if cause == "closed" else None
                await proposals.of_dossier(session, UUID(data["dossier_id"]), purpose, cause, event.time)

            return propose

        return read

    async def reopened(event: CloudEvent) -> Effect:
        async def withdraw(session: AsyncSession) -> None:
            await proposals.withdraw(session, UUID(event.subject), event.time)

        return withdraw

    async def settled(event: CloudEvent) -> Effect:
        data = event.data or {}

        async def note(session: AsyncSession) -> None:
            for payment in await refunds.paid_of(session, UUID(data["dossier_id"]), data["purpose"]):
                payment.credited_at = payment.credited_at or event.time

        return note

    handlers = {
        "dossier.withdrawn": ended("withdrawn"),
        "dossier.refused": ended("refused"),
        "dossier.stopped": ended("stopped"),
        "dossier.refund-proposed": ended("closed"),
        "dossier.reopened": reopened,
        "dossier.fee-settled": settled,
    }
    return Consumer("payment-dossier", database, neighbour, handlers)
