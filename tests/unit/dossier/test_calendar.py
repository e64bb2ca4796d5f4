"""Days and hours by decision: a dry run names exactly the dossiers that then move."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from services.dossier.calendars import commands
from services.dossier.calendars.models import DayOverride
from tests.unit.dossier.conftest import CONSTRUCTION, World
from tests.unit.dossier.test_life import brought_to, headers, seen_by, take

pytestmark = pytest.mark.anyio

PROVINCE = "000.00.00.H28"
OFF: dict[str, Any] = {"worked": False, "name": "Nghỉ do bão", "decision": "99/QĐ-UBND"}


def _head(world: World) -> dict[str, str]:
    return world.staff("leader", PROVINCE)


async def _put(world: World, path: str, body: dict[str, Any], **params: str) -> dict[str, Any]:
    answer = await world.client.put(f"/v1/calendar/{path}", json=body, params=params, headers=_head(world))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_dry_run_names_exactly_the_dossiers_that_then_move(world: World) -> None:
    world.clock.set("2022-03-07T10:00")
    touched = await brought_to(world, "accepted")
    paused = await brought_to(world, "supplement_requested")
    submitted = await brought_to(world, "submitted")
    stopped = await brought_to(world, "stopped")
    world.clock.set("2022-03-10T10:00")
    later = await brought_to(world, "accepted")
    expected = {touched["id"], paused["id"]}

    tried = await _put(world, "days/2022-03-09", OFF, dry_run="true")
    assert {row["id"] for row in tried["moved"]} == expected
    assert {row["new_promise"] for row in tried["moved"]} == {"2022-03-15T17:00:00+07:00"}
    assert (await seen_by(world, touched, "owner"))["promised_at"] == "2022-03-14T17:00:00+07:00"

    done = await _put(world, "days/2022-03-09", OFF)
    assert done["moved"] == tried["moved"]
    for dossier, promised in (
        (touched, "2022-03-15T17:00:00+07:00"),
        (paused, "2022-03-15T17:00:00+07:00"),
        (later, "2022-03-17T17:00:00+07:00"),
        (submitted, None),
        (stopped, "2022-03-14T17:00:00+07:00"),
    ):
        assert (await seen_by(world, dossier, "leader"))["promised_at"] == promised
    assert (await _put(world, "days/2022-03-09", OFF))["moved"] == []  # again, nothing moves

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
