"""Passes calls on to the services, streaming both ways, through aiohttp's client (a ninth of httpx's CPU).

Its defaults are not a proxy's: no cookie jar (the default one gives one citizen's cookie to another),
no decompression, no redirects followed, addresses taken as they are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog
from starlette.types import Receive, Scope, Send
from yarl import URL

from kit.http import Breaker, NeighbourDown
from kit.metrics import NEIGHBOUR_FAILURES
from kit.problem import NotFound, Problem
from services.gateway.edge.proxy import headers, routing

log = structlog.get_logger()

#: uvicorn closes idle connections after 5 seconds: we let go of them first.
_KEEP_ALIVE = 4.0
_LONGEST_WAIT = 35.0
_BODILESS = ("GET", "HEAD", "OPTIONS")
#: aiohttp would add them; what the caller did not say, we do not say.
_NOT_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class CallerGone(Exception):
    """The caller hung up while sending."""


class Forwarder:
    """One pool of connections for all neighbours, one breaker each. `urls`: name → base."""

    def __init__(self, urls: Mapping[str, str], timeout: float) -> None:
        self._urls = {name: url.rstrip("/") for name, url in urls.items()}
        self._timeout = timeout
        self._breakers = {name: Breaker(rest=2.0) for name in urls}
        self._client: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def forward(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises NotFound, NeighbourDown, and what reading the caller's body raises."""
        raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
        if not routing.straight(scope["path"], raw):
            raise NotFound()
        if not self._breakers[name].closed():
            raise self._down(name)
        body = _Body(receive)
        try:
            async with self._session().request(
                scope["method"],
                self._target(name, raw, scope["query_string"]),
                headers=headers.inward(scope["headers"], _forwarded(scope)),
                data=body.chunks() if _has_body(scope) else None,
                allow_redirects=False,
                skip_auto_headers=_NOT_ADDED,
                timeout=self._limit(scope["query_string"]),
            ) as answer:
                self._breakers[name].note(well=True)
                await self._answer(name, answer, send)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if isinstance(body.fault, CallerGone):
                return
            if body.fault is not None:
                raise body.fault from None
            self._note_failure(name, error)
            raise self._down(name) from None
        except CallerGone:
            return

    async def _answer(self, name: str, answer: aiohttp.ClientResponse, send: Send) -> None:
        """Once the answer has begun it can only be broken off: without its end, the server closes the
        connection, and the caller sees that something is missing."""
        passed = headers.outward(answer.raw_headers)
        await send({"type": "http.response.start", "status": answer.status, "headers": passed})
        try:
            async for chunk in answer.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._note_failure(name, error)
            return
        await send({"type": "http.response.body", "body": b""})

    def _target(self, name: str, raw_path: bytes, query: bytes) -> URL:
        text = raw_path.decode("latin-1") + ("?" + query.decode("latin-1") if query else "")
        return URL(self._urls[name] + text, encoded=True)

    def _limit(self, query: bytes) -> aiohttp.ClientTimeout:
        """Between two pieces of the answer. Long polls (`wait=`) take their time."""
        waiting = _LONGEST_WAIT if b"wait=" in query else 0.0
        return aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=self._timeout + waiting)

    def _session(self) -> aiohttp.ClientSession:
        """Made at the first call: it belongs to the running event loop."""
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                requote_redirect_url=False,
            )
        return self._client

    def _note_failure(self, name: str, error: Exception) -> None:
        self._breakers[name].note(well=False)
        NEIGHBOUR_FAILURES.labels(name).inc()
        log.warning("neighbour-failed", neighbour=name, what=type(error).__name__)

    def _down(self, name: str) -> Problem:
        return NeighbourDown(neighbour=name, headers={"Retry-After": "2"})


class _Body:
    """The caller's body in pieces. aiohttp wraps what goes wrong while it reads: `fault` keeps it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.fault: Exception | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            try:
                message = await self._receive()
            except Problem as problem:
                self.fault = problem
                raise
            if message["type"] == "http.disconnect":
                self.fault = CallerGone()
                raise self.fault
            if message.get("body"):
                yield message["body"]
            more = message.get("more_body", False)


def _has_body(scope: Scope) -> bool:
    names = {name for name, _ in scope["headers"]}
    return scope["method"] not in _BODILESS or b"content-length" in names or b"transfer-encoding" in names


def _forwarded(scope: Scope) -> list[tuple[str, str]]:
    given: dict[str, Any] = structlog.contextvars.get_contextvars()
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    pairs = [
        ("X-Forwarded-For", scope["client"][0] if scope.get("client") else ""),
        ("X-Forwarded-Host", host.decode("latin-1")),
        ("X-Forwarded-Proto", str(scope["scheme"])),
        ("X-Request-Id", str(given.get("request_id", ""))),
        ("traceparent", str(given.get("trace", ""))),
    ]
    return [(name, value) for name, value in pairs if value]
