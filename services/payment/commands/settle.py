"""Money has come, or surely will not: what that does to a payment, from whichever side it is learnt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.payment.commands.step import step
from services.payment.ledger import commands as ledger
from services.payment.models import Payment
from services.payment.providers.port import Paid
from services.payment.queries import Family, settled_by
from services.payment.receipts import commands as receipts
from services.payment.refunds import proposals
from services.payment.status import OPEN, Signal, Status

#: The reason of a payment that another payment of the same fee made superfluous.
SUPERSEDED = "superseded"


async def paid(
    session: AsyncSession, family: Family, payment: Payment, money: Paid, at: datetime, actor: str
) -> bool:
    """Take in `money`. False when exactly this money was taken in before.

    It settles the fee whatever the payment's state, unless the fee is settled: then it is kept as
    overpaid. Other attempts that are still open end, so that nobody pays the same fee on them.
    """
    if money.transaction in (payment.provider_transaction, *payment.overpaid):
        return False
    if payment.status == Status.SUCCEEDED or settled_by(family.others(payment)):
        return await _overpaid(session, payment, money, at, actor)
    payment.provider_transaction, payment.bank = money.transaction, money.bank
    payment.provider_time = money.time or None
    payment.settled_at, payment.failure = at, None
    ledger.capture(session, payment, at)
    await receipts.issue(session, payment, at)
    for other in family.others(payment):
        if other.status in OPEN:
            await _supersede(session, other, at, actor)
    return await step(session, payment, Signal.PAID, at, actor=actor)


async def refused(session: AsyncSession, payment: Payment, reason: str, at: datetime, actor: str) -> bool:
    """False when the payment has ended already: a failure never undoes a success."""
    if payment.status not in OPEN:
        return False
    payment.failure = reason
    return await step(session, payment, Signal.REFUSED, at, actor=actor, data={"reason": reason})


async def _supersede(session: AsyncSession, payment: Payment, at: datetime, actor: str) -> None:
    payment.failure = SUPERSEDED
    signal = Signal.REFUSED if payment.status == Status.CREATED else Signal.CANCEL
    await step(session, payment, signal, at, actor=actor, data={"reason": SUPERSEDED})


async def _overpaid(session: AsyncSession, payment: Payment, money: Paid, at: datetime, actor: str) -> bool:
    # A payment in doubt whose fee was settled meanwhile was ended by `_supersede`, so the table holds.
    payment.overpaid = [*payment.overpaid, money.transaction]
    ledger.overpaid(session, payment, money.transaction, money.amount, at)
    await proposals.of_overpaid(session, payment, money.transaction, money.amount, at)
    data = {"transaction": money.transaction, "amount": money.amount}
    return await step(session, payment, Signal.OVERPAID, at, actor=actor, data=data)
