"""What the commands work with, beside a session and a caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.vault import Vault
from services.dossier.calendar import Calendar
from services.dossier.calendars.current import calendar_of
from services.dossier.clients.catalog import Catalog
from services.dossier.clients.gateway import Accounts
from services.dossier.settings import Settings
from services.dossier.storage import Storage


@dataclass(frozen=True)
class Office:
    clock: Clock
    vault: Vault
    storage: Storage
    catalog: Catalog
    accounts: Accounts
    settings: Settings
    #: When we were told, of steps that were taken elsewhere at the moment of `clock`.
    told_at: datetime | None = None

    async def calendar(self, session: AsyncSession, agency: str) -> Calendar:
        """The days and hours of a body, as they stand in this transaction."""
        return await calendar_of(session, agency, self.settings.announced_until)


def _office(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


#: The office, as a route's parameter.
Desk = Annotated[Office, Depends(_office, scope="function")]
