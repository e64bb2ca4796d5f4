"""Shifts and counter payments, as callers send and see them. Amounts in đồng."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from kit.text import Incoming, Line, Text
from services.payment.schemas import Purpose

Amount = Annotated[int, Field(ge=0, le=10**12)]


class ShiftOpening(Incoming):
    opening: Amount = Field(default=0, description="what is in the drawer")


class ShiftClosing(Incoming):
    """`note` says why what was counted is not what the books expect."""

    counted: Amount
    note: Annotated[Text, StringConstraints(max_length=500)] = ""


class ShiftView(BaseModel):
    """`expected`: opening + cash − refunded in cash."""

    id: UUID
    version: int
    agency: str
    cashier_name: str
    opened_at: datetime
    closed_at: datetime | None
    opening: int
    payments: int
    cash: int
    card: int
    refunded: int
    expected: int
    counted: int | None
    difference: int | None
    note: str


class CounterPayment(Incoming):
    """No amount: it is the dossier's. `transaction`: the number on the card terminal's slip."""

    dossier_id: UUID
    purpose: Purpose
    method: Literal["cash", "card"]
    transaction: Annotated[Line, StringConstraints(max_length=100)] = ""

    @model_validator(mode="after")
    def _traceable(self) -> CounterPayment:
        if self.method == "card" and not self.transaction:
            raise ValueError("a card payment has a number")
        return self
