"""What people do about refunds. Each locks the payment first; amounts in đồng."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from kit import versions
from kit.auth import Caller
from services.payment import queries as payments
from services.payment.counter import queries as counter
from services.payment.ledger import commands as ledger
from services.payment.models import Payment
from services.payment.refunds import allot, queries
from services.payment.refunds.errors import (
    AvailableChanged,
    NotPaid,
    ProviderRepays,
    RefundMissing,
    RefundTooLarge,
    SecondPersonNeeded,
)
from services.payment.refunds.models import Refund
from services.payment.refunds.status import RefundSignal, RefundStatus
from services.payment.refunds.step import begin, check, step
from services.payment.status import Status
from services.payment.till import Till


@dataclass(frozen=True)
class Wanted:
    """`available`: what the caller saw could go back; `lines`: of which lines, else of the first ones."""

    amount: int
    available: int
    reason: str
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PaidOut:
    """How a person gave the money back; `transaction` the bank's or the card's number."""

    method: Literal["cash", "card", "transfer"]
    transaction: str


async def ask(session: AsyncSession, till: Till, caller: Caller, payment: Payment, wanted: Wanted) -> Refund:
    """Raises NotPaid, AvailableChanged (412), LinesNotRefundable, RefundTooLarge."""
    family = await payments.family(session, payment.dossier_id, payment.purpose)
    payment = family.member(payment.id)
    if payment.status != Status.SUCCEEDED:
        raise NotPaid()
    if wanted.available != (now_available := allot.refundable(payment)):
        raise AvailableChanged(refund_amount_available=now_available)
    left = allot.left(payment, await queries.of_payment(session, payment.id))
    lines = allot.named(payment, left, wanted.lines) if wanted.lines else allot.first(left, wanted.amount)
    refund = Refund(
        status=RefundStatus.REQUESTED,
        payment_id=payment.id,
        amount=wanted.amount,
        lines=lines,
        cause="request",
        reason=wanted.reason,
        by_provider=False,
        reference="",
        created_at=till.clock.now(),
    )
    refund.reference = f"rf{refund.id.hex}"
    _requested(till, refund, caller)
    await begin(session, payment, refund, caller.actor)
    await _approve_small(session, till, caller, payment, refund)
    return refund


async def act(
    session: AsyncSession,
    till: Till,
    caller: Caller,
    seen: tuple[Refund, Payment],
    signal: RefundSignal,
    version: int,
) -> Refund:
    """request, approve, reject, retry. Raises VersionChanged, RefundActionNotPossible, SecondPersonNeeded,
    RefundTooLarge (other refunds have taken the money meanwhile)."""
    payment, refund = await _locked(session, seen, version)
    check(refund, signal)
    if signal is RefundSignal.RETRY:
        _still_there(payment, refund)
        refund.reference = f"rf{refund.id.hex}{refund.version}"  # the provider has refused the former
    if signal in (RefundSignal.ASK, RefundSignal.RETRY):
        _requested(till, refund, caller)
    if signal is RefundSignal.APPROVE:
        _approved(till, payment, refund, caller)
    await step(session, payment, refund, signal, till.clock.now(), caller.actor)
    if signal in (RefundSignal.ASK, RefundSignal.RETRY):
        await _approve_small(session, till, caller, payment, refund)
    return refund


async def pay_out(
    session: AsyncSession,
    till: Till,
    caller: Caller,
    seen: tuple[Refund, Payment],
    how: PaidOut,
    version: int,
) -> Refund:
    """A person gave the money back: cash from the drawer of their open shift. Raises VersionChanged,
    RefundActionNotPossible, ProviderRepays, ShiftNeeded."""
    payment, refund = await _locked(session, seen, version)
    check(refund, RefundSignal.REPAID)
    if refund.status != RefundStatus.APPROVED or refund.by_provider:
        raise ProviderRepays()
    if how.method == "cash":
        refund.shift_id = (await counter.open_shift(session, caller)).id
    refund.method, refund.provider_transaction = how.method, how.transaction or refund.reference
    now = till.clock.now()
    refund.settled_at = now
    ledger.refund(session, payment, refund.id, refund.lines, refund.provider_transaction, now)
    await step(session, payment, refund, RefundSignal.REPAID, now, caller.actor)
    return refund


async def _locked(
    session: AsyncSession, seen: tuple[Refund, Payment], version: int
) -> tuple[Payment, Refund]:
    family = await payments.family(session, seen[1].dossier_id, seen[1].purpose)
    refunds = await queries.of_payment(session, seen[1].id)
    refund = next((refund for refund in refunds if refund.id == seen[0].id), None)
    if refund is None:
        raise RefundMissing()
    versions.check(version, refund.version)
    return family.member(seen[1].id), refund


def _still_there(payment: Payment, refund: Refund) -> None:
    available = allot.refundable(payment)
    if refund.overpaid is None and refund.amount > available:
        raise RefundTooLarge(amount=refund.amount, available=available)


def _requested(till: Till, refund: Refund, caller: Caller) -> None:
    refund.requested_by, refund.approved_by, refund.failure = caller.actor, None, None
    refund.second_person = refund.amount > till.settings.refund_approval_above


def _approved(till: Till, payment: Payment, refund: Refund, caller: Caller) -> None:
    if refund.second_person and refund.requested_by == caller.actor:
        raise SecondPersonNeeded(above=till.settings.refund_approval_above)
    provider = till.providers.get(payment.provider)
    refund.approved_by = caller.actor
    refund.by_provider = provider is not None and provider.repays
    refund.next_try = till.clock.now() if refund.by_provider else None


async def _approve_small(
    session: AsyncSession, till: Till, caller: Caller, payment: Payment, refund: Refund
) -> None:
    if not refund.second_person:
        _approved(till, payment, refund, caller)
        await step(session, payment, refund, RefundSignal.APPROVE, till.clock.now(), caller.actor)
