"""What we believe of an OpenID Connect provider, and what we do not."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from kit.problem import Problem
from services.gateway.edge.identity.provider import Attempt, Provider, Registration
from tests import system

pytestmark = pytest.mark.anyio
BASE = "http://issuer.test"
KEY = RSAKey.generate_key(2048, {"kid": "k1"})
PERSON = {"sub": "s1", "TechID": "t1", "LoaiTaiKhoan": 1, "SoCMND": "113000001", "HoVaTen": "Trần A"}
ATTEMPT = Attempt("portal", "state", "nonce", "verifier", "/")


class Issuer:
    """A provider whose every word can be changed."""

    def __init__(self, clock: system.StoppedClock) -> None:
        now = int(clock.now().timestamp())
        self.claims: dict[str, Any] = {
            "iss": BASE, "sub": "s1", "aud": "motcua", "iat": now, "exp": now + 300, "nonce": "nonce",
        }  # fmt: skip
        self.key, self.header = KEY, {"alg": "RS256", "kid": "k1"}
        self.person: dict[str, Any] = dict(PERSON)
        self.introspected: dict[str, Any] = {"active": True, "client_id": "motcua"}
        self.status = 200

    async def answer(self, request: httpx.Request) -> tuple[int, Any]:
        path = request.url.path
        if path == "/token":
            token = jwt.encode(self.header, self.claims, self.key, algorithms=[self.header["alg"]])
            return self.status, {"id_token": token, "access_token": "a"}
        return self.status, {
            "/.well-known/openid-configuration": {
                "issuer": BASE,
                "authorization_endpoint": f"{BASE}/authorize",
                "token_endpoint": f"{BASE}/token",
                "userinfo_endpoint": f"{BASE}/userinfo",
                "jwks_uri": f"{BASE}/jwks",
                "introspection_endpoint": f"{BASE}/introspect",
            },
            "/jwks": {"keys": [KEY.as_dict(private=False)]},
            "/userinfo": self.person,
            "/introspect": self.introspected,
        }[path]


@pytest.fixture
def clock() -> system.StoppedClock:
    return system.StoppedClock()


@pytest.fixture
def issuer(clock: system.StoppedClock) -> Issuer:
    return Issuer(clock)


@pytest.fixture
def provider(clock: system.StoppedClock, issuer: Issuer) -> Provider:
    ours = Registration("portal", BASE, "motcua", "secret", "http://gateway.test/v1/auth/callback", ("app",))
    return Provider(ours, clock, system.Answers(issuer.answer))


async def test_good_login(provider: Provider) -> None:
    identity = await provider.redeem("code", ATTEMPT)
    assert (identity.subject, identity.kind, identity.numbers) == ("t1", "citizen", ("citizen:113000001",))
    assert identity.profile["papers"] == [{"type": "old_card", "number": "113000001"}]


@pytest.mark.parametrize(
    "forged",
    [{"nonce": "other"}, {"nonce": None}, {"iss": "http://evil.test"}, {"aud": "other"}, {"exp": 1},
     {"sub": "somebody-else"}],
)  # fmt: skip
async def test_forged_claims_do_not_log_in(
    provider: Provider, issuer: Issuer, forged: dict[str, Any]
) -> None:
    issuer.claims = {k: v for k, v in (issuer.claims | forged).items() if v is not None}
    with pytest.raises(Problem) as refused:
        await provider.redeem("code", ATTEMPT)
    assert refused.value.code == "login-invalid"


@pytest.mark.parametrize("kid", ["k1", "k2"])
async def test_signed_by_another_key(provider: Provider, issuer: Issuer, kid: str) -> None:
    issuer.key, issuer.header = RSAKey.generate_key(2048), {"alg": "RS256", "kid": kid}
    with pytest.raises(Problem) as refused:
        await provider.redeem("code", ATTEMPT)
    assert refused.value.code == "login-invalid"


async def test_weak_algorithm(provider: Provider, issuer: Issuer) -> None:
    issuer.header["alg"] = "RS512"
    with pytest.raises(Problem) as refused:
        await provider.redeem("code", ATTEMPT)
    assert refused.value.code == "login-invalid"


async def test_provider_away(provider: Provider, issuer: Issuer) -> None:
    issuer.status = 503
    with pytest.raises(Problem) as away:
        await provider.login_url(ATTEMPT, None, None)
    assert (away.value.status, away.value.code) == (503, "identity-provider-unavailable")
    assert await provider.logout_url("/") is None
    issuer.status = 200
    assert (await provider.login_url(ATTEMPT, None, None)).startswith(f"{BASE}/authorize?")


@pytest.mark.parametrize(
    ("said", "good"),
    [({"active": True, "client_id": "motcua"}, True), ({"active": True, "client_id": "app"}, True),
     ({"active": True, "client_id": "another-province"}, False), ({"active": True}, False),
     ({"active": False, "client_id": "motcua"}, False), ({}, False)],
)  # fmt: skip
async def test_only_tokens_of_our_own_clients_are_exchanged(
    provider: Provider, issuer: Issuer, said: dict[str, Any], good: bool
) -> None:
    issuer.introspected = said
    if good:
        assert (await provider.holder("token")).subject == "t1"
        return
    with pytest.raises(Problem) as refused:
        await provider.holder("token")
    assert refused.value.code == "invalid-grant"
