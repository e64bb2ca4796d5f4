"""What the commands work with, beside a session and a caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from kit.clock import Clock
from kit.vault import Vault
from services.dossier.calendar import Calendar
from services.dossier.clients.catalog import Catalog
from services.dossier.clients.gateway import Accounts
from services.dossier.settings import Settings
from services.dossier.storage import Storage


@dataclass(frozen=True)
class Office:
    clock: Clock
    vault: Vault
    calendar: Calendar
    storage: Storage
    catalog: Catalog
    accounts: Accounts
    settings: Settings


def _office(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


#: The office, as a route's parameter.
Desk = Annotated[Office, Depends(_office, scope="function")]
