"""What every service is made of: the FastAPI application with handlers, health, metrics, loops."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit import db, log, problem
from kit.auth import PublishedKeys, ServiceKey, Verifier, fetch_json
from kit.clock import Clock, elapsed
from kit.db import Bell, Database
from kit.heads import Notary, Shelf
from kit.jobs import Loop
from kit.metrics import REQUESTS, metrics
from kit.settings import ServiceSettings

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Parts:
    """What the composition root of a service builds on."""

    name: str
    clock: Clock
    database: Database
    bell: Bell
    key: ServiceKey
    verifier: Verifier
    notary: Notary | None


@dataclass(frozen=True)
class Outside:
    """What a composition root takes from outside the process; tests pass fakes.

    `transports`: neighbour's name → transport of its httpx client. `issuer_keys`: fetches the JWKS.
    """

    clock: Clock | None = None
    issuer_keys: Callable[[], Awaitable[dict[str, Any]]] | None = None
    transports: Mapping[str, httpx.AsyncBaseTransport] = field(default_factory=dict)


def parts(name: str, settings: ServiceSettings, outside: Outside) -> Parts:
    clock = outside.clock or settings.clock()
    database = Database(settings.database_url.get_secret_value(), settings.database_pool)
    key = ServiceKey(settings.service_key.get_secret_value(), clock)
    shelf = Shelf(settings.objects(settings.heads_url), name) if settings.heads_url else None
    return Parts(
        name=name,
        clock=clock,
        database=database,
        bell=Bell(database.dsn),
        key=key,
        notary=Notary(database, shelf, key, clock) if shelf else None,
        verifier=Verifier(
            settings.public_url,
            PublishedKeys(outside.issuer_keys or fetch_json(settings.jwks_url)),
            settings.service_keys.get_secret_value(),
            clock,
        ),
    )


@dataclass
class Service:
    """`loops` run in the background while the service does (where `background` says so); `closing` is
    awaited at its end; `state` becomes attributes of `app.state`. `max_bodies`: by path, where larger (or
    smaller) ones are taken, whatever their type."""

    parts: Parts
    title: str
    routers: Sequence[APIRouter]
    loops: Sequence[Loop] = ()
    background: bool = True
    closing: Sequence[Callable[[], Awaitable[None]]] = ()
    state: dict[str, Any] = field(default_factory=dict)
    max_body: int = 2 * MEBIBYTE
    max_upload: int = 26 * MEBIBYTE
    max_bodies: Mapping[str, int] = field(default_factory=dict)


def create(service: Service) -> FastAPI:
    base = service.parts
    log.configure(base.name)
    loops, tasks = list(service.loops), list[asyncio.Task[None]]()
    if base.notary is not None:
        loops.append(Loop("heads", base.notary.step, base.bell, every=600))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks.append(asyncio.create_task(base.bell.run(), name="bell"))
        if service.background:
            tasks[1:] = [asyncio.create_task(loop.run(), name=loop.name) for loop in loops]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            tasks.clear()
            for close in service.closing:
                await close()
            await base.database.close()

    app = FastAPI(
        title=service.title,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.clock, app.state.database, app.state.bell = base.clock, base.database, base.bell
    app.state.verifier, app.state.notary = base.verifier, base.notary
    app.state.loops = {loop.name: loop for loop in loops}
    for name, value in service.state.items():
        setattr(app.state, name, value)
    problem.install(app)
    db.install(app)
    for router in service.routers:
        app.include_router(router)
    _add_health(app, base, loops, tasks)
    app.add_middleware(RequestContext, service=base.name)
    app.add_middleware(MaxBody, limit=service.max_body, upload=service.max_upload, by_path=service.max_bodies)
    return app


def _add_health(
    app: FastAPI, base: Parts, loops: Sequence[Loop], tasks: Sequence[asyncio.Task[None]]
) -> None:
    """Ready: the database answers, and no loop has ended or is stuck; one that fails goes on trying."""

    @app.get("/health/live", include_in_schema=False)
    async def live() -> dict[str, str]:
        return {"status": "ok", "service": base.name}

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        stuck = [task.get_name() for task in tasks if task.done()] + [
            loop.name for loop in loops if loop.stuck
        ]
        if stuck:
            return JSONResponse({"status": "stuck", "loops": stuck}, 503)
        well = await base.database.ready()
        return JSONResponse({"status": "ok" if well else "database-unavailable"}, 200 if well else 503)

    app.add_route("/metrics", metrics, include_in_schema=False)


class RequestContext:
    """Pure ASGI: request id and trace in the log and the answer, duration in the metrics."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = headers.get(b"x-request-id", b"").decode("latin-1")
        if not re.fullmatch(r"[\w.-]{8,64}", request_id):
            request_id = secrets.token_hex(8)
        trace = headers.get(b"traceparent", b"").decode("latin-1")
        if not re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", trace):
            trace = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
        structlog.contextvars.bind_contextvars(request_id=request_id, trace=trace)
        began, status = elapsed(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            REQUESTS.labels(self._service, scope["method"], route, status).observe(elapsed() - began)
            structlog.contextvars.unbind_contextvars("request_id", "trace")


class MaxBody:
    """Pure ASGI: a body beyond the limit is refused as soon as it shows, and never kept."""

    def __init__(self, app: ASGIApp, limit: int, upload: int, by_path: Mapping[str, int]) -> None:
        self._app, self._limit, self._upload, self._by_path = app, limit, upload, by_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        multipart = headers.get(b"content-type", b"").lower().startswith(b"multipart/")
        limit = self._by_path.get(scope["path"]) or (self._upload if multipart else self._limit)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise problem.TooLarge(limit=limit)
            return message

        await self._app(scope, counted, send)
