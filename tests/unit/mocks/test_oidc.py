"""Logging in at the mocks, as an OpenID Connect client does (portal facts, section 6)."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from mocks.staff_identity.app import Settings, create_app
from tests import system
from tests.unit.mocks.conftest import CALLBACK, CLIENT, Portal

pytestmark = pytest.mark.anyio

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "response_type": "code",
    "client_id": CLIENT[0],
    "redirect_uri": CALLBACK,
    "scope": "openid",
    "acr_values": "LoA1",
    "state": "a state&more",
    "nonce": "n-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


async def ask(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    return await client.get("/oauth2/authorize", params=ASKED | changes)


def told(answer: httpx.Response) -> dict[str, str]:
    """What came back at the client's own address."""
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


async def code_of(client: httpx.AsyncClient, person: str = "an-nguyen", **changes: str) -> str:
    return told(await ask(client, prompt="none", login_hint=person, **changes))["code"]


async def redeem(client: httpx.AsyncClient, code: str, /, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_id": CLIENT[0],
        "client_secret": CLIENT[1],
    }
    return await client.post("/oauth2/token", data=form | changes)


async def tokens(client: httpx.AsyncClient, person: str = "an-nguyen") -> dict[str, Any]:
    answer: dict[str, Any] = (await redeem(client, await code_of(client, person))).json()
    return answer


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_citizen_clicks_on_a_name_and_is_logged_in(portal: Portal) -> None:
    page = await ask(portal.client)
    assert "Nguyễn Thị An" in page.text
    assert '<button class="person" name="person" value="an-nguyen">' in page.text
    hidden = re.search(r'name="request" value="([^"]+)"', page.text)
    assert hidden
    form = {"request": hidden[1], "person": "an-nguyen"}
    back = told(await portal.client.post("/oauth2/login", data=form))
    assert back["state"] == "a state&more"
    answer = (await redeem(portal.client, back["code"])).json()
    keys = KeySet.import_key_set((await portal.client.get("/oauth2/jwks")).json())
    claims = jwt.decode(answer["id_token"], keys, algorithms=["RS256"]).claims
    now = int(portal.clock.now().timestamp())
    assert claims == {
        "iss": "http://portal.test", "sub": "portal-an-nguyen", "aud": CLIENT[0], "nonce": "n-1",
        "iat": now, "exp": now + 3600,
    }  # fmt: skip
    again = await portal.client.post("/oauth2/login", data=form)
    assert (again.status_code, "hết hạn" in again.text) == (400, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_userinfo_tells_what_the_id_token_does_not(portal: Portal, method: str) -> None:
    token = (await tokens(portal.client))["access_token"]
    said = (await portal.client.request(method, "/oauth2/userinfo", headers=bearer(token))).json()
    assert (said["LoaiTaiKhoan"], said["SoDinhDanh"], said["TechID"], said["HoVaTen"]) == (
        "1", "017300000001", "tech-an-nguyen", "Nguyễn Thị An",
    )  # fmt: skip


async def test_a_business_comes_with_its_tax_code(portal: Portal) -> None:
    token = (await tokens(portal.client, "mau-hoa-binh"))["access_token"]
    said = (await portal.client.get("/oauth2/userinfo", headers=bearer(token))).json()
    assert (said["LoaiTaiKhoan"], said["MaSoThue"]) == ("2", "5400000001")


async def test_discovery_names_every_endpoint(portal: Portal) -> None:
    found = (await portal.client.get("/.well-known/openid-configuration")).json()
    assert found["issuer"] == "http://portal.test"
    assert found["authorization_endpoint"] == "http://portal.test/oauth2/authorize"
    assert found["end_session_endpoint"] == "http://portal.test/oidc/logout"
    assert (found["code_challenge_methods_supported"], found["response_types_supported"]) == (
        ["S256"],
        ["code"],
    )


@pytest.mark.parametrize("wrong", [{"client_id": "another"}, {"redirect_uri": f"{CALLBACK}/evil"}])
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    portal: Portal, wrong: dict[str, str]
) -> None:
    answer = await ask(portal.client, **wrong)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none", "login_hint": "nobody"}, "login_required"),
    ],
)
async def test_a_wrong_request_is_told_to_the_client(
    portal: Portal, wrong: dict[str, str], error: str
) -> None:
    assert told(await ask(portal.client, **wrong)) == {"error": error, "state": "a state&more"}


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"redirect_uri": "http://gateway.test/other"}, 400, "invalid_grant"),
        ({"code": "guessed"}, 400, "invalid_grant"),
        ({"client_secret": "guessed"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
    ],
)
async def test_a_code_is_not_redeemed(portal: Portal, wrong: dict[str, str], status: int, error: str) -> None:
    answer = await redeem(portal.client, await code_of(portal.client), **wrong)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_a_code_is_good_once_and_for_a_minute(portal: Portal) -> None:
    first, late = await code_of(portal.client), await code_of(portal.client)
    assert (await redeem(portal.client, first)).status_code == 200
    assert (await redeem(portal.client, first)).json() == {"error": "invalid_grant"}
    portal.clock.forward(seconds=61)
    assert (await redeem(portal.client, late)).json() == {"error": "invalid_grant"}


async def test_the_client_may_say_who_it_is_by_http_basic(portal: Portal) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": await code_of(portal.client),
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    assert (await portal.client.post("/oauth2/token", data=form, auth=CLIENT)).status_code == 200
    assert (await portal.client.post("/oauth2/token", data=form, auth=("x", "y"))).status_code == 401


async def test_a_client_without_pkce_may_do_without(portal: Portal) -> None:
    code = await code_of(portal.client, code_challenge="", code_challenge_method="")
    assert (await redeem(portal.client, code, code_verifier="")).status_code == 200


async def test_a_token_ends_by_revocation_or_after_an_hour(portal: Portal) -> None:
    first, second = [(await tokens(portal.client))["access_token"] for _ in range(2)]

    async def active(token: str) -> Any:
        answer = await portal.client.post("/oauth2/introspect", data={"token": token}, auth=CLIENT)
        return answer.json()["active"]

    form = {"token": first, "token_type_hint": "access_token"}
    assert (await portal.client.post("/oauth2/revoke", data=form)).status_code == 401
    assert await active(first)
    assert (await portal.client.post("/oauth2/revoke", data=form, auth=CLIENT)).status_code == 200
    assert not await active(first)
    assert await active(second)
    portal.clock.forward(hours=1, seconds=1)
    assert not await active(second)
    refused = await portal.client.get("/oauth2/userinfo", headers=bearer(second))
    assert (refused.status_code, refused.json()) == (401, {"error": "invalid_token"})


async def test_introspection_as_opencps_asks(portal: Portal) -> None:
    token = (await tokens(portal.client))["access_token"]
    form = {"token": token, "state": "0"}
    said = (await portal.client.post("/oauth2/introspect", data=form, headers=bearer(token))).json()
    assert (said["client_id"], said["exp"]) == (CLIENT[0], int(portal.clock.now().timestamp()) + 3600)
    assert (await portal.client.post("/oauth2/introspect", data=form)).status_code == 401


@pytest.mark.parametrize(
    ("back_to", "status"),
    [("http://gateway.test/", 303), ("http://gateway.test.evil.example/", 200), ("", 200)],
)
async def test_logging_out_leads_home_only(portal: Portal, back_to: str, status: int) -> None:
    answer = await portal.client.get("/oidc/logout", params={"post_logout_redirect_uri": back_to})
    assert (answer.status_code, answer.headers.get("Location", "")) == (status, back_to * (status == 303))


async def test_an_officer_logs_in_at_the_staff_identity() -> None:
    settings = Settings(
        staff_client_id=CLIENT[0],
        staff_client_secret=CLIENT[1],
        staff_redirect_uris=f"{CALLBACK},http://x.test/",
    )
    async with system.running(create_app(settings, system.StoppedClock().now)) as client:
        assert (await client.get("/health/ready")).status_code == 200
        page = await ask(client)
        assert page.text.count('name="person"') == 9
        token = (await tokens(client, "tiep.tran"))["access_token"]
        said = (await client.get("/oauth2/userinfo", headers=bearer(token))).json()
    assert said == {
        "sub": "tiep.tran", "name": "Trần Văn Tiếp", "email": "tiep.tran@example.vn",
        "roles": ["officer"], "agency": "000.00.01.H28", "title": "Cán bộ tiếp nhận",
    }  # fmt: skip
