"""What is offered online, of all there is: the figures of the province's report, on made-up procedures."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from deploy.databases import ServiceDatabase
from kit import page, workbooks
from kit.app import Outside
from kit.db import Database
from kit.sheets import CSV, XLSX
from services.catalog import loading, seed
from services.catalog.app import create_app
from services.catalog.settings import Settings
from tests import system
from tests.unit.catalog.conftest import World

pytestmark = pytest.mark.anyio
REPORT = "/v1/reports/provision"
PLANNING, CULTURE, CONSTRUCTION, NATURE = seed.SHARES


async def _seed(settings: Settings, clock: system.StoppedClock) -> None:
    await loading.load(settings, clock, places_only=True)
    database = Database(settings.database_url.get_secret_value(), 2)
    async with database.transaction() as session:
        await seed.load(session, clock)
    await database.close()


@pytest.fixture(scope="module")
def seeded(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    database = clone("catalog")
    asyncio.run(_seed(Settings(**system.settings("catalog", database.app_url)), system.StoppedClock()))
    return database


class Dossiers:
    """The dossier service, which counts what it is told to, or is away."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.away = False
        self.transport = system.Answers(self.answer)

    async def answer(self, request: httpx.Request) -> tuple[int, Any]:
        assert request.url.path == "/internal/volumes"
        return (503, {"code": "database-unavailable"}) if self.away else (200, {"items": self.items})


@pytest.fixture
async def dossiers() -> Dossiers:
    return Dossiers()


@pytest.fixture
async def world(seeded: ServiceDatabase, dossiers: Dossiers) -> AsyncIterator[World]:
    clock = system.StoppedClock("2020-12-24T08:00:00+07:00")
    app = create_app(
        Settings(**system.settings("catalog", seeded.app_url)),
        Outside(clock=clock, issuer_keys=system.issuer_keys, transports={"dossier": dossiers.transport}),
    )
    async with system.running(app) as client:
        yield World(app, client, clock)


def staff(world: World, *roles: str) -> dict[str, str]:
    return system.headers(world.clock, "l", "staff", roles=list(roles), agency="000.00.00.H28")


async def figures(world: World, **params: str) -> dict[str, Any]:
    answer = await world.client.get(REPORT, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_figures_of_the_report_are_computed_and_the_stated_ones_stand_beside(world: World) -> None:
    found = await figures(world)
    cells = {(c["government_level"], c["online_level"]): c["count"] for c in found["cells"]}
    assert {key: count for key, count in cells.items() if key[1] >= 3} == seed.CELLS
    assert found["in_force"] == 1866
    assert found["cells_total"] == {"level_3": 264, "level_4": 593, "online": 857, "share": 0.459271}
    assert (found["distinct"]["online"], round(found["distinct"]["share"], 3)) == (821, 0.44)
    total = {said["unit"]: said for said in found["stated"] if said["dimension"] == "total"}
    assert total["procedures"]["value"] == 821
    assert total["procedures"]["source_date"] == "2020-12-24"
    assert [tuple(reading.values()) for reading in total["procedures"]["computed"]] == [
        ("distinct", 821, 0),
        ("cells", 857, -36),
    ]
    assert total["percent"]["computed"][0] == {"figure": "distinct", "value": 44.0, "difference": 0.0}


async def test_each_department_offers_its_share_online(world: World) -> None:
    found = await figures(world, group_by="agency")
    shares = {group["key"]: group for group in found["groups"]}
    assert [shares[code]["share"] for code in (PLANNING, CULTURE, CONSTRUCTION, NATURE)] == [
        0.85, 0.63, 0.5, 0.5,
    ]  # fmt: skip
    assert (shares[CULTURE]["online"], shares[CULTURE]["procedures"]) == (63, 100)
    stated = {said["dimension"]: said["computed"][0]["difference"] for said in found["stated"]}
    assert stated[f"agency:{PLANNING}"] == 0


async def test_groups_by_field_and_by_level_of_government_add_up(world: World) -> None:
    fields = (await figures(world, group_by="field"))["groups"]
    assert sum(group["procedures"] for group in fields) == 1866
    assert sum(group["online"] for group in fields) == 821
    levels = {g["key"]: g for g in (await figures(world, group_by="government_level"))["groups"]}
    assert {key: (g["level_3"], g["level_4"]) for key, g in levels.items()} == {
        "province": (214, 509), "district": (35, 61), "commune": (15, 23),
    }  # fmt: skip


async def test_a_past_day_has_its_own_figures_and_a_day_to_come_none(world: World) -> None:
    before = await figures(world, as_of="2020-07-13")
    assert (before["in_force"], before["distinct"]["online"], before["mandated"]["lines"]) == (1866, 0, 0)
    nothing = await figures(world, as_of="2019-12-31")
    assert (nothing["in_force"], nothing["distinct"]["share"]) == (0, None)
    tomorrow = await world.client.get(REPORT, params={"as_of": "2020-12-25"})
    assert (tomorrow.status_code, tomorrow.json()["errors"][0]["code"]) == (422, "day-to-come")
    assert (await world.client.get(REPORT, params={"colour": "red"})).status_code == 422


async def test_a_figure_says_what_it_means_in_the_readers_language(world: World) -> None:
    vi = (await world.client.get(REPORT)).json()["definition"]
    en = (await world.client.get(REPORT, headers={"Accept-Language": "en"})).json()["definition"]
    assert (vi["id"], vi["version"]) == ("provision", 1)
    wanted = {"name", "numerator", "denominator", "basis", "scope", "exclusions", "cells", "distinct"}
    assert vi["texts"].keys() == en["texts"].keys() >= wanted
    assert vi["texts"] != en["texts"]
    seen = await world.client.get(REPORT)
    again = await world.client.get(REPORT, headers={"If-None-Match": seen.headers["ETag"]})
    assert again.status_code == 304


async def test_the_report_costs_the_same_statements_however_it_is_grouped(world: World) -> None:
    counted: list[str] = []
    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    numbers = []
    for params in ({}, {"group_by": "agency"}, {"group_by": "field", "as_of": "2020-08-01"}):
        counted.clear()
        await figures(world, **params)
        numbers.append(len(counted))
    assert set(numbers) == {7}


async def test_the_report_as_csv_and_as_a_workbook(world: World) -> None:
    params = {"group_by": "agency"}
    text = await world.client.get(REPORT, params=params, headers={"Accept": CSV})
    assert text.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))
    book = await world.client.get(REPORT, params=params, headers={"Accept": XLSX})
    cells = workbooks.first_sheet(book.content, rows=1000, columns=40, unpacked=10**7)
    for table in (rows, cells):
        line = next(row for row in table if row[0] == "Ô theo cấp" and row[1] == "province")
        assert [float(cell) for cell in line[4:7]] == [214, 509, 723]
        department = next(row for row in table if row[1] == CULTURE)
        assert float(department[7]) == 0.63
        assert any(row[:2] == ["Định nghĩa", "numerator"] for row in table)


async def test_what_is_mandated_and_not_offered_is_listed(world: World) -> None:
    found = (await figures(world))["mandated"]
    assert found["lines"] == found["as_decided"] > 700
    number = {"number": "77/QĐ-UBND", "date": "2020-12-01", "title": "Bổ sung", "valid_from": "2020-12-01"}
    lines = [
        {"procedure": "S2020.1000", "government_level": "province", "online_level": 4},
        {"procedure": "S2020.0600", "government_level": "province", "online_level": 3},
        {"procedure": "X.999", "government_level": "commune", "online_level": 3},
        {"procedure": "S2020.1001", "agency": CULTURE, "online_level": 3, "mandated": False},
    ]
    body = {**number, "items": lines}
    made = await world.client.post("/v1/procedures/decisions", json=body, headers=world.editor())
    assert made.status_code == 201, made.text
    after = (await figures(world))["mandated"]
    assert (after["lines"] - found["lines"], after["not_offered"], after["unknown_procedure"]) == (3, 1, 1)
    listed = (await world.client.get(f"{REPORT}/mandated-not-offered", params={"limit": "1"})).json()
    assert (listed["items"][0]["procedure"], listed["items"][0]["state"]) == ("S2020.1000", "not_offered")
    rest = await world.client.get(f"{REPORT}/mandated-not-offered", params={"cursor": listed["next"]})
    assert [(i["procedure"], i["state"]) for i in rest.json()["items"]] == [("X.999", "unknown_procedure")]


async def test_a_stated_figure_is_kept_beside_and_never_forced_to_match(world: World) -> None:
    said = {
        "dimension": "cell:commune:4", "unit": "procedures", "value": 24, "source": "Báo cáo quý",
        "source_date": "2020-10-01", "reason": "Nhập theo báo cáo",
    }  # fmt: skip
    path = f"{REPORT}/stated"
    assert (await world.client.put(path, json=said)).status_code == 401
    assert (await world.client.put(path, json=said, headers=staff(world, "officer"))).status_code == 403
    entered = await world.client.put(path, json=said, headers=world.editor())
    assert (entered.status_code, entered.json()["version"]) == (200, 1)
    before = await world.events()
    assert (await world.client.put(path, json=said, headers=world.editor())).json()["version"] == 1
    assert await world.events() == before
    beside = next(s for s in (await figures(world))["stated"] if s["dimension"] == said["dimension"])
    assert beside["computed"] == [{"figure": "cell", "value": 23, "difference": 1}]
    mended = await world.client.put(path, json={**said, "value": 23}, headers=world.editor())
    assert (mended.json()["version"], mended.json()["value"]) == (2, 23)
    listed = (await world.client.get(path, headers=world.editor(), params={"limit": "3"})).json()
    assert len(listed["items"]) == 3
    rest = await world.client.get(path, headers=world.editor(), params={"cursor": listed["next"]})
    assert len(rest.json()["items"]) == len(seed.STATED) + 1 - 3
    bad = {"cursor": page.encode(["total", "percent", "2020-02-31"])}
    assert (await world.client.get(path, headers=world.editor(), params=bad)).status_code == 422
    wrong = await world.client.put(
        path, json={**said, "dimension": "moon", "value": -1}, headers=world.editor()
    )
    assert {fault["pointer"] for fault in wrong.json()["errors"]} == {"/dimension", "/value"}


def volume(code: str, agency: str, count: int, channel: str = "counter") -> dict[str, Any]:
    return {"procedure": code, "agency": agency, "channel": channel, "count": count}


async def test_online_services_with_few_or_no_dossiers(world: World, dossiers: Dossiers) -> None:
    path = "/v1/reports/services-without-dossiers"
    params = {"since": "2020-07-14", "agency": CULTURE, "limit": "200"}
    offered = (await figures(world, group_by="agency"))["groups"]
    online = next(group["online"] for group in offered if group["key"] == CULTURE)
    of_body = f"/v1/agencies/{CULTURE}/offerings"
    items = (await world.client.get(of_body, params={"online_level": "4"})).json()["items"]
    one, two = items[0]["procedure"]["code"], items[1]["procedure"]["code"]
    dossiers.items = [volume(one, CULTURE, 5), volume(two, CULTURE, 1, "online"), volume("X", CULTURE, 3)]
    assert (await world.client.get(path, params=params)).status_code == 401
    leader = staff(world, "leader")
    found = (await world.client.get(path, params=params, headers=leader)).json()
    assert len(found["items"]) == online - 2
    few = (await world.client.get(path, params={**params, "at_most": "1"}, headers=leader)).json()
    assert [(i["procedure"]["code"], i["received_online"]) for i in few["items"] if i["received"]] == [
        (two, 1)
    ]
    by_channel = {**params, "counted": "online", "at_most": "0"}
    found = (await world.client.get(path, params=by_channel, headers=leader)).json()
    assert one in {item["procedure"]["code"] for item in found["items"]}  # five, and none of them online
    codes: list[str] = []
    paged = {**params, "limit": "50"}
    while True:
        part = (await world.client.get(path, params=paged, headers=leader)).json()
        codes += [item["procedure"]["code"] for item in part["items"]]
        if part["next"] is None:
            break
        paged["cursor"] = part["next"]
    assert len(set(codes)) == len(codes) == online - 2


async def test_candidates_to_go_online_by_volume_with_what_they_lack(
    world: World, dossiers: Dossiers
) -> None:
    path, params = "/v1/reports/online-candidates", {"from": "2020-01-01", "to": "2020-12-24"}
    offline = (
        await world.client.get(f"/v1/agencies/{PLANNING}/offerings", params={"online_level": "2"})
    ).json()["items"]
    one = offline[0]["procedure"]["code"]
    dossiers.items = [
        volume(one, PLANNING, 30),
        volume(one, PLANNING, 10, "post"),
        volume(one, NATURE, 200),
        volume("S2020.0001", "000.00.31.H28", 999, "online"),  # online already
        volume("X.404", PLANNING, 5000),
    ]
    auditor = staff(world, "auditor")
    found = (await world.client.get(path, params=params, headers=auditor)).json()
    assert [(i["agency"]["code"], i["received"], i["online_level"]) for i in found["items"]] == [
        (NATURE, 200, None),
        (PLANNING, 40, 2),
    ]
    assert found["items"][0]["missing_for_3"] == [{"code": "no-form", "label": "mẫu điện tử"}]
    assert found["definition"]["id"] == "online-candidates"
    wrong = {"from": "2020-12-01", "to": "2020-11-01"}
    refused = await world.client.get(path, params=wrong, headers=auditor)
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "to")


async def test_without_the_dossier_service_the_rest_goes_on(world: World, dossiers: Dossiers) -> None:
    dossiers.away = True
    params = {"since": "2020-07-14"}
    answer = await world.client.get(
        "/v1/reports/services-without-dossiers", params=params, headers=staff(world, "officer")
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "neighbour-unavailable")
    assert (await figures(world))["distinct"]["online"] == 821


async def test_the_volumes_are_asked_once_for_the_pages_of_a_list(world: World, dossiers: Dossiers) -> None:
    params = {"since": "2020-07-14", "limit": "1"}
    for _ in range(3):
        await world.client.get(
            "/v1/reports/services-without-dossiers", params=params, headers=staff(world, "officer")
        )
    assert len(dossiers.transport.requests) == 1
