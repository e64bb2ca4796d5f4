"""A leader registers a district's system; the system asks for tokens with its own credentials."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from kit.app import Outside
from services.gateway.app import create_app
from tests import system
from tests.contract.gateway.conftest import settings

pytestmark = pytest.mark.anyio

PROVINCE, DISTRICT, COMMUNE, OTHER = "H28", "H28.33", "H28.33.1", "H28.9"
BODIES = [
    {"code": PROVINCE, "parent_code": None},
    {"code": DISTRICT, "parent_code": PROVINCE},
    {"code": COMMUNE, "parent_code": DISTRICT},
    {"code": OTHER, "parent_code": PROVINCE},
]
CLOCK = system.StoppedClock()


@pytest.fixture(scope="module")
def database_url(clone: Callable[[str], Any]) -> str:
    return str(clone("gateway").app_url)


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async def catalog(_: httpx.Request) -> tuple[int, Any]:
        return 200, {"items": BODIES}

    outside = Outside(clock=CLOCK, transports={"catalog": system.Answers(catalog)})
    async with system.running(create_app(settings(database_url), outside)) as client:
        yield client


def leader(agency: str = DISTRICT, role: str = "leader") -> dict[str, str]:
    return system.headers(CLOCK, f"{role}@{agency}", "staff", roles=[role], agency=agency)


async def register(client: httpx.AsyncClient, agency: str = COMMUNE, **changes: Any) -> httpx.Response:
    new = {"id": f"sys-{uuid4().hex[:8]}", "name": "Phần mềm một cửa", "agency": agency, **changes}
    return await client.post("/v1/clients", json=new, headers=leader())


async def token(client: httpx.AsyncClient, given: dict[str, Any]) -> httpx.Response:
    return await client.post("/v1/auth/token", data={"grant_type": "client_credentials", **given})


def claims(answer: httpx.Response) -> dict[str, Any]:
    payload = answer.json()["access_token"].split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


async def test_a_registered_system_gets_a_token_bound_to_its_body(client: httpx.AsyncClient) -> None:
    registered = await register(client)
    assert registered.status_code == 201
    answer = await token(client, registered.json())
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] is None
    found = claims(answer)
    assert (found["kind"], found["roles"], found["agency"]) == ("system", ["system"], COMMUNE)
    basic = httpx.BasicAuth(registered.json()["client_id"], registered.json()["client_secret"])
    headed = await client.post("/v1/auth/token", data={"grant_type": "client_credentials"}, auth=basic)
    assert claims(headed)["sub"] == registered.json()["client_id"]
    me = await client.get("/v1/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert me.json()["kind"] == "system"


async def test_only_a_leader_above_registers(client: httpx.AsyncClient) -> None:
    for agency in (OTHER, PROVINCE, "H28.nowhere"):
        refused = await register(client, agency)
        assert (refused.status_code, refused.json()["code"]) == (422, "agency-not-yours")
    new = {"id": "abc", "name": "x", "agency": DISTRICT}
    officer = await client.post("/v1/clients", json=new, headers=leader(role="officer"))
    assert officer.status_code == 403
    assert (await register(client, id="Có dấu")).status_code == 422
    made = (await register(client)).json()["client_id"]
    assert (await register(client, id=made)).json()["code"] == "client-taken"
    listed = await client.get("/v1/clients", headers=leader())
    assert made in {item["id"] for item in listed.json()["items"]}
    assert "secret" not in listed.text
    assert (await client.get("/v1/clients", headers=leader(OTHER))).json()["items"] == []
    foreign = await client.post(f"/v1/clients/{made}/revoke", headers=leader(OTHER))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "client-not-found")


async def test_two_secrets_are_good_while_one_is_changed(client: httpx.AsyncClient) -> None:
    first = (await register(client)).json()
    url = f"/v1/clients/{first['client_id']}"
    second = (await client.post(f"{url}/secret", headers=leader())).json()
    assert [(await token(client, given)).status_code for given in (first, second)] == [200, 200]
    third = (await client.post(f"{url}/secret", headers=leader())).json()
    statuses = [(await token(client, given)).status_code for given in (first, second, third)]
    assert statuses == [401, 200, 200]
    assert (await client.post(f"{url}/revoke", headers=leader())).json()["revoked_at"]
    assert (await token(client, third)).status_code == 401


@pytest.mark.parametrize(
    "given", [{}, {"client_id": "nobody", "client_secret": "x"}, {"client_id": "\0", "client_secret": ""}]
)
async def test_wrong_credentials(client: httpx.AsyncClient, given: dict[str, str]) -> None:
    answer = await token(client, given)
    assert answer.status_code in (401, 422)
    broken = await client.post(
        "/v1/auth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": "Basic ???"},
    )
    assert (broken.status_code, broken.json()["code"]) == (401, "invalid-client")
