"""Client of an outside OpenID Connect provider: where to log in, who it was, whose token this is.

Addresses come from the provider's discovery document, so that the portal (WSO2 Identity Server) and the
staff's provider are one code.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from pydantic import BaseModel, ValidationError

from kit.auth import IssuerDown, PublishedKeys
from kit.clock import Clock, elapsed
from kit.tls import trusted
from services.gateway.edge.identity.claims import Identity, Realm, identity
from services.gateway.edge.identity.errors import GrantInvalid, LoginInvalid, ProviderDown

log = structlog.get_logger()
_ALGORITHMS = ["RS256", "ES256"]
_DISCOVERY_SECONDS = 3600.0


class Discovery(BaseModel):
    """What we use of OpenID Connect Discovery 1.0 §3."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    introspection_endpoint: str | None = None
    end_session_endpoint: str | None = None


@dataclass(frozen=True)
class Registration:
    """How a provider knows us. `apps`: clients of mobile apps whose tokens may be exchanged here."""

    realm: Realm
    url: str
    client_id: str
    client_secret: str
    redirect_uri: str
    apps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """A login on its way: what its answer is checked against. `verifier` is PKCE's (RFC 7636)."""

    realm: Realm
    state: str
    nonce: str
    verifier: str
    return_to: str

    @staticmethod
    def begin(realm: Realm, return_to: str) -> Attempt:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return Attempt(realm, state, nonce, verifier, return_to)


class Provider:
    """Raises ProviderDown from every call that gets no answer."""

    def __init__(
        self, ours: Registration, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.ours, self._clock = ours, clock
        self._client = httpx.AsyncClient(verify=trusted(), timeout=5, transport=transport)
        self._keys = PublishedKeys(self._fetch_keys)
        self._found: Discovery | None = None
        self._found_at = 0.0
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        await self._client.aclose()

    async def login_url(self, attempt: Attempt, login_hint: str | None, prompt: str | None) -> str:
        """Where the browser goes to log in."""
        challenge = hashlib.sha256(attempt.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.ours.client_id,
            "redirect_uri": self.ours.redirect_uri,
            "scope": "openid",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
            # The portal's lowest level of assurance; which kinds of account it lets in is its business.
            **({"acr_values": "LoA1"} if self.ours.realm == "portal" else {}),
            **({"login_hint": login_hint} if login_hint else {}),
            **({"prompt": prompt} if prompt else {}),
        }
        return f"{(await self._discovery()).authorization_endpoint}?{urlencode(query)}"

    async def logout_url(self, back_to: str) -> str | None:
        """Where a person logs out of the provider too; None where it has no such place or is away:
        logging out here must not wait for it."""
        try:
            found = await self._discovery()
        except ProviderDown:
            return None
        if found.end_session_endpoint is None:
            return None
        query = urlencode({"client_id": self.ours.client_id, "post_logout_redirect_uri": back_to})
        return f"{found.end_session_endpoint}?{query}"

    async def redeem(self, code: str, attempt: Attempt) -> Identity:
        """Who has logged in. Raises LoginInvalid, IdentityInsufficient."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.ours.redirect_uri,
            "client_id": self.ours.client_id,
            "client_secret": self.ours.client_secret,
            "code_verifier": attempt.verifier,
        }
        tokens = await self._json("POST", (await self._discovery()).token_endpoint, data=form)
        if tokens is None:
            raise LoginInvalid()
        subject = await self._verify(str(tokens.get("id_token", "")), attempt.nonce)
        person = await self._userinfo(str(tokens.get("access_token", "")))
        if person is None or person.get("sub") != subject:
            raise LoginInvalid()
        return identity(self.ours.realm, person)

    async def holder(self, access_token: str) -> Identity:
        """Whose access token this is. It must have been issued to one of our own clients: any other
        site that a person logs in to also holds a token that userinfo accepts.

        Raises GrantInvalid, IdentityInsufficient."""
        endpoint = (await self._discovery()).introspection_endpoint
        if endpoint is None:
            raise GrantInvalid(error="invalid_grant")
        credentials = (self.ours.client_id, self.ours.client_secret)
        said = await self._json("POST", endpoint, data={"token": access_token}, auth=credentials)
        if not said or not said.get("active"):
            raise GrantInvalid(error="invalid_grant")
        if said.get("client_id") not in (self.ours.client_id, *self.ours.apps):
            raise GrantInvalid(error="invalid_grant")
        person = await self._userinfo(access_token)
        if person is None:
            raise GrantInvalid(error="invalid_grant")
        return identity(self.ours.realm, person)

    async def _verify(self, id_token: str, nonce: str) -> str:
        """The token's subject, once it is ours, fresh and signed by the provider."""
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=30,
            iss={"essential": True, "value": (await self._discovery()).issuer},
            aud={"essential": True, "value": self.ours.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            keys = await self._keys.having(_key_id(id_token))
            decoded = jwt.decode(id_token, keys, algorithms=_ALGORITHMS)
            rules.validate(decoded.claims)
        except IssuerDown:
            raise ProviderDown(headers={"Retry-After": "5"}) from None
        except (JoseError, ValueError, TypeError) as error:
            log.warning("id-token-refused", realm=self.ours.realm, why=type(error).__name__)
            raise LoginInvalid() from None
        return str(decoded.claims["sub"])

    async def _userinfo(self, access_token: str) -> dict[str, Any] | None:
        endpoint = (await self._discovery()).userinfo_endpoint
        return await self._json("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})

    async def _fetch_keys(self) -> dict[str, Any]:
        return await self._json("GET", (await self._discovery()).jwks_uri) or {}

    async def _discovery(self) -> Discovery:
        async with self._lock:
            if self._found is None or elapsed() - self._found_at > _DISCOVERY_SECONDS:
                url = f"{self.ours.url.rstrip('/')}/.well-known/openid-configuration"
                try:
                    self._found = Discovery.model_validate(await self._json("GET", url))
                except ValidationError:
                    raise ProviderDown(headers={"Retry-After": "5"}) from None
                self._found_at = elapsed()
            return self._found

    async def _json(self, method: str, url: str, **more: Any) -> dict[str, Any] | None:
        """The answer's object; None when the provider refuses."""
        try:
            answer = await self._client.request(method, url, **more)
            body = answer.json() if answer.status_code < 400 else None
        except (httpx.TransportError, ValueError) as error:
            log.warning("identity-provider-failed", realm=self.ours.realm, why=repr(error))
            raise ProviderDown(headers={"Retry-After": "5"}) from None
        if answer.status_code >= 500:
            raise ProviderDown(headers={"Retry-After": "5"})
        return body if isinstance(body, dict) else None


def _key_id(token: str) -> str:
    """Raises ValueError."""
    part = token.split(".", 1)[0]
    header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return str(header.get("kid", "")) if isinstance(header, dict) else ""
