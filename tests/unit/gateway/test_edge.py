"""Limits, CORS, one OpenAPI, pages: what the edge adds for everybody."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.gateway.edge.openapi import merged
from tests import system

pytestmark = pytest.mark.anyio
SAMPLE = "/v1/procedures"
TIGHT = {"limit_default": "3/minute", "limit_track": "1/minute", "limit_token": "1/minute"}


@pytest.mark.parametrize("options", [TIGHT])
async def test_too_many_calls_are_told_when_to_come_back(gateway: httpx.AsyncClient) -> None:
    answers = [await gateway.get(SAMPLE) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[-1].json()["code"] == "rate-limited"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert (await gateway.get("/health/live")).status_code == 200


@pytest.mark.parametrize("options", [TIGHT])
async def test_each_account_has_its_own_count(gateway: httpx.AsyncClient, clock: system.StoppedClock) -> None:
    for person in ("an", "binh"):
        for expected in (200, 200, 200, 429):
            headers = system.headers(clock, person)  # another token of the same account counts the same
            assert (await gateway.get(SAMPLE, headers=headers)).status_code == expected


@pytest.mark.parametrize("options", [TIGHT])
async def test_made_up_tokens_share_their_address(gateway: httpx.AsyncClient) -> None:
    statuses = [
        (await gateway.get(SAMPLE, headers={"Authorization": f"Bearer made-up-{n}"})).status_code
        for n in range(4)
    ]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize("options", [TIGHT])
async def test_guessing_codes_and_tokens_is_limited_more(gateway: httpx.AsyncClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "guess"}
    tokens = [(await gateway.post("/v1/auth/token", data=form)).status_code for _ in range(2)]
    tracks = [(await gateway.get(f"/v1/track/{n}")).status_code for n in range(2)]
    assert (tokens, tracks) == ([400, 429], [503, 429])


@pytest.mark.parametrize("options", [{**TIGHT, "limits_enabled": False}])
async def test_limits_can_be_off(gateway: httpx.AsyncClient) -> None:
    answers = [await gateway.get(SAMPLE) for _ in range(5)]
    assert all(a.status_code == 200 and "RateLimit-Limit" not in a.headers for a in answers)


@pytest.mark.parametrize("options", [{**TIGHT, "limits_storage": "redis://127.0.0.1:1"}])
async def test_without_the_store_of_the_counts_calls_go_through(gateway: httpx.AsyncClient) -> None:
    answers = [await gateway.get(SAMPLE) for _ in range(5)]
    assert all(a.status_code == 200 and "RateLimit-Limit" not in a.headers for a in answers)


@pytest.mark.parametrize("options", [{**TIGHT, "trusted_proxies": "127.0.0.0/8, 10.0.0.7"}])
async def test_a_trusted_proxy_says_whose_call_it_is(gateway: httpx.AsyncClient) -> None:
    for address in ("203.0.113.1", "203.0.113.2"):
        headers = {"X-Forwarded-For": f"198.51.100.9, {address}"}  # what a caller made up comes first
        statuses = [(await gateway.get(SAMPLE, headers=headers)).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize("options", [TIGHT])
async def test_nobody_else_is_believed_about_whom_they_speak_for(gateway: httpx.AsyncClient) -> None:
    statuses = [
        (await gateway.get(SAMPLE, headers={"X-Forwarded-For": f"203.0.113.{n}"})).status_code
        for n in range(4)
    ]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize("options", [{"frontend_origins": "https://dvc.test, https://mobile.test"}])
async def test_only_registered_frontends_may_call_from_a_browser(gateway: httpx.AsyncClient) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-csrf-token"}
    theirs = await gateway.options(SAMPLE, headers={"Origin": "https://mobile.test", **asked})
    other = await gateway.options(SAMPLE, headers={"Origin": "https://evil.test", **asked})
    assert theirs.headers["access-control-allow-origin"] == "https://mobile.test"
    assert theirs.headers["access-control-allow-credentials"] == "true"
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("options", [{"metrics_token": "secret"}])
async def test_metrics_for_whoever_has_the_token(gateway: httpx.AsyncClient) -> None:
    wrong = await gateway.get("/metrics", headers={"Authorization": "Bearer None"})
    right = await gateway.get("/metrics", headers={"Authorization": "Bearer secret"})
    assert (wrong.status_code, right.status_code) == (404, 200)


async def test_docs_need_no_other_host(gateway: httpx.AsyncClient) -> None:
    page = await gateway.get("/docs")
    assert page.status_code == 200
    assert "http" not in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for name, least in (("swagger-ui-bundle.js", 1_000_000), ("swagger-ui.css", 100_000), ("start.js", 50)):
        assert len((await gateway.get(f"/docs/{name}")).content) > least
    assert (await gateway.get("/docs/..%2fapp.py")).status_code == 404
    assert "Danh mục thủ tục" in (await gateway.get("/")).text


async def test_openapi_shows_what_answers_and_nothing_internal(gateway: httpx.AsyncClient) -> None:
    document = (await gateway.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert {"/v1/auth/login", "/v1/me", "/v1/federation/status"} <= document["paths"].keys()
    assert not [path for path in document["paths"] if path.startswith(("/internal", "/health", "/metrics"))]


def _document(schema: dict[str, Any], path: str) -> dict[str, Any]:
    def answer(name: str) -> dict[str, Any]:
        reference = {"$ref": f"#/components/schemas/{name}"}
        return {"200": {"content": {"application/json": {"schema": reference}}}}

    return {
        "paths": {
            path: {"get": {"operationId": "read", "responses": answer("Page")}},
            "/internal/x": {"get": {"operationId": "hidden", "responses": answer("Hidden")}},
        },
        "components": {
            "schemas": {
                "Page": {"properties": {"item": {"$ref": "#/components/schemas/Item"}}},
                "Item": schema,
                "Hidden": {},
            }
        },
    }


def test_same_name_other_content_gets_the_services_name() -> None:
    whole = merged(
        {
            "catalog": _document({"type": "string"}, "/v1/a"),
            "dossier": _document({"type": "integer"}, "/v1/b"),
            "payment": _document({"type": "string"}, "/v1/c"),
        },
        "http://x",
    )
    schemas = whole["components"]["schemas"]
    assert sorted(schemas) == ["DossierItem", "DossierPage", "Item", "Page"]
    # A page of other items is another page.
    assert schemas["DossierPage"]["properties"]["item"] == {"$ref": "#/components/schemas/DossierItem"}
    assert [whole["paths"][p]["get"]["operationId"] for p in ("/v1/a", "/v1/b", "/v1/c")] == [
        "read",
        "dossier_read",
        "payment_read",
    ]
