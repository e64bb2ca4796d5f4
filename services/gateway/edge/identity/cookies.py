"""The two sealed cookies: a login on its way, and a session. What is in them nobody outside can read
or make."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal, TypedDict
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kit.clock import Clock
from services.gateway.edge.identity.provider import Attempt

LOGIN_LIFETIME = timedelta(minutes=10)
_CALLBACK = "/v1/auth/callback"


@dataclass(frozen=True)
class SessionCookie:
    id: UUID
    csrf: str


class Attributes(TypedDict):
    """Of Starlette's `set_cookie` and `delete_cookie`."""

    path: str
    secure: bool
    httponly: bool
    samesite: Literal["lax"]


class Cookies:
    """`keys`: Fernet keys, comma-separated. On https the session's name has the prefix `__Host-`, by which
    a browser refuses one that a neighbouring host has set."""

    def __init__(self, keys: str, clock: Clock, *, secure: bool) -> None:
        self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
        self._clock, self._secure = clock, secure
        self.session_name = "__Host-motcua_session" if secure else "motcua_session"

    def attributes(self, path: str = "/") -> Attributes:
        return {"path": path, "secure": self._secure, "httponly": True, "samesite": "lax"}

    def login_attributes(self) -> Attributes:
        return self.attributes(_CALLBACK)

    def login_name(self, state: str) -> str:
        """One per login, so that two open tabs do not disturb each other."""
        return f"motcua_login_{hashlib.sha256(state.encode()).hexdigest()[:12]}"

    def seal_login(self, attempt: Attempt) -> str:
        until = (self._clock.now() + LOGIN_LIFETIME).timestamp()
        return self._seal({"login": asdict(attempt), "until": until})

    def open_login(self, sealed: str | None, state: str) -> Attempt | None:
        """The login with this state, unless it is unknown, forged or too old."""
        content = self._open(sealed)
        if "login" not in content or content["until"] < self._clock.now().timestamp():
            return None
        attempt = Attempt(**content["login"])
        return attempt if secrets.compare_digest(attempt.state.encode(), state.encode()) else None

    def seal_session(self, session_id: UUID) -> str:
        return self._seal({"session": session_id.hex, "csrf": secrets.token_urlsafe(24)})

    def open_session(self, sealed: str | None) -> SessionCookie | None:
        content = self._open(sealed)
        return SessionCookie(UUID(content["session"]), content["csrf"]) if "session" in content else None

    def _seal(self, content: dict[str, Any]) -> str:
        return self._fernet.encrypt(json.dumps(content).encode()).decode()

    def _open(self, sealed: str | None) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(self._fernet.decrypt((sealed or "").encode()))
        except InvalidToken:
            return {}
        return content
