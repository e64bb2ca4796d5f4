"""A provider's call-back: believed only after every check, kept whatever it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from services.payment import queries
from services.payment.commands.settle import paid, refused
from services.payment.errors import (
    CallbackForged,
    CallbackRefused,
    CallbackUnknownReference,
    CallbackWrongAmount,
    CallbackWrongCurrency,
    CallbackWrongKind,
    CallbackWrongPartner,
)
from services.payment.models import CallbackMessage, Payment
from services.payment.providers.port import Notice, Paid
from services.payment.till import Till

log = structlog.get_logger()

REFUSED = Counter("payment_callbacks_refused_total", "Call-backs that were refused", ["provider", "reason"])


async def take_in(till: Till, name: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """The answer by the provider's protocol. A repeat is answered like the first and does nothing.

    Raises ProviderUnknown, InvalidInput for what is no call-back, and, after the message was kept, a
    CallbackRefused where the protocol says no by status.
    """
    provider = till.provider(name)
    notice = provider.read(message)
    async with till.database.transaction() as session:
        refusal, news = await _receive(session, till, name, notice)
    if refusal is not None:
        REFUSED.labels(name, refusal.reason).inc()
        log.warning("callback-refused", provider=name, reason=refusal.reason)
    status, answer = provider.answer(notice, refusal, repeated=not news)
    if refusal is not None and status >= 400:
        raise refusal(**answer)
    return answer


async def _receive(
    session: AsyncSession, till: Till, name: str, notice: Notice
) -> tuple[type[CallbackRefused] | None, bool]:
    """Why it is refused, if it is; whether it said anything new."""
    named, refusal = await _judge(session, name, notice)
    family = None
    if named is not None and refusal is None:
        # Before the message is written: its foreign key takes a share of the payment's row, and two
        # messages that both have one wait for each other for ever.
        family = await queries.family(session, named.dossier_id, named.purpose)
    kept = CallbackMessage(
        provider=name,
        received_at=till.clock.now(),
        reference=notice.reference,
        payment_id=named.id if named else None,
        body=dict(notice.body),
        outcome="refused" if refusal else "applied",
        reason=refusal.reason if refusal else None,
    )
    session.add(kept)
    if named is None or family is None:
        return refusal, False
    payment, now, actor = family.member(named.id), till.clock.now(), f"provider:{name}"
    if isinstance(notice.news, Paid):
        news = await paid(session, family, payment, notice.news, now, actor)
    else:
        news = await refused(session, payment, notice.news.reason, now, actor)
    kept.outcome = "applied" if news else "repeated"
    return refusal, news


async def _judge(
    session: AsyncSession, name: str, notice: Notice
) -> tuple[Payment | None, type[CallbackRefused] | None]:
    """Signature first: before it holds, nothing is looked up."""
    if not notice.genuine:
        return None, CallbackForged
    if not notice.kind:
        return None, CallbackWrongKind
    payment = await queries.by_reference(session, notice.reference)
    if payment is None or payment.provider != name:
        return None, CallbackUnknownReference
    if not notice.partner:
        return payment, CallbackWrongPartner
    if notice.amount != payment.amount:
        return payment, CallbackWrongAmount
    if not notice.currency:
        return payment, CallbackWrongCurrency
    return payment, None
