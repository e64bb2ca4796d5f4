"""Begin a payment: intent, opening at the provider, outcome.

Two transactions with the call to the provider between them: no transaction waits for a network. What
a crash leaves between the two is a payment in `created`, which the sweep asks about.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM
from kit.idempotency import Once, fingerprint
from services.payment import queries
from services.payment.clients.dossier import Fees, PurposeDue
from services.payment.commands.doubt import attempt as known_as
from services.payment.commands.settle import refused
from services.payment.commands.step import begin, step
from services.payment.errors import DossierMissing, FeeSettled, NothingDue, NotPayableOnline, PaymentUnderWay
from services.payment.models import Payment
from services.payment.providers.port import InDoubt, Line, Opened, Order, Payee, Refused
from services.payment.schemas import NewPayment
from services.payment.status import OPEN, Signal, possible
from services.payment.till import Till

#: Dossiers for which no fee is taken any more.
_NOT_TO_BE_PAID = {"draft", "refused", "withdrawn"}
#: When the sweep asks: after a crash between intent and outcome; after an INIT without an answer.
_AFTER_CRASH, _AFTER_DOUBT = timedelta(seconds=60), timedelta(seconds=5)


@dataclass(frozen=True)
class Wish:
    """Who asks for what, from which address."""

    caller: Caller
    new: NewPayment
    ip: str


async def create(till: Till, wish: Wish, once: Callable[[AsyncSession], Once]) -> Payment:
    """Raises ProviderUnknown, DossierMissing, NothingDue, FeeSettled, NotPayableOnline, PaymentUnderWay,
    NeighbourDown."""
    provider = till.provider(wish.new.provider)
    fees = await till.dossiers.fees(wish.new.dossier_id)
    if fees.owner != wish.caller.sub:
        raise DossierMissing()
    async with till.database.transaction() as session:

        async def intend() -> tuple[str, tuple[Payment, bool]]:
            payment = await _intend(session, till, wish, fees)
            return str(payment.id), (payment, True)

        async def again(payment_id: str) -> tuple[Payment, bool]:
            return await queries.payment(session, UUID(payment_id), wish.caller), False

        payment, fresh = await once(session).once(fingerprint(wish.new), intend, again)
    if not fresh:
        return payment
    answer = await provider.open(order(payment, fees, wish.ip))
    async with till.database.transaction() as session:
        family = await queries.family(session, payment.dossier_id, payment.purpose)
        payment = family.member(payment.id)
        await _conclude(session, till, payment, answer)
    return payment


async def _intend(session: AsyncSession, till: Till, wish: Wish, fees: Fees) -> Payment:
    new = wish.new
    due = payable(fees, new.purpose)
    if not fees.payable_online:
        raise NotPayableOnline(dossier_code=fees.code, agency=fees.receiving_agency)
    family = await queries.family(session, new.dossier_id, new.purpose)
    if queries.settled_by(family.members):
        raise FeeSettled(dossier_code=fees.code)
    for other in family.members:
        if other.status in OPEN:
            raise PaymentUnderWay(payment_id=str(other.id), next_url=other.next_url)
    now = till.clock.now()
    payment = await draw_up(session, till, fees, due, wish.caller.sub, new.provider)
    payment.return_url = new.return_url
    payment.expires_at = now + till.settings.payment_expires_after
    payment.next_try = now + _AFTER_CRASH
    await begin(session, payment, wish.caller.actor)
    return payment


def payable(fees: Fees, purpose: str) -> PurposeDue:
    """What is due for the purpose. Raises NothingDue, FeeSettled."""
    due = fees.due(purpose)
    if due is None or fees.status in _NOT_TO_BE_PAID:
        raise NothingDue(dossier_code=fees.code)
    if due.settled:
        raise FeeSettled(dossier_code=fees.code)
    return due


async def _conclude(
    session: AsyncSession, till: Till, payment: Payment, answer: Opened | Refused | InDoubt
) -> None:
    """Write down what opening came to. The call-back may have been faster: then there is nothing to do."""
    now = till.clock.now()
    match answer:
        case Opened(url):
            if possible(payment.status, Signal.OPENED):
                payment.next_url = url
                payment.next_try = now + till.settings.payment_asked_after
            await step(session, payment, Signal.OPENED, now, actor=f"provider:{payment.provider}")
        case Refused(reason):
            await refused(session, payment, reason, now, f"provider:{payment.provider}")
        case InDoubt(error):
            if possible(payment.status, Signal.LOST):
                payment.last_error, payment.next_try = error, now + _AFTER_DOUBT
            await step(session, payment, Signal.LOST, now, actor="service:payment")


async def draw_up(
    session: AsyncSession, till: Till, fees: Fees, due: PurposeDue, payer: str, provider: str
) -> Payment:
    """A new payment of what is due, to the account of the body whose fee it is."""
    now = till.clock.now()
    account = await queries.payee_account(session, fees.resolving_agency, now)
    payment = Payment(
        dossier_id=fees.dossier_id,
        dossier_code=fees.code,
        procedure_code=fees.procedure.code,
        procedure_name=fees.procedure.name,
        pilot=fees.pilot,
        purpose=due.purpose,
        amount=due.amount,
        lines=[line.model_dump() for line in due.lines],
        payer=payer,
        payer_facts=till.vault.seal({"name": fees.payer_name, "number": fees.payer_paper_number}),
        agency=fees.receiving_agency,
        resolving_agency=fees.resolving_agency,
        payee=account.model_dump(include={"bank", "number", "holder", "tax_code"}) if account else None,
        provider=provider,
        reference="",
        return_url="",
        created_at=now,
        expires_at=now,
        next_try=now,
    )
    # "dvc", the code without punctuation, the time, and a tail: two attempts may share a second.
    code = re.sub(r"[^0-9A-Za-z]", "", fees.code)
    payment.reference = f"dvc{code}{now.astimezone(VIETNAM):%Y%m%d%H%M%S}{payment.id.hex[-6:]}"
    return payment


def order(payment: Payment, fees: Fees, ip: str) -> Order:
    payee = payment.payee
    return Order(
        attempt=known_as(payment),
        expires=payment.expires_at,
        ip=ip,
        dossier_code=payment.dossier_code,
        procedure_code=fees.procedure.code,
        procedure_name=fees.procedure.name,
        # The fee is the resolving body's (domain rules, section 1).
        agency=fees.resolving_agency,
        agency_name=fees.resolving_agency_name,
        payer_name=fees.payer_name,
        payer_number=fees.payer_paper_number,
        lines=[Line(line["code"], line["name"], line["kind"], line["amount"]) for line in payment.lines],
        payee=Payee(payee["bank"], payee["number"], payee["holder"]) if payee else None,
    )
