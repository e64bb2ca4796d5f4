"""Letters as PDF, and dossiers taken in at the counter with the slip in one step."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.dossier import queries
from services.dossier.letters import contents
from services.dossier.letters.render import Kind, pdf
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, FORM, PDF, World, logs_in
from tests.unit.dossier.test_life import brought_to, headers, seen_by, take

pytestmark = [pytest.mark.anyio, pytest.mark.long]

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
    assert share.json()["total"]["values"]["received"] > share.json()["total"]["values"]["online"]


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


async def _decided_again(world: World, outcome: str) -> tuple[dict[str, Any], str, str]:
    """Granted, returned, opened again and decided once more: the dossier, the old and the new code."""
    dossier = await brought_to(world, "completed")
    old = (await seen_by(world, dossier, "leader"))["results"][0]["verification_code"]
    await take(world, dossier, "leader", "reopen")
    between = (await world.client.get(f"/v1/results/{old}")).json()
    assert (between["valid"], between["outcome"]) == (True, "granted")
    document = (await world.upload(dossier, None, PDF + b"2", headers(world, "officer"))).json()["id"]
    body = {"outcome": outcome, "documents": [{"document": document, "name": "Quyết định"}]}
    done = await world.act(dossier, "complete", body, headers(world, "leader"))
    assert done.status_code == 200, done.text
    results = (await seen_by(world, dossier, "owner"))["results"]
    new = next(row["verification_code"] for row in results if row["verification_code"] != old)
    return dossier, old, new


async def test_a_new_decision_replaces_the_old_one_visibly(world: World) -> None:
    dossier, old, new = await _decided_again(world, "rejected")
    before, after = [(await world.client.get(f"/v1/results/{code}")).json() for code in (old, new)]
    assert (before["valid"], before["outcome"], before["replaced_by"]) == (False, "granted", new)
    assert (after["valid"], after["outcome"], after["replaced_by"]) == (True, "rejected", None)
    shown = (await seen_by(world, dossier, "owner"))["results"]
    assert {row["verification_code"]: row["replaced_by"] for row in shown} == {old: new, new: None}
    assert {row["verification_code"]: bool(row["revoked_at"]) for row in shown} == {old: True, new: False}


async def test_a_result_is_replaced_by_one_in_force_and_never_in_a_circle(world: World) -> None:
    dossier = await brought_to(world, "in_progress")
    officer, leader = headers(world, "officer"), headers(world, "leader")
    ids = [(await world.upload(dossier, None, PDF + tail, officer)).json()["id"] for tail in (b"1", b"2")]
    body = {
        "outcome": "granted",
        "documents": [{"document": one, "name": f"Bản {n}"} for n, one in enumerate(ids)],
    }
    done = (await world.act(dossier, "complete", body, leader)).json()
    one, two = (row["verification_code"] for row in done["results"])
    told = len((await world.client.get("/v1/notices", headers=world.citizen())).json()["items"])

    async def revoke(code: str, by: str) -> Any:
        given = {"reason": "Sai số thửa", "replaced_by": by}
        return await world.client.post(f"/v1/results/{code}/revoke", json=given, headers=leader)

    assert (await revoke(one, one)).status_code in (404, 422)
    replaced = await revoke(one, two)
    assert (replaced.status_code, replaced.json()["replaced_by"]) == (200, two)
    circle = await revoke(two, one)
    assert (circle.status_code, circle.json()["errors"][0]["pointer"]) == (422, "/replaced_by")
    assert (await world.client.get(f"/v1/results/{two}")).json()["valid"] is True
    shown = {row["verification_code"]: row for row in (await seen_by(world, dossier, "owner"))["results"]}
    assert (bool(shown[one]["revoked_at"]), shown[one]["replaced_by"]) == (True, two)
    notices = (await world.client.get("/v1/notices", headers=world.citizen())).json()["items"]
    assert len(notices) == told + 1
    assert notices[0]["event"] == "result.revoked"
    assert "thửa" not in notices[0]["text"]


async def test_the_letter_does_not_pass_off_a_revoked_result_as_good(world: World) -> None:
    dossier, old, new = await _decided_again(world, "granted")
    async with world.app.state.database.transaction() as session:
        row = await queries.by_id(session, UUID(dossier["id"]))
        file = contents.File(
            office=world.app.state.office,
            dossier=row,
            about=await queries.around(session, row),
            steps=await queries.steps(session, row.id),
        )
    said = contents.result(file)
    assert said is not None
    assert [(one["code"], "thay thế" in one["name"]) for one in said["results"]] == [
        (old, True),
        (new, False),
    ]
    assert contents.link(file).endswith(f"/v1/results/{new}")
    await world.client.post(
        f"/v1/results/{new}/revoke", json={"reason": "Sai"}, headers=headers(world, "leader")
    )
    for result in file.about.results:
        result.revoked_at = result.revoked_at or world.clock.now()
    assert f"/v1/track/{row.code}" in contents.link(file)


async def test_a_procedure_without_an_electronic_form_is_taken_in(world: World) -> None:
    world.catalogue["9.000001"] = {
        **world.catalogue["9.000001"], "fees": [], "offering": None, "form_schema": None,
    }  # fmt: skip
    taken = await _take_in(world, accept=True, form={})
    assert (taken.status_code, taken.json().get("status")) == (201, "accepted"), taken.text
    missing = await _take_in(world, form={"so_to": 3}, papers=[])
    assert {fault["pointer"] for fault in missing.json()["errors"]} == {"/papers/GT-01", "/papers/GT-02"}


async def test_what_came_on_paper_is_shown_and_scanned(world: World) -> None:
    world.catalogue["9.000001"] = {**world.catalogue["9.000001"], "fees": [], "offering": None}
    officer, desk = world.staff("officer"), world.staff("officer", CONSTRUCTION)
    dossier = (await _take_in(world)).json()
    given = {paper["code"]: (paper["originals"], paper["copies"]) for paper in dossier["papers"]}
    assert given == {"GT-01": (1, 0), "GT-02": (0, 2), "GT-03": (0, 0)}
    scanned = await world.upload(dossier, "GT-01", PDF, officer)
    assert scanned.status_code == 201, scanned.text
    await world.act(dossier, "accept", {}, officer)
    assert (await world.upload(dossier, "GT-02", PDF, desk)).status_code == 201
    elsewhere = world.staff("officer", "000.00.33.H28")
    assert (await world.upload(dossier, "GT-02", PDF, elsewhere)).status_code == 404
    online = await brought_to(world, "accepted")
    refused = await world.upload(online, "GT-01", PDF, desk)
    assert refused.status_code in (409, 422)


async def test_an_officer_answers_a_supplement_for_who_came_on_paper(world: World) -> None:
    world.catalogue["9.000001"] = {**world.catalogue["9.000001"], "fees": [], "offering": None}
    dossier = (await _take_in(world, accept=True)).json()
    desk = world.staff("officer", CONSTRUCTION)
    await world.act(dossier, "start", {}, desk)
    ask = {
        "reason": "Thiếu chữ ký",
        "items": [{"text": "Ký lại đơn", "paper": "GT-01"}, {"text": "Giải trình"}],
    }
    await world.act(dossier, "request-supplement", ask, desk)
    world.clock.set("2020-10-28T15:00")
    officer = world.staff("officer")
    shown = await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=officer)
    assert "supplement" in {button["action"] for button in shown.json()["actions"]}
    half = await world.act(
        dossier, "supplement", {"answers": [{"item": 2, "note": "Đã giải trình"}]}, officer
    )
    assert half.json()["errors"][0]["pointer"] == "/items/0"
    assert (await world.upload(dossier, "GT-01", PDF + b"2", officer)).status_code == 201
    full = await world.act(
        dossier, "supplement", {"answers": [{"item": 2, "note": "Đã giải trình"}]}, officer
    )
    assert (full.status_code, full.json()["status"]) == (200, "in_progress"), full.text
    assert full.json()["promised_at"] == "2020-11-04T17:00:00+07:00"
    elsewhere = world.staff("officer", "000.00.33.H28")
    assert (await world.act(dossier, "supplement", {}, elsewhere)).status_code == 404


async def test_an_online_dossier_is_supplemented_by_its_owner_only(world: World) -> None:
    dossier = await brought_to(world, "supplement_requested")
    refused = await take(world, dossier, "officer", "supplement")
    assert (refused.status_code, refused.json()["code"]) == (403, "owner-needed")


async def test_numbers_are_written_in_the_digits_that_the_portal_reads(world: World) -> None:
    papers = [{"type": "personal_number", "number": "٠١٧٣٠٠٠٠٠٠٩٩"}]
    refused = await _take_in(world, applicant={**APPLICANT, "papers": papers})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/applicant/papers/0/number"


async def test_at_the_counter_a_date_is_refused_where_the_procedure_has_its_time(world: World) -> None:
    world.catalogue["9.000001"] = {**world.catalogue["9.000001"], "fees": [], "offering": None}
    acceptance = {"promised_on": "2020-11-20", "reason": "Theo lịch kiểm tra"}
    refused = await _take_in(world, accept=True, acceptance=acceptance)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/acceptance/promised_on")
    idle = await _take_in(world, acceptance={})
    assert (idle.status_code, idle.json()["errors"][0]["pointer"]) == (422, "/acceptance")


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
