"""At the counter: shifts are opened and closed, fees are taken in cash or by card."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.problem import FieldFault
from services.payment import queries as payments
from services.payment.clients.dossier import Fees
from services.payment.commands.create import draw_up, payable
from services.payment.commands.settle import paid
from services.payment.commands.step import begin
from services.payment.counter import queries
from services.payment.counter.errors import DifferenceUnexplained, NotThisCounter, ShiftClosed, ShiftOpen
from services.payment.counter.models import CashShift
from services.payment.counter.schemas import CounterPayment, ShiftClosing
from services.payment.errors import FeeSettled, PaymentUnderWay
from services.payment.models import Payment
from services.payment.providers.port import Paid
from services.payment.receipts import commands as receipts
from services.payment.status import OPEN
from services.payment.till import Till

#: As payments and the ledger name it.
COUNTER = "counter"
_WHY = {
    "vi": "Đếm được {counted} đồng, theo sổ {expected} đồng: hãy ghi lý do vào note.",
    "en": "Counted {counted} đồng, by the books {expected}: say why in note.",
}


async def open_shift(session: AsyncSession, till: Till, caller: Caller, opening: int) -> CashShift:
    """Raises ShiftOpen."""
    await payments.lock_words(session, f"cash-shift {caller.sub}")
    if found := await queries.open_of(session, caller):
        raise ShiftOpen(shift_id=str(found.id))
    shift = CashShift(
        agency=str(caller.agency),
        cashier=caller.sub,
        cashier_name=caller.name,
        opened_at=till.clock.now(),
        opening=opening,
    )
    session.add(shift)
    await _append(session, till, shift, "cash-shift.opened", caller, {"opening": opening})
    return shift


async def close_shift(
    session: AsyncSession, till: Till, caller: Caller, shift: CashShift, closing: ShiftClosing
) -> None:
    """A locked shift. Raises ShiftClosed, DifferenceUnexplained."""
    if shift.closed_at is not None:
        raise ShiftClosed()
    totals = (await queries.totals(session, [shift.id]))[shift.id]
    expected = shift.opening + totals.cash - totals.refunded
    if closing.counted != expected and not closing.note:
        fault = FieldFault(
            "difference-unexplained", _WHY, pointer="/note", counted=closing.counted, expected=expected
        )
        raise DifferenceUnexplained(errors=[fault])
    shift.closed_at, shift.counted, shift.expected = till.clock.now(), closing.counted, expected
    shift.note, shift.version = closing.note, shift.version + 1
    session.add(shift)
    data = {"counted": closing.counted, "expected": expected, "card": totals.card}
    await _append(session, till, shift, "cash-shift.closed", caller, data)


async def take(session: AsyncSession, till: Till, caller: Caller, new: CounterPayment, fees: Fees) -> Payment:
    """The money is there, so the payment has succeeded. Raises NotThisCounter, ShiftNeeded, NothingDue,
    FeeSettled, PaymentUnderWay."""
    if not await payments.concerns(session, caller, fees.receiving_agency, fees.resolving_agency):
        raise NotThisCounter()
    due = payable(fees, new.purpose)
    shift = await queries.open_shift(session, caller)
    family = await payments.family(session, fees.dossier_id, new.purpose)
    if payments.settled_by(family.members):
        raise FeeSettled(dossier_code=fees.code)
    for other in family.members:
        if other.status in OPEN:
            raise PaymentUnderWay(payment_id=str(other.id), next_url=None)
    payment = await draw_up(session, till, fees, due, fees.owner, COUNTER)
    payment.shift_id, payment.method = shift.id, new.method
    await receipts.hold(session, payment, till.clock.now())  # number series are locked before the event log
    await begin(session, payment, caller.actor)
    transaction = new.transaction or payment.reference
    money = Paid(transaction, "", payment.amount)
    members = payments.Family([*family.members, payment])
    await paid(session, members, payment, money, till.clock.now(), caller.actor)
    return payment


async def _append(
    session: AsyncSession, till: Till, shift: CashShift, event: str, caller: Caller, data: dict[str, int]
) -> None:
    await session.flush()
    await events.append(
        session,
        events.Event(
            subject=str(shift.id),
            seq=shift.version,
            type=event,
            time=till.clock.now(),
            actor=caller.actor,
            agency=shift.agency,
            audience="internal",
            data=data,
        ),
    )
