"""Payments over HTTP: begin, watch, cancel."""

from __future__ import annotations

import ipaddress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events, versions
from kit.clock import elapsed
from kit.db import Bell, Session
from kit.idempotency import KeyHeader, KeyMissing, Once
from kit.problem import Language, language_of
from kit.versions import SeenVersion
from services.payment import queries, views
from services.payment.auth import Citizen, Reader
from services.payment.commands.bill import bill_of
from services.payment.commands.cancel import cancel
from services.payment.commands.create import Wish, create
from services.payment.origins import check_return
from services.payment.schemas import NewPayment, PaymentEvents, PaymentView
from services.payment.status import OPEN
from services.payment.till import Desk

router = APIRouter(prefix="/v1/payments", tags=["payments"])
Tongue = Annotated[Language, Depends(language_of)]


async def _key(key: KeyHeader = None) -> str:
    """As kit's `Idempotent`, without its transaction: this route has two of its own, and calls the
    provider between them."""
    if not key or not key.isascii() or not key.isprintable():
        raise KeyMissing()
    return key


async def _payers_address(request: Request) -> str:
    """What the gateway says (the last hop is the one it saw), else the connection's."""
    said = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    seen = request.client.host if request.client else ""
    for address in (said, seen):
        try:
            return str(ipaddress.ip_address(address))
        except ValueError:
            continue
    return "0.0.0.0"  # noqa: S104  (a value of the message, nothing is bound to it)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_payment(
    new: NewPayment,
    caller: Citizen,
    key: Annotated[str, Depends(_key)],
    address: Annotated[str, Depends(_payers_address)],
    desk: Desk,
    response: Response,
    language: Tongue,
) -> PaymentView:
    """Begin to pay a fee of one's dossier; go on at `next_url`. Needs an Idempotency-Key. When the
    provider did not answer, the status is `unknown` and is cleared up in the background."""
    check_return(new.return_url, desk.settings.return_origins())

    def once(session: AsyncSession) -> Once:
        return Once(key, caller.actor, session, response, desk.clock)

    payment = await create(desk, Wish(caller, new, address), once)
    response.headers["Location"] = f"/v1/payments/{payment.id}"
    versions.show(response, payment.version)
    return views.payment(payment, caller, language)


@router.get("/{payment_id}")
async def get_payment(
    request: Request,
    payment_id: UUID,
    caller: Reader,
    desk: Desk,
    response: Response,
    language: Tongue,
    wait: Annotated[float, Query(ge=0, le=25)] = 0,
    if_none_match: Annotated[str | None, Header(alias="If-None-Match", max_length=64)] = None,
) -> PaymentView:
    """With `wait`: answers when the version is no longer that of `If-None-Match` (else 304), or, without
    the header, when the payment has ended; at the latest after so many seconds."""
    bell: Bell = request.app.state.bell
    until = elapsed() + wait
    while True:
        ticket = bell.ticket()
        async with desk.database.transaction() as session:
            payment = await queries.payment(session, payment_id, caller)
        left = until - elapsed()
        known = versions.etag(payment.version) == if_none_match
        settled = payment.status not in OPEN if if_none_match is None else not known
        if settled or left <= 0 or bell.leaving:
            break
        await bell.wait(ticket, min(left, 5))
    if known:
        raise versions.NotModified(headers={"ETag": versions.etag(payment.version)})
    versions.show(response, payment.version)
    return views.payment(payment, caller, language)


@router.get("/{payment_id}/events")
async def get_payment_events(
    payment_id: UUID, caller: Reader, session: Session, response: Response
) -> PaymentEvents:
    """What happened to the payment, oldest first."""
    payment = await queries.payment(session, payment_id, caller)
    versions.show(response, payment.version)
    return views.events(await events.history(session, str(payment.id)))


@router.get(
    "/{payment_id}/bill", response_class=Response, responses={200: {"content": {"application/pdf": {}}}}
)
async def get_bill(payment_id: UUID, caller: Reader, desk: Desk) -> Response:
    """What the provider itself issued for a payment that succeeded: PDF or JSON, as the provider has it. The
    body's own receipts are under `/v1/receipts`."""
    bill = await bill_of(desk, caller, payment_id)
    return Response(bill.content, media_type=bill.media_type, headers={"Cache-Control": "no-store"})


@router.post("/{payment_id}/cancel")
async def cancel_payment(
    payment_id: UUID,
    caller: Citizen,
    version: SeenVersion,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> PaymentView:
    """Give the payment up, if the provider has no money for it."""
    payment = await cancel(desk, caller, payment_id, version)
    versions.show(response, payment.version)
    return views.payment(payment, caller, language)
