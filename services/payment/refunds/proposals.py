"""Refunds that nobody asked for: paid twice, or paid for a dossier that ended without a result."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.payment import queries as payments
from services.payment.models import Payment
from services.payment.refunds import allot, queries
from services.payment.refunds.models import Refund
from services.payment.refunds.status import RefundSignal, RefundStatus
from services.payment.refunds.step import begin, step

_ACTOR = "service:payment"
#: Why, as people read it.
REASONS = {
    "withdrawn": "Người nộp đã rút hồ sơ",
    "refused": "Hồ sơ không được tiếp nhận",
    "stopped": "Hồ sơ đã dừng xử lý",
    "closed": "Tiền đến khi hồ sơ đã kết thúc",
    "overpaid": "Khoản này đã được nộp trước đó",
}


async def of_overpaid(
    session: AsyncSession, payment: Payment, transaction: str, amount: int, at: datetime
) -> None:
    """All of it goes back: it was never due. The payment is locked."""
    refund = _new(payment, "overpaid", amount, at)
    refund.overpaid = transaction
    refund.lines = [{"code": "", "name": REASONS["overpaid"], "kind": "owed", "amount": amount}]
    await begin(session, payment, refund, _ACTOR)


async def of_dossier(
    session: AsyncSession, dossier_id: UUID, purpose: str | None, cause: str, at: datetime
) -> None:
    """What was paid for it, by the lines' own rule; once, however often it is told."""
    for seen in await queries.paid_of(session, dossier_id, purpose):
        family = await payments.family(session, seen.dossier_id, seen.purpose)
        payment, earlier = family.member(seen.id), await queries.of_payment(session, seen.id)
        amount = allot.refundable(payment)
        known = any(r.cause != "request" and r.overpaid is None and r.status != "rejected" for r in earlier)
        if amount <= 0 or known:
            continue
        refund = _new(payment, cause, amount, at)
        refund.lines = allot.first(allot.left(payment, earlier), amount)
        await begin(session, payment, refund, _ACTOR)


async def withdraw(session: AsyncSession, dossier_id: UUID, at: datetime) -> None:
    """The dossier goes on: what was only proposed is proposed no longer."""
    for seen in await queries.paid_of(session, dossier_id, None):
        family = await payments.family(session, seen.dossier_id, seen.purpose)
        for refund in await queries.of_payment(session, seen.id):
            if refund.status == RefundStatus.PROPOSED and refund.overpaid is None:
                refund.failure = "reopened"
                await step(session, family.member(seen.id), refund, RefundSignal.REJECT, at, _ACTOR)


def _new(payment: Payment, cause: str, amount: int, at: datetime) -> Refund:
    refund = Refund(
        status=RefundStatus.PROPOSED,
        payment_id=payment.id,
        amount=amount,
        lines=[],
        cause=cause,
        reason=REASONS[cause],
        by_provider=False,
        reference="",
        created_at=at,
    )
    refund.reference = f"rf{refund.id.hex}"
    return refund
