"""The dossier service's feed turned into rows: what the portal is to know."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.feed import CloudEvent, Effect, Handler
from services.gateway.federation.commands import dossiers

EVERY_DOSSIER_EVENT = "dossier.*"


def wanting(clock: Clock) -> Handler:
    """A public event of a dossier means: the portal is to know the version it made. Others, and
    events of a dossier that has no code yet, are passed over."""

    async def on_event(event: CloudEvent) -> Effect | None:
        data = event.data or {}
        dossier_id, code = data.get("dossier_id"), data.get("code")
        if event.audience != "public" or not isinstance(dossier_id, str) or not isinstance(code, str):
            return None

        async def effect(session: AsyncSession) -> None:
            await dossiers.want(session, clock, UUID(dossier_id), code, event.sequence)

        return effect

    return on_event
