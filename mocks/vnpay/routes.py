"""VNPAY over HTTP: the page on which the payer decides, and the merchant's interface."""

from __future__ import annotations

import hmac
import re
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from mocks.clock import stamp
from mocks.html import FRAME, says
from mocks.national_portal.body import read_object
from mocks.national_portal.faults import met
from mocks.vnpay import checksum
from mocks.vnpay.books import Books, Order
from mocks.vnpay.merchant import MALFORMED, PUT_OFF, TROUBLE, Merchant, refusal
from mocks.vnpay.notices import Notifier
from mocks.vnpay.settings import Settings

BANKS = ("NCB", "VIETCOMBANK", "BIDV", "AGRIBANK")
_TITLE = "Cổng thanh toán VNPAY (giả lập)"
_FIXED = {"vnp_Version": "2.1.0", "vnp_Command": "pay", "vnp_CurrCode": "VND"}
_FORMS = {
    "vnp_Amount": r"[1-9][0-9]{0,14}00",
    "vnp_TxnRef": r"[0-9A-Za-z]{1,100}",
    "vnp_CreateDate": r"[0-9]{14}",
    "vnp_ExpireDate": r"[0-9]{14}",
    "vnp_OrderInfo": r"[0-9A-Za-z .:-]{1,255}",
    "vnp_OrderType": r"[0-9A-Za-z]{1,100}",
    "vnp_IpAddr": r"[0-9a-fA-F.:]{7,45}",
    "vnp_Locale": r"vn|en",
}

templates = Jinja2Templates(directory=[Path(__file__).parent / "templates", FRAME])
templates.env.filters["dong"] = lambda amount: f"{amount:,}".replace(",", ".")


def _malformed(asked: dict[str, str]) -> list[str]:
    wrong = [name for name, value in _FIXED.items() if asked.get(name) != value]
    wrong += [name for name, form in _FORMS.items() if not re.fullmatch(form, asked.get(name, ""))]
    home = urlsplit(asked.get("vnp_ReturnUrl", ""))
    return wrong + ([] if home.scheme in ("http", "https") and home.netloc else ["vnp_ReturnUrl"])


def _genuine(asked: dict[str, str], settings: Settings) -> bool:
    given = asked.get("vnp_SecureHash", "").encode()
    return asked.get("vnp_TmnCode") == settings.vnpay_tmn_code and any(
        hmac.compare_digest(checksum.of_form(asked, secret).encode(), given)
        for secret in settings.vnpay_secrets.split(",")
    )


def _is_over(order: Order, books: Books) -> bool:
    return stamp(books.now()) > order.asked["vnp_ExpireDate"]


def merchant_router(merchant: Merchant, books: Books) -> APIRouter:
    routes = APIRouter(tags=["merchant"])

    @routes.post("/merchant_webapi/api/transaction")
    async def transaction(request: Request) -> Response:
        body = await read_object(request)
        command = body.get("vnp_Command")
        if command not in ("querydr", "refund"):
            return JSONResponse(refusal(MALFORMED, "Invalid data format: vnp_Command"))
        fault = books.faults.next(command)
        if fault and fault.kind in PUT_OFF:
            return JSONResponse(merchant.answer(body, fault))
        return await met(fault, partial(merchant.answer, body), refusal(TROUBLE, "Unknown error"))

    return routes


def page_router(notifier: Notifier, books: Books, settings: Settings) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/paymentv2/vpcpay.html")
    async def arrive(request: Request) -> Response:
        asked = dict(request.query_params)
        if not _genuine(asked, settings):
            return says(request, _TITLE, "Sai chữ ký hoặc mã định danh kết nối.", 400)
        if wrong := _malformed(asked):
            return says(request, _TITLE, f"Dữ liệu không đúng định dạng: {', '.join(wrong)}.", 400)
        order = books.order(asked["vnp_TxnRef"])
        if order and order.asked != asked:
            return says(request, _TITLE, "Mã giao dịch đã được dùng.", 409)
        order = order or books.open(asked)
        context = {"title": _TITLE, "order": order, "banks": BANKS, "over": _is_over(order, books)}
        return templates.TemplateResponse(request, "pay.html", context)

    @routes.post("/paymentv2/pay/{token}")
    async def pay(
        request: Request,
        token: str,
        outcome: Annotated[str, Form()] = "",
        bank: Annotated[str, Form()] = BANKS[0],
    ) -> Response:
        order = books.order_by_token(token)
        if order is None:
            return says(request, _TITLE, "Không có giao dịch này.", 404)
        if outcome not in ("paid", "failed", "cancelled") or bank not in BANKS:
            return says(request, _TITLE, "Hãy chọn ngân hàng và bấm một nút.", 422)
        if order.payment.state == "waiting":
            outcome = "expired" if _is_over(order, books) else outcome
            await notifier.finish(order, outcome, bank if outcome == "paid" else "")
        home = order.asked["vnp_ReturnUrl"]
        said = urlencode(notifier.notice(order, order.payment))
        return RedirectResponse(f"{home}{'&' if '?' in home else '?'}{said}", 303)

    @routes.get("/")
    async def home(request: Request) -> Response:
        rows = list(books.transactions())[::-1]
        context = {"title": "Sổ giao dịch VNPAY (giả lập)", "rows": rows, "url": settings.vnpay_public_url}
        return templates.TemplateResponse(request, "books.html", context)

    return routes
