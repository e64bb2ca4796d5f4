"""A citizen's export; personal data that goes when its time is over, while the figures stay."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from kit import events
from tests.unit.dossier.conftest import World
from tests.unit.dossier.test_life import brought_to, headers, seen_by, take

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
    return int(answer.json()["total"]["received"])


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
    for procedure, months in (("*", 24), ("9.000099", 1)):
        rule = {"months": months, "decision": "QĐ 12/2022"}
        url = f"/v1/dossiers/retention/{procedure}"
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
