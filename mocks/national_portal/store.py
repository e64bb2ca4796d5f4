"""What the portal holds, in memory: sessions, dossiers, payments, procedures, scripted faults."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from mocks.clock import Now
from mocks.national_portal.procedures import Procedures


@dataclass
class Fault:
    """What the next `times` calls of a service meet. `seconds`: how long a slow or lost answer takes."""

    kind: str
    times: int
    seconds: float = 0.0


@dataclass
class Payment:
    """`state`: waiting, paid, failed."""

    token: str
    order: dict[str, Any]
    state: str = "waiting"
    transaction: str = ""
    bank: str = ""
    at: str = ""
    confirmed: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Store:
    now: Now
    procedures: Procedures
    sessions: dict[str, float] = field(default_factory=dict)
    dossiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    steps: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    payments: dict[str, Payment] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))

    def fault(self, service: str) -> Fault | None:
        """The fault that this call meets, used up."""
        waiting = self.faults[service]
        if not waiting:
            return None
        first = waiting[0]
        first.times -= 1
        if first.times <= 0:
            waiting.pop(0)
        return first

    def held(self, code: str) -> dict[str, Any] | None:
        """A dossier as it stands here, with the steps that were received."""
        dossier = self.dossiers.get(code)
        return {**dossier, "DanhSachTienDo": self.steps[code]} if dossier else None

    def payment_by_token(self, token: str) -> Payment | None:
        return next((payment for payment in self.payments.values() if payment.token == token), None)
