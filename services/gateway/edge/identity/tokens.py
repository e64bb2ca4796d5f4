"""The province's own tokens: RS256, short-lived, verified by every service from the published keys."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from kit.auth import AUDIENCE
from kit.clock import Clock
from services.gateway.edge.identity.models import Account


class TokenIssuer:
    """`keys`: a private RSA JWK, or a JWK set: the first key signs, all are published, so that a key
    can be changed while tokens of the old one are still about."""

    def __init__(self, keys: str, issuer: str, lifetime: timedelta, clock: Clock) -> None:
        given = json.loads(keys)
        self._keys = [RSAKey.import_key(key) for key in given.get("keys", [given])]
        if any(key.kid is None for key in self._keys):
            raise ValueError("SIGNING_KEY needs a kid")
        self.issuer, self._clock, self.lifetime = issuer, clock, lifetime
        self._published = KeySet(list(self._keys)).as_dict(private=False)
        for key in self._published["keys"]:
            key.update({"use": "sig", "alg": "RS256"})

    async def published(self) -> dict[str, Any]:
        """The JWKS: public parts only."""
        return dict(self._published)

    def token(self, account: Account, name: str, agency: str | None) -> str:
        """For a person or body that has logged in; staff act for `agency`: their body, or its successor."""
        return self._signed(
            sub=str(account.id),
            kind=account.kind,
            name=name,
            roles=account.roles,
            agency=agency,
            verified=account.issuer == "portal",
        )

    def system_token(self, client_id: str, name: str, agency: str) -> str:
        """For a system with credentials of its own."""
        return self._signed(
            sub=client_id, kind="system", name=name, roles=["system"], agency=agency, verified=False
        )

    def _signed(self, **who: Any) -> str:
        now = self._clock.now()
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            **who,
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
            "jti": uuid4().hex,
        }
        key = self._keys[0]
        return jwt.encode({"alg": "RS256", "kid": str(key.kid), "typ": "JWT"}, claims, key)
