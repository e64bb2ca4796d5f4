"""How often a caller may call. Pure ASGI, after the session has become a bearer token.

Counts per account where the token is good, else per address. Real time, not the system's clock: a
simulated moment must not open or close windows.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.auth import Verifier
from kit.clock import SystemClock
from kit.problem import Problem, respond
from services.gateway.edge.proxy.routing import under

log = structlog.get_logger()
_MOST_KNOWN = 20_000
#: Asked by machines at their own pace, or protected by a service token.
_FREE = ("/health", "/.well-known", "/internal", "/metrics")


class RateLimited(Problem):
    status, code = 429, "rate-limited"
    title = {"vi": "Quá nhiều lượt gọi", "en": "Too many calls"}
    detail = {"vi": "Hãy thử lại sau {seconds} giây.", "en": "Please try again in {seconds} seconds."}


@dataclass(frozen=True)
class Rule:
    """At most so many calls of one caller under `prefix`; `name` parts the counters."""

    name: str
    prefix: str
    limit: RateLimitItem

    @staticmethod
    def read(name: str, prefix: str, words: str) -> Rule:
        """`words`: as in "120/minute"."""
        return Rule(name, prefix, parse(words))


class Limits:
    """`rules`: the first whose prefix fits counts. Without their store calls go through uncounted."""

    def __init__(self, app: ASGIApp, rules: Sequence[Rule], storage: str, verifier: Verifier) -> None:
        self._app, self._rules, self._verifier = app, rules, verifier
        store = storage_from_string(f"async+{storage}", wrap_exceptions=True)
        self._limiter = FixedWindowRateLimiter(cast(Storage, store))
        self._known: OrderedDict[bytes, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        rule = next((rule for rule in self._rules if under(scope["path"], rule.prefix)), self._rules[-1])
        caller = await self._caller(scope)
        try:
            allowed = await self._limiter.hit(rule.limit, rule.name, caller)
            window = await self._limiter.get_window_stats(rule.limit, rule.name, caller)
        except StorageError as error:
            log.warning("limits-unavailable", error=repr(error))
            await self._app(scope, receive, send)
            return
        seconds = max(1, round(window.reset_time - SystemClock().now().timestamp()))
        said = {
            "RateLimit-Limit": str(rule.limit.amount),
            "RateLimit-Remaining": str(window.remaining),
            "RateLimit-Reset": str(seconds),
        }
        if not allowed:
            problem = RateLimited(seconds=seconds, headers={**said, "Retry-After": str(seconds)})
            await respond(Request(scope), problem)(scope, receive, send)
            return
        pairs = [(name.lower().encode(), value.encode()) for name, value in said.items()]

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *pairs]
            await send(message)

        await self._app(scope, receive, send_with_limits)

    async def _caller(self, scope: Scope) -> str:
        """Only a token that is good names its caller: made-up ones would each have a count of its own."""
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        address = scope["client"][0] if scope.get("client") else "unknown"
        if not given.lower().startswith(b"bearer "):
            return address
        digest = hashlib.sha256(given).digest()
        if (known := self._known.get(digest)) is not None:
            return known
        try:
            caller = (await self._verifier.caller(given[7:].decode("latin-1").strip())).actor
        except Problem:
            return address
        self._known[digest] = caller
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return caller
