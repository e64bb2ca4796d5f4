"""The one gate through which a refund changes: the table, the locked rows, the event last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from services.payment.models import Payment
from services.payment.refunds.errors import RefundActionNotPossible
from services.payment.refunds.models import Refund
from services.payment.refunds.status import (
    FIRST_EVENT,
    LABEL,
    TRANSITIONS,
    RefundSignal,
    RefundStatus,
    possible,
)

#: What gives back to the payment what the refund had reserved of it; what reserves it anew.
_FREES = (RefundSignal.REJECT, RefundSignal.REFUSED)


async def begin(session: AsyncSession, payment: Payment, refund: Refund, actor: str) -> None:
    """Write a new refund of a locked payment and its first event."""
    if refund.overpaid is None:
        payment.refunding += refund.amount
        session.add(payment)
    session.add(refund)
    await _append(session, payment, refund, FIRST_EVENT[refund.status], refund.created_at, actor)


def check(refund: Refund, signal: RefundSignal) -> None:
    """Raises RefundActionNotPossible."""
    if not possible(refund.status, signal):
        label = LABEL[RefundStatus(refund.status)]["vi"]
        raise RefundActionNotPossible(refund_status=label, refund_state=refund.status)


async def step(
    session: AsyncSession, payment: Payment, refund: Refund, signal: RefundSignal, at: datetime, actor: str
) -> bool:
    """Move a refund; its payment is locked. False, and nothing written, where its state does not take it."""
    if not possible(refund.status, signal):
        return False
    transition = TRANSITIONS[signal]
    if refund.overpaid is None and signal in _FREES:
        payment.refunding -= refund.amount
    if refund.overpaid is None and signal is RefundSignal.RETRY:
        payment.refunding += refund.amount
    refund.status = transition.to
    refund.version += 1
    session.add_all((payment, refund))
    await _append(session, payment, refund, transition.event, at, actor)
    return True


async def _append(
    session: AsyncSession, payment: Payment, refund: Refund, event: str, at: datetime, actor: str
) -> None:
    data: dict[str, Any] = {
        "payment_id": str(payment.id),
        "dossier_id": str(payment.dossier_id),
        "dossier_code": payment.dossier_code,
        "amount": refund.amount,
        "cause": refund.cause,
        "status": refund.status,
    }
    await events.append(
        session,
        events.Event(
            subject=str(refund.id),
            seq=refund.version,
            type=event,
            time=at,
            actor=actor,
            agency=payment.agency,
            audience="public" if event == "refund.succeeded" else "internal",
            data=data,
        ),
    )
