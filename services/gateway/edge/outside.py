"""The outside issuers (OpenID Connect): where to log in, and who it was. The national portal for
citizens and organisations (protocol facts, section 6), a staff provider for officials."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kit.clock import Clock
from services.gateway.errors import IssuerDown, LoginRefused


@dataclass(frozen=True)
class Client:
    """Our registration with an issuer. `extra`: parameters that it wants at authorisation."""

    realm: str
    url: str
    client_id: str
    client_secret: str
    extra: tuple[tuple[str, str], ...] = ()


class Issuer:
    """One outside issuer. Raises IssuerDown, LoginRefused."""

    def __init__(
        self, client: Client, redirect_uri: str, clock: Clock, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        self._client, self._redirect_uri, self._clock = client, redirect_uri, clock
        self._http = httpx.AsyncClient(transport=transport, timeout=10)
        self._discovered: dict[str, Any] | None = None

    async def close(self) -> None:
        await self._http.aclose()

    async def login_url(self, state: str, nonce: str, verifier: str) -> str:
        """Authorization code with PKCE (S256)."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **dict(self._client.extra),
        }
        return f"{(await self._about())['authorization_endpoint']}?{urlencode(query)}"

    async def claims_of_code(self, code: str, nonce: str, verifier: str) -> dict[str, Any]:
        """Exchange the code, check the id_token, fetch the claims."""
        about = await self._about()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "client_id": self._client.client_id,
            "client_secret": self._client.client_secret,
            "code_verifier": verifier,
        }
        answer = await self._json("POST", about["token_endpoint"], data=form)
        subject = await self._check(str(answer.get("id_token", "")), nonce)
        claims = await self.claims_of_token(str(answer.get("access_token", "")))
        if claims.get("sub") != subject:
            raise LoginRefused(reason="sub")
        return claims

    async def claims_of_token(self, access_token: str) -> dict[str, Any]:
        """Userinfo: the issuer itself says whether its token is good."""
        about = await self._about()
        headers = {"Authorization": f"Bearer {access_token}"}
        return await self._json("POST", about["userinfo_endpoint"], headers=headers)

    async def _check(self, id_token: str, nonce: str) -> str:
        about = await self._about()
        keys = KeySet.import_key_set(await self._json("GET", about["jwks_uri"]))  # type: ignore[arg-type]
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=30,
            iss={"essential": True, "value": about["issuer"]},
            aud={"essential": True, "value": self._client.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            token = jwt.decode(id_token, keys, algorithms=["RS256"])
            rules.validate(token.claims)
            return str(token.claims["sub"])
        except (JoseError, ValueError, KeyError) as error:
            raise LoginRefused(reason=type(error).__name__) from None

    async def _about(self) -> dict[str, Any]:
        if self._discovered is None:
            url = f"{self._client.url}/.well-known/openid-configuration"
            self._discovered = await self._json("GET", url)
        return self._discovered

    async def _json(self, method: str, url: str, **kwargs: Any) -> dict[str, Any]:
        try:
            answer = await self._http.request(method, url, **kwargs)
        except httpx.TransportError:
            raise IssuerDown(headers={"Retry-After": "5"}) from None
        if answer.status_code >= 500:
            raise IssuerDown(headers={"Retry-After": "5"})
        if answer.status_code >= 400:
            raise LoginRefused(reason=f"{answer.status_code}")
        try:
            body: dict[str, Any] = json.loads(answer.content)
        except ValueError:
            raise IssuerDown from None
        return body
