"""Receipts, as callers send and see them. Amounts in đồng."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, StringConstraints, model_validator

from kit.text import Incoming, Line, Text

VERIFICATION_CODE = r"^[A-Z2-7]{4}(-[A-Z2-7]{4}){4}$"


class Cancellation(Incoming):
    """`payer_name`: as it must stand on the replacement, where it was wrong."""

    reason: Annotated[Text, StringConstraints(min_length=1, max_length=500)]
    replace: bool = False
    payer_name: Annotated[Line, StringConstraints(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _of_a_replacement(self) -> Cancellation:
        if self.payer_name is not None and not self.replace:
            raise ValueError("a payer's name is for the replacement")
        return self


class NewForm(Incoming):
    """As the body has registered them: "01BLP0-001", "HB" (the series is then "HB-20E")."""

    form_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}BLP[0-9]-[0-9]{3}$")]
    letters: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class FormView(BaseModel):
    agency: str
    kind: str
    form_code: str
    letters: str


class ReceiptView(BaseModel):
    """`number` has seven digits. `issuer_refused`: it stays a phiếu thu, the issuer will not sign it."""

    id: UUID
    version: int
    status: str
    status_label: str
    title: str
    kind: str
    agency: str
    agency_name: str
    tax_code: str
    bank: str
    account: str
    form_code: str
    series: str
    number: str
    verification_code: str
    verification_url: str
    payment_id: UUID
    dossier_code: str
    procedure_code: str
    procedure_name: str
    lines: list[dict[str, Any]]
    amount: int
    amount_in_words: str
    provider: str
    method: str | None
    transaction: str
    issued_at: datetime
    signature: str | None
    signed_at: datetime | None
    issuer_refused: bool
    cancelled_at: datetime | None
    reason: str | None
    replaces: UUID | None
    replaced_by: UUID | None


class ReceiptDetail(ReceiptView):
    payer_name: str


class ReceiptCheck(BaseModel):
    """What anybody may know who has the code: no person, no dossier. `valid`: it stands."""

    verification_code: str
    valid: bool
    status: str
    status_label: str
    title: str
    agency: str
    agency_name: str
    tax_code: str
    form_code: str
    series: str
    number: str
    amount: int
    issued_on: date
    cancelled_on: date | None
    replaced: bool
