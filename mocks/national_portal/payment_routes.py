"""The payment platform over HTTP: its messages, and the page on which the payer decides."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from mocks.html import says
from mocks.national_portal.body import read_object
from mocks.national_portal.faults import met
from mocks.national_portal.pages import templates
from mocks.national_portal.payment import BANKS, MALFORMED, Platform, refusal
from mocks.national_portal.settings import Settings
from mocks.national_portal.store import Store

_STATES = {"paid": "paid", "failed": "failed", "cancelled": "failed"}


def router(platform: Platform, store: Store, settings: Settings) -> APIRouter:
    routes = APIRouter(tags=["payment"])

    @routes.post("/payment")
    async def message(request: Request) -> Response:
        body = await read_object(request)
        kind = body.get("LoaiBanTin")
        if kind not in ("INIT", "QUERY", "GET_BILL"):
            return JSONResponse(refusal(MALFORMED, "Bản tin không hợp lệ"))
        trouble = refusal(MALFORMED, "Lỗi hệ thống")
        return await met(store.faults.next(kind), partial(platform.answer, body), trouble)

    @routes.get("/payment/pay/{token}")
    async def page(request: Request, token: str) -> Response:
        payment = store.payment_by_token(token)
        if payment is None:
            return says(request, "Thanh toán", "Không có giao dịch này.", 404)
        context = {"title": "Thanh toán trực tuyến", "payment": payment, "banks": BANKS}
        return templates.TemplateResponse(request, "pay.html", context)

    @routes.post("/payment/pay/{token}")
    async def pay(
        request: Request,
        token: str,
        outcome: Annotated[str, Form()] = "",
        bank: Annotated[str, Form()] = BANKS[0],
    ) -> Response:
        payment = store.payment_by_token(token)
        if payment is None:
            return says(request, "Thanh toán", "Không có giao dịch này.", 404)
        if outcome not in _STATES or bank not in BANKS:
            return says(request, "Thanh toán", "Hãy chọn ngân hàng và bấm một nút.", 422)
        if payment.state == "waiting":
            await platform.finish(payment, _STATES[outcome], bank if outcome == "paid" else "")
        query = urlencode({"MaThamChieu": payment.order["MaThamChieu"]})
        return RedirectResponse(f"{settings.payment_return_url}?{query}", 303)

    return routes
