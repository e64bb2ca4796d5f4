"""People at the same time, and people at random: one wins, the other is told, all stays consistent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from kit import events
from kit.db import Database
from services.dossier.calendars.commands import moves
from services.dossier.figures import recount
from services.dossier.models import Dossier
from services.dossier.status import TRANSITIONS, Action, Target
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World, paid
from tests.unit.dossier.test_life import INPUT, brought_to, headers, seen_by, take

pytestmark = [pytest.mark.anyio, pytest.mark.long]

LOSES = {403, 404, 409, 412}


async def _post(world: World, dossier: dict[str, Any], action: str, who: dict[str, str]) -> int:
    """At the version at which the race began."""
    answer = await world.client.post(
        f"/v1/dossiers/{dossier['id']}/actions/{action}",
        json=INPUT.get(action, {}),
        headers={**who, "If-Match": f'"{dossier["version"]}"'},
    )
    return answer.status_code


async def _version(world: World, dossier: dict[str, Any]) -> dict[str, Any]:
    return await seen_by(world, dossier, "leader")


async def test_two_officers_accept_at_once(world: World) -> None:
    dossier = await brought_to(world, "submitted")
    one, two = world.staff("officer", CENTRE), world.staff("officer", CONSTRUCTION)
    both = (_post(world, dossier, "accept", officer) for officer in (one, two))
    statuses = await asyncio.gather(*both)
    assert sorted(statuses) == [200, 412]


@pytest.mark.parametrize("rival", ["accept", "refuse", "request-supplement", "assign"])
async def test_the_citizen_withdraws_while_an_officer_acts(world: World, rival: str) -> None:
    for _ in range(4):
        dossier = await brought_to(world, "submitted")
        officer = headers(world, "officer")
        statuses = await asyncio.gather(
            _post(world, dossier, "withdraw", world.citizen()), _post(world, dossier, rival, officer)
        )
        assert sorted(statuses) == [200, 412]


async def _paid_and_stopped(world: World, dossier: dict[str, Any], first: str) -> tuple[int, dict[str, Any]]:
    """Both hold the dossier's row, one after the other: whoever asks first has it first."""
    paid(world, dossier, "additional-1")
    database = world.app.state.database
    deeds: dict[str, Callable[[], Awaitable[Any]]] = {
        "stop": lambda: _post(world, dossier, "stop", headers(world, "leader")),
        "pay": world.app.state.consumers["dossier-payment"].step,
    }
    held = text("SELECT FROM dossier WHERE id = :id FOR UPDATE")
    async with asyncio.TaskGroup() as group, database.transaction() as session:
        await session.execute(held, {"id": dossier["id"]})
        tasks = {}
        for waiting, name in enumerate((first, *(deeds.keys() - {first})), start=1):
            tasks[name] = group.create_task(_run(deeds[name]))
            await queued(database, waiting)
    return tasks["stop"].result(), await _version(world, dossier)


async def _run(deed: Callable[[], Awaitable[Any]]) -> Any:
    return await deed()


async def queued(database: Database, waiting: int) -> None:
    """So many of this database wait for a lock. A transaction each, as one sees its first look only."""
    blocked = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
    )
    async with asyncio.timeout(10):
        found = 0
        while found < waiting:
            async with database.transaction() as session:
                found = await session.scalar(blocked) or 0


async def test_a_payment_lands_just_after_the_dossier_was_stopped(world: World) -> None:
    dossier = await _version(world, await brought_to(world, "payment_required"))
    stopped, shown = await _paid_and_stopped(world, dossier, "stop")
    assert (stopped, shown["status"]) == (200, "stopped")
    assert shown["fees"][0]["settled_at"]
    assert shown["fees"][0]["refund_proposed_at"]


async def test_a_payment_lands_just_before_the_dossier_is_stopped(world: World) -> None:
    dossier = await _version(world, await brought_to(world, "payment_required"))
    stopped, shown = await _paid_and_stopped(world, dossier, "pay")
    assert (stopped, shown["status"]) == (412, "in_progress")
    assert shown["fees"][0]["settled_at"]
    assert shown["fees"][0]["refund_proposed_at"] is None


@pytest.mark.long
async def test_200_submissions_to_one_body_have_200_codes_without_a_gap(world: World) -> None:
    world.clock.set("2021-03-01T09:00")
    citizens = [f"citizen-{number}" for number in range(200)]
    made = await asyncio.gather(*(world.submitted(sub) for sub in citizens))
    serials = sorted(int(dossier["code"].rsplit("-", 1)[1]) for dossier in made)
    assert serials == list(range(1, 201))


ROLES = ("owner", "stranger", "officer", "leader", "elsewhere")
ACTIONS = [action.value for action in Action if action != Action.SETTLE]
#: Half of the steps are ones that the state may take; anything by anybody makes up the rest.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(ROLES), st.sampled_from(ACTIONS)),
        st.sampled_from([("officer", "accept"), ("officer", "start"), ("leader", "reopen")]),
        st.sampled_from([("owner", "supplement"), ("officer", "require-payment"), ("leader", "complete")]),
        st.sampled_from([("platform", "pay"), ("time", "goes by")]),
    ),
    min_size=1,
    max_size=16,
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.long
@given(steps=STEPS)
async def test_whatever_people_do_the_dossier_stays_consistent(
    world: World, steps: list[tuple[str, str]]
) -> None:
    world.clock.set("2020-10-26T15:00")
    dossier = await world.submitted()
    for role, action in steps:
        if role == "platform":
            paid(world, dossier, "additional-1")
            await world.app.state.consumers["dossier-payment"].step()
        elif role == "time":
            world.clock.forward(days=20)
        else:
            before = await _row(world, dossier)
            answer = await take(world, dossier, role, action)
            assert answer.status_code in LOSES | {200, 422}, answer.text
            assert role != "stranger" or answer.status_code in LOSES
            await _moved_by_the_table(world, dossier, before, action, answer.status_code)
        await _check(world, dossier)
    await _figures_are_a_recount(world)


async def _moved_by_the_table(
    world: World, dossier: dict[str, Any], before: Any, action: str, status: int
) -> None:
    """Only by a row of the table, or not at all."""
    after = await _row(world, dossier)
    transition = TRANSITIONS[Action(action)]
    if status == 200:
        assert before.status in transition.sources
        ends: dict[str, Any] = {Target.SAME: before.status, Target.BACK: before.came_from}
        assert after.status == ends.get(transition.to, transition.to)
    else:
        assert after.status == before.status
        assert after.version == before.version or action == "complete"  # it tried with a new document


async def _figures_are_a_recount(world: World) -> None:
    """Of all dossiers that this file has made."""
    url = "/v1/reports/online-share?from=2020-01-01&to=2021-12-31"
    report = await world.client.get(url, headers=world.staff("leader", "000.00.00.H28"))
    counted = "SELECT count(*), count(*) FILTER (WHERE channel = 'online') FROM dossier"
    async with world.app.state.database.transaction() as session:
        row = (await session.execute(text(f"{counted} WHERE accepted_at IS NOT NULL"))).one()
    total = report.json()["total"]["values"]
    assert (total["received"], total["online"]) == tuple(row)
    async with world.app.state.database.transaction() as session:
        assert await recount.differences(session) == []


async def _row(world: World, dossier: dict[str, Any]) -> Any:
    columns = "status, version, came_from, waiting_until, accepted_at, finished_at"
    async with world.app.state.database.transaction() as session:
        found = text(f"SELECT {columns} FROM dossier WHERE id = :id")
        return (await session.execute(found, {"id": dossier["id"]})).one()


async def _check(world: World, dossier: dict[str, Any]) -> None:
    """Legal state, at most one open pause and just where it is awaited, seq and chain whole, one fact, dates
    that follow from the facts."""
    known, row = {"id": dossier["id"]}, await _row(world, dossier)
    async with world.app.state.database.transaction() as session:
        pauses = await session.scalar(
            text("SELECT count(*) FROM pause WHERE dossier_id = :id AND ended_at IS NULL"), known
        )
        numbers = text("SELECT seq FROM event WHERE subject = cast(:id AS text) ORDER BY id")
        seqs = list(await session.scalars(numbers, known))
        facts = await session.scalar(
            text("SELECT count(*) FROM intake_fact WHERE id = :id AND received_on IS NOT NULL"), known
        )
        waits = row.status in ("supplement_requested", "payment_required")
        assert pauses == int(waits)
        assert (row.came_from is not None) == waits == (row.waiting_until is not None)
        closed = row.status in ("refused", "withdrawn", "stopped", "completed", "returned")
        assert (row.finished_at is not None) == closed
        assert seqs == list(range(1, row.version + 1))
        assert facts == int(row.accepted_at is not None)
        assert await events.verify(session) == []
        if not closed:  # what a change of the calendar that changes nothing would say
            office = world.app.state.office
            found = await session.get(Dossier, UUID(dossier["id"]))
            assert found is not None
            assert await moves(session, office, [found]) == []
