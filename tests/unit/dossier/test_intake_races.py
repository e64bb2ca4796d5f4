"""Whoever tells of paper at the same time: nobody waits in a circle, and the figures are a recount then."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.unit.dossier.conftest import CONSTRUCTION, SIMPLE, World, procedure
from tests.unit.dossier.test_counts import PROVINCE, URL, line, received, sound
from tests.unit.dossier.test_district import DISTRICT, item, of_system
from tests.unit.dossier.test_races import queued

pytestmark = [pytest.mark.anyio, pytest.mark.long, pytest.mark.timeout(300)]
BODIES, CODES = (CONSTRUCTION, DISTRICT), ("9.000002", "9.000078")
DAYS = ("2020-10-05", "2020-10-06")
SIZE = len(BODIES) * len(CODES) * len(DAYS)
#: Of the same bodies, procedures and days; the second goes through them backwards.
SYSTEMS = ("forth", "back")


@pytest.fixture(autouse=True)
def _at_noon(world: World) -> None:
    world.clock.set("2020-10-26T12:00")


def rename(world: World, name: str) -> None:
    """All procedures and their fields, so that each round has names to write."""
    for code in CODES:
        field = {"code": f"F{code}", "name": f"Lĩnh vực {name}"}
        world.catalogue[code] = procedure(**SIMPLE | {"code": code}, name=f"Thủ tục {name}", field=field)


def dossiers(sub: str, number: int, days: tuple[str, ...] = DAYS) -> list[dict[str, Any]]:
    """In the order of their references."""
    kinds = [(body, code, day) for body in BODIES for code in CODES for day in days]
    kinds = kinds if sub == "forth" else kinds[::-1]
    return [
        item(n, reference=f"{number:03d}-{n:03d}", agency=body, procedure=code,
             received_at=f"{day}T{8 + n % 4:02d}:00:00+07:00")
        for n, (body, code, day) in enumerate(kinds)
    ]  # fmt: skip


def counts(sub: str, number: int) -> list[dict[str, Any]]:
    said = [
        line(number % 4 + place, day, channel, agency=body, procedure=code)
        for place, body in enumerate(BODIES)
        for code in CODES
        for day in DAYS
        for channel in ("counter", "post")
    ]
    return said if sub == "forth" else said[::-1]


def headers(world: World, sub: str) -> dict[str, str]:
    return of_system(world, PROVINCE, sub)


async def send(world: World, sub: str, items: list[dict[str, Any]]) -> httpx.Response:
    return await world.client.post("/v1/dossiers/batch", json={"items": items}, headers=headers(world, sub))


async def count(world: World, sub: str, items: list[dict[str, Any]]) -> httpx.Response:
    return await world.client.post(URL, json={"items": items}, headers=headers(world, sub))


async def void(world: World, sub: str, path: str) -> httpx.Response:
    return await world.client.post(f"{path}/void", json={"reason": "Nhầm"}, headers=headers(world, sub))


async def at_the_counter(world: World, place: int) -> httpx.Response:
    """Taken in and accepted in one step, by the body that the counts are of."""
    body = {
        "procedure": CODES[place % 2], "agency": CONSTRUCTION, "channel": "counter", "accept": True,
        "form": {"full_name": "Bùi Thị Mẫu", "personal_number": "017300000001"},
        "applicant": {"kind": "citizen", "name": "Bùi Thị Mẫu"},
    }  # fmt: skip
    officer = world.staff("officer", CONSTRUCTION, **{"Idempotency-Key": f"counter-{place}"})
    return await world.client.post("/v1/dossiers", json=body, headers=officer)


def all_done(answers: list[httpx.Response]) -> None:
    """Nobody was sent away because of another."""
    assert {answer.status_code for answer in answers} <= {200, 201}, [a.text for a in answers if a.is_error]


async def in_turn(world: World, *acts: Coroutine[Any, Any, httpx.Response]) -> list[httpx.Response]:
    """Each goes as far as it can before the next begins; then all of them end. None can commit while somebody
    else has the event log, which they write last."""
    database, tasks = world.app.state.database, []
    async with asyncio.timeout(60), asyncio.TaskGroup() as group, database.transaction() as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(7305001)"))
        for waiting, act in enumerate(acts, start=1):
            tasks.append(group.create_task(act))
            await queued(database, waiting)
    return [task.result() for task in tasks]


@pytest.mark.parametrize("first", ["dossier", "count"])
async def test_a_day_is_counted_while_its_first_dossier_comes(world: World, first: str) -> None:
    rename(world, first)
    all_done([await count(world, "forth", counts("forth", 0))])  # so that the names stand
    day = {"dossier": "2020-09-01", "count": "2020-09-02"}[first]
    came = item(1, reference=f"one-{first}", received_at=f"{day}T08:00:00+07:00")
    acts = {"dossier": send(world, "forth", [came]), "count": count(world, "back", [line(7, day)])}
    all_done(await in_turn(world, acts.pop(first), *acts.values()))
    assert await received(world, day) == 1
    await sound(world)


@pytest.mark.parametrize("first", ["goes", "comes"])
async def test_the_last_dossier_of_a_day_goes_while_another_comes(world: World, first: str) -> None:
    rename(world, first)
    day = {"goes": "2020-09-03", "comes": "2020-09-04"}[first]
    at = f"{day}T08:00:00+07:00"
    all_done([await count(world, "back", [line(7, day)])])
    only = await send(world, "forth", [item(1, reference=f"last-{first}", received_at=at)])
    acts = {
        "goes": void(world, "forth", f"/v1/dossiers/batches/{only.json()['batch']}"),
        "comes": send(world, "back", [item(2, reference=f"next-{first}", received_at=at)]),
    }
    all_done(await in_turn(world, acts.pop(first), *acts.values()))
    assert await received(world, day) == 1
    await sound(world)


async def test_two_lines_are_counted_and_taken_back_at_once(world: World) -> None:
    rename(world, "A")
    day = "2020-09-05"
    old = await count(world, "forth", [line(7, day)])
    acts = (
        void(world, "forth", f"{URL}/batches/{old.json()['batch']}"),
        count(world, "back", [line(8, day)]),
        count(world, "forth", [line(9, day), line(1, day, "post")]),
    )
    all_done(await in_turn(world, *acts))
    assert await received(world, day) == 10
    await sound(world)


async def test_dossiers_counts_and_voids_of_the_same_days_at_once(world: World) -> None:
    before: dict[str, tuple[str, str]] = {}
    for number in range(12):
        rename(world, str(number))
        acts = []
        for sub in SYSTEMS:
            acts += [send(world, sub, dossiers(sub, number)), count(world, sub, counts(sub, number))]
            acts += [void(world, sub, path) for path in before.get(sub, ())]
        answers = await asyncio.gather(*acts, at_the_counter(world, number))
        all_done(answers)
        told = [a.json() for a in answers if "created" in a.json()]
        assert not any(answer["refused"] for answer in told)
        batches = [str(answer["batch"]) for answer in told]
        before = {
            sub: (f"/v1/dossiers/batches/{batches[2 * n]}", f"{URL}/batches/{batches[2 * n + 1]}")
            for n, sub in enumerate(SYSTEMS)
        }
        await sound(world)


def elsewhere(each: dict[str, Any]) -> dict[str, Any]:
    """It was of another procedure, and of the week before."""
    other = CODES[1 - CODES.index(each["procedure"])]
    day = int(each["received_at"][8:10]) - 4
    return {**each, "procedure": other, "received_at": f"2020-10-{day:02d}{each['received_at'][10:]}"}


async def start(world: World, sub: str, number: int) -> httpx.Response:
    """Work begins on the first two of that round."""
    steps = [
        {
            "reference": f"{number:03d}-{place:03d}",
            "action": "start",
            "officer": "Lê Thị Nhì",
            "occurred_at": "2020-10-20T09:00:00+07:00",
        }
        for place in range(2)
    ]
    body = {"steps": steps}
    return await world.client.post("/v1/dossiers/progress", json=body, headers=headers(world, sub))


async def test_two_systems_of_the_same_bodies_send_and_correct_at_once(world: World) -> None:
    """Each round: new dossiers of days of its own, in opposite orders; those of the last round corrected;
    steps of those before; and names that have changed."""
    days = {"forth": DAYS, "back": ("2020-10-12", "2020-10-13")}
    for number in range(100, 120):
        rename(world, str(number))
        acts = []
        for sub in SYSTEMS:
            moved = [elsewhere(each) for each in dossiers(sub, number - 1, days[sub]) if number > 100]
            acts.append(send(world, sub, moved + dossiers(sub, number, days[sub])))
            if number > 101:
                acts.append(start(world, sub, number - 2))
        answers = await asyncio.gather(*acts)
        all_done(answers)
        assert not any(answer.json()["refused"] for answer in answers), answers[0].text
    await sound(world)


async def test_what_is_purged_meanwhile_stands_in_nobodys_way(world: World) -> None:
    rename(world, "A")
    rule = {"months": 1, "decision": "1/QĐ"}
    leader = world.staff("leader", PROVINCE)
    await world.client.put("/v1/dossiers/retention/*", json=rule, headers=leader)
    for number in range(200, 206):
        answer = await send(world, "forth", dossiers("forth", number))
        await void(world, "forth", f"/v1/dossiers/batches/{answer.json()['batch']}")
        world.clock.forward(days=60)
        rename(world, str(number))
        purge = world.client.post(
            "/v1/dossiers/retention/runs", params={"dry_run": False}, headers=world.staff("leader", PROVINCE)
        )
        all_done(
            await asyncio.gather(
                purge,
                *(send(world, sub, dossiers(sub, number + 50)) for sub in SYSTEMS),
                *(count(world, sub, counts(sub, number)) for sub in SYSTEMS),
            )
        )
        await sound(world)
