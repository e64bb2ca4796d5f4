"""Keys, settings and tokens of a system under test."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from cryptography.fernet import Fernet
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey

from kit.auth import AUDIENCE, ServiceKey
from kit.clock import VIETNAM, Clock

PUBLIC_URL = "http://gateway.test"
SERVICES = ("catalog", "dossier", "payment", "gateway")
SIGNING_KEY = RSAKey.generate_key(2048, {"kid": "test-issuer", "use": "sig", "alg": "RS256"})
_SERVICE_KEYS = {name: OKPKey.generate_key("Ed25519", {"kid": name}) for name in SERVICES}


class StoppedClock:
    """A clock that stands until a test moves it."""

    def __init__(self, start: str = "2020-10-26T08:00:00+07:00") -> None:
        self.moment = datetime.fromisoformat(start)
        if self.moment.tzinfo is None:
            self.moment = self.moment.replace(tzinfo=VIETNAM)

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: str) -> None:
        self.moment = datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


async def issuer_keys() -> dict[str, Any]:
    return {"keys": [dict(SIGNING_KEY.as_dict(private=False))]}


def settings(service: str, database_url: str, **more: Any) -> dict[str, Any]:
    """Constructor arguments for any service's Settings."""
    return {
        "motcua_environment": "test",
        "database_url": database_url,
        "database_pool": 5,
        "public_url": PUBLIC_URL,
        "service_key": json.dumps(_SERVICE_KEYS[service].as_dict(private=True)),
        "service_keys": json.dumps({"keys": [key.as_dict(private=False) for key in _SERVICE_KEYS.values()]}),
        "data_keys": _DATA_KEY,
        "index_key": base64.b64encode(b"i" * 32).decode(),
        "background": False,
        **more,
    }


_DATA_KEY = Fernet.generate_key().decode()


def service_headers(service: str, clock: Clock) -> dict[str, str]:
    key = ServiceKey(json.dumps(_SERVICE_KEYS[service].as_dict(private=True)), clock)
    return {"Authorization": f"Bearer {key.token()}"}


def token(clock: Clock, sub: str, kind: str = "citizen", **claims: Any) -> str:
    """A token as the gateway would issue it."""
    now = int(clock.now().timestamp())
    payload = {
        "iss": PUBLIC_URL,
        "aud": AUDIENCE,
        "sub": sub,
        "kind": kind,
        "name": sub,
        "roles": ["citizen"] if kind in ("citizen", "business", "organisation") else [],
        "iat": now,
        "exp": now + 900,
        "jti": uuid4().hex,
        **claims,
    }
    return jwt.encode({"alg": "RS256", "kid": "test-issuer"}, payload, SIGNING_KEY)


def headers(clock: Clock, sub: str, kind: str = "citizen", **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(clock, sub, kind, **claims)}"}


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app in this process, its lifespan run. Use inside one event loop."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
            yield client


class Answers(httpx.AsyncBaseTransport):
    """A neighbour that answers from a function: (method, path) → (status, JSON)."""

    def __init__(self, answer: Callable[[httpx.Request], Awaitable[tuple[int, Any]]]) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        status, body = await self._answer(request)
        return httpx.Response(status, json=body, request=request)
