"""Ask the provider about payments whose end is not known, and write down what it says.

Safe to run twice and at once: a payment is leased before it is asked about, and the gate takes each
thing that becomes known once, from whichever side it comes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.payment import queries
from services.payment.commands.settle import paid, refused
from services.payment.commands.step import step
from services.payment.models import Payment
from services.payment.providers.port import Attempt, InDoubt, Paid, Refused, Waiting
from services.payment.queries import Family
from services.payment.status import OPEN, Signal, Status
from services.payment.till import Till

_LEASE = timedelta(seconds=60)
_FIRST, _LONGEST = timedelta(seconds=15), timedelta(minutes=10)
_ACTOR = "service:payment"
State = Paid | Waiting | Refused | InDoubt


async def sweep(till: Till) -> bool:
    """One payment whose time has come; False when there is none."""
    now = till.clock.now()
    async with till.database.transaction() as session:
        claimed = await _claim(session, now)
    if claimed is None:
        return False
    state = await ask(till, claimed)
    async with till.database.transaction() as session:
        family = await queries.family(session, claimed.dossier_id, claimed.purpose)
        await learn(session, till, family, family.member(claimed.id), state)
    return True


async def ask(till: Till, payment: Payment) -> State:
    """What its provider says; in doubt where it is no longer configured."""
    if payment.provider not in till.providers:
        return InDoubt("provider-not-configured")
    return await till.providers[payment.provider].query(attempt(payment))


def attempt(payment: Payment) -> Attempt:
    return Attempt(payment.reference, payment.amount, payment.created_at, payment.provider_transaction)


async def _claim(session: AsyncSession, now: datetime) -> Payment | None:
    """One payment whose time to ask has come, leased: nobody else asks meanwhile."""
    chosen = (
        select(col(Payment.id))
        .where(col(Payment.next_try) <= now)
        .order_by(col(Payment.next_try))
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return await session.scalar(
        update(Payment)
        .where(col(Payment.id) == chosen)
        .values(next_try=now + _LEASE, attempts=col(Payment.attempts) + 1)
        .returning(Payment)
    )


async def learn(session: AsyncSession, till: Till, family: Family, payment: Payment, state: State) -> None:
    """Apply what the provider said about a payment of this locked family."""
    now = till.clock.now()
    if payment.status == Status.SUCCEEDED and not isinstance(state, Paid):
        return
    match state:
        case Paid(amount=amount) if amount == payment.amount:
            await paid(session, family, payment, state, now, _ACTOR)
        case Paid():
            _ask_again(payment, now, "another-amount")
        case Refused() if payment.status not in OPEN:
            payment.next_try = None
        case Refused("unheard") if payment.status == Status.PENDING and now >= payment.expires_at:
            await step(session, payment, Signal.LAPSED, now, actor=_ACTOR)
        case Refused(reason):
            await refused(session, payment, reason, now, _ACTOR)
        case Waiting():
            await _wait(session, payment, now)
        case InDoubt(error):
            _ask_again(payment, now, error)


async def _wait(session: AsyncSession, payment: Payment, now: datetime) -> None:
    if payment.status not in OPEN:
        payment.next_try = None  # that was the last look
    elif payment.status == Status.PENDING and now >= payment.expires_at:
        await step(session, payment, Signal.LAPSED, now, actor=_ACTOR)
    elif payment.status == Status.PENDING:
        _ask_again(payment, now, None)
    else:
        # The answer with the payment page was lost: nobody can pay on it, so the payer may begin anew.
        await refused(session, payment, "no-payment-page", now, _ACTOR)


def _ask_again(payment: Payment, now: datetime, error: str | None) -> None:
    """Later and later, but at once when the payment's time is over."""
    payment.last_error = error
    later = now + min(_LONGEST, _FIRST * 2 ** min(payment.attempts, 10))
    payment.next_try = payment.expires_at if now < payment.expires_at < later else later
