"""What is asked about fees, and what is answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from kit.clock import Day
from kit.text import Incoming
from services.catalog.content import Channel, ShortCode
from services.catalog.fees.quote import DUE_AT, KINDS, Facts, Line, Quote, Sum

Copies = Annotated[int, Field(ge=1, le=1000)]
Exemptions = Annotated[list[ShortCode], Field(max_length=20)]


class QuoteAsked(Incoming):
    """What is not said is not supposed: lines that hang on it say so. `on`: by default today."""

    case: ShortCode | None = None
    copies: Copies | None = Field(default=None, description="how many copies of the result")
    exemptions: Exemptions = Field(default_factory=list, description="codes that are claimed")
    channel: Channel | None = None
    on: Day | None = None

    def facts(self) -> Facts:
        return Facts(self.case, self.copies, tuple(self.exemptions), self.channel)


class Explanation(BaseModel):
    vi: str
    en: str


class QuoteLine(BaseModel):
    """`amount`, in đồng, of a line that is `due` (zero: waived); null of one that is `unknown` (which is not
    zero), that `depends` on facts that were not said, or that is `not-applicable`."""

    code: str
    name: str
    kind: Literal["fee", "charge"]
    due_at: Literal["submission", "acceptance", "return"]
    refundable: bool
    status: Literal["due", "not-applicable", "depends", "unknown"]
    amount: int | None
    depends_on: list[str]
    exemption: str | None
    explanation: Explanation

    @classmethod
    def of(cls, line: Line) -> QuoteLine:
        return cls(
            **{name: line.fee[name] for name in ("code", "name", "kind", "due_at", "refundable")},
            status=line.status,
            amount=line.amount,
            depends_on=list(line.depends_on),
            exemption=line.exemption,
            explanation=Explanation(**line.explanation),
        )


class Total(BaseModel):
    """`total`, in đồng, is null unless `known`; `at_least` is what is certain already."""

    known: bool
    total: int | None
    at_least: int

    @classmethod
    def of(cls, found: Sum) -> Total:
        return cls(known=found.known, total=found.total, at_least=found.at_least)


class Due(BaseModel):
    """What is due at one moment, fees (phí) apart from charges (lệ phí)."""

    due_at: Literal["submission", "acceptance", "return"]
    fee: Total
    charge: Total
    all: Total


class FeeQuote(BaseModel):
    """`missing`: facts that have to be said for the total to be known."""

    procedure: str
    number: int
    on: date
    lines: list[QuoteLine]
    missing: list[str]
    due: list[Due]
    total: Total

    @classmethod
    def of(cls, procedure: str, number: int, on: date, quoted: Quote) -> FeeQuote:
        return cls(
            procedure=procedure,
            number=number,
            on=on,
            lines=[QuoteLine.of(line) for line in quoted.lines],
            missing=quoted.missing,
            due=[
                Due(
                    due_at=due_at,
                    **{kind: Total.of(quoted.sum(due_at=due_at, kind=kind)) for kind in KINDS},
                    all=Total.of(quoted.sum(due_at=due_at)),
                )
                for due_at in DUE_AT
            ],
            total=Total.of(quoted.sum()),
        )
