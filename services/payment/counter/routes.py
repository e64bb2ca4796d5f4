"""`/v1/cash-shifts` and `/v1/payments/counter`: for cashiers."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response, status

from kit import page, versions
from kit.db import Session
from kit.idempotency import Idempotent, fingerprint
from kit.versions import SeenVersion
from services.payment import queries as payments
from services.payment import views
from services.payment.auth import Cashier, ShiftReader
from services.payment.counter import commands, queries
from services.payment.counter.models import CashShift
from services.payment.counter.queries import Totals
from services.payment.counter.schemas import CounterPayment, ShiftClosing, ShiftOpening, ShiftView
from services.payment.models import Payment
from services.payment.routes.payments import Tongue
from services.payment.schemas import PaymentView
from services.payment.till import Desk

router = APIRouter(prefix="/v1", tags=["counter"])


@router.post("/cash-shifts", status_code=status.HTTP_201_CREATED)
async def open_shift(
    new: ShiftOpening, caller: Cashier, session: Session, desk: Desk, response: Response
) -> ShiftView:
    """One open shift a cashier."""
    shift = await commands.open_shift(session, desk, caller, new.opening)
    response.headers["Location"] = f"/v1/cash-shifts/{shift.id}"
    return _shown(shift, Totals(0, 0, 0, 0), response)


@router.get("/cash-shifts")
async def list_shifts(
    request: Request,
    caller: ShiftReader,
    session: Session,
    response: Response,
    limit: page.Limit = 50,
    cursor: page.CursorText = None,
) -> page.Page[ShiftView]:
    """Own shifts, newest first; for leaders those of their bodies."""
    after = page.uuid_of(page.decode(cursor, str))
    rows = await queries.shifts(session, caller, after, limit)
    more = page.encode([rows[limit - 1].id]) if len(rows) > limit else None
    response.headers.update(page.next_link(request, more))
    totals = await queries.totals(session, [shift.id for shift in rows[:limit]])
    return page.Page(items=[_view(shift, totals[shift.id]) for shift in rows[:limit]], next=more)


@router.get("/cash-shifts/{shift_id}")
async def get_shift(shift_id: UUID, caller: ShiftReader, session: Session, response: Response) -> ShiftView:
    """What came in and went out so far."""
    shift = await queries.shift(session, shift_id, caller)
    return _shown(shift, (await queries.totals(session, [shift.id]))[shift.id], response)


@router.post("/cash-shifts/{shift_id}/close")
async def close_shift(
    shift_id: UUID,
    closing: ShiftClosing,
    caller: Cashier,
    version: SeenVersion,
    session: Session,
    desk: Desk,
    response: Response,
) -> ShiftView:
    """Counted and closed; a difference needs its reason."""
    shift = await queries.shift(session, shift_id, caller, lock=True)
    versions.check(version, shift.version)
    await commands.close_shift(session, desk, caller, shift, closing)
    return _shown(shift, (await queries.totals(session, [shift.id]))[shift.id], response)


@router.post("/payments/counter", status_code=status.HTTP_201_CREATED)
async def take_at_counter(
    new: CounterPayment,
    caller: Cashier,
    once: Idempotent,
    session: Session,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> PaymentView:
    """Cash or card, within the caller's open shift. Needs an Idempotency-Key."""
    fees = await desk.dossiers.fees(new.dossier_id)

    async def create() -> tuple[str, Payment]:
        payment = await commands.take(session, desk, caller, new, fees)
        return str(payment.id), payment

    async def again(payment_id: str) -> Payment:
        return await payments.payment(session, UUID(payment_id), caller)

    payment = await once.once(fingerprint(new), create, again)
    response.headers["Location"] = f"/v1/payments/{payment.id}"
    versions.show(response, payment.version)
    return views.payment(payment, caller, language)


def _shown(shift: CashShift, totals: Totals, response: Response) -> ShiftView:
    versions.show(response, shift.version)
    response.headers["Cache-Control"] = "no-store"
    return _view(shift, totals)


def _view(shift: CashShift, totals: Totals) -> ShiftView:
    expected = shift.opening + totals.cash - totals.refunded if shift.expected is None else shift.expected
    return ShiftView(
        **shift.model_dump(exclude={"cashier", "expected"}),
        payments=totals.payments,
        cash=totals.cash,
        card=totals.card,
        refunded=totals.refunded,
        expected=expected,
        difference=None if shift.counted is None else shift.counted - expected,
    )
