"""Who is calling: the province's own tokens (RS256, from the gateway) and the services' (Ed25519).

A right is a type in a route's signature; `require(...)` makes such types. No right means public.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import uuid4

import httpx
from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet, OKPKey

from kit.clock import Clock, elapsed
from kit.problem import Problem
from kit.tls import trusted

AUDIENCE = "motcua"
_BEARER = {"WWW-Authenticate": "Bearer"}


class TokenMissing(Problem):
    status, code = 401, "token-missing"
    title = {"vi": "Cần đăng nhập", "en": "Please log in"}


class TokenInvalid(Problem):
    status, code = 401, "token-invalid"
    title = {"vi": "Phiên đăng nhập không hợp lệ", "en": "The token is not valid"}


class TokenExpired(Problem):
    status, code = 401, "token-expired"
    title = {"vi": "Phiên đăng nhập đã hết hạn", "en": "The token has expired"}


class Forbidden(Problem):
    status, code = 403, "forbidden"
    title = {"vi": "Không có quyền", "en": "Not allowed"}
    detail = {"vi": "Cần một trong các vai trò: {roles}.", "en": "Needs one of the roles: {roles}."}


@dataclass(frozen=True)
class Caller:
    """`sub` account or client; `kind` citizen, business, organisation, staff, system or service;
    `agency` the body that staff and systems are bound to."""

    sub: str
    kind: str
    name: str = ""
    roles: frozenset[str] = frozenset()
    agency: str | None = None
    verified: bool = False

    @property
    def actor(self) -> str:
        """How the event log names this caller: a reference, not a name."""
        return f"{self.kind}:{self.sub}"


class ServiceKey:
    """A service's own key: signs the 60-second tokens that it shows to its neighbours."""

    def __init__(self, jwk: str, clock: Clock) -> None:
        self._key = OKPKey.import_key(json.loads(jwk))
        self.name = str(self._key.kid)
        self._clock = clock

    def token(self) -> str:
        now = self._clock.now()
        claims = {
            "iss": self.name,
            "sub": self.name,
            "aud": AUDIENCE,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(seconds=60)).timestamp()),
            "jti": uuid4().hex,
        }
        return self.sign(claims)

    def sign(self, claims: dict[str, Any]) -> str:
        """A JWT that anyone with the services' public keys can check."""
        return jwt.encode({"alg": "Ed25519", "kid": self.name}, claims, self._key, algorithms=["Ed25519"])


class PublishedKeys:
    """The gateway's public keys, fetched when an unknown key id appears, at most every 5 seconds."""

    def __init__(self, fetch: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self._fetch = fetch
        self._keys: KeySet | None = None
        self._fetched = -1e9
        self._lock = asyncio.Lock()

    async def having(self, kid: str) -> KeySet:
        if self._lacks(kid):
            async with self._lock:
                if self._lacks(kid) and elapsed() - self._fetched > 5:
                    self._fetched = elapsed()
                    try:
                        self._keys = KeySet.import_key_set(await self._fetch())  # type: ignore[arg-type]
                    except (httpx.HTTPError, ValueError):
                        self._fetched = elapsed() - 4
        if self._keys is None:
            raise IssuerDown(headers={"Retry-After": "2"})
        return self._keys

    def _lacks(self, kid: str) -> bool:
        return self._keys is None or all(key.kid != kid for key in self._keys.keys)


class IssuerDown(Problem):
    status, code = 503, "issuer-unavailable"
    title = {"vi": "Chưa kiểm tra được phiên đăng nhập", "en": "The token cannot be checked now"}


def fetch_json(url: str) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def fetch() -> dict[str, Any]:
        async with httpx.AsyncClient(verify=trusted(), timeout=5) as client:
            answer = await client.get(url)
            answer.raise_for_status()
            body: dict[str, Any] = answer.json()
            return body

    return fetch


class Verifier:
    """Turns a bearer token into a Caller. Raises TokenInvalid, TokenExpired, IssuerDown."""

    def __init__(self, issuer: str, issuer_keys: PublishedKeys, service_keys: str, clock: Clock) -> None:
        self._issuer, self._issuer_keys, self._clock = issuer, issuer_keys, clock
        self._services = KeySet.import_key_set(json.loads(service_keys))

    async def caller(self, token: str) -> Caller:
        try:
            header = json.loads(_b64(token.split(".", 1)[0]))
            algorithm, kid = header.get("alg"), header.get("kid")
        except (ValueError, AttributeError):
            raise TokenInvalid(headers=_BEARER) from None
        if algorithm == "Ed25519":
            claims = self._decode(token, self._services, "Ed25519", {"essential": True})
            if claims["iss"] != kid or claims["sub"] != kid:
                raise TokenInvalid(headers=_BEARER)
            return Caller(sub=str(kid), kind="service", name=str(kid), roles=frozenset({"service"}))
        if algorithm != "RS256" or not isinstance(kid, str):
            raise TokenInvalid(headers=_BEARER)
        keys = await self._issuer_keys.having(kid)
        claims = self._decode(token, keys, "RS256", {"essential": True, "value": self._issuer})
        roles = frozenset(map(str, claims.get("roles", []))) - {"service"}
        return Caller(
            sub=str(claims["sub"]),
            kind=str(claims.get("kind", "")),
            name=str(claims.get("name", "")),
            roles=roles,
            agency=claims.get("agency"),
            verified=bool(claims.get("verified", False)),
        )

    def _decode(self, token: str, keys: KeySet, algorithm: str, issuer: Any) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=5,
            iss=issuer,
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            decoded = jwt.decode(token, keys, algorithms=[algorithm])
            rules.validate(decoded.claims)
        except ExpiredTokenError:
            raise TokenExpired(headers=_BEARER) from None
        except (JoseError, ValueError, KeyError, TypeError):
            raise TokenInvalid(headers=_BEARER) from None
        return decoded.claims


def _b64(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def optional_caller(request: Request) -> Caller | None:
    """The caller, or None without a token. A token that is there must be good."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer" or not token:
        raise TokenInvalid(headers=_BEARER)
    verifier: Verifier = request.app.state.verifier
    return await verifier.caller(token.strip())


async def any_caller(caller: Annotated[Caller | None, Depends(optional_caller)]) -> Caller:
    if caller is None:
        raise TokenMissing(headers=_BEARER)
    return caller


def require(*roles: str) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that admits callers with one of `roles`."""

    async def check(caller: Annotated[Caller, Depends(any_caller)]) -> Caller:
        if not caller.roles.intersection(roles):
            raise Forbidden(roles=", ".join(roles))
        return caller

    return check


MaybeCaller = Annotated[Caller | None, Depends(optional_caller)]
AnyCaller = Annotated[Caller, Depends(any_caller)]
ServiceCaller = Annotated[Caller, Depends(require("service"))]
