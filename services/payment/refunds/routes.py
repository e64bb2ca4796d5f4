"""`/v1/refunds`, and asking for one under its payment."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from kit import page, versions
from kit.auth import Caller, Forbidden
from kit.db import Session
from kit.idempotency import Idempotent, fingerprint
from kit.problem import Language
from kit.versions import SeenVersion
from services.payment import queries as payments
from services.payment.auth import Reader, Refunder
from services.payment.models import Payment
from services.payment.refunds import commands, queries, views
from services.payment.refunds.models import Refund
from services.payment.refunds.schemas import NewRefund, PayingOut, RefundView
from services.payment.refunds.status import RefundStatus
from services.payment.routes.payments import Tongue
from services.payment.till import Desk

router = APIRouter(prefix="/v1", tags=["refunds"])


@router.post("/payments/{payment_id}/refunds", status_code=status.HTTP_201_CREATED)
async def ask_for_refund(
    payment_id: UUID,
    new: NewRefund,
    caller: Refunder,
    session: Session,
    once: Idempotent,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> RefundView:
    """Part or whole of a payment, of its refundable lines. Above a set amount a second person approves it;
    below, it is approved at once. Needs an Idempotency-Key."""
    wanted = commands.Wanted(
        new.amount, new.refund_amount_available, new.reason, {line.code: line.amount for line in new.lines}
    )

    async def create() -> tuple[str, tuple[Refund, Payment]]:
        payment = await payments.payment(session, payment_id, caller)
        refund = await commands.ask(session, desk, caller, payment, wanted)
        return str(refund.id), (refund, payment)

    async def again(refund_id: str) -> tuple[Refund, Payment]:
        return await queries.refund(session, UUID(refund_id), caller)

    refund, payment = await once.once(fingerprint(str(payment_id), new), create, again)
    response.headers["Location"] = f"/v1/refunds/{refund.id}"
    return _shown(refund, payment, caller, response, language)


@router.get("/refunds")
async def list_refunds(
    request: Request,
    caller: Reader,
    session: Session,
    response: Response,
    language: Tongue,
    status: RefundStatus | None = None,
    payment: Annotated[UUID | None, Query(description="of one payment")] = None,
    limit: page.Limit = 50,
    cursor: page.CursorText = None,
) -> page.Page[RefundView]:
    """Newest first; `status=proposed` is the list of what somebody has to decide."""
    after = page.uuid_of(page.decode(cursor, str))
    rows = await queries.refunds(session, caller, status, payment, after, limit)
    more = page.encode([rows[limit - 1][0].id]) if len(rows) > limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    items = [views.refund(refund, of, caller, language) for refund, of in rows[:limit]]
    return page.Page(items=items, next=more)


@router.get("/refunds/{refund_id}")
async def get_refund(
    refund_id: UUID, caller: Reader, session: Session, response: Response, language: Tongue
) -> RefundView:
    refund, payment = await queries.refund(session, refund_id, caller)
    return _shown(refund, payment, caller, response, language)


@router.post("/refunds/{refund_id}/actions/pay-out")
async def pay_out_refund(
    refund_id: UUID,
    given: PayingOut,
    caller: Refunder,
    version: SeenVersion,
    session: Session,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> RefundView:
    """Where no provider can be told: a person gave the money back. Cash comes out of their open shift."""
    seen = await queries.refund(session, refund_id, caller)
    how = commands.PaidOut(given.method, given.transaction)
    refund = await commands.pay_out(session, desk, caller, seen, how, version)
    return _shown(refund, seen[1], caller, response, language)


@router.post("/refunds/{refund_id}/actions/{action}")
async def act_on_refund(
    refund_id: UUID,
    action: Literal["request", "approve", "reject", "retry"],
    caller: Refunder,
    version: SeenVersion,
    session: Session,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> RefundView:
    """request takes up what was proposed; approve and reject are a leader's, approve above the set amount
    another person's than who asked; retry tries one that failed again."""
    if action in views.LEADERS and "leader" not in caller.roles:
        raise Forbidden(roles="leader")
    seen = await queries.refund(session, refund_id, caller)
    refund = await commands.act(session, desk, caller, seen, views.ACTIONS[action], version)
    return _shown(refund, seen[1], caller, response, language)


def _shown(
    refund: Refund, payment: Payment, caller: Caller, response: Response, language: Language
) -> RefundView:
    versions.show(response, refund.version)
    response.headers["Cache-Control"] = "no-store"
    return views.refund(refund, payment, caller, language)
