"""The exchange adapter: session envelope at `/mapi`, bare arrays at `/api/SynsTTHCC`, wrapped reads."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from mocks.national_portal import services
from mocks.national_portal.body import read_json, read_object
from mocks.national_portal.faults import met
from mocks.national_portal.services import Answer, answer
from mocks.national_portal.settings import Settings
from mocks.national_portal.store import Store


def router(store: Store, settings: Settings) -> APIRouter:
    routes = APIRouter(tags=["adapter"])
    account = (settings.adapter_username, settings.adapter_password)

    @routes.post("/mapi/login")
    async def login(request: Request) -> Response:
        body = await read_object(request)

        def work() -> Answer:
            if (body.get("username"), body.get("password")) != account:
                return answer("-1", "Sai tài khoản hoặc mật khẩu")
            session = store.sessions.keep(account[0])
            return {"error_code": 0, "message": "Đăng nhập thành công", "session": session}

        return await met(store.faults.next("login"), work, services.TROUBLE)

    @routes.post("/mapi/g")
    async def dispatch(request: Request) -> Response:
        body = await read_object(request)
        if store.sessions.get(str(body.get("session"))) is None:
            return JSONResponse(services.BAD_SESSION)
        return await _served(store, str(body.get("service", "")), body)

    @routes.post("/api/SynsTTHCC/{service}")
    async def array(
        request: Request,
        service: str,
        MaDinhDanhDV: str = "",  # noqa: N803
        isUpdating: str = "False",  # noqa: N803
    ) -> Response:
        data = await read_json(request)
        return await _served(
            store, service, {"madonvi": MaDinhDanhDV, "isUpdating": isUpdating, "data": data}
        )

    @routes.api_route("/KetNoiMotCuaQuocGia/{service}", methods=["GET", "POST"])
    async def wrapped(request: Request, service: str) -> Response:
        """The portal's own answer as a text within the adapter's `message`."""
        # The adapter stands for its unit: Điện Biên's client sends none here.
        body = {"madonvi": "adapter", **request.query_params}
        return await _served(store, service, body, wrap=True)

    return routes


async def _served(store: Store, service: str, body: dict[str, Any], *, wrap: bool = False) -> Response:
    def work() -> Answer:
        inner = services.call(store, service, body)
        if not wrap:
            return inner
        return answer(str(inner["error_code"]), json.dumps(inner, ensure_ascii=False))

    fault = store.faults.next(service)
    if fault is not None and fault.kind == "bad-session":
        store.end_sessions()
        return JSONResponse(services.BAD_SESSION)
    if fault is not None and fault.kind == "duplicate":
        done = work()
        existing = answer("3", "Hồ sơ đã tồn tại")
        return JSONResponse(existing if done["error_code"] == "0" else done)
    return await met(fault, work, services.TROUBLE)
