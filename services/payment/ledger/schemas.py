"""Balances and accounts, as callers see and send them. Amounts in đồng."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from kit.text import Incoming, Line

Words = Annotated[Line, StringConstraints(min_length=1, max_length=200)]


class Balance(BaseModel):
    """One body's day at one provider. captured + overpaid − refunded = held = fee + charge + owed."""

    agency: str
    agency_name: str
    provider: str
    day: date
    captured: int
    overpaid: int
    refunded: int
    held: int
    fee: int
    charge: int
    owed: int


class Sums(BaseModel):
    captured: int
    overpaid: int
    refunded: int
    held: int
    fee: int
    charge: int
    owed: int


class Balances(BaseModel):
    items: list[Balance]
    total: Sums


class Imbalance(BaseModel):
    id: UUID
    what: str
    said: int
    booked: int


class Proof(BaseModel):
    """`imbalances` is empty while each payment and refund is in the books with just its amount."""

    balanced: bool
    imbalances: list[Imbalance]


class NewAccount(Incoming):
    """From `valid_from` on; the one before ends the day before. `tax_code` is the body's."""

    valid_from: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
    bank: Words
    number: Annotated[Line, StringConstraints(pattern=r"^[0-9A-Z .-]{4,40}$")]
    holder: Words
    tax_code: Annotated[Line, StringConstraints(pattern=r"^[0-9]{10}(-[0-9]{3})?$")]
    decision: Words


class AccountView(BaseModel):
    agency: str
    valid_from: date
    valid_to: date | None
    bank: str
    number: str
    holder: str
    tax_code: str
    decision: str


class Accounts(BaseModel):
    items: list[AccountView]
