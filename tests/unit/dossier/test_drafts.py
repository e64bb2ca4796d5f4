"""Drafts: saved step by step, filled from what is known, for somebody else, cleared away after a warning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.unit.dossier.conftest import CONSTRUCTION, FORM, PDF, World, procedure
from tests.unit.dossier.test_life import brought_to, seen_by, take

pytestmark = pytest.mark.anyio


async def _housekeep(world: World) -> None:
    while await world.app.state.housekeeping.step():
        pass


async def _types(world: World, dossier: dict[str, Any]) -> list[str]:
    async with world.app.state.database.transaction() as session:
        query = text("SELECT type FROM event WHERE subject = :id ORDER BY id")
        return list(await session.scalars(query, {"id": dossier["id"]}))


async def test_a_draft_says_what_it_lacks_and_is_resumed_elsewhere(world: World) -> None:
    draft = (await world.create(form={"full_name": "An"})).json()
    lacks = {item["pointer"] for item in draft["missing"]}
    assert lacks == {"/form/personal_number", "/papers/GT-01", "/papers/GT-02"}
    await world.upload(draft, "GT-01", PDF, world.citizen())
    again = await seen_by(world, draft, "owner")
    changed = await world.client.patch(
        f"/v1/dossiers/{draft['id']}",
        json={"form": FORM},
        headers=world.citizen(**{"If-Match": f'"{again["version"]}"'}),
    )
    assert [item["pointer"] for item in changed.json()["missing"]] == ["/papers/GT-02"]


async def test_the_second_time_form_and_papers_are_known(world: World) -> None:
    first = (await world.create("binh", form={**FORM, "planned_start": "2020-12-01"})).json()
    for paper in ("GT-01", "GT-02"):
        await world.upload(first, paper, PDF, world.citizen("binh"))
    submitted = await world.act(first, "submit", {}, world.citizen("binh"))
    params = {"procedure": "9.000001", "agency": CONSTRUCTION}
    known = (
        await world.client.get("/v1/dossiers/prefill", params=params, headers=world.citizen("binh"))
    ).json()
    assert known["form"]["planned_start"] == "2020-12-01"
    assert known["sources"] == {
        "full_name": "account",
        "personal_number": "account",
        "planned_start": submitted.json()["code"],
    }
    assert {item["paper"] for item in known["documents"]} == {"GT-01", "GT-02"}

    second = (await world.create("binh", form=known["form"])).json()
    for item in known["documents"]:
        path = f"/v1/dossiers/{second['id']}/documents/reuse"
        body = {"document": item["document"], "paper": item["paper"]}
        assert (await world.client.post(path, json=body, headers=world.citizen("binh"))).status_code == 201
        foreign = await world.client.post(path, json=body, headers=world.citizen("stranger"))
        assert foreign.status_code == 404
    assert (await world.act(second, "submit", {}, world.citizen("binh"))).status_code == 200


async def test_the_account_fills_in_parts_where_it_is_clear_whose_they_are(world: World) -> None:
    person = {
        "type": "object",
        "properties": {"full_name": {"type": "string"}, "personal_number": {"type": "string"}},
    }
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"owner": {"$ref": "#/$defs/motcua.person"}, "never": False},
        "$defs": {"motcua.person": person},
    }
    two = {**schema, "properties": {**schema["properties"], "spouse": {"$ref": "#/$defs/motcua.person"}}}
    world.catalogue["9.000078"] = procedure(code="9.000078", papers=[], fees=[], form_schema=schema)
    world.catalogue["9.000079"] = procedure(code="9.000079", papers=[], fees=[], form_schema=two)

    async def known(code: str) -> Any:
        params = {"procedure": code, "agency": CONSTRUCTION}
        found = await world.client.get("/v1/dossiers/prefill", params=params, headers=world.citizen("duy"))
        return found.json()

    first = await known("9.000078")
    assert first["form"]["owner"].keys() == {"full_name", "personal_number"}
    assert first["sources"] == {"owner": "account"}
    assert (await known("9.000079"))["form"] == {}

    told = {"owner": {"full_name": "Bùi Thị Khác"}}
    given = await world.create("duy", procedure="9.000078", form=told, submit=True)
    again = await known("9.000078")
    assert (again["form"], again["sources"]) == (told, {"owner": given.json()["code"]})


async def test_on_behalf_of_a_company_needs_the_mandate(world: World) -> None:
    company = {"kind": "business", "name": "Công ty Sông Đà", "relation": "Giám đốc",
               "paper_type": "tax_code", "paper_number": "5400123456"}  # fmt: skip
    draft = (await world.create(procedure="9.000002", on_behalf=company)).json()
    refused = await world.act(draft, "submit", {}, world.citizen())
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/papers/MANDATE"]
    await world.upload(draft, "MANDATE", PDF, world.citizen())
    assert (await world.act(draft, "submit", {}, world.citizen())).status_code == 200
    shown = await seen_by(world, draft, "officer")
    assert shown["applicant"]["on_behalf"]["paper_number"] == "******3456"


@pytest.mark.parametrize(
    "paper",
    [{"paper_type": "personal_number", "paper_number": "abc"}, {"paper_number": "017300000001"},
     {"paper_type": "tax_code", "paper_number": "٥٤٠٠١٢٣٤٥٦"}],
)  # fmt: skip
async def test_the_number_of_whom_one_acts_for_is_of_its_kind(world: World, paper: dict[str, str]) -> None:
    person = {"kind": "citizen", "name": "Bé Na", "relation": "Mẹ", **paper}
    answer = await world.create(procedure="9.000002", on_behalf=person)
    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [
        ("paper_number", "/on_behalf/paper_number")
    ]


async def test_a_result_is_given_again_as_a_paper(world: World) -> None:
    params = {"procedure": "9.000001", "agency": CONSTRUCTION}

    async def known(sub: str = "an") -> list[dict[str, Any]]:
        found = await world.client.get("/v1/dossiers/prefill", params=params, headers=world.citizen(sub))
        results: list[dict[str, Any]] = found.json()["results"]
        return results

    before = {row["dossier_code"] for row in await known()}
    unsigned = await brought_to(world, "in_progress")
    await world.upload(unsigned, None, PDF, world.staff("officer", CONSTRUCTION))
    first = await brought_to(world, "completed")
    (mine,) = [row for row in await known() if row["dossier_code"] not in before]
    assert (mine["dossier_code"], mine["name"]) == (first["code"], "Giấy phép")
    assert await known("binh") == []

    draft = (await world.create()).json()
    path = f"/v1/dossiers/{draft['id']}/documents/reuse"
    body = {"document": mine["document"], "paper": "GT-01"}
    given = await world.client.post(path, json=body, headers=world.citizen())
    assert (given.status_code, given.json()["kind"], given.json()["paper"]) == (201, "paper", "GT-01")
    assert given.json()["sha256"] == mine["sha256"]

    reason = {"reason": "Cấp sai"}
    leader = world.staff("leader", CONSTRUCTION)
    code = mine["verification_code"]
    assert (await world.client.post(f"/v1/results/{code}/revoke", json=reason, headers=leader)).is_success
    assert mine["document"] not in {row["document"] for row in await known()}
    assert (await world.client.post(path, json=body, headers=world.citizen())).status_code == 404


async def test_a_draft_that_nobody_saves_goes_after_a_warning(world: World) -> None:
    draft = (await world.create()).json()
    document = (await world.upload(draft, "GT-01", PDF, world.citizen())).json()
    world.clock.forward(days=28)
    await _housekeep(world)
    assert (await _types(world, draft))[-1] == "dossier.draft-expiring"
    kept = (await world.create()).json()
    world.clock.forward(days=4)
    await _housekeep(world)
    assert (await _types(world, draft))[-1] == "dossier.draft-purged"
    owner = world.citizen()
    assert (await world.client.get(f"/v1/dossiers/{draft['id']}", headers=owner)).status_code == 404
    content = f"/v1/dossiers/{draft['id']}/documents/{document['id']}/content"
    assert (await world.client.get(content, headers=owner)).status_code == 404
    assert (await world.client.get(f"/v1/dossiers/{kept['id']}", headers=owner)).status_code == 200
    async with world.app.state.database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM leftover")) == 0


async def test_after_a_long_standstill_a_draft_is_warned_of_first(world: World) -> None:
    draft = (await world.create()).json()
    world.clock.forward(days=90)
    await _housekeep(world)
    assert (await _types(world, draft))[-1] == "dossier.draft-expiring"


async def test_whoever_lets_time_run_is_reminded_once(world: World) -> None:
    dossier = await brought_to(world, "supplement_requested")
    world.clock.forward(days=26)
    await _housekeep(world)
    await _housekeep(world)
    assert (await _types(world, dossier)).count("dossier.reminded") == 1
    assert (await take(world, dossier, "owner", "supplement")).status_code == 200


async def test_staff_find_dossiers_by_code_name_number_procedure_and_day(world: World) -> None:
    dossier = await world.submitted("finder")
    officer = world.staff("officer")

    async def find(**params: str) -> set[str]:
        answer = await world.client.get("/v1/dossiers", params={"limit": "200", **params}, headers=officer)
        return {item["id"] for item in answer.json()["items"]}

    for q in (dossier["code"], "nguyễn thị an", "NGUYEN AN", "017300000001", "An 017300000001"):
        assert dossier["id"] in await find(q=q), q
    for q in ("Bình", "01730000000", "000.00.01.H28-201026-9999"):
        assert dossier["id"] not in await find(q=q), q
    today = str(world.clock.now().date())
    after = str(world.clock.now().date() + timedelta(days=1))
    assert dossier["id"] in await find(procedure="9.000002", submitted_from=today, submitted_to=today)
    assert dossier["id"] not in await find(submitted_from=after)
    assert dossier["id"] not in await find(procedure="9.000001")
    async with world.app.state.database.transaction() as session:
        rows = await session.execute(text("SELECT d::text FROM dossier d WHERE id = :id"), dossier)
        assert "017300000001" not in str(rows.all())
