"""How many dossiers a body received on paper on a day, as its own system says."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlmodel import Field
from uuid_utils.compat import uuid7

from services.dossier.tables import Base, moment


class IntakeCount(Base, table=True):
    """What was said last of a receiving body, day, procedure and channel; never deleted. `batch_id`: the call
    that said it; `field_code` and `online_level` as the catalogue had them on the day; `quantity` 0: none.

    The fact of the same id follows by trigger. It is `replaced` while a dossier on paper counts that the same
    body took in, of the same procedure and day, whatever its channel; it counts itself again when there is
    none any more. Dossiers submitted online replace nothing: a count says what came on paper. Who has
    succeeded the body goes on with its open dossiers, which still replace what it had counted.
    """

    __tablename__ = "intake_count"
    __table_args__ = (
        CheckConstraint("channel IN ('counter', 'post')", name="channel"),
        CheckConstraint("quantity >= 0", name="quantity"),
        UniqueConstraint("agency", "day", "procedure_code", "channel"),
        Index(None, "batch_id"),
    )

    id: UUID = Field(default_factory=uuid7, sa_column=Column(Uuid, primary_key=True))
    batch_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("batch.id"), nullable=False))
    agency: str = Field(sa_column=Column(Text, nullable=False))
    procedure_code: str = Field(sa_column=Column(Text, nullable=False))
    day: date = Field(sa_column=Column(Date, nullable=False))
    channel: str = Field(sa_column=Column(Text, nullable=False))
    quantity: int = Field(sa_column=Column(Integer, nullable=False))
    field_code: str = Field(sa_column=Column(Text, nullable=False))
    online_level: int = Field(sa_column=Column(Integer, nullable=False))
    told_at: datetime = Field(sa_column=moment(nullable=False))
    voided_at: datetime | None = Field(default=None, sa_column=moment())
