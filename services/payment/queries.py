"""Every read of this service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from kit.auth import Caller
from kit.clock import VIETNAM
from services.payment.errors import PaymentMissing
from services.payment.models import Body, PayeeAccount, Payment
from services.payment.status import Status

_STAFF = {"officer", "leader", "cashier"}


def below(agency: str) -> ColumnElement[bool]:
    """Bodies that are this one or lie below it."""
    return or_(col(Body.code) == agency, func.array_position(col(Body.ancestors), agency).is_not(None))


def of_body(agency: str, *columns: ColumnElement[str] | Mapped[str]) -> ColumnElement[bool]:
    """One of the columns names this body or one below it."""
    theirs = select(col(Body.code)).where(below(agency)).scalar_subquery()
    return or_(*(or_(column == agency, column.in_(theirs)) for column in columns))


def visible(caller: Caller) -> ColumnElement[bool]:
    """The rights filter of every read: own payments; for staff those of their body and those below it;
    auditors all."""
    if "auditor" in caller.roles:
        return true()
    mine = col(Payment.payer) == caller.sub if "citizen" in caller.roles else false()
    if not caller.agency or not caller.roles & _STAFF:
        return mine
    return or_(mine, of_body(caller.agency, col(Payment.agency), col(Payment.resolving_agency)))


async def payee_account(session: AsyncSession, agency: str, at: datetime) -> PayeeAccount | None:
    """The account of a body on that day: its own, else of the nearest above it."""
    day = at.astimezone(VIETNAM).date()
    distance = func.array_position(col(Body.ancestors), col(PayeeAccount.agency))
    query = (
        select(PayeeAccount)
        .outerjoin(Body, col(Body.code) == agency)
        .where(
            or_(col(PayeeAccount.agency) == agency, distance.is_not(None)),
            col(PayeeAccount.valid).contains(day),
        )
        .order_by(distance)
        .limit(1)
    )
    return await session.scalar(query)


async def payment(session: AsyncSession, payment_id: UUID, caller: Caller) -> Payment:
    """Raises PaymentMissing, also for what the caller may not see."""
    found = await session.scalar(select(Payment).where(and_(col(Payment.id) == payment_id, visible(caller))))
    if found is None:
        raise PaymentMissing()
    return found


async def by_reference(session: AsyncSession, reference: str) -> Payment | None:
    return await session.scalar(select(Payment).where(col(Payment.reference) == reference))


@dataclass(frozen=True)
class Family:
    """All payments of one purpose of one dossier, locked, oldest first."""

    members: Sequence[Payment]

    def member(self, payment_id: UUID) -> Payment:
        return next(payment for payment in self.members if payment.id == payment_id)

    def others(self, payment: Payment) -> list[Payment]:
        return [other for other in self.members if other.id != payment.id]


async def concerns(session: AsyncSession, caller: Caller, *agencies: str) -> bool:
    """Whether one of these is the caller's body or lies below it."""
    if not caller.agency or caller.agency in agencies:
        return caller.agency is not None
    found = select(col(Body.code)).where(col(Body.code).in_(agencies), below(caller.agency))
    return (await session.scalar(found.limit(1))) is not None


async def lock_words(session: AsyncSession, words: str) -> None:
    """Until the transaction ends, one at a time for what these words name."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(words, 0))))


async def family(session: AsyncSession, dossier_id: UUID, purpose: str) -> Family:
    """Lock the purpose, then read. The lock also holds off payments that do not exist yet, which row
    locks could not: money that arrives and a new attempt never pass each other."""
    await lock_words(session, f"payment {dossier_id} {purpose}")
    rows = await session.scalars(
        select(Payment)
        .where(col(Payment.dossier_id) == dossier_id, col(Payment.purpose) == purpose)
        .order_by(col(Payment.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return Family(rows.all())


def settled_by(others: Sequence[Payment]) -> bool:
    """Whether one of these has paid the fee."""
    return any(other.status == Status.SUCCEEDED for other in others)


async def attempts(
    session: AsyncSession, caller: Caller, begin: datetime, end: datetime, pilot: bool | None
) -> Sequence[Any]:
    """Online payments begun in the period: (agency, procedure, its name, provider, pilot, status, failure,
    number, sum in đồng)."""
    query = select(
        col(Payment.resolving_agency),
        col(Payment.procedure_code),
        func.max(col(Payment.procedure_name)),
        col(Payment.provider),
        col(Payment.pilot),
        col(Payment.status),
        col(Payment.failure),
        func.count(),
        func.sum(col(Payment.amount)),
    ).where(
        visible(caller),
        col(Payment.created_at) >= begin,
        col(Payment.created_at) < end,
        col(Payment.shift_id).is_(None),
    )
    if pilot is not None:
        query = query.where(col(Payment.pilot) == pilot)
    grouped = query.group_by(
        col(Payment.resolving_agency),
        col(Payment.procedure_code),
        col(Payment.provider),
        col(Payment.pilot),
        col(Payment.status),
        col(Payment.failure),
    ).order_by(col(Payment.resolving_agency), col(Payment.procedure_code), col(Payment.provider))
    return (await session.execute(grouped)).all()
