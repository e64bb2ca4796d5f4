"""Reads of cash shifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from services.payment.counter.errors import ShiftMissing, ShiftNeeded
from services.payment.counter.models import CashShift
from services.payment.models import Payment
from services.payment.queries import of_body
from services.payment.refunds.models import Refund
from services.payment.status import Status


@dataclass(frozen=True)
class Totals:
    """Of a shift, in đồng."""

    payments: int
    cash: int
    card: int
    refunded: int


async def open_shift(session: AsyncSession, caller: Caller) -> CashShift:
    """The caller's own, locked: nothing is taken into a drawer that is just being counted. Raises
    ShiftNeeded."""
    found = await open_of(session, caller)
    if found is None:
        raise ShiftNeeded()
    return found


async def open_of(session: AsyncSession, caller: Caller) -> CashShift | None:
    """The caller's open shift, locked."""
    return await session.scalar(
        select(CashShift)
        .where(col(CashShift.cashier) == caller.sub, col(CashShift.closed_at).is_(None))
        .with_for_update()
    )


def visible(caller: Caller) -> ColumnElement[bool]:
    """Own shifts; for leaders those of their body and of those below it; auditors all."""
    if "auditor" in caller.roles:
        return true()
    mine = col(CashShift.cashier) == caller.sub
    led = caller.agency is not None and "leader" in caller.roles
    return or_(mine, of_body(str(caller.agency), col(CashShift.agency)) if led else false())


async def shift(session: AsyncSession, shift_id: UUID, caller: Caller, *, lock: bool = False) -> CashShift:
    """Raises ShiftMissing, also for what the caller may not see."""
    query = select(CashShift).where(col(CashShift.id) == shift_id, visible(caller))
    found: CashShift | None = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise ShiftMissing()
    return found


async def shifts(
    session: AsyncSession, caller: Caller, after: UUID | None, limit: int
) -> Sequence[CashShift]:
    """Newest first; one more than `limit`."""
    query = select(CashShift).where(visible(caller))
    if after is not None:
        query = query.where(col(CashShift.id) < after)
    return (await session.scalars(query.order_by(col(CashShift.id).desc()).limit(limit + 1))).all()


async def totals(session: AsyncSession, shift_ids: Sequence[UUID]) -> dict[UUID, Totals]:
    """Of several shifts, in two statements."""
    method = func.sum(col(Payment.amount)).filter
    paid = await session.execute(
        select(
            col(Payment.shift_id),
            func.count(),
            func.coalesce(method(col(Payment.method) == "cash"), 0),
            func.coalesce(method(col(Payment.method) == "card"), 0),
        )
        .where(col(Payment.shift_id).in_(shift_ids), col(Payment.status) == Status.SUCCEEDED)
        .group_by(col(Payment.shift_id))
    )
    back = await session.execute(
        select(col(Refund.shift_id), func.sum(col(Refund.amount)))
        .where(col(Refund.shift_id).in_(shift_ids))
        .group_by(col(Refund.shift_id))
    )
    refunded = {row[0]: int(row[1]) for row in back}
    sums = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in paid}
    return {one: Totals(*sums.get(one, (0, 0, 0)), refunded.get(one, 0)) for one in shift_ids}
