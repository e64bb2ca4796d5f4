"""Days and hours by decision: a dry run names exactly the dossiers that then move."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from services.dossier.calendars import commands
from services.dossier.calendars.models import DayOverride
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World
from tests.unit.dossier.test_district import item, of_system
from tests.unit.dossier.test_life import DISTRICT, brought_to, headers, seen_by, take

pytestmark = [pytest.mark.anyio, pytest.mark.long]

PROVINCE = "000.00.00.H28"
OFF: dict[str, Any] = {"worked": False, "name": "Nghỉ do bão", "decision": "99/QĐ-UBND"}


def _head(world: World) -> dict[str, str]:
    return world.staff("leader", PROVINCE)


async def _put(world: World, path: str, body: dict[str, Any], **params: str) -> dict[str, Any]:
    answer = await world.client.put(f"/v1/calendar/{path}", json=body, params=params, headers=_head(world))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _printed(world: World, **changes: Any) -> str:
    """A dossier of a district, with the date that was printed there."""
    sent = item(
        int(world.clock.now().timestamp()) % 90_000, promised_at="2022-03-31T17:00:00+07:00", **changes
    )
    answer = await world.client.post(
        "/v1/dossiers/batch", json={"items": [sent]}, headers=of_system(world, DISTRICT)
    )
    assert answer.json()["items"][0]["outcome"] == "created", answer.text
    return str(answer.json()["items"][0]["id"])


async def test_a_dry_run_names_exactly_the_dossiers_that_then_move(world: World) -> None:
    world.clock.set("2022-03-07T10:00")
    touched = await brought_to(world, "accepted")
    paused = await brought_to(world, "supplement_requested")
    submitted = await brought_to(world, "submitted")
    stopped = await brought_to(world, "stopped")
    printed = await _printed(world, received_at="2022-03-07T09:00:00+07:00")
    reopened = await brought_to(world, "supplement_requested")
    world.clock.set("2022-03-08T10:00")
    await take(world, reopened, "leader", "stop")
    await take(world, reopened, "leader", "reopen")  # promised for 15 March: the pause is one day
    world.clock.set("2022-03-10T10:00")
    later = await brought_to(world, "accepted")
    expected = {touched["id"], paused["id"], reopened["id"]}
    no_change = {**OFF, "worked": True}
    assert (await _put(world, "days/2022-03-09", no_change, dry_run="true"))["moved"] == []

    tried = await _put(world, "days/2022-03-09", OFF, dry_run="true")
    assert {row["id"] for row in tried["moved"]} == expected
    assert {row["id"]: row["new_promise"] for row in tried["moved"]} == {
        touched["id"]: "2022-03-15T17:00:00+07:00",
        paused["id"]: "2022-03-15T17:00:00+07:00",
        reopened["id"]: "2022-03-16T17:00:00+07:00",
    }
    assert (await seen_by(world, touched, "owner"))["promised_at"] == "2022-03-14T17:00:00+07:00"

    done = await _put(world, "days/2022-03-09", OFF)
    assert done["moved"] == tried["moved"]
    for dossier, promised in (
        (touched, "2022-03-15T17:00:00+07:00"),
        (paused, "2022-03-15T17:00:00+07:00"),
        (later, "2022-03-17T17:00:00+07:00"),
        (submitted, None),
        (stopped, "2022-03-14T17:00:00+07:00"),
        (reopened, "2022-03-16T17:00:00+07:00"),
    ):
        assert (await seen_by(world, dossier, "leader"))["promised_at"] == promised
    assert (await _put(world, "days/2022-03-09", OFF))["moved"] == []  # again, nothing moves
    kept = await world.client.get(f"/v1/dossiers/{printed}", headers=world.staff("leader", DISTRICT))
    assert kept.json()["promised_at"] == "2022-03-31T17:00:00+07:00"
    # Closed while the day was decided: what it is promised for once it is open again knows of it.
    opened = (await take(world, stopped, "leader", "reopen")).json()
    assert opened["promised_at"] == "2022-03-17T17:00:00+07:00"
    assert (await _put(world, "days/2022-03-09", OFF, dry_run="true"))["moved"] == []

    path = f"/v1/dossiers/{touched['id']}/deadline"
    explained = (await world.client.get(path, headers=world.citizen())).json()
    assert {"date": "2022-03-09", "cause": "decision", "name": "Nghỉ do bão"} in explained["skipped"]
    shown = (await world.client.get("/v1/calendar/2022")).json()
    decided = next(day for day in shown["days"] if day["date"] == "2022-03-09")
    assert (decided["decision"], decided["worked"]) == ("99/QĐ-UBND", False)
    world.clock.set("2022-03-11T10:00")
    answered = (await take(world, paused, "owner", "supplement")).json()
    assert answered["promised_at"] == "2022-03-18T17:00:00+07:00"  # 09 does not count in the pause either


async def test_an_apology_stands_and_only_what_is_scored_moves(world: World) -> None:
    world.clock.set("2022-05-09T10:00")
    dossier = await brought_to(world, "in_progress")
    body = {"reason": "Chờ ý kiến", "promised_on": "2022-05-25"}
    assert (await world.act(dossier, "extend", body, headers(world, "leader"))).status_code == 200
    await _put(world, "days/2022-05-11", OFF)
    shown = await seen_by(world, dossier, "leader")
    assert (shown["promised_at"], shown["scored_at"]) == (
        "2022-05-25T17:00:00+07:00",
        "2022-05-17T17:00:00+07:00",
    )


async def test_promises_follow_a_change_whose_process_died(world: World) -> None:
    world.clock.set("2022-07-04T10:00")
    dossier = await brought_to(world, "accepted")
    office = world.app.state.office
    caller = commands.CLERK
    async with world.app.state.database.transaction() as session:
        await commands.change_day(session, office, caller, DayOverride(day=date(2022, 7, 6), **OFF))
    while await world.app.state.housekeeping.step():
        pass
    assert (await seen_by(world, dossier, "owner"))["promised_at"] == "2022-07-12T17:00:00+07:00"
    async with world.app.state.database.transaction() as session:
        left = await session.scalar(text("SELECT count(*) FROM calendar_change WHERE applied_at IS NULL"))
        assert left == 0


async def test_hours_of_a_body_from_a_day_on(world: World) -> None:
    world.clock.set("2022-09-12T10:00")
    before = await brought_to(world, "accepted")
    hours = {
        "valid_from": "2022-09-15",
        "spans": [{"opens": "07:00", "closes": "11:00"}, {"opens": "13:00", "closes": "16:30"}],
    }
    moved = await _put(world, f"hours/{CONSTRUCTION}", hours)
    assert [row["new_promise"] for row in moved["moved"] if row["id"] == before["id"]] == [
        "2022-09-19T16:30:00+07:00"
    ]
    world.clock.set("2022-09-16T16:45")
    after = await brought_to(world, "accepted")  # after closing: counts from Monday
    assert (await seen_by(world, after, "owner"))["promised_at"] == "2022-09-26T16:30:00+07:00"


async def test_who_may_change_what(world: World) -> None:
    path = "/v1/calendar/days/2022-11-01"
    for who in (world.staff("leader", CONSTRUCTION), world.staff("officer", PROVINCE), world.citizen()):
        assert (await world.client.put(path, json=OFF, headers=who)).status_code == 403
    hours = {"valid_from": "2023-01-01", "spans": [{"opens": "11:00", "closes": "07:00"}]}
    own = f"/v1/calendar/hours/{CONSTRUCTION}"
    leader = world.staff("leader", CONSTRUCTION)
    assert (await world.client.put(own, json=hours, headers=leader)).status_code == 422
    hours["spans"] = [{"opens": "07:00", "closes": "11:00"}]
    other = "/v1/calendar/hours/000.00.33.H28"
    assert (await world.client.put(other, json=hours, headers=leader)).status_code == 403
    assert (await world.client.get("/v1/calendar/1999")).status_code == 422
    tet = (await world.client.get("/v1/calendar/2020")).json()
    assert {"2020-01-27", "2020-04-30"} <= {day["date"] for day in tet["days"]}


async def test_a_printed_date_is_kept_and_moves_by_its_pauses_only(world: World) -> None:
    world.clock.set("2022-03-21T10:00")
    printed = await _printed(world, received_at="2022-03-21T09:00:00+07:00")
    reference = f"LS-{int(world.clock.now().timestamp()) % 90_000:05d}"
    steps = [
        {"reference": reference, "action": action, "occurred_at": f"2022-03-{at}:00+07:00", "reason": "…"}
        for action, at in (
            ("start", "21T09:30"),
            ("request-supplement", "22T08:00"),
            ("supplement", "24T08:00"),
        )
    ]
    for step in steps[1:2]:
        step["due_on"] = "2022-04-20"
    world.clock.set("2022-03-24T10:00")
    told = await world.client.post(
        "/v1/dossiers/progress", json={"steps": steps}, headers=of_system(world, DISTRICT)
    )
    assert told.json()["done"] == 3, told.text
    leader = world.staff("leader", DISTRICT)
    path = f"/v1/dossiers/{printed}"
    assert (await world.client.get(path, headers=leader)).json()["promised_at"] == "2022-04-04T17:00:00+07:00"
    no_change = {**OFF, "worked": True}
    assert (await _put(world, "days/2022-03-28", no_change, dry_run="true"))["moved"] == []
    assert (await _put(world, "days/2022-03-29", OFF, dry_run="true"))[
        "moved"
    ] == []  # before the printed date
    after = await _put(world, "days/2022-04-01", OFF, dry_run="true")
    assert [row["new_promise"] for row in after["moved"] if row["id"] == printed] == [
        "2022-04-05T17:00:00+07:00"
    ]


async def test_a_stop_while_it_waited_loses_nothing_of_the_pause(world: World) -> None:
    """Asked on Monday, stopped on Wednesday, opened again on Friday: all of it is one pause."""
    world.clock.set("2021-06-07T10:00")
    dossier = await brought_to(world, "supplement_requested")
    world.clock.set("2021-06-09T10:00")
    await take(world, dossier, "leader", "stop")
    path = f"/v1/dossiers/{dossier['id']}/deadline"
    stopped = (await world.client.get(path, headers=world.citizen())).json()
    assert [pause["new_promise"] for pause in stopped["pauses"]] == ["2021-06-14T17:00:00+07:00"]
    world.clock.set("2021-06-11T10:00")
    opened = (await take(world, dossier, "leader", "reopen")).json()
    assert opened["promised_at"] == "2021-06-18T17:00:00+07:00"
    shown = (await world.client.get(path, headers=world.citizen())).json()
    assert [(pause["cause"], pause["new_promise"]) for pause in shown["pauses"]] == [
        ("supplement", "2021-06-14T17:00:00+07:00"),
        ("closed", "2021-06-18T17:00:00+07:00"),
    ]
    no_change = {**OFF, "worked": True}
    assert (await _put(world, "days/2021-06-15", no_change, dry_run="true"))["moved"] == []


async def test_first_answers_and_stages_follow_the_calendar(world: World) -> None:
    stages = [{"name": "Thẩm định", "role": "officer", "hours": 16, "signs": False}]
    world.catalogue["9.000005"] = {**world.catalogue["9.000002"], "code": "9.000005", "stages": stages}
    world.clock.set("2021-07-05T10:00")
    waiting = await world.submitted()
    staged = (await world.create(procedure="9.000005", submit=True)).json()
    for action in ("accept", "start"):
        assert (await take(world, staged, "officer", action)).status_code == 200
    asked = await world.submitted()
    await take(world, asked, "officer", "request-supplement")

    tried = await _put(world, "days/2021-07-06", OFF, dry_run="true")
    dates = {row["id"]: {moved["date"]: moved["new"] for moved in row["dates"]} for row in tried["moved"]}
    assert dates == {
        waiting["id"]: {"answer_due_at": "2021-07-07T17:00:00+07:00"},
        asked["id"]: {"answer_due_at": "2021-07-07T17:00:00+07:00"},
        staged["id"]: {
            "promised_at": "2021-07-13T17:00:00+07:00",
            "scored_at": "2021-07-13T17:00:00+07:00",
            "stage_due_at": "2021-07-08T10:00:00+07:00",
        },
    }
    assert (await _put(world, "days/2021-07-06", OFF))["moved"] == tried["moved"]
    assert (await seen_by(world, waiting, "owner"))["answer_due_at"] == "2021-07-07T17:00:00+07:00"
    assert (await seen_by(world, staged, "owner"))["stage"]["due_at"] == "2021-07-08T10:00:00+07:00"
    told = (await world.client.get("/v1/notices", headers=world.citizen())).json()["items"]
    assert {row["event"] for row in told if row["dossier_id"] == waiting["id"]} == {
        "dossier.submitted",
        "dossier.answer-moved",
    }
    assert (await _put(world, "days/2021-07-06", OFF))["moved"] == []


async def test_whom_a_new_date_is_told(world: World) -> None:
    """After an apology only what is scored moves, which is nothing to tell the citizen."""
    world.clock.set("2021-08-09T10:00")
    dossier = await brought_to(world, "in_progress")
    body = {"reason": "Chờ ý kiến", "promised_on": "2021-08-25"}
    assert (await world.act(dossier, "extend", body, headers(world, "leader"))).status_code == 200
    await _put(world, "days/2021-08-11", OFF)
    told = (await world.client.get("/v1/notices", headers=world.citizen())).json()["items"]
    assert "dossier.promise-moved" not in {row["event"] for row in told if row["dossier_id"] == dossier["id"]}


async def test_hours_are_whole_minutes_of_the_clock_on_the_wall(world: World) -> None:
    def of(*spans: tuple[str, str], valid_from: str = "2022-09-15") -> dict[str, Any]:
        return {
            "valid_from": valid_from,
            "spans": [{"opens": opens, "closes": closes} for opens, closes in spans],
        }

    wrong = {
        "/spans/0/opens": of(("07:30:10", "07:30:50")),
        "/spans/0/closes": of(("07:30", "11:30Z")),
        "/spans/1/opens": of(("07:30", "11:30"), ("13:00+07:00", "17:00")),
        "/spans": of(("07:30", "08:00")),
        "/valid_from": of(("07:30", "11:30"), valid_from="9990-01-01"),
    }
    for pointer, body in wrong.items():
        answer = await world.client.put(
            f"/v1/calendar/hours/{CONSTRUCTION}", json=body, params={"dry_run": "true"}, headers=_head(world)
        )
        assert answer.status_code == 422, (pointer, answer.text)
        assert pointer in {fault["pointer"] for fault in answer.json()["errors"]}, answer.text
    backwards = of(("11:30", "07:30"))
    answer = await world.client.put(
        f"/v1/calendar/hours/{CONSTRUCTION}", json=backwards, headers=_head(world)
    )
    assert answer.json()["errors"][0]["pointer"] == "/spans"


async def test_days_are_of_this_century(world: World) -> None:
    for day in ("9990-01-01", "1999-12-31"):
        answer = await world.client.put(f"/v1/calendar/days/{day}", json=OFF, headers=_head(world))
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "day")
    officer = world.staff("officer", CENTRE)
    for query in ("submitted_to=9999-12-31", "submitted_from=0001-01-01"):
        listed = await world.client.get(f"/v1/dossiers?{query}", headers=officer)
        assert listed.status_code == 422, query
    shares = "/v1/reports/online-share?"
    for query in ("from=0001-01-01&to=9999-12-31", "period=9998", "period=1999"):
        assert (await world.client.get(shares + query, headers=officer)).status_code == 422, query
