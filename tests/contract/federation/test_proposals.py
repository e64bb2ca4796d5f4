"""The national database changes a fee, a paper and a name and drops a procedure: the mock portal, the
gateway's sync and the catalogue together."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from kit import app as kit_app
from mocks.national_portal.app import create_app as portal_app
from mocks.national_portal.settings import Settings as PortalSettings
from services.catalog.app import create_app as catalogue_app
from services.catalog.settings import Settings as CatalogueSettings
from tests import system
from tests.contract.federation.federation import app
from tests.contract.federation.test_catalogue import events
from tests.contract.federation.test_procedure_sync import World

pytestmark = pytest.mark.anyio
FEE, PAPER, NAME, GONE = "1.980001", "1.980002", "1.980003", "1.980004"
WHY = "Theo Quyết định công bố"


def row(code: str, name: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "field": "Thử nghiệm",
        "level_of_government": ["tỉnh"],
        "processing_time_text": "5 Ngày làm việc",
        "submission_channels": ["Trực tiếp", "Trực tuyến"],
        "documents": [
            {"name": "Đơn đề nghị", "copies_original": 1, "copies_photo": 0},
            {"name": "Bản vẽ", "copies_original": 0, "copies_photo": 2},
        ],
        "fees": [{"name": "Lệ phí cấp", "amount_vnd": 50_000}],
        "result": "Giấy phép",
    }


#: Enough of them that one withdrawn procedure is no more than a sync may believe.
ROWS = [
    row(FEE, "Cấp giấy phép thả đèn trời"),
    row(PAPER, "Cấp giấy phép đánh trống đồng"),
    row(NAME, "Cấp giấy phép thổi khèn"),
    row(GONE, "Cấp giấy phép đua thuyền độc mộc"),
    *(row(f"1.98{n:04d}", f"Cấp giấy phép số {n}") for n in range(100, 120)),
]


@dataclass
class Province:
    world: World
    portal: httpx.AsyncClient
    catalogue: httpx.AsyncClient

    async def changes(self, code: str, **change: Any) -> None:
        (await self.portal.post(f"/_mock/procedures/{code}/change", json=change)).raise_for_status()

    async def content(self, code: str) -> dict[str, Any]:
        shown = (await self.catalogue.get(f"/v1/procedures/{code}")).json()
        content: dict[str, Any] = shown["content"]
        return content

    async def edit(self, code: str, **changes: Any) -> None:
        path = f"/v1/procedures/{code}"
        seen = (await self.catalogue.get(path)).json()["version"]
        headers = {**self.world.editor(), "If-Match": f'"{seen}"'}
        draft = await self.catalogue.patch(f"{path}/draft", json=changes, headers=headers)
        headers["If-Match"] = draft.headers["ETag"]
        published = await self.catalogue.post(f"{path}/publish", json={"reason": WHY}, headers=headers)
        assert published.status_code == 200, published.text

    async def open(self) -> dict[str, dict[str, Any]]:
        """What waits, whole, by code."""
        path, headers = "/v1/procedures/proposals", self.world.editor()
        listed = await self.catalogue.get(path, params={"state": "open"}, headers=headers)
        found = [
            (await self.catalogue.get(f"{path}/{item['id']}", headers=headers)).json()
            for item in listed.json()["items"]
        ]
        return {proposal["procedure"]["code"]: proposal for proposal in found}

    async def decide(self, proposal: dict[str, Any], action: str, **wish: Any) -> dict[str, Any]:
        answer = await self.catalogue.post(
            f"/v1/procedures/proposals/{proposal['id']}/actions/{action}",
            json={"reason": WHY, **wish},
            headers={**self.world.editor(), "If-Match": f'"{proposal["version"]}"'},
        )
        assert answer.status_code == 200, answer.text
        decided: dict[str, Any] = answer.json()
        return decided


@pytest.fixture
def databases(clone: Callable[[str], Any]) -> tuple[str, str]:
    return str(clone("gateway").app_url), str(clone("catalog").app_url)


@pytest.fixture
async def province(databases: tuple[str, str], tmp_path: Path) -> AsyncIterator[Province]:
    file = tmp_path / "procedures.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), "utf-8")
    clock = system.StoppedClock()
    told = PortalSettings(portal_procedures=file, adapter_username="hoa-binh", adapter_password="secret")
    portal = portal_app(told, clock.now)
    outside = kit_app.Outside(clock=clock, issuer_keys=system.issuer_keys)
    catalogue = catalogue_app(CatalogueSettings(**system.settings("catalog", databases[1])), outside)
    transports = {"portal": httpx.ASGITransport(portal), "catalog": httpx.ASGITransport(catalogue)}
    gateway = app(databases[0], clock, transports)
    async with (
        system.running(portal) as national,
        system.running(catalogue) as reader,
        system.running(gateway) as client,
    ):
        world = World(gateway, client, portal, None, clock)  # type: ignore[arg-type]
        yield Province(world, national, reader)


async def test_four_national_changes_are_four_proposals(province: Province) -> None:
    world = province.world
    first = await world.sync()
    assert (first["counts"]["proposed"], first["done"]) == (0, len(ROWS))
    await province.edit(FEE, fees=[{**(await province.content(FEE))["fees"][0], "amount": 60_000}])
    before = {code: await province.content(code) for code in (FEE, PAPER, NAME, GONE)}
    events_before = await events(province.catalogue, world.clock)

    await province.changes(FEE, fee=120_000)
    await province.changes(PAPER, paper={"name": "Bản vẽ", "copies_original": 1})
    await province.changes(NAME, name="Cấp giấy phép thổi khèn Mông")
    (await province.portal.post(f"/_mock/procedures/{GONE}/withdraw")).raise_for_status()
    report = await world.sync()
    assert sum(report["counts"].values()) == report["total"] == len(ROWS) - 1
    assert (report["counts"]["proposed"], report["withdrawn"]) == (3, [GONE])
    assert (report["closing_proposed"], report["kept_open"]) == ([GONE], [])
    rows = await world.rows(report, outcome="proposed")
    assert {line["code"] for line in rows} == {FEE, PAPER, NAME}

    waiting = await province.open()
    kinds = {code: (one["kind"], one["conflicts"]) for code, one in waiting.items()}
    assert kinds == {
        FEE: ("changed", 1),
        PAPER: ("changed", 0),
        NAME: ("changed", 0),
        GONE: ("abolished", 0),
    }
    (both,) = waiting[FEE]["differences"]
    sides = {side: both[side]["amount"] for side in ("base", "national", "local")}
    assert sides == {"base": 50_000, "national": 120_000, "local": 60_000}
    (drawn,) = waiting[PAPER]["differences"]
    assert (drawn["field"], drawn["national"]["originals"]) == ("papers/GT-02", 1)
    assert {code: await province.content(code) for code in before} == before
    told = (await events(province.catalogue, world.clock))[len(events_before) :]
    assert sorted(told) == [f"procedure.change-proposed {code}" for code in sorted(before)]

    assert (await province.decide(waiting[FEE], "accept", take={"fees": "national"}))["number"] == 3
    await province.decide(waiting[GONE], "accept")
    await province.decide(waiting[PAPER], "reject")
    assert (await province.content(FEE))["fees"][0]["amount"] == 120_000
    assert (await province.catalogue.get(f"/v1/procedures/{GONE}")).status_code == 404
    assert await province.content(PAPER) == before[PAPER]

    decided = await events(province.catalogue, world.clock)
    again = await world.sync()
    assert (again["counts"]["proposed"], again["withdrawn"]) == (0, [])
    assert await events(province.catalogue, world.clock) == decided
    assert set(await province.open()) == {NAME}

    await province.changes(PAPER, paper={"name": "Bản vẽ", "copies_original": 3})
    assert (await world.sync())["counts"]["proposed"] == 1
    new = (await province.open())[PAPER]
    assert [one["state"] for one in new["earlier"]] == ["rejected"]

    (await province.portal.post(f"/_mock/procedures/{GONE}/restore")).raise_for_status()
    assert (await world.sync())["counts"]["proposed"] == 1
    back = (await province.open())[GONE]
    assert back["kind"] == "returned"
    await province.decide(back, "accept")
    assert await province.content(GONE) == before[GONE]
