"""What is for neighbours and for the operator, at a port that the whole world can reach. Pure ASGI."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from kit.auth import Verifier
from kit.problem import NotFound, Problem, respond
from services.gateway.edge.proxy.routing import under


class Inward:
    """`/internal` is there for services only, `/metrics` for whoever shows the configured token; for
    everybody else there is nothing."""

    def __init__(self, app: ASGIApp, verifier: Verifier, metrics_token: str | None) -> None:
        self._app, self._verifier, self._metrics_token = app, verifier, metrics_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not await self._admitted(scope):
            await respond(Request(scope), NotFound())(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _admitted(self, scope: Scope) -> bool:
        path: str = scope["path"]
        if under(path, "/metrics"):
            expected = f"Bearer {self._metrics_token}".encode()
            return self._metrics_token is not None and secrets.compare_digest(_bearer(scope), expected)
        if under(path, "/internal"):
            try:
                caller = await self._verifier.caller(_bearer(scope)[7:].decode("latin-1").strip())
            except Problem:
                return False
            return caller.kind == "service"
        return True


def _bearer(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"authorization"), b"")
