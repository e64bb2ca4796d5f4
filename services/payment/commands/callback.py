"""CONFIRM, the platform's call-back: believed only after every check, kept whatever it says."""

from __future__ import annotations

from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from services.payment import queries
from services.payment.checksum import holds, sign
from services.payment.clients.payment_platform import CURRENCY, PAID_CODE, Paid, moment
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
from services.payment.queries import Family
from services.payment.schemas import Confirmation, ConfirmationAnswer
from services.payment.till import Till

log = structlog.get_logger()

PROVIDER = "payment-platform"
_ACTOR = f"provider:{PROVIDER}"
REFUSED = Counter("payment_callbacks_refused_total", "Call-backs that were refused", ["provider", "reason"])


async def confirm(till: Till, message: Confirmation) -> ConfirmationAnswer:
    """Raises a CallbackRefused after the message was kept. A repeat is answered like the first."""
    async with till.database.transaction() as session:
        refusal = await _receive(session, till, message)
    if refusal is None:
        return ConfirmationAnswer.model_validate(_answer(till, message, PAID_CODE, "Thành công"))
    REFUSED.labels(PROVIDER, refusal.reason).inc()
    log.warning("callback-refused", provider=PROVIDER, reason=refusal.reason)
    facts = _answer(till, message, refusal.provider_code, refusal.title["vi"])
    if refusal is CallbackForged:
        facts["MaXacThuc"] = ""  # nothing that a stranger chose is signed
    raise refusal(**facts)


async def _receive(session: AsyncSession, till: Till, message: Confirmation) -> type[CallbackRefused] | None:
    named, refusal = await _judge(session, till, message)
    family = None
    if named is not None and refusal is None:
        # Before the message is written: its foreign key takes a share of the payment's row, and two
        # messages that both have one wait for each other for ever.
        family = await queries.family(session, named.dossier_id, named.purpose)
    kept = CallbackMessage(
        provider=PROVIDER,
        received_at=till.clock.now(),
        reference=message.MaThamChieu,
        payment_id=named.id if named else None,
        body=message.model_dump(),
        outcome="refused" if refusal else "applied",
        reason=refusal.reason if refusal else None,
    )
    session.add(kept)
    if named is not None and family is not None:
        news = await _apply(session, till, family, family.member(named.id), message)
        kept.outcome = "applied" if news else "repeated"
    return refusal


async def _judge(
    session: AsyncSession, till: Till, message: Confirmation
) -> tuple[Payment | None, type[CallbackRefused] | None]:
    """Signature first: before it holds, nothing is looked up."""
    if not holds("CONFIRM", message.model_dump(), message.MaXacThuc, till.platform.partner.secrets):
        return None, CallbackForged
    if message.LoaiBanTin != "CONFIRM":
        return None, CallbackWrongKind
    payment = await queries.by_reference(session, message.MaThamChieu)
    if payment is None:
        return None, CallbackUnknownReference
    if message.MaDoiTac != till.platform.partner.code:
        return payment, CallbackWrongPartner
    if message.SoTien != str(payment.amount):
        return payment, CallbackWrongAmount
    if message.MaTienTe != CURRENCY:
        return payment, CallbackWrongCurrency
    return payment, None


async def _apply(
    session: AsyncSession, till: Till, family: Family, payment: Payment, message: Confirmation
) -> bool:
    """False when it says nothing new."""
    now = till.clock.now()
    if message.MaLoi == PAID_CODE:
        money = Paid(message.MaGiaoDich, message.MaNganHang, int(message.SoTien))
        return await paid(session, family, payment, money, now, _ACTOR)
    return await refused(session, payment, message.MaLoi, now, _ACTOR)


def _answer(till: Till, message: Confirmation, code: str, words: str) -> dict[str, Any]:
    answer = {
        "MaLoi": code,
        "MoTaLoi": words,
        "MaDoiTac": message.MaDoiTac,
        "MaThamChieu": message.MaThamChieu,
        "ThoiGianGD": moment(till.clock.now()),
    }
    return {**answer, "MaXacThuc": sign("ANSWER", answer, till.platform.partner.secrets[0])}
