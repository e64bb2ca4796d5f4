"""A browser's session becomes a bearer token, so that everything behind knows one way to say who calls.

Pure ASGI, before the router: for the gateway's own routes and for what is passed on alike.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from kit.clock import Clock, elapsed
from kit.db import Database, DatabaseDown
from kit.problem import respond
from services.gateway.edge.identity import queries
from services.gateway.edge.identity.cookies import SessionCookie
from services.gateway.edge.identity.errors import CsrfMissing
from services.gateway.edge.identity.tokens import TokenIssuer
from services.gateway.edge.identity.wiring import Identities
from services.gateway.edge.successors import queries as successors

#: Within this time a logout reaches the other replicas; here it counts at once.
KEPT_SECONDS = 60.0
_MOST_KEPT = 20_000
_SAFE = ("GET", "HEAD", "OPTIONS")
#: Where the scope says which session it is.
SESSION = "motcua.session"


@dataclass(frozen=True)
class _Kept:
    token: str
    until: float


class Sessions:
    """The bearer tokens of open sessions, kept for a while."""

    def __init__(self, identities: Identities, database: Database, clock: Clock) -> None:
        self._issuer: TokenIssuer = identities.issuer
        self._vault, self.cookies = identities.vault, identities.cookies
        self._database, self._clock = database, clock
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()

    async def token(self, session_id: UUID) -> str | None:
        """None when the session has ended."""
        kept = self._kept.get(session_id)
        if kept is not None and kept.until > elapsed():
            return kept.token
        async with self._database.transaction() as session:
            found = await queries.open_session(session, session_id, self._clock.now())
            agency = await successors.acting(session, found[1].agency) if found else None
        if found is None:
            self.forget(session_id)
            return None
        account = found[1]
        token = self._issuer.token(account, self._vault.open(account.profile)["name"], agency)
        self._kept[session_id] = _Kept(token, elapsed() + KEPT_SECONDS)
        self._kept.move_to_end(session_id)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return token

    def forget(self, session_id: UUID) -> None:
        self._kept.pop(session_id, None)


class SessionBearer:
    """A call with its own Authorization is left alone: its cookie then counts for nothing, and
    neither does a session that has ended."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app, self._sessions = app, sessions
        self._name = sessions.cookies.session_name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookie = self._cookie(scope) if scope["type"] == "http" else None
        if cookie is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            token = await self._sessions.token(cookie.id)
        except (DBAPIError, OSError, TimeoutError):
            await respond(request, DatabaseDown(headers={"Retry-After": "5"}))(scope, receive, send)
            return
        if token is not None:
            given = request.headers.get("x-csrf-token", "")
            if scope["method"] not in _SAFE and not secrets.compare_digest(
                given.encode(), cookie.csrf.encode()
            ):
                await respond(request, CsrfMissing())(scope, receive, send)
                return
            bearer = (b"authorization", f"Bearer {token}".encode())
            scope = {**scope, "headers": [*scope["headers"], bearer], SESSION: cookie}
        await self._app(scope, receive, send)

    def _cookie(self, scope: Scope) -> SessionCookie | None:
        sealed = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                return None
            if name == b"cookie" and self._name.encode() in value:
                sealed = cookie_parser(value.decode("latin-1")).get(self._name, sealed)
        return self._sessions.cookies.open_session(sealed) if sealed else None
