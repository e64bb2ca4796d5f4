"""So many requests a caller: `RateLimit` headers on every answer, 429 with Retry-After beyond."""

from __future__ import annotations

import hashlib
import time

from limits import RateLimitItem, parse
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.problem import respond
from services.gateway.errors import TooManyRequests

_FREE = ("/health/", "/.well-known/", "/internal/")


class RateLimit:
    """Pure ASGI. Keyed by token or session, else by address. `storage`: memory, or redis for replicas."""

    def __init__(self, app: ASGIApp, limit: str, storage: str) -> None:
        self._app = app
        self._item: RateLimitItem = parse(limit)
        self._limiter = FixedWindowRateLimiter(storage_from_string(storage))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        key = _key(scope)
        allowed = await self._limiter.hit(self._item, key)
        window = await self._limiter.get_window_stats(self._item, key)
        seconds = max(1, int(window.reset_time - time.time()) + 1)
        name = f'"caller";r={max(0, window.remaining)};t={seconds}'
        policy = f'"caller";q={self._item.amount};w={self._item.get_expiry()}'
        headers = [(b"ratelimit", name.encode()), (b"ratelimit-policy", policy.encode())]

        async def send_with_limit(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        if allowed:
            await self._app(scope, receive, send_with_limit)
        else:
            problem = TooManyRequests(seconds=seconds, headers={"Retry-After": str(seconds)})
            await respond(Request(scope), problem)(scope, receive, send_with_limit)


def _key(scope: Scope) -> str:
    headers = dict(scope["headers"])
    secret = headers.get(b"authorization") or headers.get(b"cookie")
    if secret:
        return hashlib.sha256(secret).hexdigest()
    client = scope.get("client")
    return client[0] if client else "unknown"
