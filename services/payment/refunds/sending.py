"""Tell the provider of a refund, once, and ask until it is known how it ended.

Safe to run twice and at once: a refund is leased, `sending` is committed before the provider is told, and a
refund that was left so, by a crash or by silence, is asked about, never told again unseen.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.payment import queries as payments
from services.payment.commands.doubt import attempt
from services.payment.ledger import commands as ledger
from services.payment.models import Payment
from services.payment.providers.port import Attempt, InDoubt, Refused, Repaid, Repayment, Waiting
from services.payment.refunds import queries
from services.payment.refunds.models import Refund
from services.payment.refunds.status import ABROAD, RefundSignal, RefundStatus
from services.payment.refunds.step import step
from services.payment.till import Till

_ACTOR = "service:payment"
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(minutes=10)
#: Nothing arrived there: it may be told again.
_NOTHING_DONE = ("unheard", "unreachable")
Outcome = Repaid | Waiting | Refused | InDoubt


async def send(till: Till) -> bool:
    """One refund whose time has come; False when there is none."""
    async with till.database.transaction() as session:
        claimed = await queries.claim(session, till.clock.now())
    if claimed is None:
        return False
    refund, payment = claimed
    provider = till.providers.get(payment.provider)
    if provider is None:
        return True
    async with till.database.transaction() as session:
        repayment, fresh = await _begin(session, till, refund, payment)
    if repayment is None:
        return True
    outcome = await (provider.repay(repayment) if fresh else provider.query_repayment(repayment))
    async with till.database.transaction() as session:
        await _conclude(session, till, refund, payment, outcome)
    return True


async def _begin(
    session: AsyncSession, till: Till, seen: Refund, of: Payment
) -> tuple[Repayment | None, bool]:
    """What the provider is told (True) or asked about. None: another refund of the payment is under way."""
    family = await payments.family(session, of.dossier_id, of.purpose)
    payment, all_ = family.member(of.id), await queries.of_payment(session, of.id)
    refund = next(refund for refund in all_ if refund.id == seen.id)
    fresh = refund.status == RefundStatus.APPROVED
    if fresh and any(other.status in ABROAD for other in all_):
        return None, False
    if not fresh and refund.status not in ABROAD:
        return None, False
    if fresh:
        refund.sent_at = till.clock.now()
    known = [other for other in all_ if other.provider_transaction]
    alike = [other for other in known if other.overpaid == refund.overpaid]
    repayment = Repayment(
        reference=refund.reference,
        of=_of(payment, refund),
        amount=refund.amount,
        whole=not alike and (refund.overpaid is not None or refund.amount == payment.amount),
        reason=refund.reason,
        by=str(refund.approved_by),
        at=refund.sent_at or till.clock.now(),
        earlier=frozenset(str(other.provider_transaction) for other in known),
    )
    if fresh:
        await step(session, payment, refund, RefundSignal.SEND, till.clock.now(), _ACTOR)
    return repayment, fresh


def _of(payment: Payment, refund: Refund) -> Attempt:
    """The money that goes back; what was paid twice has a transaction of its own."""
    if refund.overpaid is None:
        return attempt(payment)
    return Attempt(payment.reference, refund.amount, payment.created_at, refund.overpaid)


async def _conclude(session: AsyncSession, till: Till, seen: Refund, of: Payment, outcome: Outcome) -> None:
    family = await payments.family(session, of.dossier_id, of.purpose)
    payment = family.member(of.id)
    refund = next(refund for refund in await queries.of_payment(session, of.id) if refund.id == seen.id)
    if refund.status not in ABROAD:
        return
    now = till.clock.now()
    refund.next_try = now + min(_LONGEST, _FIRST * 2 ** min(refund.attempts, 10))
    refund.last_error = None
    match outcome:
        case Repaid(transaction):
            refund.provider_transaction, refund.settled_at, refund.next_try = transaction, now, None
            ledger.refund(session, payment, refund.id, refund.lines, transaction, now)
            await step(session, payment, refund, RefundSignal.REPAID, now, _ACTOR)
        case Waiting():
            await step(session, payment, refund, RefundSignal.WORKING, now, _ACTOR)
        case Refused(reason) if reason in _NOTHING_DONE:
            refund.last_error = reason
            await step(session, payment, refund, RefundSignal.UNHEARD, now, _ACTOR)
        case Refused(reason):
            refund.failure, refund.next_try = reason, None
            await step(session, payment, refund, RefundSignal.REFUSED, now, _ACTOR)
        case InDoubt(error):
            refund.last_error = error
            await step(session, payment, refund, RefundSignal.LOST, now, _ACTOR)
