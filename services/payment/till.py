"""What the commands work with, beside a caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from kit.clock import Clock
from kit.db import Database
from services.payment.clients.dossier import Dossiers
from services.payment.clients.payment_platform import PaymentPlatform
from services.payment.settings import Settings


@dataclass(frozen=True)
class Till:
    clock: Clock
    database: Database
    dossiers: Dossiers
    platform: PaymentPlatform
    settings: Settings


def _till(request: Request) -> Till:
    till: Till = request.app.state.till
    return till


#: The till, as a route's parameter.
Desk = Annotated[Till, Depends(_till, scope="function")]
