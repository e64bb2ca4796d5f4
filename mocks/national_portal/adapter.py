"""The exchange adapter: session envelope at `/mapi`, bare arrays at `/api/SynsTTHCC`, wrapped reads."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from mocks.national_portal import services
from mocks.national_portal.services import Answer, answer
from mocks.national_portal.settings import Settings
from mocks.national_portal.store import Store


def router(store: Store, settings: Settings) -> APIRouter:
    routes = APIRouter(tags=["adapter"])

    @routes.post("/mapi/login")
    async def login(request: Request) -> Answer:
        body = await _object(request)
        given = (body.get("username"), body.get("password"))
        if given != (settings.adapter_username, settings.adapter_password):
            return answer("-1", "Sai tài khoản hoặc mật khẩu")
        session = secrets.token_hex(16)
        store.sessions[session] = store.now().timestamp() + settings.portal_session_seconds
        return {"error_code": 0, "message": "Đăng nhập thành công", "session": session}

    @routes.post("/mapi/g")
    async def dispatch(request: Request) -> Response:
        body = await _object(request)
        if store.sessions.get(str(body.get("session")), 0.0) < store.now().timestamp():
            return JSONResponse(answer("401", "Phiên làm việc không hợp lệ hoặc đã hết hạn"))
        service = str(body.get("service", ""))
        return await _met(store, service, lambda: services.call(store, service, body))

    @routes.post("/api/SynsTTHCC/{service}")
    async def array(request: Request, service: str, isUpdating: str = "False") -> Response:  # noqa: N803
        try:
            data = await request.json()
        except ValueError:
            return JSONResponse(answer("-1", "JSON không hợp lệ"))
        body = {"data": data, "isUpdating": isUpdating}
        return await _met(store, service, lambda: services.call(store, service, body))

    @routes.api_route("/KetNoiMotCuaQuocGia/{service}", methods=["GET", "POST"])
    async def wrapped(request: Request, service: str) -> Response:
        def relay() -> Answer:
            inner = services.call(store, service, dict(request.query_params))
            return answer(str(inner["error_code"]), json.dumps(inner, ensure_ascii=False))

        return await _met(store, service, relay)

    return routes


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def _met(store: Store, service: str, work: Callable[[], Answer]) -> Response:
    """The answer, by way of whatever fault was scripted for this call."""
    fault = store.fault(service)
    if fault is None:
        return JSONResponse(work())
    if fault.kind == "down":
        return Response("Bad Gateway", 502)
    if fault.kind == "error":
        return JSONResponse(answer("-99", "Lỗi hệ thống"))
    if fault.kind == "bad-session":
        store.sessions.clear()
        return JSONResponse(answer("401", "Phiên làm việc không hợp lệ hoặc đã hết hạn"))
    if fault.kind == "timeout-after-success":
        work()
        await asyncio.sleep(fault.seconds)
        return Response("Gateway Timeout", 504)
    await asyncio.sleep(fault.seconds)
    return JSONResponse(work())
