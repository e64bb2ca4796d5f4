"""The province's own token: RS256, short-lived, the only one that services accept from people."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import RSAKey

from kit.auth import AUDIENCE
from kit.clock import Clock
from services.gateway.models import Account


class TokenIssuer:
    def __init__(self, signing_key: str, issuer: str, minutes: float, clock: Clock) -> None:
        self._key = RSAKey.import_key(json.loads(signing_key))
        self._issuer, self._clock = issuer, clock
        self.life = timedelta(minutes=minutes)

    def issue(self, account: Account, name: str) -> str:
        now = self._clock.now()
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": subject(account),
            "kind": account.kind,
            "name": name,
            "roles": account.roles,
            "agency": account.agency,
            "verified": account.issuer == "portal",
            "iat": int(now.timestamp()),
            "exp": int((now + self.life).timestamp()),
            "jti": uuid4().hex,
        }
        return jwt.encode({"alg": "RS256", "kid": str(self._key.kid)}, claims, self._key)

    async def published(self) -> dict[str, Any]:
        """The JWKS: public keys only."""
        public = self._key.as_dict(private=False)
        return {"keys": [{**public, "use": "sig", "alg": "RS256", "kid": str(self._key.kid)}]}


def subject(account: Account) -> str:
    return str(account.id)
