"""Closed months: what their reports are counted from, as it stood, and as each amendment found it. Written
once: the application adds rows and changes none."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from services.dossier.figures.models import IntakeFact, Label
from services.dossier.figures.period import Span, after
from services.dossier.models import Body
from services.dossier.places.models import Unit
from services.dossier.tables import Base, metadata, moment


def _closing() -> Column[UUID]:
    return Column("closing_id", Uuid, ForeignKey("closing.id"), primary_key=True)


def _number(*, primary_key: bool = True) -> Column[int]:
    """0: of the closing itself; 1, 2, …: of its amendments."""
    return Column("number", Integer, nullable=False, primary_key=primary_key, autoincrement=False)


class Closing(Base, table=True):
    """`month`: its first day."""

    __table_args__ = (CheckConstraint("extract(day FROM month) = 1", name="month"),)

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    month: date = Field(sa_column=Column(Date, nullable=False, unique=True))
    closed_at: datetime = Field(sa_column=moment(nullable=False))
    closed_by: str = Field(sa_column=Column(Text, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(Text))

    @property
    def span(self) -> Span:
        return Span(self.month, after(self.month) - timedelta(days=1))


class Amendment(Base, table=True):
    """What changed since the closing, or since the amendment before: so many facts `came`, `changed`, `went`.
    `figures`: before and after, of each indicator. Without a reason where it was made by itself."""

    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("came + changed + went > 0", name="some"),
    )

    closing_id: UUID = Field(sa_column=_closing())
    number: int = Field(sa_column=_number())
    made_at: datetime = Field(sa_column=moment(nullable=False))
    made_by: str = Field(sa_column=Column(Text, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    came: int = Field(sa_column=Column(Integer, nullable=False))
    changed: int = Field(sa_column=Column(Integer, nullable=False))
    went: int = Field(sa_column=Column(Integer, nullable=False))
    figures: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))


def _columns_of(model: type[SQLModel]) -> list[Column[Any]]:
    columns: list[Column[Any]] = list(model.__table__.columns)  # type: ignore[attr-defined]
    return columns


def _copied(model: type[SQLModel], *key: str) -> list[Column[Any]]:
    """Its columns, as plain values: nothing fills them but the copy."""
    return [
        Column(c.name, c.type, nullable=c.nullable, primary_key=c.name in key) for c in _columns_of(model)
    ]


#: What can be read of a fact.
FACT = tuple(column.name for column in _columns_of(IntakeFact))
#: A fact as its month counts it (see `months.py`): at number 0 as the closing found it, at n as amendment n
#: did. The newest of them stands.
CLOSED_FACT = Table("closed_fact", metadata, _closing(), *_copied(IntakeFact, "id"), _number())
#: Bodies and names as they were when the closing, or its amendment `number`, first met them.
CLOSED_BODY = Table("closed_body", metadata, _closing(), *_copied(Body, "code"), _number(primary_key=False))
CLOSED_LABEL = Table(
    "closed_label", metadata, _closing(), *_copied(Label, "kind", "code"), _number(primary_key=False)
)
CLOSED_UNIT = Table("closed_unit", metadata, _closing(), *_copied(Unit, "code"), _number(primary_key=False))
#: The SHA-256 of each row that was frozen, and of the closing or amendment itself, so that a row that was
#: altered, added or taken away has a name.
CLOSED_DIGEST = Table(
    "closed_digest",
    metadata,
    _closing(),
    _number(),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
)


class Seal(Base, table=True):
    """The SHA-256 over all digests of a closing or an amendment, and how many facts are among them. The event
    in the chain says the same."""

    __tablename__ = "closing_seal"

    closing_id: UUID = Field(sa_column=_closing())
    number: int = Field(sa_column=_number())
    facts: int = Field(sa_column=Column(Integer, nullable=False))
    digest: str = Field(sa_column=Column(Text, nullable=False))
