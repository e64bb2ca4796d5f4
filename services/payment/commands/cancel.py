"""The payer gives up a payment; the provider is asked first, since money may be on its way."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import versions
from kit.auth import Caller
from services.payment import queries
from services.payment.commands.doubt import ask, learn
from services.payment.commands.step import step
from services.payment.errors import ActionNotPossible, PaymentMissing, ProviderDown
from services.payment.models import Payment
from services.payment.providers.port import InDoubt, Paid
from services.payment.status import LABEL, Signal, Status, possible
from services.payment.till import Till


async def cancel(till: Till, caller: Caller, payment_id: UUID, version: int) -> Payment:
    """Raises PaymentMissing, VersionChanged, ActionNotPossible (paid meanwhile, too), ProviderDown.

    Money that the provider has already is taken in: then nothing is cancelled.
    """
    async with till.database.transaction() as session:
        seen = await queries.payment(session, payment_id, caller)
    if seen.payer != caller.sub:
        raise PaymentMissing()
    versions.check(version, seen.version)
    _check(seen)
    state = await ask(till, seen)
    if isinstance(state, InDoubt):
        raise ProviderDown(headers={"Retry-After": "10"})
    async with till.database.transaction() as session:
        family = await queries.family(session, seen.dossier_id, seen.purpose)
        payment = family.member(seen.id)
        if isinstance(state, Paid):
            await learn(session, till, family, payment, state)
        else:
            await _end(session, till, payment, caller)
    if isinstance(state, Paid):
        _check(payment)
        raise ProviderDown(headers={"Retry-After": "10"})  # paid another amount: stays in doubt
    return payment


async def _end(session: AsyncSession, till: Till, payment: Payment, caller: Caller) -> None:
    """Raises ActionNotPossible when a call-back was faster."""
    _check(payment)
    await step(session, payment, Signal.CANCEL, till.clock.now(), actor=caller.actor)


def _check(payment: Payment) -> None:
    if not possible(payment.status, Signal.CANCEL):
        raise ActionNotPossible(
            payment_status=LABEL[Status(payment.status)]["vi"], payment_state=payment.status
        )
