"""Logging in at the real mocks: citizens at the portal, staff at their provider; sessions and tokens."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from dirty_equals import IsStr

from tests import system
from tests.contract.gateway.conftest import CALLBACK, World, at_login_page, log_in

pytestmark = pytest.mark.anyio
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


async def test_citizen_logs_in_at_the_portal(world: World) -> None:
    async with world.browser() as browser:
        assert await log_in(browser, "an-nguyen") == {
            "sub": IsStr(regex="[0-9a-f-]{36}"),
            "kind": "citizen",
            "name": "Nguyễn Thị An",
            "roles": ["citizen"],
            "agency": None,
            "verified": True,
            "phone": "0900000001",
            "email": "an-nguyen@example.vn",
            "papers": [{"type": "personal_number", "number": "********0001"}],
            "csrf": IsStr(min_length=20),
        }


async def test_official_logs_in_with_roles_and_body(world: World) -> None:
    async with world.browser() as browser:
        me = await log_in(browser, "tiep.tran", "staff")
    assert (me["kind"], me["roles"], me["agency"]) == ("staff", ["officer"], "000.00.01.H28")
    assert me["verified"] is False


async def test_business_is_itself_not_its_director(world: World) -> None:
    async with world.browser() as browser:
        me = await log_in(browser, "mau-hoa-binh")
    assert (me["kind"], me["name"]) == ("business", "Công ty TNHH Mẫu Hòa Bình")
    assert me["papers"] == [{"type": "tax_code", "number": "******0001"}]


async def test_login_asks_for_pkce_state_and_nonce(world: World) -> None:
    async with world.browser() as browser:
        away = await browser.get("/v1/auth/login")
    query = parse_qs(urlsplit(away.headers["location"]).query)
    assert (query["code_challenge_method"], query["acr_values"]) == (["S256"], ["LoA1"])
    assert {"code_challenge", "state", "nonce"} <= query.keys()
    assert away.headers["cache-control"] == "no-store"
    cookie = away.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_neighbour_reads_the_account_in_full_and_nobody_else(world: World) -> None:
    async with world.browser() as browser:
        me = await log_in(browser, "an-nguyen")
        path = f"/internal/accounts/{me['sub']}"
        assert (await browser.get(path)).status_code == 404
        service = system.service_headers("dossier", world.clock)
        card = await browser.get(path, headers=service)
        missing = "/internal/accounts/01930000-0000-7000-8000-00000000ffff"
        assert (await browser.get(missing, headers=service)).status_code == 404
    assert card.json() == {
        "sub": me["sub"],
        "kind": "citizen",
        "name": "Nguyễn Thị An",
        "papers": [{"type": "personal_number", "number": "017300000001"}],
        "phone": "0900000001",
        "email": "an-nguyen@example.vn",
        "tech_id": "tech-an-nguyen",
    }


async def test_two_first_logins_at_once_give_one_account(world: World) -> None:
    async with world.browser() as first, world.browser() as second:
        found = await asyncio.gather(log_in(first, "binh-quach"), log_in(second, "binh-quach"))
    assert found[0]["sub"] == found[1]["sub"]


async def test_new_portal_account_of_the_same_person_is_the_same_account(world: World) -> None:
    async with world.browser() as browser:
        before = await log_in(browser, "an-nguyen")
        claims = world.portal.state.provider.person("an-nguyen")["claims"]
        claims |= {"sub": "again", "TechID": "tech-again", "SoDienThoai": "0911111111"}
        after = await log_in(browser, "an-nguyen")
    assert (after["sub"], after["phone"]) == (before["sub"], "0911111111")


async def test_other_state_or_other_browser_does_not_log_in(world: World) -> None:
    async with world.browser() as browser, world.browser() as other:
        back = (await at_login_page(browser, "an-nguyen")).headers["location"]
        refused = await other.get(back)
        forged = await browser.get(back.split("&state=")[0] + "&state=forged")
        assert (await browser.get(back)).status_code == 303
        again = await browser.get(back)
    for answer in (refused, forged, again):
        assert (answer.status_code, answer.json()["code"]) == (400, "login-invalid")


async def test_login_ends_after_ten_minutes(world: World) -> None:
    async with world.browser() as browser:
        back = (await at_login_page(browser, "an-nguyen")).headers["location"]
        world.clock.forward(minutes=11)
        assert (await browser.get(back)).json()["code"] == "login-invalid"


@pytest.mark.parametrize(
    "return_to",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", "javascript:alert(1)", "",
     "http://gateway.test@evil.test/", "http://[", "http://gateway.test.evil.test/"],
)  # fmt: skip
async def test_no_open_redirect(world: World, return_to: str) -> None:
    async with world.browser() as browser:
        answer = await browser.get("/v1/auth/login", params={"return_to": return_to})
    assert (answer.status_code, answer.json()["code"]) == (400, "return-address-refused")


async def test_who_refuses_at_the_issuer_is_told_so(world: World) -> None:
    async with world.browser() as browser:
        away = await browser.get("/v1/auth/login", params={"prompt": "none"})
        back = await browser.get(away.headers["location"])
        answer = await browser.get(back.headers["location"])
    assert (answer.status_code, answer.json()["code"]) == (403, "login-refused")


@pytest.mark.parametrize("missing", ["TechID", "SoDinhDanh", "LoaiTaiKhoan"])
async def test_who_cannot_be_identified_gets_no_account(world: World, missing: str) -> None:
    world.portal.state.provider.person("an-nguyen")["claims"][missing] = ""
    async with world.browser() as browser:
        back = await at_login_page(browser, "an-nguyen")
        answer = await browser.get(back.headers["location"])
    assert (answer.status_code, answer.json()["code"]) == (403, "identity-insufficient")


async def test_changes_need_the_csrf_token(world: World) -> None:
    async with world.browser() as browser:
        me = await log_in(browser, "an-nguyen")
        without = await browser.post("/v1/auth/logout")
        forged = await browser.post("/v1/auth/logout", headers={"X-CSRF-Token": "x"})
        assert without.json()["code"] == forged.json()["code"] == "csrf-missing"
        assert (await browser.get("/v1/me")).status_code == 200
        out = await browser.post("/v1/auth/logout", headers={"X-CSRF-Token": me["csrf"]})
        assert out.json()["provider_logout_url"].startswith("http://portal.test/oidc/logout?")
        assert (await browser.get("/v1/me")).json()["code"] == "token-missing"


async def test_stolen_cookie_is_worth_nothing_after_logout(world: World) -> None:
    async with world.browser() as browser, world.browser() as thief:
        me = await log_in(browser, "an-nguyen")
        thief.cookies.set("motcua_session", browser.cookies["motcua_session"], domain="gateway.test")
        assert (await thief.get("/v1/me")).status_code == 200
        await browser.post("/v1/auth/logout", headers={"X-CSRF-Token": me["csrf"]})
        assert (await thief.get("/v1/me")).status_code == 401


async def test_session_ends_after_its_hours(world: World) -> None:
    async with world.browser() as browser:
        await log_in(browser, "an-nguyen")
        world.clock.forward(hours=8, minutes=1)
        world.gateway.state.sessions._kept.clear()
        assert (await browser.get("/v1/me")).json()["code"] == "token-missing"


async def test_forged_cookie_is_nobody(world: World) -> None:
    async with world.browser() as browser:
        browser.cookies.set("motcua_session", "forged", domain="gateway.test")
        assert (await browser.get("/v1/me")).json()["code"] == "token-missing"


async def test_token_of_the_province_is_good_here(world: World) -> None:
    async with world.browser() as browser:
        keys = (await browser.get("/.well-known/jwks.json")).json()["keys"]
        me = await browser.get("/v1/me", headers=system.headers(world.clock, "nobody"))
    assert [key["kid"] for key in keys] == ["test-issuer"]
    assert not {"d", "p", "q"} & keys[0].keys()
    assert (me.json()["sub"], me.json()["csrf"]) == ("nobody", None)


async def _access_token(world: World, browser: Any, person: str, realm: str = "portal") -> str:
    """What an app gets that logs a person in by itself."""
    client = {"client_id": "motcua", "redirect_uri": CALLBACK}
    asked = {**client, "response_type": "code", "prompt": "none", "login_hint": person}
    back = await browser.get(f"http://{realm}.test/oauth2/authorize", params=asked)
    code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
    form = {**client, "client_secret": f"{realm}-secret", "grant_type": "authorization_code", "code": code}
    tokens = (await browser.post(f"http://{realm}.test/oauth2/token", data=form)).json()
    return str(tokens["access_token"])


async def _exchange(world: World, browser: Any, person: str = "an-nguyen") -> dict[str, Any]:
    token = await _access_token(world, browser, person)
    answer = await browser.post("/v1/auth/token", data={"grant_type": EXCHANGE, "subject_token": token})
    assert answer.status_code == 200, answer.text
    granted: dict[str, Any] = answer.json()
    return granted


async def test_app_exchanges_the_portals_token(world: World) -> None:
    async with world.browser() as browser, world.browser() as app:
        granted = await _exchange(world, app)
        bearer = {"Authorization": f"Bearer {granted['access_token']}"}
        me = (await app.get("/v1/me", headers=bearer)).json()
        assert me["sub"] == (await log_in(browser, "an-nguyen"))["sub"]
    assert (granted["expires_in"], granted["token_type"]) == (900, "Bearer")


async def test_staff_exchange_names_its_issuer(world: World) -> None:
    async with world.browser() as app:
        token = await _access_token(world, app, "tham.le", "staff")
        form = {"grant_type": EXCHANGE, "subject_token": token}
        wrong = await app.post("/v1/auth/token", data=form)
        right = await app.post("/v1/auth/token", data={**form, "subject_issuer": "staff"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid-grant")
    assert right.status_code == 200


async def test_second_use_of_a_refresh_token_ends_its_family(world: World) -> None:
    async def refresh(token: str) -> Any:
        return await app.post("/v1/auth/token", data={"grant_type": "refresh_token", "refresh_token": token})

    async with world.browser() as app:
        first = (await _exchange(world, app))["refresh_token"]
        second = (await refresh(first)).json()["refresh_token"]
        reused = await refresh(first)
        assert (reused.status_code, reused.json()["code"]) == (400, "invalid-grant")
        assert reused.json()["error"] == "invalid_grant"
        assert (await refresh(second)).json()["code"] == "invalid-grant"


async def test_app_logs_out_with_its_refresh_token(world: World) -> None:
    async with world.browser() as app:
        token = (await _exchange(world, app))["refresh_token"]
        assert (await app.post("/v1/auth/logout", data={"refresh_token": token})).status_code == 200
        form = {"grant_type": "refresh_token", "refresh_token": token}
        assert (await app.post("/v1/auth/token", data=form)).json()["code"] == "invalid-grant"


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 422, "invalid-input"),
        ({"grant_type": "password"}, 400, "unsupported-grant-type"),
        ({"grant_type": EXCHANGE}, 400, "invalid-grant"),
        ({"grant_type": EXCHANGE, "subject_token": "made-up"}, 400, "invalid-grant"),
        ({"grant_type": EXCHANGE, "subject_token": "x", "subject_issuer": "me"}, 422, "invalid-input"),
        ({"grant_type": "refresh_token", "refresh_token": "made-up"}, 400, "invalid-grant"),
        ({"grant_type": "refresh_token", "refresh_token": "a\0b"}, 400,
         "invalid-grant"),
    ],
)  # fmt: skip
async def test_bad_token_requests_have_names(
    world: World, form: dict[str, Any], status: int, code: str
) -> None:
    async with world.browser() as app:
        answer = await app.post("/v1/auth/token", data=form)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
