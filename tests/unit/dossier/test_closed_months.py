"""A closed month and its amendments say what the live figures say, whatever the facts are."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from deploy.databases import ServiceDatabase
from kit.clock import VIETNAM
from services.dossier.closings import queries as closings
from services.dossier.figures.book import LIVE, Book
from services.dossier.figures.definitions import INDICATORS
from services.dossier.figures.models import IntakeFact
from services.dossier.figures.period import Span
from services.dossier.figures.queries import Asked, GroupBy
from services.dossier.figures.report import report
from tests.unit.dossier.conftest import BODIES, World

pytestmark = pytest.mark.anyio
PROVINCE = "000.00.00.H28"
OCTOBER = {"period": "2020-10"}
MONTH = Span(date(2020, 10, 1), date(2020, 10, 31))
OUTCOMES = ("granted", "rejected", "withdrawn", "stopped")
FACTS: Table = IntakeFact.__table__  # type: ignore[attr-defined]
GROUPS: tuple[GroupBy, ...] = ("child", "channel")


@pytest.fixture(autouse=True)
async def nothing_closed_yet(world: World, database: ServiceDatabase) -> None:
    world.clock.set("2020-11-03T09:00")
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute(
        "TRUNCATE dossier, batch, declared_total, intake_fact, received_month, finished_month, code_counter,"
        " closing, event, retention_rule CASCADE"
    )
    await owner.close()


async def closed(world: World, **more: Any) -> dict[str, Any]:
    leader = world.staff("leader", PROVINCE)
    answer = await world.client.post("/v1/reports/closings", json={**OCTOBER, **more}, headers=leader)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def some_fact(chance: random.Random) -> dict[str, Any]:
    """Of the months around October, in whatever state."""
    submitted = date(2020, 8, 1) + timedelta(days=chance.randrange(120))
    received = submitted + timedelta(days=chance.choice((0, 0, 0, 1, 5, 40)))
    at = datetime.combine(received, datetime.min.time(), VIETNAM)
    took = timedelta(minutes=chance.randrange(60 * 24 * 50))
    taken, ended = chance.random() < 0.9, chance.random() < 0.7
    code = f"{chance.randrange(10**9):09d}"
    known = {
        "origin": "dossier",
        "quantity": 1,
        "code": code,
        "procedure_code": chance.choice(("9.000001", "9.000002", "9.000003")),
        "field_code": chance.choice(("XD01", "DD02")),
        "channel": chance.choice(("online", "counter", "post")),
        "online_level": chance.choice((2, 3, 4)),
        "receiving_agency": chance.choice(BODIES)["code"],
        "resolving_agency": chance.choice(BODIES)["code"],
        "submitted_on": submitted,
        "received_on": received if taken else None,
        "refused": not taken and chance.random() < 0.5,
        "scored_at": at + timedelta(days=chance.randrange(1, 40)) if chance.random() < 0.9 else None,
        "finished_at": at + took if taken and ended else None,
        "outcome": chance.choice(("granted", "rejected", "withdrawn", "stopped"))
        if taken and ended
        else None,
        "worked_minutes": int(took.total_seconds()) // 60 if taken and ended else None,
        "rounds": chance.choice((0, 0, 0, 1, 2)),
        "fee_amount": chance.choice((0, 50_000)),
        "fee_online": chance.random() < 0.5,
        "voided_at": at + timedelta(days=10) if chance.random() < 0.05 else None,
        "points": chance.choice((None, 1, 3)),
    }
    return known | _line(chance) if chance.random() < 0.1 else known


def _line(chance: random.Random) -> dict[str, Any]:
    """What a count line has otherwise: of no single dossiers, so nothing is known of their end."""
    nothing = dict.fromkeys(("code", "scored_at", "finished_at", "outcome", "worked_minutes", "points"))
    paper = {"channel": "counter", "rounds": 0, "fee_amount": 0, "fee_online": False, "refused": False}
    return {"origin": "count", "quantity": chance.randrange(30), **nothing, **paper}


async def write(world: World, facts: dict[UUID, dict[str, Any]]) -> None:
    """New facts, or what is known of them now."""
    async with world.app.state.database.transaction() as session:
        for fact_id, fact in facts.items():
            new = insert(FACTS).values(**{"id": fact_id, "result_file": False, "replaced": False} | fact)
            await session.execute(new.on_conflict_do_update(index_elements=["id"], set_=fact))


async def figures(world: World, book: Book, groups: Sequence[GroupBy] = GROUPS) -> dict[str, Any]:
    """Of October, of each indicator: in all, and by each group."""
    found: dict[str, Any] = {}
    async with world.app.state.database.transaction() as session:
        for indicator in INDICATORS.values():
            for group in groups:
                asked = Asked(PROVINCE, "below", MONTH, indicator.by, group, book)
                told = await report(session, indicator, asked, MONTH.end(), "vi")
                found[f"{indicator.id} {group}"] = [
                    told.total.values,
                    # What has nothing in the period may have a row of zeros, or none.
                    {row.key: row.values for row in told.rows if any(row.values.values())},
                ]
    return found


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_the_closing_stays_and_its_amendments_follow(world: World, seed: int) -> None:
    chance = random.Random(seed)
    facts = {uuid7(): some_fact(chance) for _ in range(250)}
    await write(world, facts)
    made = await closed(world)
    frozen, path = closings.book(UUID(made["id"])), f"/v1/reports/closings/{made['id']}"
    before = now = await figures(world, LIVE)
    assert await figures(world, frozen) == before
    leader = world.staff("leader", PROVINCE)
    for _ in range(4):
        some = chance.sample(sorted(facts), chance.choice((1, 3, 10)))
        changed = {fact_id: _changed(chance, facts[fact_id]) for fact_id in some}
        changed |= {uuid7(): some_fact(chance) for _ in range(chance.choice((0, 0, 5)))}
        facts |= changed
        await write(world, changed)
        said = (await world.client.get(f"{path}/changes", headers=leader)).json()
        answer = await world.client.post(f"{path}/amendments", json={"reason": "Thử"}, headers=leader)
        live = await figures(world, LIVE)
        if answer.status_code == 409:
            assert answer.json()["code"] == "nothing-to-amend"
            assert said["items"] == []
            assert live == now
            continue
        now = live
        amendment = answer.json()
        sums = {kind: amendment[kind] for kind in ("came", "changed", "went")}
        assert sums == {kind: said[kind] for kind in sums}
        assert sum(sums.values()) == len(said["items"]) + said["hidden"]
        after = closings.book(UUID(made["id"]), amendment["number"])
        assert await figures(world, after) == live
        told = {each["indicator"]: each["after"] for each in amendment["figures"]}
        assert told == {name.split()[0]: value[0] for name, value in live.items()}
    assert await figures(world, frozen) == before


def _changed(chance: random.Random, fact: dict[str, Any]) -> dict[str, Any]:
    """One column or several."""
    if fact["origin"] == "count":
        return fact | {"quantity": chance.randrange(30), "replaced": chance.random() < 0.5}
    other = some_fact(chance)
    if chance.random() < 0.3 and other["origin"] == "dossier":
        return other
    some = chance.choice(
        ("channel", "rounds", "fee_online", "procedure_code", "scored_at", "voided_at", "points",
         "receiving_agency", "refused"),
    )  # fmt: skip
    return fact | {some: other[some]}
