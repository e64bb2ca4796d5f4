"""The way to the services: pure ASGI, streaming both ways through aiohttp's client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import unquote

import aiohttp
import structlog
from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from yarl import URL

from kit.http import Breaker
from kit.problem import NotFound, Problem, respond
from services.gateway.edge.entrance import Entrance
from services.gateway.errors import CsrfMissing, ServiceDown

log = structlog.get_logger()

#: Public prefix → service, the longest first (the public API's outline).
ROUTES: tuple[tuple[str, str], ...] = tuple(
    sorted(
        (
            *((f"/v1/{name}", "catalog") for name in (
                "procedures", "agencies", "units", "fields", "code-lists", "reports/provision",
                "reports/services-without-dossiers", "reports/online-candidates",
            )),
            *((f"/v1/{name}", "dossier") for name in (
                "dossiers", "track", "results", "calendar", "notices", "intake-counts", "targets",
                "reports", "audit",
            )),
            *((f"/v1/{name}", "payment") for name in (
                "payments", "refunds", "receipts", "reconciliations", "ledger", "cash-shifts",
            )),
        ),
        key=lambda route: -len(route[0]),
    )
)  # fmt: skip

_HOP = {
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer",
    b"transfer-encoding", b"upgrade", b"proxy-connection",
}  # fmt: skip
_NOT_FORWARDED = {b"host", b"cookie", b"x-csrf-token", b"x-request-id", b"traceparent", b"forwarded"}
_NOT_RETURNED = {b"set-cookie", b"x-request-id", b"server", b"x-content-type-options"}
_SAFE = {"GET", "HEAD", "OPTIONS"}


class Proxy:
    """Answers what no route of the gateway's own did."""

    def __init__(self, services: Mapping[str, str], entrance: Entrance) -> None:
        self._bases, self._entrance = services, entrance
        self._breakers = {name: Breaker(rest=2.0) for name in services}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            await self._forward(request, scope, receive, send)
        except Problem as problem:
            await respond(request, problem)(scope, receive, send)

    async def _forward(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path") or scope["path"].encode()
        service = service_of(raw)
        if service is None:
            raise NotFound
        breaker = self._breakers[service]
        if not breaker.closed():
            raise ServiceDown(service=service, headers={"Retry-After": "2"})
        headers = await self._headers(request, scope)
        query = scope["query_string"]
        url = URL(
            self._bases[service] + raw.decode("ascii") + ("?" + query.decode("latin-1") if query else ""),
            encoded=True,
        )
        body = _body(receive) if _has_body(scope) else None
        started = False
        try:
            async with self._client().request(
                scope["method"], url, headers=headers, data=body, allow_redirects=False
            ) as answer:
                breaker.note(well=True)
                await send(
                    {"type": "http.response.start", "status": answer.status, "headers": _returned(answer)}
                )
                started = True
                async for piece in answer.content.iter_any():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
        except (aiohttp.ClientError, TimeoutError) as error:
            if problem := _problem_within(error):
                raise problem from None
            if started:
                # The head is out: closing the connection is the only honest end.
                raise
            breaker.note(well=False)
            log.warning("service-unreachable", upstream=service, error=type(error).__name__)
            raise ServiceDown(service=service, headers={"Retry-After": "2"}) from None

    async def _headers(self, request: Request, scope: Scope) -> list[tuple[str, str]]:
        given = scope["headers"]
        named = {name.strip().lower().encode() for name in request.headers.get("connection", "").split(",")}
        dropped = _HOP | _NOT_FORWARDED | named
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in given
            if name not in dropped and not name.startswith(b"x-forwarded-")
        ]
        if "authorization" not in request.headers and (token := await self._session_token(request)):
            headers.append(("Authorization", f"Bearer {token}"))
        client = scope.get("client")
        bound = structlog.contextvars.get_contextvars()
        headers += [
            ("X-Forwarded-For", client[0] if client else ""),
            ("X-Request-Id", str(bound.get("request_id", ""))),
            ("traceparent", str(bound.get("trace", ""))),
        ]
        return headers

    async def _session_token(self, request: Request) -> str | None:
        """For a browser that is logged in. Raises CsrfMissing for an unsafe method without its token."""
        try:
            cookies = SimpleCookie(request.headers.get("cookie", ""))
        except CookieError:
            return None
        secret = self._entrance.session_secret({name: morsel.value for name, morsel in cookies.items()})
        if secret is None:
            return None
        token = await self._entrance.token_of_session(secret)
        if token is None:
            return None
        given = request.headers.get("x-csrf-token", "")
        if request.method not in _SAFE and not self._entrance.csrf_holds(secret, given):
            raise CsrfMissing
        return token

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # The default jar leaks one caller's cookies into another's request, by host name.
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                connector=aiohttp.TCPConnector(limit=200, keepalive_timeout=30),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=60),
                skip_auto_headers=["User-Agent", "Accept", "Accept-Encoding", "Content-Type"],
            )
        return self._session


def service_of(raw_path: bytes) -> str | None:
    """Which service answers a path; None for anything that is not plainly one of the public prefixes."""
    path = unquote(raw_path.decode("latin-1"))
    lowered = raw_path.lower()
    if b"%2f" in lowered or b"%5c" in lowered or "\\" in path or "//" in path:
        return None
    if any(segment in (".", "..") for segment in path.split("/")):
        return None
    for prefix, service in ROUTES:
        if path == prefix or path.startswith(prefix + "/"):
            return service
    return None


def _has_body(scope: Scope) -> bool:
    names = {name for name, _ in scope["headers"]}
    return b"content-length" in names or b"transfer-encoding" in names


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the caller has gone")
        if piece := message.get("body", b""):
            yield piece
        more = message.get("more_body", False)


def _returned(answer: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    named = {name.strip().lower().encode() for name in answer.headers.get("Connection", "").split(",")}
    dropped = _HOP | _NOT_RETURNED | named
    return [(name.lower(), value) for name, value in answer.raw_headers if name.lower() not in dropped]


def _problem_within(error: BaseException) -> Problem | None:
    """A problem that arose while the caller's body was read (too large, for one)."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Problem):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None
