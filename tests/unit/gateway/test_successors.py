"""A body has ended: its systems and its staff keep their logins, and act for its successor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from kit.app import Outside
from services.gateway.app import create_app
from services.gateway.edge.identity import queries
from services.gateway.edge.successors.queries import acting
from tests import system
from tests.contract.gateway.conftest import settings
from tests.unit.gateway.test_clients import claims, token

pytestmark = pytest.mark.anyio
PROVINCE, OLD, NEW = "000.00.00.H28", "000.00.33.H28", "000.00.34.H28"
CLOCK = system.StoppedClock()


@pytest.fixture(scope="module")
def database_url(clone: Callable[[str], Any]) -> str:
    return str(clone("gateway").app_url)


@pytest.fixture
def bodies() -> list[dict[str, Any]]:
    """What the catalogue knows; a test changes it."""
    return [
        {"code": PROVINCE, "parent_code": None},
        {"code": OLD, "parent_code": PROVINCE},
        {"code": NEW, "parent_code": PROVINCE},
    ]


@pytest.fixture
async def app(database_url: str, bodies: list[dict[str, Any]]) -> AsyncIterator[FastAPI]:
    async def catalog(request: httpx.Request) -> tuple[int, Any]:
        if request.url.path == "/internal/events":
            event = {"id": "e1.1", "source": "/catalog", "type": "agency.changed", "subject": "agencies",
                     "time": CLOCK.now().isoformat(), "sequence": 1, "actor": "service:catalog",
                     "audience": "internal", "data": {}}  # fmt: skip
            return 200, {"items": [] if request.url.params["after"] else [event], "cursor": "e1.1"}
        return 200, {"items": bodies}

    outside = Outside(clock=CLOCK, transports={"catalog": system.Answers(catalog)})
    yield create_app(settings(database_url), outside)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with system.running(app) as client:
        await hear(app)
        yield client


async def hear(app: FastAPI) -> None:
    """The day has come: the catalogue's feed says so."""
    async with app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM cursor WHERE name = 'gateway-catalog'"))
    await app.state.acting.step()


def leader(agency: str) -> dict[str, str]:
    return system.headers(CLOCK, f"leader@{agency}", "staff", roles=["leader"], agency=agency)


async def registered(client: httpx.AsyncClient) -> dict[str, Any]:
    new = {"id": f"sys-{uuid4().hex[:8]}", "name": "Phần mềm một cửa", "agency": OLD}
    answer = await client.post("/v1/clients", json=new, headers=leader(OLD))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_system_of_an_ended_body_acts_for_its_successor(
    app: FastAPI, client: httpx.AsyncClient, bodies: list[dict[str, Any]]
) -> None:
    ours = await registered(client)
    assert claims(await token(client, ours))["agency"] == OLD
    bodies[1]["successors"] = [NEW]
    await hear(app)
    assert claims(await token(client, ours))["agency"] == NEW
    listed = (await client.get("/v1/clients", headers=leader(NEW))).json()["items"]
    assert ours["client_id"] in [item["id"] for item in listed]
    revoked = await client.post(f"/v1/clients/{ours['client_id']}/revoke", headers=leader(NEW))
    assert revoked.status_code == 200


async def test_staff_of_an_ended_body_are_colleagues_of_the_successors(
    app: FastAPI, client: httpx.AsyncClient, bodies: list[dict[str, Any]]
) -> None:
    async with app.state.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO account (id, version, kind, issuer, subject, roles, agency, profile,"
                " created_at, logged_in_at)"
                " VALUES (:id, 1, 'staff', 'staff', :subject, '{officer}', :agency, '', now(), now())"
            ),
            {"id": uuid4(), "subject": f"can-bo-{uuid4().hex[:6]}", "agency": OLD},
        )
        assert len(await queries.staff_of(session, NEW)) == 0
    bodies[1]["successors"] = [NEW]
    await hear(app)
    async with app.state.database.transaction() as session:
        assert len(await queries.staff_of(session, NEW)) == 1
        assert await acting(session, OLD) == NEW
        assert await acting(session, NEW) == NEW
        assert await acting(session, None) is None


async def test_who_is_bound_to_a_body_is_counted(client: httpx.AsyncClient) -> None:
    ours = await registered(client)
    answer = await client.post(
        "/internal/successions/holdings",
        json={"bodies": [OLD, NEW]},
        headers=system.service_headers("dossier", CLOCK),
    )
    held = {(item["body"], item["what"]): item for item in answer.json()["items"]}
    assert ours["client_id"] in held[OLD, "clients"]["first"] or held[OLD, "clients"]["count"] > 5
    assert not any(item["moves"] for item in held.values())
    outsider = await client.post("/internal/successions/holdings", json={"bodies": []}, headers=leader(OLD))
    assert outsider.status_code in (403, 404)
