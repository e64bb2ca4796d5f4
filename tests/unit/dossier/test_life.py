"""Every state × action × role: what the table allows works, the rest is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from services.dossier.status import TRANSITIONS, Action, Status
from tests import system
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, PDF, World, paid

pytestmark = pytest.mark.anyio

DISTRICT = "000.00.33.H28"
#: The specification once more, by hand: domain rules, section 2. State → role → actions.
ALLOWED: dict[str, dict[str, str]] = {
    "draft": {"owner": "submit"},
    "submitted": {
        "owner": "withdraw",
        "officer": "accept refuse assign request-supplement",
        "leader": "accept refuse assign request-supplement",
    },
    "accepted": {
        "owner": "withdraw",
        "officer": "assign start forward require-payment",
        "leader": "assign start forward require-payment extend stop",
    },
    "in_progress": {
        "owner": "withdraw",
        "officer": "assign pass-on forward request-opinion request-supplement require-payment",
        "leader": "assign pass-on forward request-opinion request-supplement require-payment extend complete"
        " stop",
    },
    "supplement_requested": {"owner": "supplement withdraw", "officer": "assign", "leader": "assign stop"},
    "payment_required": {"owner": "withdraw", "officer": "assign", "leader": "assign stop"},
    "refused": {"leader": "reopen"},
    "withdrawn": {},
    "stopped": {"leader": "reopen"},
    "completed": {"officer": "return", "leader": "return reopen"},
    "returned": {"leader": "reopen"},
}
#: Everyone else, in every state: what they get when they try. Who does not see it, finds nothing.
OTHERS = {
    "stranger": {403, 404},
    "elsewhere": {403, 404},
    "auditor": {403},
    "cashier": {403},
    "district's system": {403},
}
#: How a dossier without papers and fees gets there: role and action, from submission.
WAY: dict[str, str] = {
    "submitted": "",
    "accepted": "officer:accept",
    "in_progress": "officer:accept officer:start",
    "supplement_requested": "officer:accept officer:start officer:request-supplement",
    "payment_required": "officer:accept officer:start officer:require-payment",
    "refused": "officer:refuse",
    "withdrawn": "owner:withdraw",
    "stopped": "officer:accept leader:stop",
    "completed": "officer:accept officer:start leader:complete",
    "returned": "officer:accept officer:start leader:complete officer:return",
}
LINE = {"code": "TSDD", "name": "Tiền sử dụng đất", "kind": "fee", "amount": 2_000_000}
INPUT: dict[str, Any] = {
    "refuse": {"reason": "Không thuộc thẩm quyền"},
    "stop": {"reason": "Không bổ sung"},
    "reopen": {"reason": "Theo kết luận thanh tra"},
    "forward": {"agency": DISTRICT, "note": "Thuộc địa bàn huyện"},
    "request-opinion": {"agency": DISTRICT, "question": "Có phù hợp quy hoạch không?"},
    "give-opinion": {"answer": "Phù hợp"},
    "request-supplement": {"reason": "Thiếu chữ ký", "items": [{"text": "Giải trình"}]},
    "supplement": {"answers": [{"item": 1, "note": "Đã rõ"}]},
    "require-payment": {"lines": [LINE], "reason": "Theo thông báo thuế"},
    "extend": {"reason": "Phải lấy thêm ý kiến", "promised_on": "2020-11-10"},
    "return": {"method": "in_person"},
    "pass-on": {"assignee": f"second@{CONSTRUCTION}", "note": "Đã thẩm định"},
}


def headers(world: World, role: str) -> dict[str, str]:
    if role in ("owner", "stranger"):
        return world.citizen("an" if role == "owner" else "uong")
    if role == "elsewhere":
        return world.staff("officer", DISTRICT)
    if role == "adviser":
        return world.staff("officer", DISTRICT)
    if role == "district's system":
        claims = {"roles": ["system"], "agency": CONSTRUCTION}
        return system.headers(world.clock, "construction", "system", **claims)
    return world.staff(role, CONSTRUCTION)


async def take(world: World, dossier: dict[str, Any], role: str, action: str) -> Any:
    body = INPUT.get(action, {})
    if action == "complete":
        uploaded = await world.upload(dossier, None, PDF, world.staff("officer", CONSTRUCTION))
        document = uploaded.json().get("id", dossier["id"])
        body = {"outcome": "granted", "documents": [{"document": document, "name": "Giấy phép"}]}
    return await world.act(dossier, action, body, headers(world, role))


async def brought_to(world: World, state: str) -> dict[str, Any]:
    if state == "draft":
        draft: dict[str, Any] = (await world.create(procedure="9.000002")).json()
        return draft
    dossier = await world.submitted()
    for step in WAY[state].split():
        answer = await take(world, dossier, *step.split(":"))
        assert answer.status_code == 200, (step, answer.text)
    return dossier


async def seen_by(world: World, dossier: dict[str, Any], role: str) -> dict[str, Any]:
    answer = await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=headers(world, role))
    found: dict[str, Any] = answer.json()
    return found


async def tried(world: World, dossier: dict[str, Any], role: str, action: str) -> Any:
    """As `take`, by somebody who knows the version and sends whatever document they know."""
    signed = {"outcome": "granted", "documents": [{"document": dossier["id"], "name": "Giấy phép"}]}
    return await world.client.post(
        f"/v1/dossiers/{dossier['id']}/actions/{action}",
        json=signed if action == "complete" else INPUT.get(action, {}),
        headers={**headers(world, role), "If-Match": f'"{dossier["version"]}"'},
    )


@pytest.mark.long
@pytest.mark.parametrize("state", ALLOWED)
async def test_every_action_by_every_role(world: World, state: str) -> None:
    dossier = await seen_by(world, await brought_to(world, state), "owner")
    for role in ("owner", "officer", "leader"):
        allowed = set(ALLOWED[state].get(role, "").split())
        shown = await seen_by(world, dossier, role)
        if not (state == "draft" and role != "owner"):  # a draft is nobody else's to see
            assert {button["action"] for button in shown["actions"]} == allowed, role
        for action in {a.value for a in Action} - allowed - {"settle"}:
            refused = await tried(world, dossier, role, action)
            assert refused.status_code in (403, 404, 409), (role, action, refused.text)
    for role, refusals in OTHERS.items():
        for action in {a.value for a in Action} - {"settle"}:
            refused = await tried(world, dossier, role, action)
            assert refused.status_code in refusals, (role, action, refused.text)
    assert (await seen_by(world, dossier, "owner"))["status"] == state

    for role, actions in ALLOWED[state].items():
        for action in actions.split():
            fresh = await brought_to(world, state)
            done = await take(world, fresh, role, action)
            assert done.status_code == 200, (role, action, done.text)
            target = TRANSITIONS[Action(action)].to
            expected = {"same": state, "back": "in_progress"}.get(target, target)
            assert done.json()["status"] == expected


#: Where a body that was asked its opinion may still give it; nothing else is theirs to do, ever.
ADVISED = {
    "in_progress": "",
    "supplement_requested": "officer:request-supplement",
    "payment_required": "officer:require-payment",
    "completed": "leader:complete",
    "stopped": "leader:stop",
    "withdrawn": "owner:withdraw",
}


@pytest.mark.long
@pytest.mark.parametrize("state", ADVISED)
async def test_an_adviser_gives_an_opinion_and_nothing_else(world: World, state: str) -> None:
    dossier = await brought_to(world, "in_progress")
    await take(world, dossier, "officer", "request-opinion")
    for step in ADVISED[state].split():
        assert (await take(world, dossier, *step.split(":"))).status_code == 200
    open_still = state in ("in_progress", "supplement_requested", "payment_required")
    shown = await seen_by(world, dossier, "adviser")
    assert {button["action"] for button in shown["actions"]} == ({"give-opinion"} if open_still else set())
    for action in {a.value for a in Action} - {"settle", "give-opinion"}:
        refused = await take(world, dossier, "adviser", action)
        assert refused.status_code in (403, 409), (action, refused.text)
    assert (await seen_by(world, dossier, "owner"))["status"] == state
    given = await take(world, dossier, "adviser", "give-opinion")
    assert given.status_code == (200 if open_still else 409)


def test_each_state_has_its_row() -> None:
    assert set(ALLOWED) == {status.value for status in Status}


async def test_a_second_supplement_needs_a_leader_and_each_moves_the_promise(world: World) -> None:
    dossier = await brought_to(world, "supplement_requested")
    world.clock.set("2020-10-28T15:00")
    answered = (await take(world, dossier, "owner", "supplement")).json()
    assert (answered["promised_at"], answered["waiting_until"]) == ("2020-11-04T17:00:00+07:00", None)
    second = await take(world, dossier, "officer", "request-supplement")
    assert (second.status_code, second.json()["code"]) == (403, "leader-needed")
    assert (await take(world, dossier, "leader", "request-supplement")).status_code == 200


async def test_an_apology_once_before_the_promise_and_scored_by_the_old_one(world: World) -> None:
    dossier = await brought_to(world, "in_progress")
    day_off = {"reason": "…", "promised_on": "2020-11-08"}
    wrong = await world.act(dossier, "extend", day_off, headers(world, "leader"))
    assert wrong.json()["errors"][0]["code"] == "promise-on-day-off"
    done = (await take(world, dossier, "leader", "extend")).json()
    assert done["promised_at"] == "2020-11-10T17:00:00+07:00"
    assert done["scored_at"] == "2020-11-02T17:00:00+07:00"
    again = await take(world, dossier, "leader", "extend")
    assert (again.status_code, again.json()["code"]) == (409, "extended-already")
    late = await brought_to(world, "in_progress")
    world.clock.set("2020-11-03T09:00")
    assert (await take(world, late, "leader", "extend")).json()["code"] == "promise-past"


async def test_a_required_payment_stops_the_clock_until_it_is_settled(world: World) -> None:
    dossier = await brought_to(world, "payment_required")
    shown = await seen_by(world, dossier, "owner")
    assert "2.000.000 đồng" in shown["what_next"]
    assert shown["fees"][0]["lines"] == [{**LINE, "refundable": False}]
    world.clock.set("2020-10-28T15:00")
    paid(world, dossier, "additional-1")
    await world.app.state.consumers["dossier-payment"].step()
    shown = await seen_by(world, dossier, "officer")
    assert (shown["status"], shown["promised_at"]) == ("in_progress", "2020-11-04T17:00:00+07:00")
    deadline = await world.client.get(
        f"/v1/dossiers/{dossier['id']}/deadline", headers=headers(world, "officer")
    )
    assert [pause["cause"] for pause in deadline.json()["pauses"]] == ["payment"]


async def test_a_payment_on_a_stopped_dossier_is_a_refund_proposal(world: World) -> None:
    dossier = await brought_to(world, "payment_required")
    await take(world, dossier, "leader", "stop")
    paid(world, dossier, "additional-1")
    await world.app.state.consumers["dossier-payment"].step()
    shown = await seen_by(world, dossier, "officer")
    assert shown["status"] == "stopped"
    assert shown["fees"][0]["refund_proposed_at"]


async def test_an_officer_stops_only_past_the_applicants_turn(world: World) -> None:
    dossier = await brought_to(world, "supplement_requested")
    early = await take(world, dossier, "officer", "stop")
    assert (early.status_code, early.json()["code"]) == (409, "stop-too-early")
    world.clock.set("2020-11-26T00:00")
    officer = headers(world, "officer")
    counts = (await world.client.get("/v1/dossiers/counts", headers=officer)).json()
    assert counts["past_turn"] >= 1
    listed = await world.client.get(
        "/v1/dossiers", params={"past_turn_at": world.clock.now().isoformat()}, headers=officer
    )
    assert dossier["id"] in {item["id"] for item in listed.json()["items"]}
    stopped = await take(world, dossier, "officer", "stop")
    assert stopped.json()["supplements"][0]["answered_at"] is None
    assert stopped.json()["status"] == "stopped"


async def test_reopened_time_does_not_count(world: World) -> None:
    dossier = await brought_to(world, "stopped")
    world.clock.set("2020-10-30T15:00")
    opened = (await take(world, dossier, "leader", "reopen")).json()
    assert opened["promised_at"] == "2020-11-06T17:00:00+07:00"
    assert opened["finished_at"] is None


async def test_a_refused_one_is_received_when_reopened(world: World) -> None:
    dossier = await brought_to(world, "refused")
    opened = (await take(world, dossier, "leader", "reopen")).json()
    assert opened["accepted_at"]
    assert opened["promised_at"] == "2020-11-02T17:00:00+07:00"


async def test_an_opinion_opens_the_dossier_to_the_body_that_is_asked(world: World) -> None:
    dossier = await brought_to(world, "in_progress")
    path = f"/v1/dossiers/{dossier['id']}"
    district = world.staff("officer", DISTRICT)
    assert (await world.client.get(path, headers=district)).status_code == 404
    await take(world, dossier, "officer", "request-opinion")
    twice = await take(world, dossier, "officer", "request-opinion")
    assert twice.json()["code"] == "opinion-asked-already"
    shown = (await world.client.get(path, headers=district)).json()
    assert [button["action"] for button in shown["actions"]] == ["give-opinion"]
    given = await world.act(dossier, "give-opinion", INPUT["give-opinion"], district)
    assert given.status_code == 200
    assert (await world.act(dossier, "give-opinion", INPUT["give-opinion"], district)).status_code == 403
    backroom = (await world.client.get(f"{path}/notes", headers=headers(world, "officer"))).json()
    assert backroom["opinions"][0]["answer"] == "Phù hợp"
    steps = (await world.client.get(f"{path}/history", headers=world.citizen())).json()["items"]
    assert {step["action"] for step in steps} == {"submit", "accept", "start"}


async def test_forwarding_gives_the_desk_to_another_body(world: World) -> None:
    dossier = await brought_to(world, "in_progress")
    assert (await take(world, dossier, "officer", "forward")).json()["holder"]["code"] == DISTRICT
    district = world.staff("officer", DISTRICT)
    passed = {"note": "Đã xem", "assignee": f"second@{DISTRICT}"}
    assert (await world.act(dossier, "pass-on", passed, district)).status_code == 200


async def test_stages_are_followed_with_a_due_time_and_the_right_to_sign(world: World) -> None:
    stages = [
        {"name": "Thẩm định", "role": "officer", "hours": 8, "signs": False},
        {"name": "Ký", "role": "officer", "hours": 4, "signs": True},
    ]
    world.catalogue["9.000003"] = {**world.catalogue["9.000002"], "code": "9.000003", "stages": stages}
    dossier = (await world.create(procedure="9.000003", submit=True)).json()
    await take(world, dossier, "officer", "accept")
    started = (await take(world, dossier, "officer", "start")).json()
    assert started["stage"] == {
        "number": 1, "of": 2, "name": "Thẩm định", "signs": False, "due_at": "2020-10-27T15:00:00+07:00",
    }  # fmt: skip
    unsigned = await take(world, dossier, "officer", "complete")
    assert (unsigned.status_code, unsigned.json()["code"]) == (403, "signature-needed")
    world.clock.set("2020-10-27T09:00")
    bare = await world.act(dossier, "pass-on", {}, headers(world, "officer"))
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "/note")
    noted = {"note": "Đủ điều kiện"}
    passed = (await world.act(dossier, "pass-on", noted, headers(world, "officer"))).json()
    assert (passed["stage"]["name"], passed["stage"]["due_at"]) == ("Ký", "2020-10-27T14:30:00+07:00")
    world.clock.set("2020-10-27T14:00")
    nowhere = await world.act(dossier, "pass-on", noted, headers(world, "officer"))
    assert (nowhere.status_code, nowhere.json()["errors"][0]["pointer"]) == (422, "/assignee")
    handed = (await take(world, dossier, "officer", "pass-on")).json()
    assert handed["assignee"] == "Lê Thị Nhì"
    assert handed["stage"]["due_at"] == "2020-10-27T14:30:00+07:00"  # the last stage isn't begun anew
    assert (await take(world, dossier, "officer", "complete")).json()["status"] == "completed"


async def test_officers_take_and_leaders_assign(world: World) -> None:
    dossier = await brought_to(world, "accepted")
    path = f"/v1/dossiers/{dossier['id']}"
    officer, leader = headers(world, "officer"), headers(world, "leader")
    assert (await world.act(dossier, "assign", {}, officer)).json()["assignee"] == "Trần Văn Tiếp"
    second = f"second@{CONSTRUCTION}"
    suggested = (await world.client.get(f"{path}/officers", headers=leader)).json()["items"]
    assert suggested[0]["open"] <= suggested[-1]["open"]
    assert suggested[0]["sub"] != f"officer@{CONSTRUCTION}"
    given = await world.act(dossier, "assign", {"assignee": second}, leader)
    assert given.json()["assignee"] == "Lê Thị Nhì"
    grabbed = await world.act(dossier, "assign", {}, officer)
    assert (grabbed.status_code, grabbed.json()["code"]) == (403, "forbidden")
    unknown = await world.act(dossier, "assign", {"assignee": "nobody"}, leader)
    assert unknown.json()["code"] == "officer-unknown"


async def test_many_at_once_are_answered_one_by_one(world: World) -> None:
    good, closed = await brought_to(world, "submitted"), await brought_to(world, "withdrawn")
    stale = await brought_to(world, "submitted")
    items = [
        {"id": good["id"], "version": good["version"]},
        {"id": closed["id"], "version": closed["version"] + 1},
        {"id": stale["id"], "version": 99},
        {"id": "01900000-0000-7000-8000-000000000000", "version": 1},
    ]
    officer = world.staff("officer", CENTRE)
    answer = await world.client.post("/v1/dossiers/actions/accept", json={"items": items}, headers=officer)
    assert [row["status"] for row in answer.json()["items"]] == [200, 409, 412, 404]
    assert answer.json()["done"] == 1
    wrong = await world.client.post("/v1/dossiers/actions/refuse", json={"items": items}, headers=officer)
    assert wrong.json()["errors"][0]["pointer"] == "/input/reason"
    citizens = await world.client.post("/v1/dossiers/actions/submit", json={"items": items}, headers=officer)
    assert citizens.status_code == 422


async def test_notes_are_for_the_offices_only(world: World) -> None:
    dossier = await brought_to(world, "accepted")
    path = f"/v1/dossiers/{dossier['id']}/notes"
    officer = headers(world, "officer")
    assert (await world.client.post(path, json={"text": "Đã gọi điện"}, headers=officer)).status_code == 201
    assert (await world.client.get(path, headers=officer)).json()["notes"][0]["text"] == "Đã gọi điện"
    assert (await world.client.get(path, headers=world.citizen())).status_code == 403
    shown = (await world.client.get(path.removesuffix("/notes"), headers=world.citizen())).text
    assert "Đã gọi điện" not in shown


async def _staged(world: World, *stages: dict[str, Any]) -> dict[str, Any]:
    """In progress, at the first of the stages."""
    code = "9.000004"
    world.catalogue[code] = {**world.catalogue["9.000002"], "code": code, "stages": list(stages)}
    dossier: dict[str, Any] = (await world.create(procedure=code, submit=True)).json()
    for action in ("accept", "start"):
        assert (await take(world, dossier, "officer", action)).status_code == 200
    return dossier


async def test_a_stage_of_a_leader_is_a_leaders(world: World) -> None:
    dossier = await _staged(
        world,
        {"name": "Thẩm định", "role": "officer", "hours": 8, "signs": False},
        {"name": "Duyệt", "role": "leader", "hours": 4, "signs": False},
        {"name": "Ký", "role": "leader", "hours": 4, "signs": True},
    )
    noted = {"note": "Trình lãnh đạo"}
    to_officer = {**noted, "assignee": f"second@{CONSTRUCTION}"}
    wrong = await world.act(dossier, "pass-on", to_officer, headers(world, "officer"))
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/assignee")
    passed = await world.act(dossier, "pass-on", noted, headers(world, "officer"))
    assert (passed.json()["stage"]["name"], passed.json()["assignee"]) == ("Duyệt", None)
    shown = await seen_by(world, dossier, "officer")
    assert not {"pass-on", "complete"} & {button["action"] for button in shown["actions"]}
    for action, code in (("pass-on", "stage-of-leader"), ("complete", "signature-needed")):
        refused = await take(world, dossier, "officer", action)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    signing = await world.act(dossier, "pass-on", noted, headers(world, "leader"))
    assert signing.json()["stage"]["signs"] is True
    unsigned = await take(world, dossier, "officer", "complete")
    assert (unsigned.status_code, unsigned.json()["code"]) == (403, "signature-needed")
    assert (await take(world, dossier, "leader", "complete")).status_code == 200


async def test_the_first_answer_waits_for_a_supplement_too(world: World) -> None:
    dossier = await brought_to(world, "submitted")
    assert dossier["answer_due_at"] == "2020-10-27T17:00:00+07:00"
    assert (await take(world, dossier, "officer", "request-supplement")).status_code == 200
    world.clock.set("2020-11-10T15:00")
    answered = (await take(world, dossier, "owner", "supplement")).json()
    assert (answered["status"], answered["answer_due_at"]) == ("submitted", "2020-11-11T17:00:00+07:00")
    assert "trước 17:00 11/11/2020" in answered["what_next"]
    counts = (await world.client.get("/v1/dossiers/counts", headers=headers(world, "officer"))).json()
    world.clock.set("2020-11-11T17:01")
    later = (await world.client.get("/v1/dossiers/counts", headers=headers(world, "officer"))).json()
    assert later["unanswered"] == counts["unanswered"] + 1
    world.clock.set("2020-11-12T09:00")
    await take(world, dossier, "officer", "accept")
    path = f"/v1/dossiers/{dossier['id']}/deadline"
    explained = (await world.client.get(path, headers=world.citizen())).json()
    assert explained["promised_at"] == "2020-11-19T17:00:00+07:00"  # it begins with the acceptance
    assert explained["pauses"] == []


async def test_a_stage_waits_as_well(world: World) -> None:
    dossier = await _staged(world, {"name": "Thẩm định", "role": "officer", "hours": 8, "signs": False})
    assert (await take(world, dossier, "officer", "require-payment")).status_code == 200
    world.clock.set("2020-10-28T16:00")
    paid(world, dossier, "additional-1")
    await world.app.state.consumers["dossier-payment"].step()
    shown = await seen_by(world, dossier, "officer")
    assert shown["stage"]["due_at"] == "2020-10-29T16:00:00+07:00"  # hours are not rounded up


@pytest.mark.parametrize("wrong", ["2020-11-01", "2020-10-26", "9999-12-31", "1999-12-31"])
async def test_a_date_that_an_officer_gives_is_a_working_day_to_come(world: World, wrong: str) -> None:
    world.catalogue["9.000002"]["processing_time"] = None
    body = {"promised_on": wrong, "reason": "Theo lịch kiểm tra"}
    refused_at = await brought_to(world, "refused")
    for state, action, role in (("submitted", "accept", "officer"), ("refused", "reopen", "leader")):
        dossier = refused_at if state == "refused" else await brought_to(world, state)
        answer = await world.act(dossier, action, body, headers(world, role))
        assert answer.status_code == 422, (action, answer.text)
        assert {fault["pointer"] for fault in answer.json()["errors"]} == {"/promised_on"}


@pytest.mark.parametrize(
    ("state", "role", "action", "field"),
    [
        ("in_progress", "leader", "extend", "promised_on"),
        ("in_progress", "officer", "request-supplement", "due_on"),
        ("in_progress", "officer", "require-payment", "due_on"),
        ("in_progress", "officer", "request-opinion", "due_on"),
    ],
)
async def test_dates_are_of_this_century(
    world: World, state: str, role: str, action: str, field: str
) -> None:
    dossier = await brought_to(world, state)
    answer = await world.act(dossier, action, {**INPUT[action], field: "9999-12-31"}, headers(world, role))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"
    many = {
        "items": [{"id": dossier["id"], "version": 1}],
        "input": {**INPUT[action], field: "9999-12-31"},
    }
    bulk = await world.client.post(f"/v1/dossiers/actions/{action}", json=many, headers=headers(world, role))
    assert bulk.json()["errors"][0]["pointer"] == f"/input/{field}"


async def test_a_date_is_refused_where_the_procedure_has_its_time(world: World) -> None:
    body = {"promised_on": "2020-11-20", "reason": "Theo lịch kiểm tra"}
    for state, action, role in (
        ("submitted", "accept", "officer"),
        ("refused", "reopen", "leader"),
        ("stopped", "reopen", "leader"),
    ):
        dossier = await brought_to(world, state)
        answer = await world.act(dossier, action, body, headers(world, role))
        assert answer.status_code == 422, (state, answer.text)
        fault = answer.json()["errors"][0]
        assert (fault["code"], fault["pointer"]) == ("promise-by-term", "/promised_on")


async def test_a_deadline_is_explained_to_its_end(world: World) -> None:
    dossier = await brought_to(world, "supplement_requested")
    world.clock.set("2020-10-28T15:00")
    await take(world, dossier, "owner", "supplement")
    await take(world, dossier, "leader", "request-supplement")
    world.clock.set("2020-10-29T15:00")
    await take(world, dossier, "owner", "supplement")
    extension = {"reason": "Phải lấy thêm ý kiến", "promised_on": "2020-11-17"}
    assert (await world.act(dossier, "extend", extension, headers(world, "leader"))).status_code == 200
    await take(world, dossier, "officer", "require-payment")
    world.clock.set("2020-10-30T15:00")
    paid(world, dossier, "additional-1")
    await world.app.state.consumers["dossier-payment"].step()

    path = f"/v1/dossiers/{dossier['id']}/deadline"
    shown = (await world.client.get(path, headers=world.citizen())).json()
    assert shown["first_promise"] == "2020-11-02T17:00:00+07:00"
    moved = [(pause["old_promise"], pause["new_promise"]) for pause in shown["pauses"]]
    assert moved == [
        ("2020-11-02T17:00:00+07:00", "2020-11-04T17:00:00+07:00"),
        ("2020-11-04T17:00:00+07:00", "2020-11-05T17:00:00+07:00"),
        ("2020-11-17T17:00:00+07:00", "2020-11-18T17:00:00+07:00"),
    ]
    assert shown["apology"] == {
        "at": "2020-10-29T15:00:00+07:00",
        "reason": "Phải lấy thêm ý kiến",
        "old_promise": "2020-11-05T17:00:00+07:00",
        "new_promise": "2020-11-17T17:00:00+07:00",
    }
    assert (shown["promised_at"], shown["scored_at"]) == (
        "2020-11-18T17:00:00+07:00",
        "2020-11-06T17:00:00+07:00",
    )
    assert [day["date"] for day in shown["skipped"]] == [
        "2020-10-31", "2020-11-01", "2020-11-07", "2020-11-08", "2020-11-14", "2020-11-15",
    ]  # fmt: skip
    words = shown["words"]
    assert [next(n for n, line in enumerate(words) if day in line) for day in (
        "17:00 04/11/2020", "17:00 05/11/2020", "17:00 17/11/2020", "17:00 18/11/2020",
    )] == [3, 4, 5, 6]  # fmt: skip
    assert "Phải lấy thêm ý kiến" in words[5]
    assert "15/11" in words[1]


async def test_a_given_date_is_explained_with_its_reason_and_its_pauses(world: World) -> None:
    world.catalogue["9.000002"]["processing_time"] = None
    dossier = await brought_to(world, "submitted")
    given = {"promised_on": "2020-11-20", "reason": "Theo lịch kiểm tra"}
    assert (await world.act(dossier, "accept", given, headers(world, "officer"))).status_code == 200
    await take(world, dossier, "officer", "require-payment")
    world.clock.set("2020-10-27T15:00")
    paid(world, dossier, "additional-1")
    await world.app.state.consumers["dossier-payment"].step()
    path = f"/v1/dossiers/{dossier['id']}/deadline"
    shown = (await world.client.get(path, headers=world.citizen())).json()
    assert (shown["first_promise"], shown["promised_at"]) == (
        "2020-11-20T17:00:00+07:00",
        "2020-11-23T17:00:00+07:00",
    )
    assert shown["reason"] == "Theo lịch kiểm tra"
    assert "Theo lịch kiểm tra" in shown["words"][0]
    assert "17:00 20/11/2020" in shown["words"][0]
    assert "17:00 23/11/2020" in shown["words"][-1]


async def test_by_post_there_is_a_number(world: World) -> None:
    dossier = await brought_to(world, "completed")
    officer = headers(world, "officer")
    for body in ({"method": "post"}, {"method": "post", "tracking_number": " "}):
        bare = await world.act(dossier, "return", body, officer)
        assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "/tracking_number")
    sent = {"method": "post", "tracking_number": "EM123456789VN"}
    assert (await world.act(dossier, "return", sent, officer)).json()["status"] == "returned"


async def test_a_document_is_signed_once(world: World) -> None:
    dossier = await brought_to(world, "in_progress")
    leader = headers(world, "leader")
    one = (await world.upload(dossier, None, PDF, headers(world, "officer"))).json()["id"]
    twice = {
        "outcome": "granted",
        "documents": [{"document": one, "name": n} for n in ("Giấy phép", "Bản vẽ")],
    }
    refused = await world.act(dossier, "complete", twice, leader)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/documents/1/document")
    once = {**twice, "documents": twice["documents"][:1]}
    assert (await world.act(dossier, "complete", once, leader)).status_code == 200
    await take(world, dossier, "leader", "reopen")
    again = await world.act(dossier, "complete", once, leader)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "document-signed-already")
    assert again.json()["errors"][0]["pointer"] == "/documents/0/document"
