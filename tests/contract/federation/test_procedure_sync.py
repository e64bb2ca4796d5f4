"""A list with every flaw is taken in; the rows add up; the second time nothing happens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.gateway.federation.commands import runs
from tests import system
from tests.contract.federation.federation import app
from tests.contract.federation.portal import Portal
from tests.unit.federation.test_procedures import national

pytestmark = pytest.mark.anyio


def fee(said: str, code: str = "P1", text: str = "Lệ phí") -> list[dict[str, Any]]:
    line = {"MAPHILEPHI": code, "SOTIEN": said, "DONVI": "Đồng", "MOTA": text}
    time = {"THOIGIANGIAIQUYET": "5", "DONVITINH": "Ngày làm việc", "PHILEPHI": [line]}
    return [{"KENH": "1", "THOIGIAN": [time]}]


def timed(text: str) -> list[dict[str, Any]]:
    return [{"KENH": "1", "THOIGIAN": [{"THOIGIANGIAIQUYET": text, "DONVITINH": "", "PHILEPHI": []}]}]


def level(number: str) -> list[dict[str, str]]:
    return [{"CAPTHUCHIEN": number, "TENCAP": ""}]


FLAWS: list[dict[str, Any]] = [
    {},
    {"TENTTHC": "Tên có\nxuống dòng"},
    {"CACHTHUCTHUCHIEN": fee("Miễn phí")},
    {"CACHTHUCTHUCHIEN": fee("1.500.000")},
    {"CACHTHUCTHUCHIEN": fee("5 VNĐ")},
    {"CACHTHUCTHUCHIEN": fee("10 USD")},
    {"CACHTHUCTHUCHIEN": fee("20000", code="'P2")},
    {"CACHTHUCTHUCHIEN": timed("01 Giờ")},
    {"CACHTHUCTHUCHIEN": timed("2 Ngày làm việc; 3 Ngày làm việc")},
    {"LINHVUCTHUCHIEN": [], "CAPTHUCHIEN": level("3")},
    {"TENTTHC": " "},
    {"CAPTHUCHIEN": level("0")},
    {"CAPTHUCHIEN": level("4")},
    {"CAPTHUCHIEN": []},
    {"CAPTHUCHIEN": level("2"), "THANHPHANHOSO": []},
]


class Catalogue:
    """Takes in, keeps, closes; refuses or proposes what it is told to."""

    def __init__(self) -> None:
        self.contents: dict[str, dict[str, Any]] = {}
        self.closed: list[str] = []
        self.edited: set[str] = set()
        self.proposes: set[str] = set()
        self.posts = 0
        self.down = False

    async def __call__(self, request: httpx.Request) -> tuple[int, Any]:
        if self.down:
            return 503, {}
        self.posts += 1
        body = json.loads(request.content)
        if request.url.path == "/internal/procedures/closings":
            self.closed += body["codes"]
            proposed = [code for code in body["codes"] if code in self.proposes]
            return 200, {"closed": body["codes"], "proposed": proposed}
        return 200, {"rows": [self._take(item) for item in body["items"]]}

    def _take(self, item: dict[str, Any]) -> dict[str, Any]:
        if item["code"] in self.edited:
            return {"code": item["code"], "outcome": "refused", "errors": [{"code": "local-draft"}]}
        if item["code"] in self.proposes and item["code"] in self.contents:
            return {"code": item["code"], "outcome": "proposed", "errors": []}
        old = self.contents.get(item["code"])
        self.contents[item["code"]] = item
        outcome = "created" if old is None else "unchanged" if old == item else "updated"
        return {"code": item["code"], "outcome": outcome, "errors": []}


@dataclass
class World:
    app: FastAPI
    client: httpx.AsyncClient
    portal: Portal
    catalogue: Catalogue
    clock: system.StoppedClock

    def editor(self) -> dict[str, str]:
        return system.headers(self.clock, "bien", "staff", roles=["editor"], agency="000.00.00.H28")

    async def start(self, **wish: Any) -> httpx.Response:
        return await self.client.post(
            "/v1/federation/procedures/sync", json=wish or None, headers=self.editor()
        )

    async def sync(self, **wish: Any) -> dict[str, Any]:
        started = await self.start(**wish)
        assert started.status_code == 202, started.text
        while await self.app.state.loops["procedures-sync"].step():
            pass
        return await self.report(started.headers["Location"])

    async def report(self, location: str) -> dict[str, Any]:
        report: dict[str, Any] = (await self.client.get(location, headers=self.editor())).json()
        return report

    async def rows(self, report: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
        path: str | None = f"/v1/federation/procedures/sync/{report['id']}/rows"
        rows: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = await self.client.get(
                str(path), params={"limit": 4, **params, **cursor}, headers=self.editor()
            )
            rows += answer.json()["items"]
            if answer.json()["next"] is None:
                return rows
            cursor = {"cursor": answer.json()["next"]}


@pytest.fixture
def database_url(clone: Callable[[str], Any]) -> str:
    return str(clone("gateway").app_url)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    clock, portal, catalogue = system.StoppedClock(), Portal(), Catalogue()
    for number, flaw in enumerate(FLAWS):
        code = f"1.{number:06d}"
        portal.procedures[code] = national(MATTHC=code, **flaw)
    made = app(database_url, clock, {"portal": portal, "catalog": system.Answers(catalogue)})
    async with system.running(made) as client:
        yield World(made, client, portal, catalogue, clock)


async def test_rows_add_up_to_the_list_and_show_what_was_repaired(world: World) -> None:
    report = await world.sync()
    assert (report["state"], report["done"], report["total"]) == ("done", len(FLAWS), len(FLAWS))
    assert report["counts"] == {
        "taken_in": 5,
        "repaired": 6,
        "proposed": 0,
        "refused": 1,
        "other_level": 2,
        "level_missing": 1,
    }
    rows = await world.rows(report)
    assert [row["position"] for row in rows] == list(range(1, len(FLAWS) + 1))
    by_code = {row["code"]: row for row in rows}
    assert by_code["1.000002"]["repairs"][0]["before"] == "Miễn phí"
    assert by_code["1.000004"]["gaps"][0] == {
        "code": "fee-amount-unclear",
        "where": "/CACHTHUCTHUCHIEN/0/THOIGIAN/0/PHILEPHI/0/SOTIEN",
        "text": "5 VNĐ Đồng",
    }
    assert world.catalogue.contents["1.000004"]["fees"][0]["amount"] is None
    assert by_code["1.000010"]["errors"] == [{"code": "name-invalid", "where": "/TENTTHC"}]
    repaired = await world.rows(report, outcome="repaired")
    assert len(repaired) == 6


async def test_the_second_sync_touches_nothing_and_the_third_closes_what_was_withdrawn(world: World) -> None:
    first = await world.sync()
    posts = world.catalogue.posts
    second = await world.sync()
    assert (second["counts"], second["unchanged"]) == (first["counts"], 11)
    assert world.catalogue.posts == posts
    del world.portal.procedures["1.000003"]
    third = await world.sync()
    assert (third["withdrawn"], world.catalogue.closed) == (["1.000003"], ["1.000003"])
    assert sum(third["counts"].values()) == third["total"] == len(FLAWS) - 1
    fourth = await world.sync()
    assert (fourth["withdrawn"], len(world.catalogue.closed)) == ([], 1)


async def test_a_list_that_is_too_short_closes_nothing_unless_forced(world: World) -> None:
    await world.sync()
    for number in range(1, 9):
        del world.portal.procedures[f"1.{number:06d}"]
    doubted = await world.sync()
    assert (doubted["withdrawn"], len(doubted["kept_open"])) == ([], 8)
    forced = await world.sync(force=True)
    assert (len(forced["withdrawn"]), forced["kept_open"]) == (8, [])
    world.portal.procedures.clear()
    empty = await world.sync(force=True)
    assert (empty["total"], empty["withdrawn"], len(empty["kept_open"])) == (0, [], 3)


async def test_only_what_changed_is_handed_over_again(world: World) -> None:
    await world.sync()
    world.portal.procedures["1.000000"]["TENTTHC"] = "Tên mới"
    report = await world.sync()
    assert report["unchanged"] == 10
    changed = [row["code"] for row in await world.rows(report, outcome="taken_in") if not row["unchanged"]]
    assert changed == ["1.000000"]


async def test_what_waits_for_an_editor_is_an_outcome_of_its_own(world: World) -> None:
    await world.sync()
    world.catalogue.proposes = {"1.000000", "1.000003"}
    world.portal.procedures["1.000000"]["TENTTHC"] = "Tên mới"
    del world.portal.procedures["1.000003"]
    report = await world.sync()
    assert (report["counts"]["proposed"], report["unchanged"]) == (1, 9)
    assert (report["withdrawn"], report["closing_proposed"]) == (["1.000003"], ["1.000003"])
    assert sum(report["counts"].values()) == report["total"]
    (row,) = await world.rows(report, outcome="proposed")
    assert (row["code"], row["unchanged"]) == ("1.000000", False)
    again = await world.sync()
    assert (again["counts"]["proposed"], again["unchanged"]) == (0, 10)


async def test_what_the_catalogue_or_the_portal_refuses_is_a_row_with_its_reason(world: World) -> None:
    world.catalogue.edited = {"1.000000"}
    world.portal.answers["LayThuTuc"] = [
        {"error_code": "9", "message": "Không có quyền"},
        {"error_code": 0, "result": []},
    ]
    report = await world.sync()
    assert sum(report["counts"].values()) == report["total"]
    refused = {
        error.get("detail") or error["code"]
        for row in await world.rows(report, outcome="refused")
        for error in row["errors"]
    }
    assert {"9 Không có quyền", "0 Không có nội dung thủ tục", "name-invalid"} <= refused


async def test_a_repeated_and_a_nameless_item_are_refused_rows(world: World) -> None:
    listed = [
        {"MATTHC": "1.000000", "TENTTHC": "A"},
        {"MATTHC": "1.000000", "TENTTHC": "A"},
        {"TENTTHC": "B"},
    ]
    world.portal.answers["LayDanhSachTTHC"] = [{"error_code": 0, "message": "", "result": listed}]
    report = await world.sync()
    assert (report["done"], report["counts"]["taken_in"], report["counts"]["refused"]) == (3, 1, 2)


async def test_a_neighbour_that_is_down_is_waited_for(world: World) -> None:
    world.catalogue.down = True
    location = (await world.start()).headers["Location"]
    step = world.app.state.loops["procedures-sync"].step
    assert await step()
    assert not await step()
    report = await world.report(location)
    assert (report["state"], report["last_error"]) == ("running", "catalogue: neighbour-unavailable")
    world.catalogue.down = False
    world.clock.forward(minutes=1)
    while await step():
        pass
    assert (await world.report(location))["state"] == "done"


async def test_a_portal_that_stays_away_fails_the_sync_by_name(world: World) -> None:
    world.portal.away = True
    location = (await world.start()).headers["Location"]
    for _ in range(8):
        await world.app.state.loops["procedures-sync"].step()
        world.clock.forward(minutes=2)
    report = await world.report(location)
    assert (report["state"], report["last_error"]) == ("failed", "LayDanhSachTTHC: login: ConnectError")
    world.portal.away = False
    assert (await world.sync())["state"] == "done"


async def test_one_sync_at_a_time_and_only_for_editors(world: World) -> None:
    first = await world.start()
    second = await world.start()
    assert (second.status_code, second.json()["code"]) == (409, "procedure-sync-under-way")
    assert second.json()["sync"] == first.json()["id"]
    officer = system.headers(world.clock, "tiep", "staff", roles=["officer"])
    assert (await world.client.post("/v1/federation/procedures/sync", headers=officer)).status_code == 403
    unknown = "/v1/federation/procedures/sync/01930000-0000-7000-8000-000000000009"
    assert (await world.client.get(unknown, headers=world.editor())).status_code == 404


async def test_services_start_and_follow_a_sync(world: World) -> None:
    service = system.service_headers("catalog", world.clock)
    started = await world.client.post("/internal/procedures/sync", headers=service)
    assert (started.status_code, started.json()["state"]) == (202, "waiting")
    joined = await world.client.post("/internal/procedures/sync", headers=service)
    assert joined.json()["id"] == started.json()["id"]
    path = f"/internal/procedures/sync/{started.json()['id']}"
    assert (await world.client.get(path, headers=service)).json()["total"] == 0
    assert (await world.client.post("/internal/procedures/sync", headers=world.editor())).status_code == 403


async def test_killed_in_the_middle_goes_on_where_it_was(world: World) -> None:
    """A kill leaves a lease that nobody renews; what was done stays done."""
    location = (await world.start()).headers["Location"]
    step = world.app.state.loops["procedures-sync"].step
    await step()
    database = world.app.state.database
    async with database.transaction() as session:
        assert await runs.claim(session, world.clock, 30)
    assert not await step()
    world.clock.forward(seconds=31)
    while await step():
        pass
    report = await world.report(location)
    assert (report["state"], report["done"]) == ("done", len(FLAWS))
    assert world.portal.calls["LayDanhSachTTHC"] == 1
