"""What callers send and see about reconciliations. Amounts in đồng."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from kit.text import Incoming, Text
from services.payment.reconciliation.kinds import Action, Kind
from services.payment.reconciliation.lines import Source

State = Literal["open", "closed"]


class Done(Incoming):
    """What somebody did about a difference. The note stays in the house; leave people's data out of it."""

    action: Action
    note: Annotated[Text, StringConstraints(max_length=1000)] = ""


class Brief(BaseModel):
    """`opened_by`, `closed_by`: references, not names."""

    id: UUID
    version: int
    provider: str
    day: date
    state: State
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None


class StatementView(BaseModel):
    """`foreign`: lines of a bank that name no payment of ours."""

    source: Source
    digest: str = Field(description="SHA-256 of what was read")
    rows: int
    unreadable: int
    foreign: int
    imported_at: datetime
    imported_by: str


class OurSums(BaseModel):
    """By the ledger. `fee` phí and `charge` lệ phí as taken; `net` = captured + overpaid − refunded."""

    payments: int
    captured: int
    fee: int
    charge: int
    overpaid: int
    refunded: int
    fee_refunded: int
    charge_refunded: int
    net: int


class TheirSums(BaseModel):
    """By a statement: rows that can be read and concern this provider."""

    payments: int
    captured: int
    refunds: int
    refunded: int
    net: int


class Sums(BaseModel):
    ours: OurSums
    provider: TheirSums | None
    bank: TheirSums | None


class Count(BaseModel):
    found: int
    open: int


class ReconciliationView(Brief):
    statements: list[StatementView]
    totals: Sums
    differences: dict[Kind, Count]
    open: int


class Choice(BaseModel):
    action: Action
    label: str
    needs_note: bool


class Proposal(BaseModel):
    code: Action
    text: str


class DifferenceView(BaseModel):
    """`facts`: ours beside what each statement says of it; rows as numbered in the file."""

    id: UUID
    kind: Kind
    label: str
    subject: str
    payment_id: UUID | None
    refund_id: UUID | None
    facts: dict[str, Any]
    proposal: Proposal
    actions: list[Choice]
    found_at: datetime
    action: Action | None
    note: str
    acted_at: datetime | None
    acted_by: str | None


class BodyRow(OurSums):
    agency: str
    name: str


class Report(BaseModel):
    """`total`: of the rows that the caller sees; for the province it is the ledger of that day."""

    id: UUID
    provider: str
    day: date
    state: State
    items: list[BodyRow]
    total: OurSums
