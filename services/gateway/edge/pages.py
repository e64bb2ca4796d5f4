"""Pages for a person: a front door and the reference of the API, without any outside host."""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from kit.problem import NotFound
from services.gateway.edge.reference import Reference

router = APIRouter(include_in_schema=False)

#: Swagger UI's script and style, as the package ships them; nothing else of it is used.
_ASSETS = resources.files("fastapi_swagger") / "resources"
_FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"

_START = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#reference", deepLinking: true, docExpansion: "none", filter: true
});
"""
_DOCS = """<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Motcua: tài liệu API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<noscript>Trang này cần JavaScript; bản mô tả API: <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_FRONT_DOOR = """<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Motcua</title>
</head>
<body>
<h1>Motcua: dịch vụ công trực tuyến của tỉnh</h1>
<ul>
<li><a href="/dashboard">Hồ sơ trực tuyến so với chỉ tiêu</a></li>
<li><a href="/docs">Tài liệu API</a> · <a href="/openapi.json">bản mô tả OpenAPI</a></li>
<li><a href="/v1/procedures">Danh mục thủ tục</a> · <a href="/v1/agencies">Cơ quan</a></li>
<li><a href="/v1/auth/login?return_to=/v1/me">Đăng nhập qua Cổng Dịch vụ công quốc gia</a></li>
<li><a href="/v1/auth/login?realm=staff&amp;return_to=/v1/me">Đăng nhập dành cho cán bộ</a></li>
</ul>
</body>
</html>
"""


def _page(text: str) -> Response:
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY})


@router.get("/")
async def front_door() -> Response:
    return _page(_FRONT_DOOR)


@router.get("/openapi.json")
async def openapi_document(request: Request) -> JSONResponse:
    reference: Reference = request.app.state.reference
    return JSONResponse(
        await reference.document(request.app.openapi()), headers={"Cache-Control": "public, max-age=60"}
    )


@router.get("/docs")
async def docs() -> Response:
    return _page(_DOCS)


@router.get("/docs/{name}")
async def docs_file(name: str) -> Response:
    headers = {"Cache-Control": "public, max-age=3600"}
    if name == "start.js":
        return Response(_START, media_type="text/javascript", headers=headers)
    if name not in _FILES:
        raise NotFound()
    return Response((_ASSETS / name).read_bytes(), media_type=_FILES[name], headers=headers)
