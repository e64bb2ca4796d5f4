"""What the edge works with: issuers, tokens, cookies. One value, made in the composition root."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from fastapi import Depends, Request, Response

from kit.clock import Clock
from kit.db import Database
from kit.vault import Vault
from services.gateway.commands import sessions
from services.gateway.edge.outside import Issuer
from services.gateway.edge.tokens import TokenIssuer
from services.gateway.errors import LoginExpired, ReturnToRefused
from services.gateway.models import Account
from services.gateway.settings import Settings

_LOGIN_SECONDS = 600


@dataclass(frozen=True)
class Login:
    """A login under way, sealed into a cookie of the browser that began it."""

    realm: str
    state: str
    nonce: str
    verifier: str
    return_to: str


class Entrance:
    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        issuers: Mapping[str, Issuer],
        tokens: TokenIssuer,
    ) -> None:
        self.settings, self.clock, self.issuers, self.tokens = settings, clock, issuers, tokens
        self.vault = Vault(settings.data_keys.get_secret_value(), settings.index_key.get_secret_value())
        self._database = database
        key = settings.session_key.get_secret_value()
        self._fernet, self._csrf_key = Fernet(key), hashlib.sha256(b"csrf" + key.encode()).digest()
        secure = settings.public_url.startswith("https://")
        prefix = "__Host-" if secure else ""
        self._secure = secure
        self._login_cookie, self._session_cookie = f"{prefix}motcua_login", f"{prefix}motcua_session"
        self._issued: dict[bytes, tuple[float, str]] = {}

    # Where to come back to.

    def checked_return(self, return_to: str) -> str:
        """A path of ours or an address at a configured frontend. Raises ReturnToRefused."""
        parts = urlsplit(return_to)
        local = return_to.startswith("/") and not return_to.startswith("//") and "\\" not in return_to
        if local and not parts.netloc:
            return return_to
        if f"{parts.scheme}://{parts.netloc}" in self.settings.frontend_origins:
            return return_to
        raise ReturnToRefused

    # The login under way.

    def keep_login(self, response: Response, login: Login) -> None:
        sealed = self._fernet.encrypt(json.dumps(vars(login)).encode()).decode()
        self._set(response, self._login_cookie, sealed, _LOGIN_SECONDS)

    def kept_login(self, request: Request, state: str) -> Login:
        """Raises LoginExpired for one that was not begun in this browser, or too long ago."""
        try:
            sealed = request.cookies.get(self._login_cookie, "").encode()
            login = Login(**json.loads(self._fernet.decrypt(sealed, ttl=_LOGIN_SECONDS)))
        except (InvalidToken, ValueError, TypeError):
            raise LoginExpired from None
        if not hmac.compare_digest(login.state.encode(), state.encode()):
            raise LoginExpired
        return login

    # The browser's session.

    def keep_session(self, response: Response, secret: str) -> None:
        response.delete_cookie(self._login_cookie, path="/", secure=self._secure, httponly=True)
        self._set(response, self._session_cookie, secret, int(self.settings.session_hours * 3600))

    def forget_session(self, response: Response) -> None:
        response.delete_cookie(self._session_cookie, path="/", secure=self._secure, httponly=True)

    def session_secret(self, cookies: Mapping[str, str]) -> str | None:
        return cookies.get(self._session_cookie)

    def csrf(self, secret: str) -> str:
        return hmac.new(self._csrf_key, secret.encode(), hashlib.sha256).hexdigest()

    def csrf_holds(self, secret: str, given: str) -> bool:
        return hmac.compare_digest(self.csrf(secret).encode(), given.encode())

    async def token_of_session(self, secret: str) -> str | None:
        """A token for whoever is logged in, None when the session has ended. Kept for a minute, so that
        a logout or a change of roles takes no longer than that to hold everywhere."""
        key, now = sessions.key_of(secret), self.clock.now().timestamp()
        issued_at, token = self._issued.get(key, (0.0, ""))
        if 0 <= now - issued_at < 60:
            return token
        async with self._database.transaction() as session:
            account = await sessions.session_account(session, self.clock, secret)
        if account is None:
            self._issued.pop(key, None)
            return None
        token = self.token(account)
        if len(self._issued) > 10_000:
            self._issued.clear()
        self._issued[key] = (now, token)
        return token

    def forget_token(self, secret: str) -> None:
        self._issued.pop(sessions.key_of(secret), None)

    def token(self, account: Account) -> str:
        return self.tokens.issue(account, self.profile(account)["name"])

    def profile(self, account: Account) -> dict[str, Any]:
        profile: dict[str, Any] = self.vault.open(account.profile)
        return profile

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )


def _entrance(request: Request) -> Entrance:
    entrance: Entrance = request.app.state.entrance
    return entrance


TheEntrance = Annotated[Entrance, Depends(_entrance, scope="function")]
