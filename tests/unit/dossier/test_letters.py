"""Letters as PDF, and dossiers taken in at the counter with the slip in one step."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from services.dossier.letters.render import Kind, pdf
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, FORM, World, logs_in
from tests.unit.dossier.test_life import brought_to, headers, seen_by, take

pytestmark = pytest.mark.anyio

APPLICANT = {
    "kind": "citizen",
    "name": "Bùi Thị Ưỡng",
    "papers": [{"type": "personal_number", "number": "017300000099"}],
    "phone": "0912345678",
}


async def _take_in(world: World, who: dict[str, str] | None = None, **changes: Any) -> Any:
    body = {
        "procedure": "9.000001",
        "agency": CONSTRUCTION,
        "channel": "counter",
        "applicant": APPLICANT,
        "form": FORM,
        "papers": [{"paper": "GT-01", "originals": 1}, {"paper": "GT-02", "copies": 2}],
        **changes,
    }
    headers = {**(who or world.staff("officer")), "Idempotency-Key": uuid4().hex}
    return await world.client.post("/v1/dossiers", json=body, headers=headers)


async def test_code_acceptance_and_slip_in_one_step(world: World) -> None:
    world.catalogue["9.000001"] = {**world.catalogue["9.000001"], "fees": [], "offering": None}
    taken = await _take_in(world, accept=True)
    assert taken.status_code == 201, taken.text
    dossier = taken.json()
    assert (dossier["status"], dossier["channel"]) == ("accepted", "counter")
    assert dossier["promised_at"] == "2020-11-02T17:00:00+07:00"
    assert dossier["applicant"]["papers"][0]["number"] == "********0099"
    slip = await world.client.get(f"/v1/dossiers/{dossier['id']}/receipt", headers=world.staff("officer"))
    assert slip.headers["Content-Type"] == "application/pdf"
    assert slip.content.startswith(b"%PDF-")
    again = {**world.staff("officer"), "If-None-Match": slip.headers["ETag"]}
    assert (await world.client.get(f"/v1/dossiers/{dossier['id']}/receipt", headers=again)).status_code == 304
    stranger = world.citizen("stranger")
    assert (
        await world.client.get(f"/v1/dossiers/{dossier['id']}/receipt", headers=stranger)
    ).status_code == 404
    share = await world.client.get(
        "/v1/reports/online-share",
        params={"agency": CENTRE, "scope": "own", "period": "2020"},
        headers=world.staff("leader"),
    )
    assert share.json()["total"]["received"] > share.json()["total"]["received_online"]


async def test_what_is_wrong_at_the_counter_is_said_at_once(world: World) -> None:
    wrong = await _take_in(world, form={}, papers=[{"paper": "GT-01", "originals": 1}])
    pointers = {fault["pointer"] for fault in wrong.json()["errors"]}
    assert pointers == {"/form/full_name", "/form/personal_number", "/papers/GT-02"}
    missing = await _take_in(world, channel=None, applicant=None)
    assert {fault["pointer"] for fault in missing.json()["errors"]} == {"/channel", "/applicant"}
    assert (await _take_in(world, channel="online")).status_code == 422
    assert (await _take_in(world, papers=[{"paper": "GT-99", "copies": 1}])).json()["code"] == "paper-unknown"
    district = world.staff("officer", "000.00.33.H28")
    assert (await _take_in(world, district)).status_code == 403
    assert (await _take_in(world, world.citizen())).status_code == 403


async def test_fees_due_at_submission_hold_back_an_acceptance(world: World) -> None:
    held = await _take_in(world, accept=True)
    assert (held.status_code, held.json()["code"]) == (409, "fee-unsettled")
    taken = await _take_in(world, channel="post")
    assert (taken.status_code, taken.json()["status"]) == (201, "submitted")


@pytest.mark.parametrize(
    ("state", "kind", "then"),
    [
        ("refused", "refusal", None),
        ("supplement_requested", "supplement", None),
        ("in_progress", "apology", "extend"),
        ("completed", "result", None),
    ],
)
async def test_each_letter_is_there_once_it_was_issued(
    world: World, state: str, kind: str, then: str | None
) -> None:
    dossier = await brought_to(world, state)
    path = f"/v1/dossiers/{dossier['id']}/letters/"
    if then:
        missing = await world.client.get(path + kind, headers=world.citizen())
        assert (missing.status_code, missing.json()["code"]) == (404, "letter-not-found")
        assert (await take(world, dossier, "leader", then)).status_code == 200
    letter = await world.client.get(path + kind, headers=world.citizen())
    assert letter.content.startswith(b"%PDF-"), letter.text
    wrong = await world.client.get(path + "love", headers=world.citizen())
    assert wrong.status_code == 422


async def test_there_is_no_slip_before_the_acceptance(world: World) -> None:
    dossier = await brought_to(world, "submitted")
    early = await world.client.get(f"/v1/dossiers/{dossier['id']}/receipt", headers=headers(world, "officer"))
    assert (early.status_code, early.json()["code"]) == (409, "not-received")
    assert (await seen_by(world, dossier, "owner"))["status"] == "submitted"


NASTY = '#read("/etc/passwd") $x^2$ *b* _i_ \\ @ref <label> ' + "Ươ" * 400


async def test_nobodys_text_is_read_as_markup() -> None:
    names = (
        "body",
        "place",
        "date",
        "number",
        "applicant",
        "procedure",
        "signer",
        "footer",
        "reason",
        "due_on",
    )
    data = {**dict.fromkeys(names, NASTY), "on_behalf": None, "items": [NASTY]}
    kinds: list[Kind] = ["refusal", "supplement"]
    for kind in kinds:
        made = await pdf(kind, data, "http://127.0.0.1/")
        assert made.startswith(b"%PDF-")
        assert made == await pdf(kind, data, "http://127.0.0.1/")


async def test_a_result_is_taken_back_visibly(world: World) -> None:
    dossier = await seen_by(world, await brought_to(world, "completed"), "leader")
    path = f"/v1/results/{dossier['results'][0]['verification_code']}"
    assert (await world.client.get(path)).json()["valid"] is True
    reason = {"reason": "Cấp sai thẩm quyền"}
    for role, status in (("officer", 403), ("leader", 200), ("leader", 200)):
        revoked = await world.client.post(f"{path}/revoke", json=reason, headers=headers(world, role))
        assert revoked.status_code == status
    shown = await world.client.get(path)
    assert (shown.json()["valid"], shown.json()["revoked_at"]) == (False, "2020-10-26T15:00:00+07:00")
    assert "thẩm quyền" not in shown.text
    foreign = world.staff("leader", "000.00.33.H28")
    assert (await world.client.post(f"{path}/revoke", json=reason, headers=foreign)).status_code == 404
    wrong = {**reason, "replaced_by": "AAAA-AAAA-AAAA-AAAA-AAAA"}
    other = await seen_by(world, await brought_to(world, "completed"), "leader")
    path = f"/v1/results/{other['results'][0]['verification_code']}"
    refused = await world.client.post(f"{path}/revoke", json=wrong, headers=headers(world, "leader"))
    assert (refused.status_code, refused.json()["code"]) == (404, "result-not-found")


async def test_a_paper_dossier_is_its_citizens_once_they_log_in(world: World) -> None:
    world.catalogue["9.000001"] = {**world.catalogue["9.000001"], "fees": [], "offering": None}
    before = (await _take_in(world, accept=True)).json()
    own = world.citizen("uong")
    path = f"/v1/dossiers/{before['id']}"
    assert (await world.client.get(path, headers=own)).status_code == 404
    logs_in(world, "uong")
    logs_in(world, "an")
    for _ in range(2):
        await world.app.state.consumers["dossier-gateway"].step()
    shown = await world.client.get(path, headers=own)
    assert "withdraw" in {action["action"] for action in shown.json()["actions"]}
    after = (await _take_in(world, accept=True)).json()
    mine = {item["id"] for item in (await world.client.get("/v1/dossiers", headers=own)).json()["items"]}
    assert {before["id"], after["id"]} <= mine
    notices = await world.client.get("/v1/notices", headers=own)
    assert len(notices.json()["items"]) >= 2
    assert (await world.client.get(path, headers=world.citizen("an"))).status_code == 404
