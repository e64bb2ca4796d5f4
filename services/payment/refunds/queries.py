"""Reads of refunds. What may be seen is what their payments' filter lets through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from services.payment import queries
from services.payment.models import Payment
from services.payment.refunds.errors import RefundMissing
from services.payment.refunds.models import Refund
from services.payment.refunds.status import ABROAD, RefundStatus

_LEASE = timedelta(seconds=60)


async def refund(session: AsyncSession, refund_id: UUID, caller: Caller) -> tuple[Refund, Payment]:
    """Raises RefundMissing, also for what the caller may not see."""
    query = (
        select(Refund, Payment)
        .join(Payment, col(Payment.id) == col(Refund.payment_id))
        .where(col(Refund.id) == refund_id, queries.visible(caller))
    )
    row = (await session.execute(query)).first()
    if row is None:
        raise RefundMissing()
    return row[0], row[1]


async def refunds(
    session: AsyncSession,
    caller: Caller,
    status: RefundStatus | None,
    payment_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[tuple[Refund, Payment]]:
    """Newest first; one more than `limit`, so that the caller knows whether there is a next page."""
    query = select(Refund, Payment).join(Payment, col(Payment.id) == col(Refund.payment_id))
    query = query.where(queries.visible(caller))
    if status is not None:
        query = query.where(col(Refund.status) == status)
    if payment_id is not None:
        query = query.where(col(Refund.payment_id) == payment_id)
    if after is not None:
        query = query.where(col(Refund.id) < after)
    rows = await session.execute(query.order_by(col(Refund.id).desc()).limit(limit + 1))
    return [(row[0], row[1]) for row in rows]


async def of_payment(session: AsyncSession, payment_id: UUID) -> list[Refund]:
    """All of a payment, oldest first, as they stand under its lock."""
    rows = await session.scalars(
        select(Refund)
        .where(col(Refund.payment_id) == payment_id)
        .order_by(col(Refund.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def paid_of(session: AsyncSession, dossier_id: UUID, purpose: str | None) -> Sequence[Payment]:
    """What was paid for a dossier, by id, without a lock."""
    query = select(Payment).where(col(Payment.dossier_id) == dossier_id, col(Payment.status) == "succeeded")
    if purpose is not None:
        query = query.where(col(Payment.purpose) == purpose)
    return (await session.scalars(query.order_by(col(Payment.id)))).all()


async def claim(session: AsyncSession, now: datetime) -> tuple[Refund, Payment] | None:
    """One refund about which the provider is to be told or asked now, leased: nobody else does meanwhile."""
    chosen = (
        select(col(Refund.id))
        .where(col(Refund.next_try) <= now, col(Refund.status).in_((RefundStatus.APPROVED, *ABROAD)))
        .order_by(col(Refund.next_try))
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed: Refund | None = await session.scalar(
        update(Refund)
        .where(col(Refund.id) == chosen)
        .values(next_try=now + _LEASE, attempts=col(Refund.attempts) + 1)
        .returning(Refund)
    )
    if claimed is None:
        return None
    payment = await session.get_one(Payment, claimed.payment_id)
    return claimed, payment
