"""One OpenAPI 3.1 of everything that callers may use, merged from the services' own, and its page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from kit.clock import elapsed

log = structlog.get_logger()
_KEPT_SECONDS = 60
_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Motcua API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head><body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>"""
_START = "SwaggerUIBundle({url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true});"
_FILES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


class Merged:
    """The merged document, fetched again once a minute; a service that is down keeps its last part."""

    def __init__(
        self, services: Mapping[str, str], transports: Mapping[str, httpx.AsyncBaseTransport]
    ) -> None:
        self._services, self._transports = services, transports
        self._parts: dict[str, dict[str, Any]] = {}
        self._fetched = -1e9

    async def document(self, own: dict[str, Any]) -> dict[str, Any]:
        if elapsed() - self._fetched > _KEPT_SECONDS or len(self._parts) < len(self._services):
            for name, url in self._services.items():
                await self._fetch(name, url)
            self._fetched = elapsed()
        return merge({"gateway": own, **self._parts})

    async def _fetch(self, name: str, url: str) -> None:
        async with httpx.AsyncClient(transport=self._transports.get(name), timeout=5) as client:
            try:
                answer = await client.get(f"{url}/openapi.json")
                answer.raise_for_status()
                self._parts[name] = answer.json()
            except (httpx.HTTPError, ValueError):
                log.warning("openapi-unavailable", upstream=name)


def merge(parts: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Public paths of all parts; schemas of the same name and other content get their service's name."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Motcua", "version": "1", "description": "Dịch vụ công trực tuyến của tỉnh."},
        "paths": {},
        "components": {"schemas": {}},
    }
    schemas: dict[str, Any] = merged["components"]["schemas"]
    for service, part in parts.items():
        own = part.get("components", {}).get("schemas", {})
        renamed = {
            name: f"{service.title()}{name}" for name in own if schemas.get(name, own[name]) != own[name]
        }
        text = json.dumps(part)
        for old, new in renamed.items():
            text = text.replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
        renewed = json.loads(text)
        for name, schema in renewed.get("components", {}).get("schemas", {}).items():
            schemas[renamed.get(name, name)] = schema
        for path, item in renewed["paths"].items():
            if not path.startswith(("/internal", "/.well-known")):
                merged["paths"][path] = item
    return merged


def docs_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    async def openapi(request: Request) -> JSONResponse:
        app: FastAPI = request.app
        merged: Merged = app.state.merged
        document = await merged.document(app.openapi())
        return JSONResponse(document, headers={"Cache-Control": "public, max-age=60"})

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(_PAGE)

    @router.get("/docs/start.js")
    async def start() -> Response:
        return Response(_START, media_type="text/javascript")

    @router.get("/docs/{name}")
    async def asset(name: str) -> Response:
        if name not in _FILES:
            return RedirectResponse("/docs", status_code=302)
        content = resources.files("fastapi_swagger").joinpath("resources", name).read_bytes()
        return Response(content, media_type=_FILES[name], headers={"Cache-Control": "public, max-age=86400"})

    @router.get("/")
    async def home() -> RedirectResponse:
        return RedirectResponse("/docs", status_code=302)

    return router
