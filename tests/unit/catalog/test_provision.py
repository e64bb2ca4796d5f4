"""What is offered online, of all there is: the figures of the province's report, on made-up procedures."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import event, update
from sqlmodel import col

from deploy.databases import ServiceDatabase
from kit import page, workbooks
from kit.app import Outside
from kit.db import Database
from kit.tabular import CSV, XLSX
from services.catalog import loading
from services.catalog.app import create_app
from services.catalog.models import Agency
from services.catalog.provision import explained
from services.catalog.seed import commands as seeding
from services.catalog.seed import made as seed
from services.catalog.settings import Settings
from tests import system
from tests.unit.catalog.conftest import World

pytestmark = [pytest.mark.anyio, pytest.mark.long]
REPORT = "/v1/reports/provision"
PLANNING, CULTURE, CONSTRUCTION, NATURE = seed.SHARES


async def _seed(settings: Settings, clock: system.StoppedClock) -> None:
    await loading.load(settings, clock, places_only=True)
    database = Database(settings.database_url.get_secret_value(), 2)
    async with database.transaction() as session:
        await seeding.load(session, clock)
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
    assert (before["in_force"], before["distinct"]["online"], before["mandated"]["lines"]) == (1866, 54, 0)
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


def csv_rows(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_the_report_as_csv_and_as_a_workbook(world: World) -> None:
    params = {"group_by": "agency"}
    rows = csv_rows(await world.client.get(REPORT, params=params, headers={"Accept": CSV}))
    book = await world.client.get(REPORT, params=params, headers={"Accept": XLSX})
    cells = workbooks.first_sheet(book.content, rows=1000, columns=40, unpacked=10**7)
    assert {len(row) for row in rows} == {8}
    assert rows[0][:6] == ["Phần", "Mã", "Tên", "Mức độ", "Số lượng", "Tỷ lệ"]
    for table in (rows, cells):
        line = next(row for row in table if row[1] == "province" and float(row[3]) == 4)
        assert (line[2], float(line[4])) == ("Cấp tỉnh", 509)
        department = next(row for row in table if row[1] == CULTURE and row[3] == "3+4")
        assert (float(department[4]), float(department[5])) == (63, 0.63)
        assert any(row[:2] == ["Định nghĩa", "numerator"] for row in table)
    headers = {"Accept": CSV, "Accept-Language": "en"}
    english = csv_rows(await world.client.get(REPORT, params=params, headers=headers))
    assert [row[2] for row in english if row[1] == "partly"] == ["By some of the bodies only"]
    assert len(english) == len(rows)


async def test_a_file_is_not_sent_again_to_who_has_it(world: World) -> None:
    for kind in (CSV, XLSX):
        for path in (REPORT, f"{REPORT}/explain", f"{REPORT}/mandated-not-offered"):
            first = await world.client.get(path, headers={"Accept": kind})
            assert first.headers["Content-Type"].partition(";")[0] == kind
            again = {"Accept": kind, "If-None-Match": first.headers["ETag"]}
            assert (await world.client.get(path, headers=again)).status_code == 304


async def test_the_lists_as_files(world: World, dossiers: Dossiers) -> None:
    """All rows at once, whatever a page would hold."""
    leader = {**staff(world, "leader"), "Accept": CSV}
    params: dict[str, str] = {"since": "2020-07-14", "limit": "1"}
    unused = csv_rows(
        await world.client.get("/v1/reports/services-without-dossiers", params=params, headers=leader)
    )
    assert len(unused) > 800
    offered = (
        await world.client.get(f"/v1/agencies/{PLANNING}/offerings", params={"online_level": "2"})
    ).json()["items"]
    dossiers.items = [volume(item["procedure"]["code"], PLANNING, 3) for item in offered[:2]]
    params = {"from": "2020-02-01", "to": "2020-12-24", "limit": "1"}
    rows = csv_rows(await world.client.get("/v1/reports/online-candidates", params=params, headers=leader))
    assert [row[4] for row in rows[1:]] == ["3", "3"]
    assert rows[1][6] == "mẫu điện tử"
    stated = csv_rows(await world.client.get(f"{REPORT}/stated", params={"limit": "1"}, headers=leader))
    assert len(stated) > len(seed.STATED)
    book = await world.client.get(f"{REPORT}/stated", headers={**leader, "Accept": XLSX})
    assert (book.headers["Cache-Control"], "ETag" in book.headers) == ("no-store", False)


async def test_the_procedures_behind_a_figure_add_up_to_it(world: World) -> None:
    found = await figures(world, group_by="agency")
    agency = next(group for group in found["groups"] if group["key"] == CULTURE)
    cell = next(c for c in found["cells"] if (c["government_level"], c["online_level"]) == ("district", 4))
    field = (await figures(world, group_by="field"))["groups"][0]
    level = next(
        group
        for group in (await figures(world, group_by="government_level"))["groups"]
        if group["key"] == "commune"
    )
    for params, counted, of in (
        ({}, found["distinct"]["online"], found["in_force"]),
        ({"cell": "district:4"}, cell["count"], found["in_force"]),
        ({"agency": CULTURE}, agency["online"], agency["procedures"]),
        ({"field": field["key"]}, field["online"], field["procedures"]),
        ({"government_level": "commune"}, level["online"], level["procedures"]),
    ):
        for excluded in (False, True):
            asked = {**params, "excluded": str(excluded).lower(), "limit": "200"}
            first = (await world.client.get(f"{REPORT}/explain", params=asked)).json()
            assert (first["counted"], first["not_counted"]) == (counted, of - counted)
            assert all((item["reason"] is not None) == excluded for item in first["items"])
            rows = csv_rows(
                await world.client.get(f"{REPORT}/explain", params=asked, headers={"Accept": CSV})
            )
            codes = {row[0] for row in rows[1:]}
            assert len(codes) == len(rows) - 1 == (of - counted if excluded else counted)


async def test_why_a_procedure_is_not_counted(world: World) -> None:
    path, asked = f"{REPORT}/explain", {"excluded": "true", "limit": "200"}
    low = (await world.client.get(path, params={**asked, "agency": CULTURE})).json()
    assert low["figure"] == f"agency:{CULTURE}"
    assert {(item["level"], item["reason"]) for item in low["items"]} == {(2, "below_online")}
    assert low["items"][0]["label"] == "Tiếp nhận dưới mức độ 3"
    part = {**asked, "agency": CULTURE, "limit": "30"}
    one = (await world.client.get(path, params=part)).json()
    two = (await world.client.get(path, params={**part, "cursor": one["next"]})).json()
    assert one["items"] + two["items"] == low["items"]
    others = (await world.client.get(path, params={**asked, "cell": "commune:4"})).json()["items"]
    assert {"other_level", "not_offered"} >= {item["reason"] for item in others}
    for wrong in ({"cell": "moon:4"}, {"cell": "district:4", "agency": CULTURE}, {"colour": "red"}):
        refused = await world.client.get(f"{REPORT}/explain", params=wrong)
        assert refused.status_code == 422, wrong


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
    right = {**said, "value": 23}
    unseen = await world.client.put(path, json=right, headers=world.editor())
    assert unseen.status_code == 428
    late = await world.client.put(path, json=right, headers=world.editor(**{"If-Match": '"7"'}))
    assert late.status_code == 412
    figure = f"{path}/{entered.json()['id']}"
    seen = (await world.client.get(figure, headers=staff(world, "auditor"))).headers["ETag"]
    mended = await world.client.put(path, json=right, headers=world.editor(**{"If-Match": seen}))
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
    withdrawal = {"reason": "Nguồn đã đính chính"}
    assert (await world.client.delete(figure, params=withdrawal, headers=world.editor())).status_code == 428
    late = await world.client.delete(figure, params=withdrawal, headers=world.editor(**{"If-Match": '"1"'}))
    assert late.status_code == 412
    seen = mended.headers["ETag"]
    assert (await world.client.delete(figure, headers=world.editor(**{"If-Match": seen}))).status_code == 422
    events = await world.events()
    gone = await world.client.delete(figure, params=withdrawal, headers=world.editor(**{"If-Match": seen}))
    assert (gone.status_code, await world.events()) == (204, events + 1)
    missing = await world.client.get(figure, headers=world.editor())
    assert (missing.status_code, missing.json()["code"]) == (404, "stated-figure-not-found")
    assert said["dimension"] not in {s["dimension"] for s in (await figures(world))["stated"]}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"dimension": "agency:nope"}, "/dimension"),
        ({"dimension": "field:nope"}, "/dimension"),
        ({"dimension": "cell:moon:4"}, "/dimension"),
        ({"dimension": "government_level:moon"}, "/dimension"),
        ({"unit": "percent", "value": 300}, "/value"),
        ({"value": 821.56}, "/value"),
        ({"value": True}, "/value"),
        ({"value": "821"}, "/value"),
        ({"source_date": "2090-01-01"}, "/source_date"),
    ],
)
async def test_a_stated_figure_is_of_something_that_there_is(
    world: World, change: dict[str, Any], pointer: str
) -> None:
    said = {
        "dimension": "total", "unit": "procedures", "value": 800, "source": "Báo cáo",
        "source_date": "2020-09-01", "reason": "Nhập theo báo cáo",
    }  # fmt: skip
    refused = await world.client.put(f"{REPORT}/stated", json={**said, **change}, headers=world.editor())
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]


async def test_a_body_in_either_notation_is_one_dimension(world: World) -> None:
    said = {
        "dimension": "agency:H28.9", "unit": "percent", "value": 41.5, "source": "Báo cáo",
        "source_date": "2020-09-02", "reason": "Nhập theo báo cáo",
    }  # fmt: skip
    path, names = f"{REPORT}/stated", []
    for dimension in ("agency:H28.9", "agency:000.00.09.H28"):
        put = await world.client.put(path, json={**said, "dimension": dimension}, headers=world.editor())
        assert put.status_code == 200, put.text
        names.append((put.json()["dimension"], put.json()["version"]))
    assert names == [("agency:000.00.09.H28", 1)] * 2
    gone = await world.client.delete(
        f"{path}/{put.json()['id']}", params={"reason": "Thử"}, headers=world.editor(**{"If-Match": '"1"'})
    )
    assert gone.status_code == 204


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


async def test_lists_of_use_are_told_of_a_past_day(world: World, dossiers: Dossiers) -> None:
    path, leader = "/v1/reports/services-without-dossiers", staff(world, "leader")
    params = {"since": "2020-01-01", "on": "2020-07-13", "agency": "000.00.31.H28", "limit": "200"}
    found = (await world.client.get(path, params=params, headers=leader)).json()
    own_choice = {item["procedure"]["code"] for item in found["items"]}
    assert (found["last_day"], len(own_choice)) == ("2020-07-13", 6)
    assert str(dossiers.transport.requests[-1].url).endswith("from=2020-01-01&to=2020-07-13")
    early = {**params, "on": "2020-12-25"}
    refused = await world.client.get(path, params=early, headers=leader)
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "on")
    dossiers.items = [volume("S2020.0001", "000.00.31.H28", 9)]
    params = {"from": "2020-01-01", "to": "2020-06-30", "agency": "000.00.31.H28"}
    before = {**params, "on": "2020-06-30"}
    found = (await world.client.get("/v1/reports/online-candidates", params=before, headers=leader)).json()
    assert [item["received"] for item in found["items"]] == [9]  # offered online by the decision only
    found = (await world.client.get("/v1/reports/online-candidates", params=params, headers=leader)).json()
    assert found["items"] == []


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


async def test_what_only_a_dissolved_body_offers_is_not_counted(world: World) -> None:
    on, figure = date(2020, 12, 24), explained.Figure("agency", CULTURE)
    anywhere = explained.Figure("total")
    with pytest.raises(NotImplementedError):  # undone: the catalogue is all tests'
        async with world.app.state.database.transaction() as session:
            before, _ = await explained.totals(session, on, anywhere)
            online, _ = await explained.totals(session, on, figure)
            await session.execute(
                update(Agency).where(col(Agency.code) == CULTURE).values(valid_to=date(2020, 12, 1))
            )
            assert await explained.totals(session, on, figure) == (0, 0)
            rows = await explained.listed(session, on, anywhere, None, 2000, excluded=True)
            ended = [row for row in rows if row.reason == "body_ended"]
            after, _ = await explained.totals(session, on, anywhere)
            assert 0 < before - after <= online
            assert len(ended) >= before - after
            raise NotImplementedError


async def test_a_row_of_use_says_what_its_number_is_made_of(world: World, dossiers: Dossiers) -> None:
    leader = staff(world, "leader")
    offered = (
        await world.client.get(f"/v1/agencies/{PLANNING}/offerings", params={"online_level": "2"})
    ).json()["items"]
    one = offered[0]["procedure"]["code"]
    dossiers.items = [volume(one, PLANNING, 30), volume(one, PLANNING, 10, "post")]
    params = {"from": "2020-03-01", "to": "2020-12-24"}
    path = "/v1/reports/online-candidates/explain"
    (row,) = (await world.client.get(path, params=params, headers=leader)).json()["items"]
    assert row["received"] == sum(each["received"] for each in row["channels"]) == 40
    assert [each["channel"] for each in row["channels"]] == ["counter", "post"]
    of_body = f"/v1/agencies/{CULTURE}/offerings"
    online = (await world.client.get(of_body, params={"online_level": "4"})).json()["items"]
    two = online[0]["procedure"]["code"]
    dossiers.items = [volume(two, CULTURE, 2, "online")]
    params = {"since": "2020-07-15", "at_most": "5", "agency": CULTURE, "procedure": two}
    path = "/v1/reports/services-without-dossiers/explain"
    shown = (await world.client.get(path, params=params, headers=leader)).json()
    assert [row["channels"] for row in shown["items"]] == [[{"channel": "online", "received": 2}]]
    assert (shown["indicator"], shown["counted_by"]) == ("services-without-dossiers", "dossier")
