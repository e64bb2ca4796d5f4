"""Dossiers reach the portal: once, whole, whatever falls over on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from kit.db import Database
from services.gateway.federation.commands import dossiers as commands
from tests import system
from tests.contract.federation.federation import AN, BINH, CODE, DossierService, app, snapshot, step
from tests.contract.federation.portal import Killed, Portal

pytestmark = pytest.mark.anyio


@dataclass
class World:
    app: FastAPI
    client: httpx.AsyncClient
    portal: Portal
    dossiers: DossierService
    clock: system.StoppedClock

    async def tick(self) -> None:
        """Read the feed, then send what is due."""
        await self.app.state.federation_consumer.step()
        await self.app.state.loops["federation"].step()

    async def later(self, **by: float) -> None:
        self.clock.forward(**by)
        await self.tick()

    async def state(self, code: str = CODE[AN]) -> dict[str, Any]:
        page = await self.client.get("/v1/federation/dossiers", headers=self.leader())
        return next(item for item in page.json()["items"] if item["code"] == code)

    def leader(self) -> dict[str, str]:
        return system.headers(self.clock, "lanh", "staff", roles=["leader"], agency="000.00.09.H28")

    async def decide(self, what: str, code: str = CODE[AN]) -> httpx.Response:
        return await self.client.post(f"/v1/federation/dossiers/{code}/{what}", headers=self.leader())


@pytest.fixture
def database_url(clone: Callable[[str], Any]) -> str:
    return str(clone("gateway").app_url)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    clock, portal, dossiers = system.StoppedClock(), Portal(), DossierService()
    transports = {"portal": portal, "dossier": dossiers.transport()}
    made = app(database_url, clock, transports)
    async with system.running(made) as client:
        yield World(made, client, portal, dossiers, clock)


async def test_a_submitted_dossier_is_created_with_its_steps(world: World) -> None:
    world.dossiers.happened(snapshot())
    await world.tick()
    assert world.portal.dossiers[CODE[AN]]["KenhThucHien"] == "2"
    assert [s["TrangThai"] for s in world.portal.steps[CODE[AN]]] == ["1"]
    state = await world.state()
    assert (state["state"], state["sent_version"], state["last_error"]) == ("sent", 1, "")
    assert world.portal.headers[-1]["dstcode"]


async def test_later_versions_update_and_bring_only_the_new_steps(world: World) -> None:
    world.dossiers.happened(snapshot())
    await world.tick()
    world.dossiers.happened(snapshot(version=3, status_code="4"), "dossier.accepted")
    await world.tick()
    assert world.portal.dossiers[CODE[AN]]["TrangThaiHoSo"] == "4"
    assert [s["NoiDungXuLy"] for s in world.portal.steps[CODE[AN]]] == ["Bước 1", "Bước 2", "Bước 3"]
    before = world.portal.calls.copy()
    await world.later(hours=1)
    assert world.portal.calls == before, "nothing is due, so nothing is sent"


async def test_many_steps_go_in_chunks_of_ten_oldest_first(world: World) -> None:
    world.dossiers.happened(snapshot(version=23))
    await world.tick()
    assert world.portal.calls["CapNhatTienDoHoSoMC"] == 3
    times = [s["ThoiDiemXuLy"] for s in world.portal.steps[CODE[AN]]]
    assert (len(times), times) == (23, sorted(times))


@pytest.mark.parametrize("service", ["DongBoHoSoMC", "CapNhatTienDoHoSoMC"])
async def test_a_lost_answer_is_asked_about_and_not_repeated(world: World, service: str) -> None:
    world.dossiers.happened(snapshot(version=2))
    world.portal.lose = [service]
    await world.tick()
    assert (await world.state())["state"] == "unknown"
    await world.later(minutes=6)
    assert (await world.state())["state"] == "sent"
    assert len(world.portal.steps[CODE[AN]]) == 2


async def test_steps_of_unknown_fate_wait_for_a_person_where_the_portal_lists_none(world: World) -> None:
    world.portal.lists_steps = False
    world.dossiers.happened(snapshot(version=2))
    world.portal.lose = ["CapNhatTienDoHoSoMC"]
    await world.tick()
    await world.later(minutes=6)
    state = await world.state()
    assert (state["state"], "steps unconfirmed" in state["last_error"]) == ("unknown", True)
    assert (await world.decide("settle")).json()["state"] == "sent"
    world.dossiers.happened(snapshot(version=3), "dossier.started")
    await world.later(minutes=6)
    assert [s["NoiDungXuLy"] for s in world.portal.steps[CODE[AN]]] == ["Bước 1", "Bước 2", "Bước 3"]


async def test_a_create_that_meets_an_existing_dossier_becomes_an_update(world: World) -> None:
    world.dossiers.happened(snapshot())
    world.portal.dossiers[CODE[AN]] = {"MaHoSo": CODE[AN]}
    world.portal.answers["TraCuuHoSo"] = [{"error_code": 0, "message": "", "result": []}]
    await world.tick()
    assert world.portal.calls["DongBoHoSoMC"] == 2
    assert world.portal.dossiers[CODE[AN]]["TrangThaiHoSo"] == "1"
    assert (await world.state())["state"] == "sent"


async def test_a_refusal_is_shown_and_not_repeated_until_something_changes(world: World) -> None:
    world.dossiers.happened(snapshot())
    world.portal.answers["DongBoHoSoMC"] = [{"error_code": "5", "message": "Thiếu trường MaTTHC"}]
    await world.tick()
    state = await world.state()
    assert (state["state"], "Thiếu trường MaTTHC" in state["last_error"]) == ("refused", True)
    asked = world.portal.calls["TraCuuHoSo"]
    await world.later(hours=1)
    assert world.portal.calls["TraCuuHoSo"] == asked
    world.dossiers.happened(snapshot(version=2), "dossier.accepted")
    await world.tick()
    assert (await world.state())["state"] == "sent"


async def test_a_portal_that_is_away_loses_nothing(world: World) -> None:
    world.portal.away = True
    world.dossiers.happened(snapshot())
    world.dossiers.happened(snapshot(BINH))
    await world.tick()
    status = (await world.client.get("/v1/federation/status", headers=world.leader())).json()
    assert (status["dossiers"]["waiting"], status["reachable"]) == (2, False)
    world.portal.away = False
    await world.later(minutes=6)
    status = (await world.client.get("/v1/federation/status", headers=world.leader())).json()
    assert (status["dossiers"]["sent"], status["reachable"], status["lag_seconds"]) == (2, True, 0)
    assert set(world.portal.dossiers) == set(CODE.values())


async def test_a_bad_session_is_renewed_once(world: World) -> None:
    world.dossiers.happened(snapshot())
    await world.tick()
    world.portal.logins += 1  # the portal has forgotten our session
    world.dossiers.happened(snapshot(version=2), "dossier.accepted")
    await world.tick()
    assert (await world.state())["state"] == "sent"
    assert world.portal.logins == 3


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("call", [1, 2, 3, 4])
async def test_killed_at_any_call_leaves_everything_once(world: World, call: int, done: bool) -> None:
    """Calls: the look-up, the create, two chunks of steps; killed before or after the portal did it."""
    world.dossiers.happened(snapshot(version=12))
    world.portal.kill = (call, done)
    with pytest.raises(Killed):
        await world.tick()
    world.portal.kill = None
    await world.later(seconds=21)
    assert (await world.state())["state"] == "sent"
    texts = [item["NoiDungXuLy"] for item in world.portal.steps[CODE[AN]]]
    assert texts == [f"Bước {number}" for number in range(1, 13)]
    assert world.portal.calls["DongBoHoSoMC"] <= 2


async def test_a_session_is_shared_by_all_that_use_this_database(world: World, database_url: str) -> None:
    world.dossiers.happened(snapshot())
    await world.tick()
    other = app(database_url, world.clock, {"portal": world.portal, "dossier": world.dossiers.transport()})
    async with system.running(other):
        world.dossiers.happened(snapshot(BINH))
        await other.state.federation_consumer.step()
        await other.state.loops["federation"].step()
    assert set(world.portal.dossiers) == set(CODE.values())
    assert world.portal.logins == 1


async def test_a_dossier_that_somebody_holds_is_left_to_them(world: World) -> None:
    world.dossiers.happened(snapshot())
    await world.app.state.federation_consumer.step()
    database: Database = world.app.state.database
    async with database.transaction() as session:
        held = await commands.claim(session, world.clock, 20)
    assert held
    await world.tick()
    assert (await world.state())["state"] == "waiting"
    await world.later(seconds=21)
    assert (await world.state())["state"] == "sent"
    async with database.transaction() as session:
        assert not await commands.hold(session, world.clock, held, 20), "the first holder may not send now"


async def test_two_senders_at_once_send_once(world: World) -> None:
    world.dossiers.happened(snapshot(version=2))
    await world.app.state.federation_consumer.step()
    send = world.app.state.loops["federation"].step
    await asyncio.gather(send(), send(), send())
    assert world.portal.calls["DongBoHoSoMC"] == 1
    assert len(world.portal.steps[CODE[AN]]) == 2


async def test_a_parked_dossier_rests_until_it_is_resent(world: World) -> None:
    world.dossiers.happened(snapshot())
    await world.tick()
    assert (await world.decide("park")).json()["state"] == "parked"
    world.dossiers.happened(snapshot(version=2), "dossier.accepted")
    await world.tick()
    assert (await world.state())["state"] == "parked"
    resent = await world.decide("resend")
    assert (resent.json()["state"], resent.json()["decided_by"]) == ("waiting", "staff:lanh")
    await world.tick()
    assert (await world.state())["sent_version"] == 2
    assert (await world.decide("park", "000.00.01.H28-201026-9999")).status_code == 404


async def test_internal_events_and_a_dossier_service_that_is_down(world: World) -> None:
    world.dossiers.happened(snapshot(), audience="internal")
    await world.tick()
    assert (await world.client.get("/v1/federation/dossiers", headers=world.leader())).json()["items"] == []
    world.dossiers.happened(snapshot(version=2), "dossier.accepted")
    await world.app.state.federation_consumer.step()
    world.dossiers.down = True
    await world.app.state.loops["federation"].step()
    assert (await world.state())["state"] == "waiting"
    world.dossiers.down = False
    await world.later(minutes=1)
    assert (await world.state())["state"] == "sent"


async def test_a_snapshot_that_cannot_be_read_is_refused_by_name(world: World) -> None:
    world.dossiers.happened(snapshot(version=1, steps=[step(1, "1", "x", at="not a time")]))
    world.dossiers.happened(snapshot(BINH))
    await world.tick()
    state = await world.state()
    assert (state["state"], state["last_error"]) == ("refused", "snapshot cannot be read: steps.0.at")
    assert (await world.state(CODE[BINH]))["state"] == "sent"


async def test_the_list_is_paged_and_filtered(world: World) -> None:
    world.dossiers.happened(snapshot())
    world.dossiers.happened(snapshot(BINH))
    await world.tick()
    first = await world.client.get("/v1/federation/dossiers?limit=1&state=sent", headers=world.leader())
    assert [item["code"] for item in first.json()["items"]] == [CODE[AN]]
    assert 'rel="next"' in first.headers["Link"]
    rest = await world.client.get(
        "/v1/federation/dossiers", params={"limit": 1, "cursor": first.json()["next"]}, headers=world.leader()
    )
    assert ([item["code"] for item in rest.json()["items"]], rest.json()["next"]) == ([CODE[BINH]], None)
    citizen = system.headers(world.clock, "an")
    assert (await world.client.get("/v1/federation/status", headers=citizen)).status_code == 403
