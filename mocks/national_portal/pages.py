"""Pages for a person in a browser: what the portal has received, which procedures it serves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from mocks.html import FRAME, says
from mocks.national_portal.store import Store

_SHOWN = 200
_STATES = {
    "1": "Mới đăng ký", "2": "Được tiếp nhận", "3": "Không được tiếp nhận", "4": "Đang xử lý",
    "5": "Yêu cầu bổ sung giấy tờ", "6": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "7": "Công dân yêu cầu rút hồ sơ", "8": "Dừng xử lý", "9": "Đã xử lý xong", "10": "Đã trả kết quả",
}  # fmt: skip


def _moment(value: str) -> str:
    return datetime.strptime(value, "%Y%m%d%H%M%S").strftime("%d/%m/%Y %H:%M") if value else ""  # noqa: DTZ007


templates = Jinja2Templates(directory=[Path(__file__).parent / "templates", FRAME])
templates.env.filters["moment"] = _moment
templates.env.filters["state"] = lambda code: _STATES.get(code, f"Mã {code}")


def router(store: Store) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def home(request: Request) -> Response:
        return templates.TemplateResponse(request, "home.html", {"title": "Cổng giả lập", "store": store})

    @routes.get("/dossiers")
    async def dossiers(request: Request) -> Response:
        rows = [store.held(code) for code in list(store.dossiers)[: -_SHOWN - 1 : -1]]
        context = {"title": "Hồ sơ đã nhận", "rows": rows, "total": len(store.dossiers)}
        return templates.TemplateResponse(request, "dossiers.html", context)

    @routes.get("/dossiers/{code}")
    async def dossier(request: Request, code: str) -> Response:
        held = store.held(code)
        if held is None:
            return says(request, "Hồ sơ", "Cổng chưa nhận hồ sơ này.", 404)
        return templates.TemplateResponse(request, "dossier.html", {"title": f"Hồ sơ {code}", "held": held})

    @routes.get("/procedures")
    async def procedures(request: Request, q: str = "") -> Response:
        listed, wanted = store.procedures.listed(), q.strip().lower()
        found = [row for row in listed if wanted in f"{row['MATTHC']} {row['TENTTHC']}".lower()]
        context = {"title": "Thủ tục hành chính", "q": q, "total": len(listed), "found": len(found)}
        return templates.TemplateResponse(request, "procedures.html", {**context, "rows": found[:_SHOWN]})

    return routes
