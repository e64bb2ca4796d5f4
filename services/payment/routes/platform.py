"""The payment platform's side: its call-back, and the payer's way back from its page. Public."""

from __future__ import annotations

from typing import Annotated

import httpx
from fastapi import APIRouter, Query, Response, status
from fastapi.responses import RedirectResponse

from kit.db import Session
from services.payment import queries
from services.payment.commands.callback import confirm
from services.payment.errors import PaymentMissing
from services.payment.schemas import Confirmation, ConfirmationAnswer
from services.payment.till import Desk

router = APIRouter(prefix="/v1/payments", tags=["payments"])


@router.post("/callbacks/payment-platform")
async def confirm_payment(message: Confirmation, desk: Desk, response: Response) -> ConfirmationAnswer:
    """CONFIRM. Its checksum is its right; a repeat is answered like the first and does nothing."""
    response.headers["Cache-Control"] = "no-store"
    return await confirm(desk, message)


@router.get(
    "/return/payment-platform",
    status_code=status.HTTP_303_SEE_OTHER,
    response_class=RedirectResponse,
)
async def return_from_platform(
    session: Session,
    reference: Annotated[str, Query(alias="MaThamChieu", max_length=255, pattern="^[0-9A-Za-z]+$")],
) -> RedirectResponse:
    """Send the browser on to the payment's own return address. Changes nothing: a browser proves
    nothing about money."""
    payment = await queries.by_reference(session, reference)
    if payment is None:
        raise PaymentMissing()
    url = httpx.URL(payment.return_url).copy_merge_params({"payment": str(payment.id)})
    return RedirectResponse(str(url), status.HTTP_303_SEE_OTHER, {"Cache-Control": "no-store"})
