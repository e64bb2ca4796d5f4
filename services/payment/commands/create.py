"""Begin a payment: intent, INIT, outcome.

Two transactions with the call to the provider between them: no transaction waits for a network. What
a crash leaves between the two is a payment in `created`, which the sweep asks about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.idempotency import Once, fingerprint
from services.payment import queries
from services.payment.clients.dossier import FeeLine, Fees, PurposeDue
from services.payment.clients.payment_platform import Answer, InDoubt, Opened, Order, Refused, moment
from services.payment.commands.settle import refused
from services.payment.commands.step import begin, step
from services.payment.errors import DossierMissing, FeeSettled, NothingDue, NotPayableOnline, PaymentUnderWay
from services.payment.models import Payment
from services.payment.schemas import NewPayment
from services.payment.status import OPEN, Signal, possible
from services.payment.till import Till

#: Dossiers for which no fee is taken any more.
_NOT_TO_BE_PAID = {"draft", "refused", "withdrawn"}
#: When the sweep asks: after a crash between intent and outcome; after an INIT without an answer.
_AFTER_CRASH, _AFTER_DOUBT = timedelta(seconds=60), timedelta(seconds=5)
_PLATFORM = "provider:payment-platform"


@dataclass(frozen=True)
class Attempt:
    """Who asks for what, from which address."""

    caller: Caller
    new: NewPayment
    ip: str


async def create(till: Till, attempt: Attempt, once: Callable[[AsyncSession], Once]) -> Payment:
    """Raises DossierMissing, NothingDue, FeeSettled, NotPayableOnline, PaymentUnderWay, NeighbourDown."""
    fees = await till.dossiers.fees(attempt.new.dossier_id)
    if fees.owner != attempt.caller.sub:
        raise DossierMissing()
    async with till.database.transaction() as session:

        async def intend() -> tuple[str, tuple[Payment, bool]]:
            payment = await _intend(session, till, attempt, fees)
            return str(payment.id), (payment, True)

        async def again(payment_id: str) -> tuple[Payment, bool]:
            return await queries.payment(session, UUID(payment_id), attempt.caller), False

        payment, fresh = await once(session).once(fingerprint(attempt.new), intend, again)
    if not fresh:
        return payment
    answer = await till.platform.init(order(payment, fees, attempt.ip))
    async with till.database.transaction() as session:
        family = await queries.family(session, payment.dossier_id, payment.purpose)
        payment = family.member(payment.id)
        await _conclude(session, till, payment, answer)
    return payment


async def _intend(session: AsyncSession, till: Till, attempt: Attempt, fees: Fees) -> Payment:
    new = attempt.new
    due = _payable(fees, new.purpose)
    family = await queries.family(session, new.dossier_id, new.purpose)
    if queries.settled_by(family.members):
        raise FeeSettled(dossier_code=fees.code)
    for other in family.members:
        if other.status in OPEN:
            raise PaymentUnderWay(payment_id=str(other.id), next_url=other.next_url)
    now = till.clock.now()
    payment = Payment(
        dossier_id=new.dossier_id,
        dossier_code=fees.code,
        purpose=new.purpose,
        amount=due.amount,
        lines=[line.model_dump() for line in due.lines],
        payer=attempt.caller.sub,
        agency=fees.receiving_agency,
        resolving_agency=fees.resolving_agency,
        provider=new.provider,
        reference="",
        return_url=new.return_url,
        created_at=now,
        expires_at=now + till.settings.payment_expires_after,
        next_try=now + _AFTER_CRASH,
    )
    # "dvc", the code without punctuation, the time, and a tail: two attempts may share a second.
    code = re.sub(r"[^0-9A-Za-z]", "", fees.code)
    payment.reference = f"dvc{code}{moment(now)}{payment.id.hex[-6:]}"
    await begin(session, payment, attempt.caller.actor)
    return payment


def _payable(fees: Fees, purpose: str) -> PurposeDue:
    due = fees.due(purpose)
    if due is None or fees.status in _NOT_TO_BE_PAID:
        raise NothingDue(dossier_code=fees.code)
    if due.settled:
        raise FeeSettled(dossier_code=fees.code)
    if not fees.payable_online:
        raise NotPayableOnline(dossier_code=fees.code, agency=fees.receiving_agency)
    return due


async def _conclude(session: AsyncSession, till: Till, payment: Payment, answer: Answer) -> None:
    """Write down what INIT came to. The CONFIRM may have been faster: then there is nothing to do."""
    now = till.clock.now()
    match answer:
        case Opened(url):
            if possible(payment.status, Signal.OPENED):
                payment.next_url = url
                payment.next_try = now + till.settings.payment_asked_after
            await step(session, payment, Signal.OPENED, now, actor=_PLATFORM)
        case Refused(reason):
            await refused(session, payment, reason, now, _PLATFORM)
        case InDoubt(error):
            if possible(payment.status, Signal.LOST):
                payment.last_error, payment.next_try = error, now + _AFTER_DOUBT
            await step(session, payment, Signal.LOST, now, actor="service:payment")


def order(payment: Payment, fees: Fees, ip: str) -> Order:
    text = f"THANH TOAN HO SO {payment.dossier_code}"
    lines = [FeeLine.model_validate(line) for line in payment.lines]
    return Order(
        reference=payment.reference,
        amount=payment.amount,
        description=plain(text),
        begun=payment.created_at,
        ip=ip,
        receipt=_receipt(payment, fees, lines, text),
    )


def _receipt(payment: Payment, fees: Fees, lines: list[FeeLine], text: str) -> dict[str, Any]:
    """`ThongTinBienLai`; `MaDichVu` 2 is fees of a procedure, `LoaiPhiLePhi` 1 phí and 2 lệ phí."""
    procedure = fees.procedure
    return {
        "MaDichVu": "2",
        "MaDVC": procedure.code,
        "TenDVC": procedure.name[:250],
        "MaTTHC": procedure.code,
        "TenTTHC": procedure.name[:250],
        # The fee is the resolving body's (domain rules, section 1).
        "MaDonVi": fees.resolving_agency,
        "TenDonVi": fees.resolving_agency_name,
        "MaHoSo": payment.dossier_code,
        "PhiLePhi": [
            {
                "LoaiPhiLePhi": "1" if line.kind == "fee" else "2",
                "MaPhiLePhi": line.code,
                "TenPhiLePhi": line.name,
                "SoTien": str(line.amount),
            }
            for line in lines
        ],
        "NoiDungThanhToan": text,
        "HoTenNguoiNop": fees.payer_name,
        "SoCMNDNguoiNop": fees.payer_paper_number,
        "DSKhoanNop": [{"NoiDung": line.name, "SoTien": str(line.amount)} for line in lines],
    }


def plain(text: str) -> str:
    """Unaccented ASCII without the checksum's separator."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return decomposed.encode("ascii", "ignore").decode().replace("|", " ")
