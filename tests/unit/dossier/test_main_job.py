"""One dossier from draft to result, as each person sees it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests import system
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, PDF, World, paid

pytestmark = pytest.mark.anyio


async def _ready(world: World) -> dict[str, Any]:
    draft: dict[str, Any] = (await world.create()).json()
    for paper in ("GT-01", "GT-02"):
        assert (await world.upload(draft, paper, PDF, world.citizen())).status_code == 201
    submitted = await world.act(draft, "submit", {}, world.citizen())
    assert submitted.status_code == 200, submitted.text
    found: dict[str, Any] = submitted.json()
    return found


async def test_from_draft_to_result(world: World) -> None:
    dossier = await _ready(world)
    assert dossier["code"].startswith(f"{CENTRE}-201026-")
    assert dossier["fees"][0]["amount"] == 500_000
    assert "500.000 đồng" in dossier["what_next"]

    officer = world.staff("officer")
    unpaid = await world.act(dossier, "accept", {}, officer)
    assert (unpaid.status_code, unpaid.json()["code"]) == (409, "fee-unsettled")
    paid(world, dossier)
    await world.app.state.consumers["dossier-payment"].step()

    accepted = await world.act(dossier, "accept", {}, officer)
    assert accepted.json()["promised_at"] == "2020-11-02T17:00:00+07:00"
    at_work = world.staff("officer", CONSTRUCTION)
    assert (await world.act(dossier, "start", {}, at_work)).json()["status"] == "in_progress"

    world.clock.set("2020-10-27T09:00")
    at_work, officer = world.staff("officer", CONSTRUCTION), world.staff("officer")
    ask = {
        "reason": "Thiếu chữ ký",
        "items": [{"text": "Ký lại đơn", "paper": "GT-01"}, {"text": "Giải trình"}],
    }
    assert (await world.act(dossier, "request-supplement", ask, at_work)).status_code == 200
    again = await world.act(dossier, "request-supplement", ask, at_work)
    assert again.json()["code"] == "action-not-possible"

    world.clock.set("2020-10-28T09:00")
    citizen = world.citizen()
    half = await world.act(dossier, "supplement", {"answers": [{"item": 2, "note": "Đã rõ"}]}, citizen)
    assert half.json()["errors"][0]["pointer"] == "/items/0"
    await world.upload(dossier, "GT-01", PDF + b"2", citizen)
    full = await world.act(dossier, "supplement", {"answers": [{"item": 2, "note": "Đã rõ"}]}, citizen)
    assert full.json()["status"] == "in_progress"
    assert full.json()["promised_at"] == "2020-11-03T17:00:00+07:00"

    leader = world.staff("leader", CONSTRUCTION)
    result = (await world.upload(dossier, None, PDF, world.staff("officer", CONSTRUCTION))).json()
    hidden = f"/v1/dossiers/{dossier['id']}/documents/{result['id']}/content"
    assert (await world.client.get(hidden, headers=citizen)).status_code == 404
    body = {"outcome": "granted", "documents": [{"document": result["id"], "name": "Giấy phép"}]}
    assert (
        await world.act(dossier, "complete", body, world.staff("officer", CONSTRUCTION))
    ).status_code == 403
    done = await world.act(dossier, "complete", body, leader)
    assert done.status_code == 200, done.text

    fetched = await world.client.get(hidden, headers=citizen)
    assert fetched.content == PDF
    assert fetched.headers["content-disposition"].startswith("attachment")
    seen = (await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=citizen)).json()
    code = seen["results"][0]["verification_code"]
    check = (await world.client.get(f"/v1/results/{code}")).json()
    assert check["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert "Nguyễn" not in str(check)

    handed = await world.act(dossier, "return", {"method": "online"}, world.staff("officer"))
    assert handed.json()["status"] == "returned"
    history = await world.client.get(f"/v1/dossiers/{dossier['id']}/history", headers=citizen)
    assert [step["action"] for step in history.json()["items"]] == [
        "submit", "accept", "start", "request-supplement", "supplement", "complete", "return",
    ]  # fmt: skip


async def test_the_snapshot_for_the_portal_tells_every_step(world: World) -> None:
    dossier = await _ready(world)
    service = system.service_headers("gateway", world.clock)
    snapshot = (await world.client.get(f"/internal/dossiers/{dossier['id']}", headers=service)).json()
    assert snapshot["paid_online"] == "unpaid"
    assert [step["status_code"] for step in snapshot["steps"]] == ["1"]
    assert snapshot["applicant"]["papers"][0]["number"] == "017300000001"
    link = snapshot["documents"][0]["url"].removeprefix(system.PUBLIC_URL)
    assert (await world.client.get(link)).content == PDF
    forged = await world.client.get(link[:-4] + "AAA=")
    assert (forged.status_code, forged.json()["code"]) == (403, "link-invalid")


async def test_deadline_is_explained_in_words(world: World) -> None:
    dossier = await world.submitted()
    await world.act(dossier, "accept", {}, world.staff("officer"))
    answer = await world.client.get(f"/v1/dossiers/{dossier['id']}/deadline", headers=world.citizen())
    assert answer.json()["promised_at"] == "2020-11-02T17:00:00+07:00"
    assert [day["name"] for day in answer.json()["skipped"]] == ["Thứ Bảy", "Chủ Nhật"]
    assert any("5 ngày làm việc" in line for line in answer.json()["words"])


async def test_without_a_time_in_the_catalogue_the_officer_gives_one(world: World) -> None:
    world.catalogue["9.000002"]["processing_time"] = None
    dossier = await world.submitted()
    bare = await world.act(dossier, "accept", {}, world.staff("officer"))
    assert {e["pointer"] for e in bare.json()["errors"]} == {"/promised_on", "/reason"}
    body = {"promised_on": "2020-11-20", "reason": "Theo lịch kiểm tra"}
    given = await world.act(dossier, "accept", body, world.staff("officer"))
    assert given.json()["promised_at"] == "2020-11-20T17:00:00+07:00"


async def test_online_share_goes_up_by_exactly_this_dossier(world: World) -> None:
    async def share() -> dict[str, Any]:
        answer = await world.client.get(
            "/v1/reports/online-share?period=2020", headers=world.staff("officer")
        )
        found: dict[str, Any] = answer.json()["total"]["values"]
        return found

    before = await share()
    dossier = await world.submitted()
    assert await share() == before
    await world.act(dossier, "accept", {}, world.staff("officer"))
    after = await share()
    assert (after["received"], after["online"]) == (
        before["received"] + 1,
        before["online"] + 1,
    )


async def test_tracking_shows_no_person(world: World) -> None:
    dossier = await world.submitted()
    answer = await world.client.get(f"/v1/track/{dossier['code']}")
    assert answer.json()["status_label"] == "Mới đăng ký"
    assert "Nguyễn" not in answer.text
    assert (await world.client.get("/v1/track/000.00.01.H28-201026-9999")).status_code == 404
