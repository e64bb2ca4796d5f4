"""What the commands work with, beside a caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from kit.clock import Clock
from kit.db import Database
from kit.vault import Vault
from services.payment.clients.dossier import Dossiers
from services.payment.errors import ProviderUnknown
from services.payment.providers.port import Provider
from services.payment.settings import Settings


@dataclass(frozen=True)
class Till:
    """`providers`: by name, those that are configured."""

    clock: Clock
    database: Database
    dossiers: Dossiers
    providers: Mapping[str, Provider]
    vault: Vault
    settings: Settings

    def provider(self, name: str) -> Provider:
        """Raises ProviderUnknown."""
        if name not in self.providers:
            raise ProviderUnknown(provider=name, known=", ".join(sorted(self.providers)))
        return self.providers[name]


def _till(request: Request) -> Till:
    till: Till = request.app.state.till
    return till


#: The till, as a route's parameter.
Desk = Annotated[Till, Depends(_till, scope="function")]
