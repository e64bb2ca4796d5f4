"""Pages for a person in a browser: what the portal has received, which procedures it serves."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from mocks.national_portal.store import Store

_HERE = Path(__file__).parent
templates = Jinja2Templates(directory=[_HERE / "templates", _HERE.parent / "templates"])

STATE_NAMES = {
    "1": "Mới đăng ký", "2": "Được tiếp nhận", "3": "Không được tiếp nhận", "4": "Đang xử lý",
    "5": "Yêu cầu bổ sung giấy tờ", "6": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "7": "Công dân yêu cầu rút hồ sơ", "8": "Dừng xử lý", "9": "Đã xử lý xong", "10": "Đã trả kết quả",
}  # fmt: skip


def router(store: Store) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/", response_class=HTMLResponse)
    async def home(request: Request) -> Response:
        context = {"title": "Cổng Dịch vụ công Quốc gia (giả lập)", "store": store}
        return templates.TemplateResponse(request, "home.html", context)

    @routes.get("/dossiers", response_class=HTMLResponse)
    async def dossiers(request: Request) -> Response:
        rows = list(store.dossiers.values())[::-1][:200]
        context = {"title": "Hồ sơ đã nhận", "rows": rows, "names": STATE_NAMES, "store": store}
        return templates.TemplateResponse(request, "dossiers.html", context)

    @routes.get("/dossiers/{code}", response_class=HTMLResponse)
    async def dossier(request: Request, code: str) -> Response:
        held = store.held(code)
        if held is None:
            return HTMLResponse("Cổng chưa nhận hồ sơ này.", 404)
        context = {"title": f"Hồ sơ {code}", "held": held, "names": STATE_NAMES}
        return templates.TemplateResponse(request, "dossier.html", context)

    @routes.get("/procedures", response_class=HTMLResponse)
    async def procedures(request: Request, q: str = "") -> Response:
        listed = store.procedures.listed()
        found = [row for row in listed if q.lower() in row["TENTTHC"].lower()]
        context = {"title": "Thủ tục hành chính", "total": len(listed), "rows": found[:100], "q": q}
        return templates.TemplateResponse(request, "procedures.html", context)

    return routes
