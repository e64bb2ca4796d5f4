"""What a payment reads of a dossier: the fee lines that were frozen at its submission."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from kit.http import Neighbour, NeighbourRefused
from services.payment.errors import DossierMissing


class FeeLine(BaseModel):
    """`kind` fee (phí) or charge (lệ phí); `amount` in đồng."""

    code: str
    name: str
    kind: Literal["fee", "charge"]
    amount: int
    refundable: bool


class PurposeDue(BaseModel):
    purpose: str
    settled: bool
    lines: list[FeeLine]

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)


class Procedure(BaseModel):
    code: str
    name: str


class Fees(BaseModel):
    """The payer's name and number go to the provider's receipt and are not kept here."""

    dossier_id: UUID
    code: str
    owner: str
    status: str
    receiving_agency: str
    resolving_agency: str
    resolving_agency_name: str
    procedure: Procedure
    payer_name: str
    payer_paper_number: str
    purposes: list[PurposeDue]
    payable_online: bool
    pilot: bool = False

    def due(self, purpose: str) -> PurposeDue | None:
        return next((due for due in self.purposes if due.purpose == purpose and due.amount > 0), None)


class Dossiers:
    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour

    async def fees(self, dossier_id: UUID) -> Fees:
        """Raises DossierMissing, NeighbourDown."""
        try:
            return await self._neighbour.get(f"/internal/dossiers/{dossier_id}/fees", Fees)
        except NeighbourRefused:
            raise DossierMissing() from None
