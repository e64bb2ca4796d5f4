"""A citizen's export; personal data that goes when its time is over, while the figures stay."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from kit import events
from services.dossier.persons import masked
from tests import system
from tests.unit.dossier.conftest import CONSTRUCTION, SIMPLE, World, paid, procedure
from tests.unit.dossier.test_life import DISTRICT, brought_to, headers, seen_by, take

pytestmark = pytest.mark.anyio
PROVINCE = "000.00.00.H28"


async def _run(world: World, *, dry: bool) -> dict[str, Any]:
    answer = await world.client.post(
        "/v1/dossiers/retention/runs",
        params={"dry_run": dry},
        headers=world.staff("leader", PROVINCE),
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _share(world: World) -> int:
    answer = await world.client.get(
        "/v1/reports/online-share?period=2020", headers=world.staff("leader", PROVINCE)
    )
    return int(answer.json()["total"]["values"]["received"])


async def test_a_citizen_exports_what_is_kept_of_them(world: World) -> None:
    dossier = await brought_to(world, "returned")
    await seen_by(world, dossier, "officer")
    answer = await world.client.get("/v1/dossiers/export", headers=headers(world, "owner"))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    found = next(d for d in answer.json()["dossiers"] if d["id"] == dossier["id"])
    assert found["applicant"]["papers"][0]["number"] == "017300000001"
    assert found["form"]["full_name"]
    assert found["read_by"]
    assert [step["action"] for step in found["history"]][:2] == ["submit", "accept"]
    links = [document["href"] for document in found["documents"]]
    assert links
    assert (await world.client.get(links[0])).status_code == 200
    stranger = await world.client.get("/v1/dossiers/export", headers=world.citizen("nobody"))
    assert stranger.json()["dossiers"] == []
    assert (await world.client.get("/v1/dossiers/export", headers=world.staff("leader"))).status_code == 403


async def test_neither_export_nor_portal_opens_a_result_that_is_not_paid_for(world: World) -> None:
    line = {**procedure()["fees"][0], "due_at": "return"}
    world.catalogue["9.000004"] = procedure(**{**SIMPLE, "code": "9.000004", "fees": [line]})
    dossier = (await world.create(procedure="9.000004", submit=True)).json()
    for role, action in (("officer", "accept"), ("officer", "start"), ("leader", "complete")):
        assert (await take(world, dossier, role, action)).status_code == 200

    async def href() -> str | None:
        answer = await world.client.get("/v1/dossiers/export", headers=headers(world, "owner"))
        found = next(d for d in answer.json()["dossiers"] if d["id"] == dossier["id"])
        (document,) = found["documents"]
        address: str | None = document["href"]
        return address

    async def at_the_portal() -> int:
        service = system.service_headers("gateway", world.clock)
        snapshot = await world.client.get(f"/internal/dossiers/{dossier['id']}", headers=service)
        return len(snapshot.json()["results"])

    assert (await href(), await at_the_portal()) == (None, 0)
    paid(world, dossier, "return")
    await world.app.state.consumers["dossier-payment"].step()
    address = await href()
    assert address is not None
    assert await at_the_portal() == 1
    assert (await world.client.get(address)).status_code == 200


async def _reads(world: World, dossier: dict[str, Any]) -> list[tuple[str, str]]:
    query = "SELECT what, actor FROM access_log WHERE dossier_id = :id ORDER BY id"
    async with world.app.state.database.transaction() as session:
        return [(row[0], row[1]) for row in await session.execute(text(query), {"id": dossier["id"]})]


async def test_whatever_staff_read_is_recorded(world: World) -> None:
    dossier = await world.submitted("uong")
    path, officer = f"/v1/dossiers/{dossier['id']}", headers(world, "officer")
    sub = f"staff:officer@{CONSTRUCTION}"
    for what in ("history", "notes", "notices", "deadline"):
        assert (await world.client.get(f"{path}/{what}", headers=officer)).is_success
        assert (await _reads(world, dossier))[-1] == (what, sub)
    kept = await _reads(world, dossier)
    await world.client.get(f"{path}/history", headers=world.citizen("uong"))
    assert await _reads(world, dossier) == kept


async def test_a_search_by_number_is_recorded_without_the_number(world: World) -> None:
    dossier, officer = await world.submitted("uong"), headers(world, "officer")

    async def found(q: str) -> int:
        answer = await world.client.get("/v1/dossiers", params={"q": q, "limit": 1}, headers=officer)
        return len(answer.json()["items"])

    assert await found(str(dossier["code"])) == 1
    assert await found("Nguyễn An") == 1
    assert await _reads(world, dossier) == []
    assert await found("An 017300000099") == 1
    assert await _reads(world, dossier) == [("search", f"staff:officer@{CONSTRUCTION}")]
    async with world.app.state.database.transaction() as session:
        rows = await session.scalars(text("SELECT a::text FROM access_log a"))
        assert "017300000099" not in str(rows.all())
    audited = await world.client.get(
        "/v1/audit",
        params={"kind": "read", "subject": dossier["id"]},
        headers=world.staff("auditor", PROVINCE),
    )
    assert audited.json()["items"][0]["what"] == "search"


async def test_only_those_who_work_on_it_see_numbers_in_the_form(world: World) -> None:
    dossier = await brought_to(world, "in_progress")
    await take(world, dossier, "officer", "request-opinion")
    path = f"/v1/dossiers/{dossier['id']}"
    clear = {"owner": headers(world, "owner"), "officer": headers(world, "officer"),
             "leader": world.staff("leader", PROVINCE)}  # fmt: skip
    masked = {
        "auditor": world.staff("auditor", CONSTRUCTION),
        "cashier": world.staff("cashier", CONSTRUCTION),
        "adviser": world.staff("officer", DISTRICT),
    }
    for who, by in clear.items():
        shown = (await world.client.get(path, headers=by)).json()
        assert shown["form"]["personal_number"] == "017300000001", who
    for who, by in masked.items():
        answer = await world.client.get(path, headers=by)
        assert answer.json()["form"] == {"full_name": "Nguyễn Thị An", "personal_number": "********0001"}, who
        assert "017300000001" not in answer.text


def test_numbers_are_masked_wherever_they_are_written() -> None:
    form = {
        "note": "Con là Bé Na, số 0173 0000 0001, hộ chiếu B1234567, sinh 2020-12-01, 2.000.000 đồng",
        "people": [{"id": 17300000001, "odd": "ab-12 x", "age": 40}],
    }
    assert masked(form, {"017300000001", "AB-12X"}) == {
        "note": "Con là Bé Na, số **********0001, hộ chiếu ****4567, sinh 2020-12-01, 2.000.000 đồng",
        "people": [{"id": "*******0001", "odd": "***12 x", "age": 40}],
    }


async def test_what_is_due_becomes_a_tombstone_and_the_figures_stay(world: World) -> None:
    old, refused = await brought_to(world, "returned"), await brought_to(world, "refused")
    before = await seen_by(world, old, "leader")
    world.clock.set("2022-12-01T08:00")
    young = await brought_to(world, "withdrawn")
    leader = world.staff("leader", PROVINCE)
    assert (await _run(world, dry=True))["dossiers"] == []  # no rule, nothing goes

    department = await world.client.put(
        "/v1/dossiers/retention/*", json={"months": 24, "decision": "QĐ 1"}, headers=headers(world, "leader")
    )
    assert department.status_code == 403
    wrong = await world.client.put(
        "/v1/dossiers/retention/*", json={"months": 0, "decision": ""}, headers=leader
    )
    assert {error["pointer"] for error in wrong.json()["errors"]} == {"/months", "/decision"}
    for of, months in (("*", 24), ("9.000099", 1)):
        rule = {"months": months, "decision": "QĐ 12/2022"}
        url = f"/v1/dossiers/retention/{of}"
        decided = await world.client.put(url, json=rule, headers=leader)
        assert decided.status_code == 200, decided.text

    share = await _share(world)
    listed = await _run(world, dry=True)
    codes = {item["code"] for item in listed["dossiers"]}
    assert {old["code"], refused["code"]} <= codes
    assert young["code"] not in codes
    assert (await seen_by(world, old, "leader"))["applicant"]["name"]  # it was only tried
    done = await _run(world, dry=False)
    assert {item["code"] for item in done["dossiers"]} == codes
    assert (await _run(world, dry=False))["dossiers"] == []

    stone = await seen_by(world, old, "leader")
    assert (stone["code"], stone["status"]) == (old["code"], "returned")
    assert (stone["applicant"]["name"], stone["form"]) == ("", {})
    assert stone["actions"] == []
    assert {document["kind"] for document in stone["documents"]} <= {"result"}
    reopened = await take(world, stone, "leader", "reopen")
    assert (reopened.status_code, reopened.json()["code"]) == (409, "dossier-purged")
    owner = await world.client.get(f"/v1/dossiers/{old['id']}", headers=headers(world, "owner"))
    assert owner.status_code == 404
    document = stone["documents"][0]["id"]
    content = await world.client.get(
        f"/v1/dossiers/{old['id']}/documents/{document}/content", headers=headers(world, "leader")
    )
    assert content.json()["code"] == "dossier-purged"
    verified = await world.client.get(f"/v1/results/{before['results'][0]['verification_code']}")
    assert verified.json()["valid"] is True
    assert await _share(world) == share
    while await world.app.state.housekeeping.step():
        pass
    async with world.app.state.database.transaction() as session:
        assert await events.verify(session) == []
        left = await session.scalar(
            text("SELECT count(*) FROM notice WHERE dossier_id = :id"), {"id": old["id"]}
        )
        assert left == 0
