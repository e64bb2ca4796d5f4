"""The one gate through which a payment changes: the table, the locked rows, the event last."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from services.payment.models import Payment
from services.payment.status import FIRST_EVENT, OPEN, TRANSITIONS, Signal, Status, possible

LAST_LOOK = timedelta(minutes=2)
log = structlog.get_logger()


async def begin(session: AsyncSession, payment: Payment, actor: str) -> None:
    """Write a new payment and its first event."""
    session.add(payment)
    await _append(session, payment, FIRST_EVENT, payment.created_at, actor, "internal")


async def step(
    session: AsyncSession,
    payment: Payment,
    signal: Signal,
    at: datetime,
    *,
    actor: str,
    data: dict[str, Any] | None = None,
) -> bool:
    """Move a locked payment. False, and nothing written, where its state does not take the signal:
    what is known comes in any order, and what is known already is no news."""
    if not possible(payment.status, signal):
        return False
    transition = TRANSITIONS[signal]
    payment.status = transition.to or payment.status
    payment.version += 1
    if payment.status in (Status.CANCELLED, Status.EXPIRED):
        # Its page may be open in some window: the provider is asked once more when nobody can pay any longer.
        payment.next_try = max(at, payment.expires_at) + LAST_LOOK
    elif payment.status not in OPEN:
        payment.next_try = None
    session.add(payment)
    await _append(session, payment, transition.event, at, actor, transition.audience, data)
    log.info("payment-moved", payment=str(payment.id), to=str(payment.status), signal=str(signal))
    return True


async def _append(
    session: AsyncSession,
    payment: Payment,
    event: str,
    at: datetime,
    actor: str,
    audience: events.Audience,
    data: dict[str, Any] | None = None,
) -> None:
    facts = {
        "dossier_id": str(payment.dossier_id),
        "dossier_code": payment.dossier_code,
        "purpose": payment.purpose,
        "amount": payment.amount,
        "provider": payment.provider,
        "channel": payment.channel,
        "status": payment.status,
        **(data or {}),
    }
    await events.append(
        session,
        events.Event(
            subject=str(payment.id),
            seq=payment.version,
            type=event,
            time=at,
            actor=actor,
            agency=payment.agency,
            audience=audience,
            data=facts,
        ),
    )
