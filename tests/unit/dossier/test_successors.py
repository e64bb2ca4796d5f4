"""A body ends, another goes on: open dossiers move, each with its event; what is closed stays; who acts for
the successor sees both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.dossier.clients.catalog import CatalogBody
from services.dossier.consumers import copy_bodies
from services.dossier.models import Dossier
from services.dossier.successors import commands, queries
from tests import system
from tests.unit.dossier.conftest import BODIES, CENTRE, CONSTRUCTION, PDF, SIMPLE, World, procedure
from tests.unit.dossier.test_counts import line, listed, received, sound, take_back, tell
from tests.unit.dossier.test_district import item, of_system, send

pytestmark = [pytest.mark.anyio, pytest.mark.long]
PROVINCE, DISTRICT = "000.00.00.H28", "000.00.33.H28"
NEW = "000.00.70.H28"
_NEW_BODY = {"code": NEW, "name": "Sở Xây dựng và Giao thông", "kind": "department",
             "government_level": "province", "parent_code": PROVINCE}  # fmt: skip


@pytest.fixture(autouse=True)
async def alone(world: World) -> None:
    """Without what other tests of the file left; bodies as they were."""
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM dossier"))
    await succeed(world, {})


async def succeed(world: World, successors: dict[str, list[str]]) -> None:
    """The catalogue says today who has succeeded whom."""
    known = [*BODIES, _NEW_BODY]
    bodies = [
        CatalogBody.model_validate({**body, "successors": successors.get(str(body["code"]), [])})
        for body in known
    ]
    async with world.app.state.database.transaction() as session:
        await copy_bodies(session, bodies)


async def move(world: World) -> None:
    while await world.app.state.removals.step():
        pass


async def holdings(world: World, **bodies: str | None) -> dict[str, Any]:
    answer = await world.client.post(
        "/internal/successions/holdings",
        json={"bodies": bodies or {CONSTRUCTION: NEW}},
        headers=_service(world),
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _service(world: World) -> dict[str, str]:
    return system.service_headers("gateway", world.clock)


async def get(world: World, dossier: dict[str, Any], headers: dict[str, str]) -> Any:
    return await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=headers)


async def accepted(world: World, sub: str = "an") -> dict[str, Any]:
    dossier = await world.submitted(sub)
    answer = await world.act(dossier, "accept", {}, world.staff("officer"))
    assert answer.status_code == 200, answer.text
    return dossier


async def closed(world: World) -> dict[str, Any]:
    dossier = await world.submitted()
    answer = await world.act(dossier, "refuse", {"reason": "Không thuộc thẩm quyền"}, world.staff("officer"))
    assert answer.status_code == 200, answer.text
    return dossier


async def events(world: World, kind: str) -> list[dict[str, Any]]:
    async with world.app.state.database.transaction() as session:
        rows = await session.execute(
            text("SELECT * FROM event WHERE type = :kind ORDER BY id"), {"kind": kind}
        )
        return [dict(row) for row in rows.mappings()]


async def test_open_dossiers_move_and_closed_ones_stay(world: World) -> None:
    opened, done = await accepted(world), await closed(world)
    draft = (await world.create("an", procedure="9.000002")).json()
    told = len(await events(world, "dossier.moved"))
    listed = (await holdings(world))["items"]
    assert {held["what"]: held["count"] for held in listed} == {"dossiers": 1, "drafts": 1}
    assert next(held for held in listed if held["what"] == "dossiers")["first"] == [opened["code"]]
    assert next(held for held in listed if held["what"] == "drafts")["first"] == []

    await succeed(world, {CONSTRUCTION: [NEW]})
    await move(world)

    left = await holdings(world)
    assert left["items"] == []
    assert left["done"] == [
        {"old": CONSTRUCTION, "new": NEW, "dossiers": 1, "drafts": 1, "openings": 0, "opinions": 0}
    ]
    seen = (await get(world, opened, world.staff("leader", NEW))).json()
    assert (seen["code"], seen["resolving"]["code"]) == (opened["code"], NEW)
    kept = (await get(world, done, world.staff("leader", NEW))).json()
    assert kept["resolving"]["code"] == CONSTRUCTION
    mine = (await get(world, draft, world.citizen())).json()
    assert mine["resolving"]["code"] == NEW
    moved = (await events(world, "dossier.moved"))[told:]
    assert {event["subject"]: event["audience"] for event in moved} == {
        opened["id"]: "public",
        draft["id"]: "internal",
    }
    public = next(event for event in moved if event["audience"] == "public")
    assert (public["data"]["from"], public["data"]["to"]) == (CONSTRUCTION, NEW)
    assert public["data"]["status"] == "accepted"


async def test_it_is_tracked_by_the_code_that_was_given(world: World) -> None:
    dossier = await accepted(world)
    await succeed(world, {CONSTRUCTION: [NEW]})
    await move(world)
    answer = await world.client.get(f"/v1/track/{dossier['code']}")
    assert answer.status_code == 200
    assert "Sở Xây dựng và Giao thông" in answer.text


async def test_moving_again_moves_nothing_and_what_is_late_follows(world: World) -> None:
    first = await accepted(world)
    await succeed(world, {CONSTRUCTION: [NEW]})
    await move(world)
    told = len(await events(world, "dossier.moved"))
    world.clock.forward(hours=1)
    await move(world)
    assert len(await events(world, "dossier.moved")) == told
    late = await accepted(world, "uong")  # a district's upload, say, that still names the old body
    world.clock.forward(hours=1)
    await move(world)
    found = (await get(world, late, world.staff("officer", NEW))).json()
    assert found["resolving"]["code"] == NEW
    again = (await get(world, first, world.staff("officer", NEW))).json()
    assert again["version"] == (await get(world, first, world.staff("officer"))).json()["version"]


async def test_in_pieces_and_whatever_interrupts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "PIECE", 2)
    for _ in range(5):
        await world.submitted()
    await succeed(world, {CONSTRUCTION: [NEW]})
    told = len(await events(world, "dossier.moved"))
    assert await world.app.state.removals.step()
    assert len(await events(world, "dossier.moved")) == told + 2  # killed here, it goes on from there
    assert (await holdings(world))["totals"]["dossiers"] == 3
    await move(world)
    assert len(await events(world, "dossier.moved")) == told + 5
    assert (await holdings(world))["totals"] == {"dossiers": 0, "drafts": 0}


async def test_who_acts_for_the_successor_works_on_it(world: World) -> None:
    dossier = await accepted(world)
    assert (await get(world, dossier, world.staff("officer", NEW))).status_code == 404
    await succeed(world, {CONSTRUCTION: [NEW]})
    officer = world.staff("officer", NEW)
    # Also before it has moved: the successor counts as above its predecessor.
    assert (await world.act(dossier, "start", {}, officer)).status_code == 200
    await move(world)
    listed = (await world.client.get("/v1/dossiers", headers=officer)).json()["items"]
    assert [item["code"] for item in listed] == [dossier["code"]]
    assert (await world.act(dossier, "assign", {}, officer)).status_code == 200


async def test_what_was_opened_or_asked_follows(world: World) -> None:
    """The district was asked for an opinion, and ends before it answers."""
    dossier = await accepted(world)
    officer = world.staff("officer", CONSTRUCTION)
    assert (await world.act(dossier, "start", {}, officer)).status_code == 200
    asked = {"agency": DISTRICT, "question": "Ý kiến về vị trí?"}
    assert (await world.act(dossier, "request-opinion", asked, officer)).status_code == 200
    listed = (await holdings(world, **{DISTRICT: NEW}))["items"]
    assert {held["what"]: held["count"] for held in listed} == {"openings": 1, "opinions": 1}
    await succeed(world, {DISTRICT: [NEW]})
    await move(world)
    assert (await holdings(world, **{DISTRICT: NEW}))["items"] == []
    answer = await world.act(dossier, "give-opinion", {"answer": "Đồng ý"}, world.staff("officer", NEW))
    assert answer.status_code == 200, answer.text


async def test_two_bodies_of_one_dossier_end_it_moves_once(world: World) -> None:
    """The office that received and the department that resolves become one: one event."""
    dossier = await accepted(world)
    counted = await holdings(world, **{CONSTRUCTION: NEW, CENTRE: NEW})
    assert counted["totals"]["dossiers"] == 1
    assert [held["count"] for held in counted["items"] if held["what"] == "dossiers"] == [1, 1]
    told = len(await events(world, "dossier.moved"))
    await succeed(world, {CONSTRUCTION: [NEW], CENTRE: [NEW]})
    await move(world)
    moved = (await events(world, "dossier.moved"))[told:]
    assert [(event["subject"], sorted(event["data"]["as"])) for event in moved] == [
        (dossier["id"], ["holder", "receiving", "resolving"])
    ]


async def test_a_second_reorganisation_leads_on(world: World) -> None:
    dossier = await accepted(world)
    await succeed(world, {CONSTRUCTION: [NEW]})
    await move(world)
    await succeed(world, {CONSTRUCTION: [NEW, DISTRICT], NEW: [DISTRICT]})
    await move(world)
    seen = (await get(world, dossier, world.staff("officer", DISTRICT))).json()
    assert seen["resolving"]["code"] == DISTRICT


async def test_figures_of_before_stay_with_the_old_body(world: World) -> None:
    await accepted(world)
    await succeed(world, {CONSTRUCTION: [NEW], CENTRE: [NEW]})
    await move(world)
    answer = await world.client.get(
        "/v1/reports/online-share?period=2020-10&group_by=agency", headers=world.staff("leader", NEW)
    )
    assert answer.status_code == 200, answer.text
    assert CENTRE in answer.text or CONSTRUCTION in answer.text


async def test_what_a_successor_took_over_replaces_the_counts_of_before(world: World) -> None:
    """And none of its own: it did not take the dossier in."""
    world.clock.set("2020-10-26T12:00")
    world.catalogue["9.000002"] = procedure(**SIMPLE)
    day, province = "2020-10-22", of_system(world, PROVINCE, "province")
    await tell(world, line(7, day), line(3, day, agency=NEW), headers=province)
    sent = await send(world, [item(1, received_at=f"{day}T08:00:00+07:00")])
    await succeed(world, {DISTRICT: [NEW]})
    await move(world)
    assert await received(world, day, DISTRICT, scope="own") == 0
    assert await received(world, day, NEW) == 4
    shown = await listed(world, day, day, headers=world.staff("leader", PROVINCE))
    assert [(each["agency"], each["replaced"], each["dossiers"]) for each in shown] == [
        (DISTRICT, True, 1), (NEW, False, 0),
    ]  # fmt: skip
    assert (await take_back(world, f"/v1/dossiers/batches/{sent['batch']}")).json()["voided"] == 1
    assert await received(world, day, DISTRICT, scope="own") == 7
    async with world.app.state.database.transaction() as session:
        gone = "DELETE FROM intake_fact WHERE origin = 'dossier' AND id NOT IN (SELECT id FROM dossier)"
        await session.execute(text(gone))  # of other tests
    await sound(world)


async def test_an_upload_during_the_move(world: World) -> None:
    """The citizen adds a paper to a draft whose body has ended: it stays theirs to submit."""
    draft = (await world.create("an")).json()
    await succeed(world, {CONSTRUCTION: [NEW]})
    await move(world)
    answer = await world.upload(draft, "GT-01", PDF, world.citizen(**{"Idempotency-Key": uuid4().hex}))
    assert answer.status_code == 201, answer.text


async def test_what_another_replica_has_moved_meanwhile_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was chosen before, and is read when the other one has done it."""
    dossier = await accepted(world)
    await succeed(world, {CONSTRUCTION: [NEW]})
    await move(world)
    told = len(await events(world, "dossier.moved"))
    before = (await get(world, dossier, world.citizen())).json()["version"]

    async def chosen_before(session: AsyncSession, *_: Any) -> tuple[list[Dossier], bool]:
        return list(await session.scalars(select(Dossier))), False

    monkeypatch.setattr(queries, "piece", chosen_before)
    world.clock.forward(hours=1)
    assert await world.app.state.removals.step()
    assert len(await events(world, "dossier.moved")) == told
    assert (await get(world, dossier, world.citizen())).json()["version"] == before


@pytest.fixture
def statements(world: World) -> Iterator[list[str]]:
    """What was asked of the database."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


async def test_many_bodies_are_asked_about_and_copied_as_one(world: World, statements: list[str]) -> None:
    await accepted(world)
    many: dict[str, str | None] = {f"000.01.{number:02}.H28": NEW for number in range(50)}
    async with world.app.state.database.transaction() as session:
        statements.clear()
        found = await queries.holdings(session, {**many, CONSTRUCTION: NEW, CENTRE: NEW})
        assert {(body, what, count) for body, what, count, _ in found} == {
            (CONSTRUCTION, "dossiers", 1),
            (CENTRE, "dossiers", 1),
        }
        assert await queries.holdings(session, {}) == []
        assert len(statements) == 8
        statements.clear()
        await succeed(world, {})
        # The bodies, those that are no more, and two of the succession.
        assert len(statements) == 4
