"""The federation reads the dossier service's real application: its feed and its snapshot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mocks.national_portal.app import create_app
from mocks.national_portal.settings import Settings
from tests import system
from tests.contract.federation.federation import app
from tests.unit.dossier.conftest import CONSTRUCTION, PDF, World, database, paid, world

pytestmark = pytest.mark.anyio
__all__ = ["database", "world"]


@pytest.fixture
def gateway_url(clone: Callable[[str], Any]) -> str:
    return str(clone("gateway").app_url)


async def test_each_step_of_a_dossier_is_at_the_portal_once(world: World, gateway_url: str) -> None:
    portal = create_app(Settings(adapter_username="hoa-binh", adapter_password="secret"), world.clock.now)
    transports = {"portal": httpx.ASGITransport(portal), "dossier": httpx.ASGITransport(world.app)}
    gateway = app(gateway_url, world.clock, transports)

    async def told() -> dict[str, Any]:
        """What the portal holds after the next round."""
        await gateway.state.federation_consumer.step()
        await gateway.state.loops["federation"].step()
        found = await steer.get(f"/_mock/dossiers/{dossier['code']}")
        assert found.status_code == 200, (await desk()).text
        return dict(found.json())

    async def desk() -> httpx.Response:
        auditor = system.headers(world.clock, "kiem", "staff", roles=["auditor"])
        return await client.get("/v1/federation/dossiers", headers=auditor)

    async with system.running(portal) as steer, system.running(gateway) as client:
        # The province's own code; the national database knows the procedure by another.
        world.catalogue["9.000001"]["national_code"] = "1.004203"
        dossier = (await world.create()).json()
        for paper in ("GT-01", "GT-02"):
            await world.upload(dossier, paper, PDF, world.citizen())
        dossier = (await world.act(dossier, "submit", {}, world.citizen())).json()
        held = await told()
        assert (held["TrangThaiHoSo"], held["KenhThucHien"], held["NgayTiepNhan"]) == ("1", "2", "")
        assert (held["MaTTHC"], dossier["procedure"]["code"]) == ("1.004203", "9.000001")
        assert (held["SoGiayToChuHoSo"], held["TaiKhoanDuocXacThucVoiVNeID"]) == ("017300000001", "1")
        assert [paper["MaThanhPhanHoSo"] for paper in held["TaiLieuNop"]] == ["GT-01", "GT-02"]
        assert [fee["Gia"] for fee in held["DanhSachLePhi"]] == ["350000", "150000"]

        paid(world, dossier)
        await world.app.state.consumers["dossier-payment"].step()
        await world.act(dossier, "accept", {}, world.staff("officer"))
        held = await told()
        assert (held["NgayHenTra"], held["DonViXuLy"]) == ("20201102170000", "Sở Xây dựng")
        assert held["DuocThanhToanTrucTuyen"] == "1"

        await world.act(dossier, "start", {}, world.staff("officer", CONSTRUCTION))
        result = (await world.upload(dossier, None, PDF, world.staff("officer", CONSTRUCTION))).json()
        body = {"outcome": "granted", "documents": [{"document": result["id"], "name": "Giấy phép"}]}
        await world.act(dossier, "complete", body, world.staff("leader", CONSTRUCTION))
        held = await told()
        assert [step["TrangThai"] for step in held["DanhSachTienDo"]] == ["1", "2", "4", "9"]
        assert [paper["TenGiayTo"] for paper in held["DanhSachGiayToKetQua"]] == ["Giấy phép"]
        assert (await desk()).json()["items"][0]["state"] == "sent"
