"""What the portal holds, in memory: sessions, dossiers, payments, procedures, scripted faults."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mocks.clock import Now
from mocks.expiring import Expiring
from mocks.national_portal.faults import Faults
from mocks.national_portal.procedures import Procedures

#: Numbers by which the portal finds an account (facts 5.2, 6.2).
_NUMBERS = ("SoDinhDanh", "SoCMND", "MaSoThue", "MaSoDoanhNghiep")


@dataclass
class Payment:
    """`state`: waiting, paid, failed. `order`: the INIT. `confirmed`: what came of each CONFIRM."""

    token: str
    order: dict[str, Any]
    state: str = "waiting"
    transaction: str = ""
    bank: str = ""
    at: str = ""
    confirmed: list[dict[str, Any]] = field(default_factory=list)


class Store:
    def __init__(
        self, now: Now, procedures: Procedures, people: list[dict[str, Any]], session_seconds: int
    ) -> None:
        self.now = now
        self.procedures = procedures
        self.people = people
        self.sessions: Expiring[str] = Expiring(now, session_seconds)
        self._session_seconds = session_seconds
        self.dossiers: dict[str, dict[str, Any]] = {}
        self.steps: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.payments: dict[str, Payment] = {}
        self.faults = Faults()

    def end_sessions(self) -> None:
        self.sessions = Expiring(self.now, self._session_seconds)

    def save(self, path: Path) -> None:
        """What a portal never forgets, for the next start."""
        payments = {reference: asdict(payment) for reference, payment in self.payments.items()}
        kept = {"dossiers": self.dossiers, "steps": self.steps, "payments": payments}
        path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    def load(self, path: Path) -> None:
        if path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            self.dossiers.update(kept["dossiers"])
            self.steps.update(kept["steps"])
            self.payments |= {reference: Payment(**known) for reference, known in kept["payments"].items()}

    def held(self, code: str) -> dict[str, Any] | None:
        """A dossier as it stands here, with the steps that were received."""
        dossier = self.dossiers.get(code)
        return {**dossier, "DanhSachTienDo": self.steps.get(code, [])} if dossier else None

    def technical_id(self, number: str) -> str | None:
        """Of the account with this identity number or tax code."""
        everyone = (person["claims"] for person in self.people)
        owner = (c for c in everyone if number and number in (c.get(name) for name in _NUMBERS))
        return next((claims["TechID"] for claims in owner), None)

    def payment_by_token(self, token: str) -> Payment | None:
        return next((payment for payment in self.payments.values() if payment.token == token), None)
