"""Refunds, as callers ask for and see them. Amounts in đồng."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from kit.text import Incoming, Line, Text

Amount = Annotated[int, Field(gt=0, le=10**12)]


class RefundedLine(Incoming):
    code: Annotated[Line, StringConstraints(min_length=1, max_length=50)]
    amount: Amount


class NewRefund(Incoming):
    """`refund_amount_available`: what the caller saw could go back; another figure now answers 412. `lines`,
    if given, add up to `amount`; else it is taken of the first refundable lines."""

    amount: Amount
    refund_amount_available: Annotated[int, Field(ge=0, le=10**12)]
    reason: Annotated[Text, StringConstraints(min_length=1, max_length=500)]
    lines: list[RefundedLine] = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _adds_up(self) -> NewRefund:
        codes = {line.code for line in self.lines}
        if self.lines and (
            sum(line.amount for line in self.lines) != self.amount or len(codes) != len(self.lines)
        ):
            raise ValueError("lines add up to amount, each once")
        return self


class PayingOut(Incoming):
    """How a person gave the money back; `transaction`: the bank's or the card terminal's number."""

    method: Literal["cash", "card", "transfer"]
    transaction: Annotated[Line, StringConstraints(max_length=100)] = ""

    @model_validator(mode="after")
    def _traceable(self) -> PayingOut:
        if self.method != "cash" and not self.transaction:
            raise ValueError("a transfer or card refund has a number")
        return self


class RefundView(BaseModel):
    """`second_person`: somebody else than who asked has to approve. `by_provider`: it gives the money back;
    else a person does (action pay-out)."""

    id: UUID
    version: int
    status: str
    status_label: str
    payment_id: UUID
    dossier_id: UUID
    dossier_code: str
    amount: int
    lines: list[dict[str, Any]]
    cause: str
    reason: str
    overpaid: str | None
    second_person: bool
    by_provider: bool
    requested_by: str | None
    approved_by: str | None
    method: str | None
    provider_transaction: str | None
    failure: str | None
    created_at: datetime
    settled_at: datetime | None
    actions: list[str]
