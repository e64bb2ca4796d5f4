"""Case, copies and exemptions of a request: papers and fees follow them, through to what is frozen."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.catalog.fees.errors import FactsUnknown
from services.catalog.fees.quote import Facts
from services.catalog.fees.submission import frozen
from services.dossier import queries
from services.dossier.drafts.commands import CLERK
from services.dossier.privacy import retention
from tests import system
from tests.unit.dossier.conftest import CONSTRUCTION, FORM, PDF, World, procedure
from tests.unit.dossier.test_life import brought_to

pytestmark = pytest.mark.anyio
CODE, DISTRICT = "9.000048", "000.00.33.H28"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(600)


def paper(code: str, **changes: Any) -> dict[str, Any]:
    return {"code": code, "name": code, "required": True, "types": ["application/pdf"], **changes}


def fee(code: str, amount: int | None, **changes: Any) -> dict[str, Any]:
    return {"code": code, "name": code, "kind": "charge", "amount": amount, "due_at": "submission",
            "refundable": True, **changes}  # fmt: skip


CONTENT = {
    "cases": [{"code": "MOI", "name": "Cấp mới"}, {"code": "LAI", "name": "Cấp lại"}],
    "papers": [
        paper("CHUNG"),
        paper("CU", cases=["LAI"], types=["image/png"], max_bytes=1000,
              from_results=["9.000002/KQ-01"]),
        paper("ANH", cases=["MOI"], required=False,
              templates=[{"name": "Tờ khai", "sha256": "a" * 64}]),
    ],
    "fees": [
        fee("LP-01", 8000, per="copy",
            exemptions=[{"code": "NKT", "name": "người khuyết tật", "percent": 100},
                        {"code": "HN", "name": "hộ nghèo", "percent": 50}]),
        fee("LP-02", 50_000, cases=["LAI"], channels=["online"]),
        fee("LP-03", 70_000, cases=["LAI"], channels=["counter", "post"]),
        fee("PH-01", None, cases=["MOI"], due_at="return"),
    ],
}  # fmt: skip


def catalogue(asked: httpx.QueryParams) -> tuple[int, Any]:
    """What the catalogue computes of `CONTENT`."""
    facts = Facts(
        asked.get("case"), int(asked["copies"]), tuple(asked.get_list("exemptions")), asked["channel"]
    )
    try:
        return 200, procedure(**frozen(CONTENT, facts), code=CODE)
    except FactsUnknown as problem:
        return 422, problem.body("vi")


@pytest.fixture(autouse=True)
def _with_cases(world: World) -> None:
    world.catalogue[CODE] = catalogue


async def begin(world: World, facts: Any = None, **changes: Any) -> httpx.Response:
    return await world.create(procedure=CODE, **({"facts": facts} if facts else {}), **changes)


async def shown(world: World, dossier: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    answer = await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=headers)
    found: dict[str, Any] = answer.json()
    return found


def lines(view: dict[str, Any]) -> dict[str, int | None]:
    return {line["code"]: line["amount"] for line in view["fee_lines"]}


def lacks(view: dict[str, Any]) -> list[str]:
    return sorted(item["pointer"] for item in view["missing"])


async def test_a_draft_asks_for_the_case_and_then_for_its_papers(world: World) -> None:
    draft = (await begin(world)).json()
    assert lacks(draft) == ["/facts/case", "/papers/CHUNG"]
    assert [p["code"] for p in draft["papers"]] == ["CHUNG", "CU", "ANH"]
    assert [case["code"] for case in draft["cases"]] == ["MOI", "LAI"]
    assert draft["fee_unknown"]
    changed = await world.client.patch(
        f"/v1/dossiers/{draft['id']}",
        json={"facts": {"case": "LAI", "copies": 2}},
        headers=world.citizen(**{"If-Match": f'"{draft["version"]}"'}),
    )
    assert changed.status_code == 200, changed.text
    view = changed.json()
    assert view["facts"] == {"case": {"code": "LAI", "name": "Cấp lại"}, "copies": 2, "exemptions": []}
    assert lacks(view) == ["/papers/CHUNG", "/papers/CU"]
    assert (lines(view), view["fee_unknown"]) == ({"LP-01": 16_000, "LP-02": 50_000}, False)
    assert view["papers"][1]["from_results"] == ["9.000002/KQ-01"]


async def test_what_is_submitted_is_frozen_as_it_was_computed(world: World) -> None:
    draft = (await begin(world, {"case": "MOI", "copies": 3, "exemptions": ["HN"]})).json()
    assert draft["papers"][1]["templates"] == [
        {"name": "Tờ khai", "href": f"/v1/procedures/templates/{'a' * 64}"}
    ]
    await world.upload(draft, "CHUNG", PDF, world.citizen())
    submitted = await world.act(draft, "submit", {}, world.citizen())
    assert submitted.status_code == 200, submitted.text
    view = submitted.json()
    assert [(due["purpose"], due["amount"]) for due in view["fees"]] == [("submission", 12_000)]
    assert (lines(view), view["fee_unknown"]) == ({"LP-01": 12_000, "PH-01": None}, True)
    world.catalogue[CODE] = procedure(code=CODE)
    officer = await shown(world, draft, world.staff("officer"))
    assert officer["facts"]["exemptions"] == [{"code": "HN", "name": "hộ nghèo"}]
    assert officer["fee_lines"][0]["explanation"]["vi"] == (
        "8.000 đồng × 3 bản = 24.000 đồng; giảm 50 %: hộ nghèo, còn 12.000 đồng"
    )


async def test_a_waived_fee_is_not_owed_and_stays_in_the_frozen_lines(world: World) -> None:
    facts = {"case": "MOI", "exemptions": ["HN", "NKT"]}
    draft = (await begin(world, facts)).json()
    await world.upload(draft, "CHUNG", PDF, world.citizen())
    view = (await world.act(draft, "submit", {}, world.citizen())).json()
    assert (view["fees"], lines(view)["LP-01"]) == ([], 0)
    assert (await world.act(draft, "accept", {}, world.staff("officer"))).status_code == 200


async def test_why_somebody_pays_less_is_sealed_and_not_everybody_s_to_see(world: World) -> None:
    draft = (await begin(world, {"case": "MOI", "exemptions": ["NKT"]})).json()
    await world.upload(draft, "CHUNG", PDF, world.citizen())
    await world.act(draft, "submit", {}, world.citizen())
    async with world.app.state.database.transaction() as session:
        row = (await session.execute(text("SELECT d::text FROM dossier d WHERE id = :id"), draft)).one()
        told = await session.scalars(text("SELECT data::text FROM event WHERE subject = :id"), draft)
        written = f"{row} {list(told)}"
    assert "NKT" not in written
    assert "khuyết tật" not in written
    auditor = await shown(world, draft, world.staff("auditor", "000.00.00.H28"))
    assert auditor["facts"]["exemptions"] is None
    assert {line["explanation"] for line in auditor["fee_lines"]} == {None}


async def test_without_the_case_nothing_is_submitted_and_the_cases_are_told(world: World) -> None:
    at_once = await begin(world, submit=True)
    assert (at_once.status_code, at_once.json()["code"]) == (422, "dossier-incomplete")
    assert "/facts/case" in [e["pointer"] for e in at_once.json()["errors"]]
    assert [case["code"] for case in at_once.json()["cases"]] == ["MOI", "LAI"]
    draft = (await begin(world)).json()
    await world.upload(draft, "CHUNG", PDF, world.citizen())
    refused = await world.act(draft, "submit", {}, world.citizen())
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/facts/case"]
    assert "MOI (Cấp mới)" in refused.json()["errors"][0]["detail"]


async def test_a_procedure_without_cases_needs_no_facts(world: World) -> None:
    found = await world.submitted()
    assert found["facts"] == {"case": None, "copies": 1, "exemptions": []}
    assert found["cases"] == []


async def test_codes_that_do_not_exist_are_refused_with_their_place(world: World) -> None:
    refused = await begin(world, {"case": "XXX", "exemptions": ["HN", "YYY"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "facts-unknown")
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/facts/case", "/facts/exemptions/1"]
    assert "MOI (Cấp mới)" in refused.json()["errors"][0]["detail"]
    assert [e["code"] for e in refused.json()["exemptions"]] == ["NKT", "HN"]
    for facts in ({"copies": 0}, {"channel": "counter"}):
        assert (await begin(world, facts)).status_code == 422


async def test_at_the_counter_the_channel_is_the_counter_s(world: World) -> None:
    body = {
        "procedure": CODE,
        "agency": CONSTRUCTION,
        "form": FORM,
        "facts": {"case": "LAI"},
        "channel": "counter",
        "applicant": {"kind": "citizen", "name": "Bùi Thị Mơ"},
        "papers": [{"paper": "CHUNG", "originals": 1}, {"paper": "CU", "copies": 1}],
    }

    async def take_in(**changes: Any) -> httpx.Response:
        headers = world.staff("officer", **{"Idempotency-Key": uuid4().hex})
        return await world.client.post("/v1/dossiers", json={**body, **changes}, headers=headers)

    taken = await take_in()
    assert taken.status_code == 201, taken.text
    assert lines(taken.json()) == {"LP-01": 8000, "LP-03": 70_000}
    other_case = await take_in(facts={"case": "MOI"})
    assert (other_case.status_code, other_case.json()["code"]) == (422, "paper-unknown")
    without = await take_in(facts=None)
    assert [e["pointer"] for e in without.json()["errors"]] == ["/facts/case"]


async def test_a_district_says_the_facts_it_knows(world: World) -> None:
    claims = {"roles": ["system"], "agency": DISTRICT, "name": "Lương Sơn"}
    headers = system.headers(world.clock, "luong-son", "system", **claims)

    def item(reference: str, **changes: Any) -> dict[str, Any]:
        return {
            "reference": reference, "procedure": CODE, "agency": DISTRICT, "channel": "counter",
            "received_at": "2020-10-26T08:00:00+07:00",
            "applicant": {"kind": "citizen", "name": "Bùi Thị Mơ"}, **changes,
        }  # fmt: skip

    async def send(*items: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await world.client.post("/v1/dossiers/batch", json={"items": items}, headers=headers)
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    known = item("F-1", facts={"case": "LAI", "copies": 2})
    first, bare, wrong = await send(known, item("F-2"), item("F-3", facts={"case": "XXX"}))
    assert [e["pointer"] for e in wrong["errors"]] == ["/items/2/facts/case"]
    officer = world.staff("officer", DISTRICT)
    assert lines(await shown(world, first, officer)) == {"LP-01": 16_000, "LP-03": 70_000}
    assert (await shown(world, bare, officer))["fee_unknown"]
    assert [i["outcome"] for i in await send(known, item("F-2"))] == ["unchanged", "unchanged"]
    (corrected,) = await send(item("F-1", facts={"case": "MOI", "copies": 1}))
    assert corrected["outcome"] == "updated"
    assert lines(await shown(world, first, officer)) == {"LP-01": 8000, "PH-01": None}


async def test_an_earlier_result_stands_in_for_the_paper_that_names_it(world: World) -> None:
    brought = await brought_to(world, "in_progress")
    desk = world.staff("officer", CONSTRUCTION)
    signed = (await world.upload(brought, None, PDF, desk)).json()
    result = {"document": signed["id"], "name": "Giấy phép", "result_code": "KQ-01"}
    outcome = {"outcome": "granted", "documents": [result]}
    done = await world.act(brought, "complete", outcome, world.staff("leader", CONSTRUCTION))
    assert done.status_code == 200, done.text

    params = {"procedure": CODE, "agency": CONSTRUCTION}
    known = await world.client.get("/v1/dossiers/prefill", params=params, headers=world.citizen())
    (mine,) = [row for row in known.json()["results"] if row["dossier_code"] == brought["code"]]
    assert mine["papers"] == ["CU"]

    draft = (await begin(world, {"case": "LAI"})).json()
    path = f"/v1/dossiers/{draft['id']}/documents/reuse"
    given = await world.client.post(
        path, json={"document": mine["document"], "paper": "CU"}, headers=world.citizen()
    )
    assert given.status_code == 201, given.text
    await world.upload(draft, "CHUNG", PDF, world.citizen())
    assert (await world.act(draft, "submit", {}, world.citizen())).status_code == 200


async def test_an_upload_is_of_the_types_and_size_that_its_paper_takes(world: World) -> None:
    draft = (await begin(world, {"case": "LAI"})).json()
    wrong = await world.upload(draft, "CU", PDF, world.citizen())
    assert wrong.json()["code"] == "document-type-refused"
    large = await world.upload(draft, "CU", PNG + bytes(1000), world.citizen())
    assert large.json()["code"] == "document-too-large"
    other_case = await world.upload(draft, "ANH", PDF, world.citizen())
    assert other_case.json()["code"] == "paper-unknown"
    assert (await world.upload(draft, "CU", PNG, world.citizen())).status_code == 201


async def test_what_somebody_claimed_is_in_their_export_and_gone_with_the_retention(world: World) -> None:
    draft = (await begin(world, {"case": "MOI", "exemptions": ["NKT"]}, sub="xuat")).json()
    exported = await world.client.get("/v1/dossiers/export", headers=world.citizen("xuat"))
    (mine,) = exported.json()["dossiers"]
    assert mine["facts"]["exemptions"] == [{"code": "NKT", "name": "người khuyết tật"}]
    async with world.app.state.database.transaction() as session:
        row = await queries.by_id(session, UUID(draft["id"]))
        await retention.purge(session, world.app.state.office, CLERK, row)
        assert row.facts is None
