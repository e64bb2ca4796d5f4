"""Facts and their sums by month. Both are kept by triggers: a fact follows its dossier, the sums follow the
facts, each in the transaction of the change (ADR 11)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Identity,
    Index,
    Integer,
    Text,
    Uuid,
    text,
)
from sqlmodel import Field

from services.dossier.tables import Base, moment

_COUNTS = "received_on IS NOT NULL AND voided_at IS NULL AND NOT replaced"


def _text(*, nullable: bool = False, primary_key: bool = False) -> Column[str]:
    return Column(Text, nullable=nullable, primary_key=primary_key)


def _number() -> Column[int]:
    return Column(BigInteger, nullable=False)


def _serial() -> Column[int]:
    return Column(BigInteger, Identity(always=True), primary_key=True)


class IntakeFact(Base, table=True):
    """What the figures count: a dossier from its submission on, or a line of counts for a day (`origin`
    count, `quantity` of them). No personal data; it outlives the dossier's retention.

    `counts`: received and neither voided nor, for a count line, replaced by dossiers. `outcome`: granted,
    rejected, withdrawn, stopped. `worked_minutes`: from acceptance to the end, without pauses. `fee_amount`
    in đồng; `fee_online`: something of it is settled, and all that is was paid online. `result_file`:
    a result document stands; `points`: what the owner gave, 1 to 3.
    """

    __tablename__ = "intake_fact"
    __table_args__ = (
        CheckConstraint("origin IN ('dossier', 'count', 'seed')", name="origin"),
        CheckConstraint("quantity >= 0 AND (quantity = 1 OR origin = 'count')", name="quantity"),
        Index(None, "received_on", "receiving_agency"),
        Index(
            "intake_fact_paper_idx",
            text("taken_in_by(code, receiving_agency)"),
            "procedure_code",
            "received_on",
            postgresql_where=text("origin <> 'count' AND channel <> 'online' AND counts"),
        ),
        Index(None, "submitted_on"),
        Index("intake_fact_finished_idx", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
        Index(
            "intake_fact_open_idx",
            "resolving_agency",
            "scored_at",
            postgresql_where=text("finished_at IS NULL AND counts"),
        ),
        Index("intake_fact_seed_idx", "received_on", postgresql_where=text("origin = 'seed'")),
        Index(
            "intake_fact_count_idx",
            "receiving_agency",
            "procedure_code",
            "received_on",
            postgresql_where=text("origin = 'count'"),
        ),
    )

    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    origin: str = Field(sa_column=_text())
    quantity: int = Field(sa_column=Column(Integer, nullable=False))
    code: str | None = Field(default=None, sa_column=_text(nullable=True))
    procedure_code: str = Field(sa_column=_text())
    field_code: str = Field(sa_column=_text())
    channel: str = Field(sa_column=_text())
    online_level: int = Field(sa_column=Column(Integer, nullable=False))
    receiving_agency: str = Field(sa_column=_text())
    resolving_agency: str = Field(sa_column=_text())
    submitted_on: date | None = Field(default=None, sa_column=Column(Date))
    received_on: date | None = Field(default=None, sa_column=Column(Date))
    refused: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    scored_at: datetime | None = Field(default=None, sa_column=moment())
    finished_at: datetime | None = Field(default=None, sa_column=moment())
    outcome: str | None = Field(default=None, sa_column=_text(nullable=True))
    worked_minutes: int | None = Field(default=None, sa_column=Column(BigInteger))
    rounds: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    fee_amount: int = Field(default=0, sa_column=_number())
    fee_online: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    result_file: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    points: int | None = Field(default=None, sa_column=Column(Integer))
    voided_at: datetime | None = Field(default=None, sa_column=moment())
    replaced: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    counts: bool = Field(default=None, sa_column=Column(Boolean, Computed(_COUNTS, persisted=True)))


class ReceivedMonth(Base, table=True):
    """Received in a month (its first day), by everything that a figure is grouped by: rows that add up. Each
    change adds one, `folding` makes one of many. `counted`: those of `received` that count lines say."""

    __tablename__ = "received_month"
    __table_args__ = (Index(None, "month", "receiving_agency"), Index(None, "receiving_agency", "month"))

    id: int | None = Field(default=None, sa_column=_serial())
    month: date = Field(sa_column=Column(Date, nullable=False))
    receiving_agency: str = Field(sa_column=_text())
    resolving_agency: str = Field(sa_column=_text())
    procedure_code: str = Field(sa_column=_text())
    field_code: str = Field(sa_column=_text())
    channel: str = Field(sa_column=_text())
    online_level: int = Field(sa_column=Column(Integer, nullable=False))
    received: int = Field(sa_column=_number())
    counted: int = Field(sa_column=_number())
    fee_dossiers: int = Field(sa_column=_number())
    fee_online: int = Field(sa_column=_number())
    supplemented: int = Field(sa_column=_number())
    rounds: int = Field(sa_column=_number())


class FinishedMonth(Base, table=True):
    """Ended in a month. `early`: decided on a day before the promised one; `on_time`: later, by the promised
    moment; `late`; `unscored`: there was no promise. `ended` has also the withdrawn and the stopped.
    Rows add up, as above."""

    __tablename__ = "finished_month"
    __table_args__ = (Index(None, "month", "resolving_agency"), Index(None, "resolving_agency", "month"))

    id: int | None = Field(default=None, sa_column=_serial())
    month: date = Field(sa_column=Column(Date, nullable=False))
    receiving_agency: str = Field(sa_column=_text())
    resolving_agency: str = Field(sa_column=_text())
    procedure_code: str = Field(sa_column=_text())
    field_code: str = Field(sa_column=_text())
    channel: str = Field(sa_column=_text())
    online_level: int = Field(sa_column=Column(Integer, nullable=False))
    ended: int = Field(sa_column=_number())
    early: int = Field(sa_column=_number())
    on_time: int = Field(sa_column=_number())
    late: int = Field(sa_column=_number())
    unscored: int = Field(sa_column=_number())


class Label(Base, table=True):
    """What a field or a procedure was called by the dossier that came last."""

    __tablename__ = "fact_label"
    __table_args__ = (CheckConstraint("kind IN ('field', 'procedure')", name="kind"),)

    kind: str = Field(sa_column=_text(primary_key=True))
    code: str = Field(sa_column=_text(primary_key=True))
    name: str = Field(sa_column=_text())
