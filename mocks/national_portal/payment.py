"""Payment Platform 1.0.6: INIT, QUERY, GET_BILL, the payer's page, the signed CONFIRM (section 7.1)."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from typing import Annotated, Any
from urllib.parse import urlencode

import httpx
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from mocks.clock import stamp
from mocks.national_portal import checksum
from mocks.national_portal.pages import templates
from mocks.national_portal.settings import Settings
from mocks.national_portal.store import Payment, Store

#: `TrangThaiGD`: the national codes are not public; these are this mock's.
STATES = {"paid": "00", "waiting": "01", "failed": "02"}
UNHEARD, WRONG_CHECKSUM, DUPLICATE, MALFORMED = "01", "97", "94", "99"
_TRIES = 5


class Platform:
    def __init__(
        self, store: Store, settings: Settings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._store, self._settings = store, settings
        self.secrets = settings.payment_platform_secrets.split(",")
        self._http = httpx.AsyncClient(transport=transport, timeout=5)
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._http.aclose()

    def genuine(self, kind: str, message: dict[str, Any]) -> bool:
        given = str(message.get("MaXacThuc", "")).encode()
        partner = message.get("MaDoiTac") == self._settings.payment_platform_partner
        return partner and any(
            hmac.compare_digest(checksum.of(kind, message, secret).encode(), given) for secret in self.secrets
        )

    def init(self, order: dict[str, Any]) -> dict[str, Any]:
        reference = str(order["MaThamChieu"])
        if not str(order.get("SoTien", "")).isdigit() or not reference or len(reference) > 255:
            return {"MaLoi": MALFORMED, "MoTaLoi": "Thông tin giao dịch không hợp lệ"}
        if reference in self._store.payments:
            return {"MaLoi": DUPLICATE, "MoTaLoi": "Mã tham chiếu đã dùng"}
        payment = Payment(secrets.token_urlsafe(16), order)
        self._store.payments[reference] = payment
        url = f"{self._settings.portal_public_url}/payment/pay/{payment.token}"
        return {"MaLoi": "00", "MoTaLoi": "Thành công", "MaThamChieu": reference, "UrlThanhToan": url}

    def query(self, message: dict[str, Any]) -> dict[str, Any]:
        payment = self._store.payments.get(str(message["MaThamChieu"]))
        if payment is None:
            return {"MaLoi": UNHEARD, "MoTaLoi": "Không có giao dịch"}
        return {**self.confirmation(payment), "TrangThaiGD": STATES[payment.state]}

    def confirmation(self, payment: Payment) -> dict[str, Any]:
        """What CONFIRM says, signed."""
        order = payment.order
        message = {
            "LoaiBanTin": "CONFIRM",
            "MaLoi": "00" if payment.state == "paid" else "24",
            "MaDoiTac": order["MaDoiTac"],
            "MaThamChieu": order["MaThamChieu"],
            "SoTien": order["SoTien"],
            "MaTienTe": order["MaTienTe"],
            "MaGiaoDich": payment.transaction,
            "MaNganHang": payment.bank,
            "ThoiGianGD": payment.at,
            "ThongTinGiaoDich": order["ThongTinGiaoDich"],
        }
        return {**message, "MaXacThuc": checksum.of("CONFIRM", message, self.secrets[0])}

    def finish(self, payment: Payment, outcome: str, bank: str) -> None:
        now = stamp(self._store.now())
        payment.state, payment.bank, payment.at = outcome, bank, now
        payment.transaction = f"MOCKTXN{now[:8]}{secrets.randbelow(10**6):06d}"

    async def confirm(self, payment: Payment) -> None:
        """Tell the partner, with whatever fault was scripted; try again until it says 00."""
        fault = self._store.fault("CONFIRM")
        message = self.confirmation(payment)
        if fault is not None and fault.kind == "wrong-signature":
            message["MaXacThuc"] = "0" * 64
        if fault is not None and fault.kind == "wrong-amount":
            message["SoTien"] = str(int(message["SoTien"]) + 1)
            message["MaXacThuc"] = checksum.of("CONFIRM", message, self.secrets[0])
        first = await self._send(payment, message)
        if fault is not None and fault.kind == "duplicate":
            await self._send(payment, message)
        if not first:
            self._later(payment)

    def _later(self, payment: Payment) -> None:
        task = asyncio.create_task(self._again(payment))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, payment: Payment) -> None:
        for number in range(1, _TRIES):
            await asyncio.sleep(2.0**number)
            if await self._send(payment, self.confirmation(payment)):
                return

    async def _send(self, payment: Payment, message: dict[str, Any]) -> bool:
        try:
            answer = await self._http.post(self._settings.payment_confirm_url, json=message)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            payment.confirmed.append({"error": type(error).__name__})
            return False
        payment.confirmed.append({"status": answer.status_code, "answer": body})
        return isinstance(body, dict) and body.get("MaLoi") == "00"


def router(platform: Platform, store: Store, settings: Settings) -> APIRouter:
    routes = APIRouter(tags=["payment"])

    @routes.post("/payment")
    async def message(request: Request) -> Response:
        try:
            body = await request.json()
        except ValueError:
            body = None
        kind = body.get("LoaiBanTin") if isinstance(body, dict) else None
        if kind not in ("INIT", "QUERY", "GET_BILL"):
            return JSONResponse({"MaLoi": MALFORMED, "MoTaLoi": "Bản tin không hợp lệ"})
        if not platform.genuine(kind, body):
            return JSONResponse({"MaLoi": WRONG_CHECKSUM, "MoTaLoi": "Sai mã xác thực"})
        fault = store.fault(kind)
        if fault is not None and fault.kind == "down":
            return Response("Bad Gateway", 502)
        answer = platform.init(body) if kind == "INIT" else platform.query(body)
        if fault is not None and fault.kind in ("slow", "timeout-after-success"):
            await asyncio.sleep(fault.seconds)
            if fault.kind == "timeout-after-success":
                return Response("Gateway Timeout", 504)
        return JSONResponse(answer)

    @routes.get("/payment/pay/{token}", response_class=HTMLResponse)
    async def page(request: Request, token: str) -> Response:
        payment = store.payment_by_token(token)
        if payment is None:
            return HTMLResponse("Không có giao dịch này.", 404)
        context = {"title": "Thanh toán trực tuyến (giả lập)", "payment": payment}
        return templates.TemplateResponse(request, "pay.html", context)

    @routes.post("/payment/pay/{token}")
    async def pay(
        token: str, outcome: Annotated[str, Form()], bank: Annotated[str, Form()] = "VCB"
    ) -> Response:
        payment = store.payment_by_token(token)
        if payment is None or outcome not in ("paid", "failed", "cancelled"):
            return HTMLResponse("Không có giao dịch này.", 404)
        if payment.state == "waiting":
            platform.finish(payment, "paid" if outcome == "paid" else "failed", bank)
            await platform.confirm(payment)
        query = urlencode({"MaThamChieu": payment.order["MaThamChieu"]})
        return RedirectResponse(f"{settings.payment_return_url}?{query}", 303)

    return routes
