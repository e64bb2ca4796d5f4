"""The catalogue as readers, editors and neighbours use it."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from kit import page
from services.catalog import loading
from services.catalog.models import Version
from services.catalog.settings import Settings
from tests import system
from tests.unit.catalog.conftest import World

pytestmark = pytest.mark.anyio
SAMPLE = Path(__file__).parents[3] / "data/sample-catalogue/procedures/9.000001.json"
CONSTRUCTION = "000.00.09.H28"
#: The columns of a version but its number.
COPIED = ", ".join(sorted(set(Version.model_fields) - {"number"}))


async def first(world: World, q: str) -> dict[str, Any]:
    answer = await world.client.get("/v1/procedures", params={"q": q})
    found: dict[str, Any] = answer.json()["items"][0]
    return found


async def test_search_without_accents_finds_the_best_first(world: World) -> None:
    for q in (
        "cap giay phep",
        "Cấp giấy phép xây dựng",
        unicodedata.normalize("NFD", "cấp giấy phép xây dựng"),
        "9.000001",
        "9000001",
        "giay phep xay dung",
        "cap giay pep xay dung",
    ):
        assert (await first(world, q))["code"] == "9.000001", q
    assert (await world.client.get("/v1/procedures", params={"q": "zzzz qqqq"})).json()["items"] == []


async def test_pages_hold_everything_once(world: World) -> None:
    for q in ("", "cap"):
        codes: list[str] = []
        params = {"limit": "7", "q": q}
        while True:
            page = (await world.client.get("/v1/procedures", params=params)).json()
            codes += [item["code"] for item in page["items"]]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]
        assert len(codes) == len(set(codes)) > 7
        if not q:
            assert len(codes) >= 54


async def test_filters_and_facets(world: World) -> None:
    params = {"government_level": "commune", "online_level": "4", "facets": "true", "limit": "200"}
    page = (await world.client.get("/v1/procedures", params=params)).json()
    assert page["items"]
    assert all("commune" in i["government_levels"] and i["online_level"] == 4 for i in page["items"])
    assert {f["value"]: f["count"] for f in page["facets"]["online_level"]}["4"] == len(page["items"])
    by_body = await world.client.get("/v1/procedures", params={"agency": CONSTRUCTION})
    assert "9.000001" in {item["code"] for item in by_body.json()["items"]}


async def test_the_list_costs_one_statement_however_long(world: World) -> None:
    counted: list[str] = []
    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    await world.client.get("/v1/procedures?limit=2")
    few = len(counted)
    await world.client.get("/v1/procedures?limit=50")
    assert len(counted) == 2 * few


async def test_a_procedure_its_form_and_who_offers_it(world: World) -> None:
    shown = await world.client.get("/v1/procedures/9.000001")
    assert shown.json()["online_level"] == 4
    again = await world.client.get(
        "/v1/procedures/9.000001", headers={"If-None-Match": shown.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    form = (await world.client.get("/v1/procedures/9.000001/form")).json()
    ok = await world.client.post("/v1/procedures/9.000001/form/check", json={"data": form["example"]})
    assert ok.json() == {"valid": True, "warnings": []}
    assert form["generic"] is False
    wrong = await world.client.post("/v1/procedures/9.000001/form/check", json={"data": {"x": 1}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "form-refused")
    assert len(wrong.json()["errors"]) > 3
    offers = (await world.client.get("/v1/procedures/9.000001/offerings")).json()
    assert offers[0]["agency"]["code"] == CONSTRUCTION
    assert offers[0]["payable_online"] is True
    assert offers[0]["received_by"][0]["code"] == "000.00.01.H28"


async def test_bodies_units_and_code_lists(world: World) -> None:
    assert len((await world.client.get("/v1/agencies")).json()) == 185
    assert (await world.client.get("/v1/agencies?on=2026-01-01")).json() == []
    districts = (await world.client.get("/v1/units", params={"parent": "17"})).json()
    assert len(districts) == 10
    assert (await world.client.get("/v1/code-lists/online_level")).json()["items"]
    assert (await world.client.get("/v1/code-lists/nothing")).json()["code"] == "code-list-not-found"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/procedures/9.999999", 404),
        ("/v1/procedures/%00", 422),
        ("/v1/procedures?q=%00", 422),
        ("/v1/procedures?q=" + "x" * 400, 422),
        ("/v1/procedures?cursor=abc", 422),
        ("/v1/procedures?cursor=" + page.encode([10**30, "a", "b"]), 422),
        ("/v1/procedures?cursor=" + page.encode([1, "a", "b"]) + "&q=" + "%C4%91" * 300, 200),
        ("/v1/procedures?limit=9999999999999999999999", 422),
        ("/v1/procedures/9.000001/versions/99", 404),
        ("/v1/procedures?q=%25_%27", 200),
    ],
)
async def test_wrong_requests_have_answers(world: World, path: str, status: int) -> None:
    assert (await world.client.get(path)).status_code == status


async def test_all_wrong_parameters_at_once_in_the_callers_language(world: World) -> None:
    path = "/v1/procedures?limit=abc&audience=zzz"
    for language, begins in (("vi", "Phải là một trong: 'citizen', "), ("en", "Must be one of: 'citizen', ")):
        answer = await world.client.get(path, headers={"Accept-Language": language})
        faults = {fault["parameter"]: fault["detail"] for fault in answer.json()["errors"]}
        assert faults.keys() == {"limit", "audience"}
        assert faults["audience"].startswith(begins)
        assert " or " not in faults["audience"]


async def test_an_editor_raises_a_national_procedure_with_the_generic_form(world: World) -> None:
    code = "1.900001"
    assert await imported(world, [national(code)]) == ["created"]
    shown = (await world.client.get(f"/v1/procedures/{code}")).json()
    assert (shown["online_level"], shown["source"]) == (2, "national")
    assert {gap["value"] for gap in shown["gaps"]} >= {"no-form", "no-fees"}

    path = f"/v1/agencies/{CONSTRUCTION}/offerings/{code}"
    early = await world.client.put(path, json={"online_level": 4}, headers=world.editor())
    assert (early.status_code, early.json()["gaps"]) == (409, ["no-form", "no-papers", "no-fees"])

    changes = {
        "form": "generic",
        "papers": [],
        "fees": [
            {"code": "LP-01", "name": "Lệ phí", "kind": "charge", "amount": 50_000, "due_at": "submission"}
        ],
    }
    match = {"If-Match": f'"{shown["version"]}"'}
    draft = await world.client.patch(
        f"/v1/procedures/{code}/draft", json=changes, headers=world.editor(**match)
    )
    assert draft.status_code == 200, draft.text
    match = {"If-Match": draft.headers["ETag"]}
    published = await world.client.post(
        f"/v1/procedures/{code}/publish", json={"reason": "Nâng mức"}, headers=world.editor(**match)
    )
    assert {change["at"] for change in published.json()["changes"]} == {"/form", "/fees/LP-01"}
    offered = await world.client.put(
        path, json={"online_level": 4, "pay_online_from": "2020-10-26"}, headers=world.editor()
    )
    assert offered.json()["payable_online"] is True
    assert (await world.client.get(f"/v1/procedures/{code}")).json()["online_level"] == 4
    # What the province has edited, a national sync does not overwrite.
    assert await imported(world, [national(code, name="Tên khác")]) == ["proposed"]


def national(code: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": "Thủ tục quốc gia thử nghiệm",
        "field": {"code": "G01", "name": "Thử nghiệm"},
        "government_levels": ["province"],
        **changes,
    }


async def imported(world: World, items: list[dict[str, Any]]) -> list[str]:
    body = {"items": items, "source": "national-portal"}
    answer = await world.client.post("/internal/procedures/imports", json=body, headers=world.service())
    return [row["outcome"] for row in answer.json()["rows"]]


async def test_a_second_import_appends_no_event(world: World) -> None:
    items = [national(f"1.91{n:04d}") for n in range(200)]
    assert set(await imported(world, items)) == {"created"}
    before = await world.events()
    assert set(await imported(world, items)) == {"unchanged"}
    assert await world.events() == before
    items[7]["name"] = "Tên mới"
    items[8] = {"code": "1.910008", "name": ""}
    items[9] = items[10]
    items[11] = national("1.910011", form={"schema": {"type": 7}, "layout": {}, "example": {}})
    outcomes = await imported(world, items)
    assert (outcomes.count("proposed"), outcomes.count("refused")) == (1, 3)
    assert await world.events() == before + 1


async def test_a_published_version_cannot_be_changed(world: World) -> None:
    for statement in (
        "UPDATE procedure_version SET content = '{}' WHERE procedure_code = '9.000001'",
        "DELETE FROM procedure_version WHERE procedure_code = '9.000001'",
        (
            f"INSERT INTO procedure_version ({COPIED}, number) SELECT {COPIED}, 99"
            " FROM procedure_version WHERE procedure_code = '9.000001'"
        ),
    ):
        with pytest.raises(IntegrityError):
            async with world.app.state.database.transaction() as session:
                await session.execute(text(statement))


async def test_editors_at_once_and_without_right(world: World) -> None:
    content = {**json.loads(SAMPLE.read_text("utf-8")), "code": "9.100001"}
    assert (await world.client.post("/v1/procedures", json=content)).json()["code"] == "token-missing"
    officer = system.headers(world.clock, "o", "staff", roles=["officer"], agency=CONSTRUCTION)
    assert (await world.client.post("/v1/procedures", json=content, headers=officer)).status_code == 403
    made = await asyncio.gather(
        *(world.client.post("/v1/procedures", json=content, headers=world.editor()) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in made) == [201, 409, 409]
    match = {"If-Match": '"1"'}
    published = await asyncio.gather(
        *(
            world.client.post(
                "/v1/procedures/9.100001/publish", json={"reason": "Mới"}, headers=world.editor(**match)
            )
            for _ in range(3)
        )
    )
    assert sorted(answer.status_code for answer in published) == [200, 412, 412]


async def test_a_form_that_refers_outside_is_refused(world: World) -> None:
    content = {**json.loads(SAMPLE.read_text("utf-8")), "code": "9.100002"}
    content["form"]["schema"] = {"$ref": "http://127.0.0.1:1/schema.json"}
    refused = await world.client.post("/v1/procedures", json=content, headers=world.editor())
    assert (refused.status_code, refused.json()["code"]) == (422, "form-unusable")


async def test_the_sample_loads_once(world: World) -> None:
    before = await world.events()
    database = world.app.state.database.dsn
    settings = Settings(**system.settings("catalog", database))
    said = await loading.load(settings, world.clock)
    assert said.startswith("0 đơn vị")
    assert await world.events() == before


async def test_what_a_dossier_freezes(world: World) -> None:
    path = "/internal/procedures/9.000001/submission"
    frozen = (await world.client.get(path, params={"agency": CONSTRUCTION}, headers=world.service())).json()
    assert frozen["offering"]["online_level"] == 4
    assert frozen["receiving_offices"] == ["000.00.01.H28"]
    assert frozen["form_schema"]["type"] == "object"
    other = await world.client.get(path, params={"agency": "000.00.33.H28"}, headers=world.service())
    assert other.json()["offering"] is None
    assert (await world.client.get(path, params={"agency": CONSTRUCTION})).status_code == 401
