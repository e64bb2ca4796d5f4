"""The federation against the mock portal's real application, in both styles, with its faults."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from mocks.national_portal.app import create_app
from mocks.national_portal.settings import Settings
from tests import system
from tests.contract.federation.federation import AN, BINH, CODE, DossierService, app, snapshot
from tests.contract.federation.test_procedure_sync import Catalogue, World

pytestmark = pytest.mark.anyio

STYLES = pytest.mark.parametrize("style", ["session", "array"])


@pytest.fixture
def database_url(clone: Callable[[str], Any]) -> str:
    return str(clone("gateway").app_url)


@dataclass
class Scene:
    portal: FastAPI
    steer: httpx.AsyncClient
    dossiers: DossierService
    clock: system.StoppedClock
    gateway: FastAPI

    async def tick(self, **by: float) -> None:
        self.clock.forward(**by)
        await self.gateway.state.federation_consumer.step()
        await self.gateway.state.loops["federation"].step()

    async def fault(self, service: str, kind: str, **more: Any) -> None:
        answer = await self.steer.post("/_mock/faults", json={"service": service, "kind": kind, **more})
        assert answer.status_code == 200

    async def held(self, code: str = CODE[AN]) -> dict[str, Any]:
        found: dict[str, Any] = (await self.steer.get(f"/_mock/dossiers/{code}")).json()
        return found


@pytest.fixture
async def scene(database_url: str, style: str) -> AsyncIterator[Scene]:
    clock, dossiers = system.StoppedClock(), DossierService()
    portal = create_app(Settings(adapter_username="hoa-binh", adapter_password="secret"), clock.now)
    transports = {"portal": httpx.ASGITransport(portal), "dossier": dossiers.transport()}
    gateway = app(database_url, clock, transports, adapter_style=style, adapter_timeout=2)
    async with system.running(portal) as steer, system.running(gateway):
        yield Scene(portal, steer, dossiers, clock, gateway)


@STYLES
async def test_two_dossiers_with_their_later_steps(scene: Scene) -> None:
    scene.dossiers.happened(snapshot(version=11))
    scene.dossiers.happened(snapshot(BINH))
    await scene.tick()
    scene.dossiers.happened(snapshot(version=13, status_code="4"), "dossier.started")
    await scene.tick(seconds=1)
    held = await scene.held()
    assert held["TrangThaiHoSo"] == "4"
    assert [step["NoiDungXuLy"] for step in held["DanhSachTienDo"]] == [f"Bước {n}" for n in range(1, 14)]
    assert (await scene.held(CODE[BINH]))["ChuHoSo"] == "Nguyễn Thị An"


@STYLES
@pytest.mark.parametrize("service", ["TraCuuHoSo", "DongBoHoSoMC", "CapNhatTienDoHoSoMC"])
@pytest.mark.parametrize("kind", ["timeout-after-success", "down", "error", "bad-session"])
async def test_whatever_a_call_meets_everything_is_there_once(scene: Scene, service: str, kind: str) -> None:
    scene.dossiers.happened(snapshot(version=3))
    await scene.fault(service, kind)
    await scene.tick()
    await scene.tick(minutes=6)
    steps = (await scene.held())["DanhSachTienDo"]
    assert [step["NoiDungXuLy"] for step in steps] == ["Bước 1", "Bước 2", "Bước 3"]


@STYLES
async def test_an_answer_that_does_not_come_in_time_is_asked_about(scene: Scene) -> None:
    scene.dossiers.happened(snapshot())
    await scene.fault("CapNhatTienDoHoSoMC", "timeout-after-success", seconds=30)
    await scene.tick()
    await scene.tick(minutes=6)
    assert len((await scene.held())["DanhSachTienDo"]) == 1


@STYLES
async def test_an_expired_session_is_renewed(scene: Scene) -> None:
    scene.dossiers.happened(snapshot())
    await scene.tick()
    scene.dossiers.happened(snapshot(version=2), "dossier.accepted")
    await scene.tick(hours=3)
    assert len((await scene.held())["DanhSachTienDo"]) == 2


async def test_a_wrong_password_keeps_everything_waiting_and_says_so(database_url: str) -> None:
    clock, dossiers = system.StoppedClock(), DossierService()
    portal = create_app(Settings(adapter_password="another"), clock.now)
    transports = {"portal": httpx.ASGITransport(portal), "dossier": dossiers.transport()}
    gateway = app(database_url, clock, transports)
    async with system.running(gateway) as client:
        dossiers.happened(snapshot())
        await gateway.state.federation_consumer.step()
        await gateway.state.loops["federation"].step()
        auditor = system.headers(clock, "kiem", "staff", roles=["auditor"])
        status = (await client.get("/v1/federation/status", headers=auditor)).json()
    assert (status["dossiers"]["waiting"], status["reachable"]) == (1, False)
    assert "Sai tài khoản" in status["reason"]


ROWS: list[dict[str, Any]] = [
    {"code": "1.000001", "name": "Cấp mới", "field": "Xây dựng", "level_of_government": ["tỉnh"],
     "submission_channels": ["Trực tuyến", "Trực tiếp"], "processing_time_text": "01 Giờ",
     "fees": [{"amount_vnd": 50000}, {"portal_value": "Miễn phí"}, {"portal_value": "10 USD"}],
     "documents": [{"name": "Đơn", "copies_original": 1, "copies_photo": 0}], "result": "Giấy phép"},
    {"code": "1.000002", "name": "Tên\nhai dòng", "level_of_government": ["huyện", "xã"]},
    {"code": "1.000003", "name": "Của bộ", "level_of_government": ["bộ"]},
    {"code": "1.000004", "name": "Không rõ cấp"},
]  # fmt: skip


@STYLES
async def test_the_mocks_procedures_are_taken_in(database_url: str, style: str, tmp_path: Path) -> None:
    path = tmp_path / "procedures.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS))
    clock, catalogue = system.StoppedClock(), Catalogue()
    portal = create_app(
        Settings(portal_procedures=path, adapter_username="hoa-binh", adapter_password="secret"), clock.now
    )
    transports = {"portal": httpx.ASGITransport(portal), "catalog": system.Answers(catalogue)}
    gateway = app(database_url, clock, transports, adapter_style=style)
    async with system.running(portal) as steer, system.running(gateway) as client:
        world = World(gateway, client, portal, catalogue, clock)  # type: ignore[arg-type]
        report = await world.sync()
        assert report["counts"] == {
            "taken_in": 0, "repaired": 2, "proposed": 0, "refused": 0, "other_level": 1, "level_missing": 1,
        }  # fmt: skip
        fees = catalogue.contents["1.000001"]["fees"]
        assert [fee["amount"] for fee in fees] == [50000, 0, None]
        assert catalogue.contents["1.000002"]["name"] == "Tên hai dòng"
        posts = catalogue.posts
        await world.sync()
        assert catalogue.posts == posts
        await steer.post("/_mock/procedures/1.000002/withdraw")
        assert (await world.sync())["withdrawn"] == ["1.000002"]
