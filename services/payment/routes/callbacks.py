"""The providers' side: their call-backs, and the payer's way back from their pages. Public."""

from __future__ import annotations

from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Path, Request, Response, status
from fastapi.responses import RedirectResponse

from kit.db import Session
from kit.problem import FieldFault, InvalidInput, MalformedBody
from services.payment import queries
from services.payment.commands.callback import take_in
from services.payment.errors import PaymentMissing
from services.payment.till import Desk

router = APIRouter(prefix="/v1/payments", tags=["payments"])
Name = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")]
_TWICE = {"vi": "Có tham số lặp lại.", "en": "A parameter is there twice."}
_OBJECT = {"vi": "Phải là một đối tượng JSON.", "en": "A JSON object is expected."}
_BODY = {
    "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True},
}


@router.post("/callbacks/{provider}", openapi_extra=_BODY)
async def call_back(provider: Name, request: Request, desk: Desk, response: Response) -> dict[str, Any]:
    """A provider tells what became of a payment. Its signature is its right; a repeat is answered like the
    first and does nothing."""
    response.headers["Cache-Control"] = "no-store"
    try:
        message = await request.json()
    except ValueError:
        raise MalformedBody from None
    if not isinstance(message, dict):
        raise InvalidInput(errors=[FieldFault("object", _OBJECT, pointer="")])
    return await take_in(desk, provider, message)


@router.get("/callbacks/{provider}")
async def call_back_by_get(
    provider: Name, request: Request, desk: Desk, response: Response
) -> dict[str, Any]:
    """As the call-back by POST, for providers that send parameters."""
    response.headers["Cache-Control"] = "no-store"
    given = request.query_params.multi_items()
    if len(given) != len(dict(given)):
        raise InvalidInput(errors=[FieldFault("repeated", _TWICE, parameter="*")])
    return await take_in(desk, provider, dict(given))


@router.get("/return/{provider}", status_code=status.HTTP_303_SEE_OTHER, response_class=RedirectResponse)
async def return_from(provider: Name, request: Request, desk: Desk, session: Session) -> RedirectResponse:
    """Send the browser on to the payment's own return address. Changes nothing: a browser proves
    nothing about money."""
    reference = desk.provider(provider).returning(request.query_params)
    payment = await queries.by_reference(session, reference)
    if payment is None or payment.provider != provider:
        raise PaymentMissing()
    url = httpx.URL(payment.return_url).copy_merge_params({"payment": str(payment.id)})
    return RedirectResponse(str(url), status.HTTP_303_SEE_OTHER, {"Cache-Control": "no-store"})
