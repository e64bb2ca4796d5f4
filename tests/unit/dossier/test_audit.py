"""An auditor sees who did and who read what; a signed list of chain heads shows what was cut off."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from joserfc.jwk import OKPKey

from deploy import audit
from deploy.databases import ServiceDatabase
from kit import events, objects
from kit.auth import ServiceKey
from kit.db import Database
from kit.heads import Notary, Shelf
from tests import system
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World
from tests.unit.dossier.test_life import brought_to, seen_by

pytestmark = pytest.mark.anyio

OFFICER = f"staff:officer@{CONSTRUCTION}"


async def ask(world: World, agency: str = "000.00.00.H28", **params: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    while True:
        answer = await world.client.get(
            "/v1/audit", params={**params, "limit": 2}, headers=world.staff("auditor", agency)
        )
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        params["cursor"] = answer.json()["next"]


async def test_what_was_done_and_what_was_read(world: World) -> None:
    dossier = await seen_by(world, await brought_to(world, "accepted"), "officer")
    written = await ask(world, subject=dossier["id"])
    assert [item["seq"] for item in written] == list(range(dossier["version"], 0, -1))
    accepted = next(item for item in written if item["what"] == "dossier.accepted")
    assert (accepted["actor"], len(accepted["hash"])) == (OFFICER, 64)
    by_actor = await ask(world, actor=accepted["actor"], subject=dossier["id"])
    assert {item["actor"] for item in by_actor} == {accepted["actor"]}
    read = await ask(world, kind="read", subject=dossier["id"])
    assert {(item["what"], item["actor"]) for item in read} >= {("screen", OFFICER)}
    assert await ask(world, **{"subject": dossier["id"], "from": "2030-01-01T00:00:00+07:00"}) == []
    assert await ask(world, "000.00.33.H28", subject=dossier["id"]) == []
    assert await ask(world, CENTRE, subject=dossier["id"]) == written


@pytest.mark.parametrize("params", [{"kind": "x"}, {"subject": "x"}, {"from": "2020"}, {"cursor": "!"}])
async def test_wrong_questions(world: World, params: dict[str, str]) -> None:
    answer = await world.client.get("/v1/audit", params=params, headers=world.staff("auditor"))
    assert answer.status_code == 422


async def test_only_auditors(world: World) -> None:
    for headers in (world.citizen(), world.staff("officer"), world.staff("leader")):
        assert (await world.client.get("/v1/audit", headers=headers)).status_code == 403


@pytest.fixture
def copy(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    """Of the service's tables, where the owner of the database may do what nobody should."""
    return clone("dossier")


async def test_a_cut_tail_and_a_forged_list_are_named(copy: ServiceDatabase, tmp_path: Path) -> None:
    keys = system.settings("dossier", copy.app_url)
    clock = system.StoppedClock()
    app = Database(copy.app_url, pool=2)
    shelf = Shelf(objects.store(tmp_path.as_uri()), "dossier")
    notary = Notary(app, shelf, ServiceKey(keys["service_key"], clock), clock)

    async def faults() -> list[str]:
        found = await audit.check(copy.app_url, "dossier", shelf, keys["service_keys"])
        return found.faults

    async def add(subject: str, seq: int) -> None:
        async with app.transaction() as session:
            event = events.Event(subject, seq, "thing.made", clock.now(), "test:x", data={"n": 1.5, "t": "ế"})
            await events.append(session, event)

    owner = await asyncpg.connect(copy.owner_url)
    try:
        for seq in (1, 2, 3):
            await add("a", seq)
        assert await notary.step() is False
        await notary.step()  # once a day
        clock.forward(days=1)
        await add("b", 1)
        assert await notary.seal() == "2020-10-27-000.heads"
        await add("b", 2)
        assert await notary.seal() == "2020-10-27-001.heads"
        assert await notary.seal() is None
        assert await shelf.names() == [
            "2020-10-26-000.heads", "2020-10-27-000.heads", "2020-10-27-001.heads",
        ]  # fmt: skip
        assert await faults() == []

        await owner.execute("DELETE FROM event WHERE subject = 'a' AND seq = 3")
        assert await faults() == ["a: event 3 is gone"]
        await add("a", 3)
        assert await faults() == ["a: event 3 is another one"]
        clock.forward(days=-1)
        await owner.execute("DELETE FROM event WHERE subject = 'a' AND seq = 3")
        await add("a", 3)
        assert await faults() == []  # to the letter what it was
    finally:
        await owner.close()
        await app.close()

    first, second = (tmp_path / "dossier" / f"2020-10-{day}-000.heads" for day in (26, 27))
    kept = first.read_text()
    first.write_text(kept.replace("a 3", "a 2"))
    assert await faults() == [
        "2020-10-26-000.heads: the list was altered",
        "2020-10-27-000.heads: the list before it is missing or was altered",
        "a: event 2 is another one",
    ]
    first.unlink()
    assert await faults() == ["2020-10-27-000.heads: the list before it is missing or was altered"]
    first.write_text(kept)
    stranger = ServiceKey(json.dumps(_stranger()), clock)
    body = second.read_text().partition("\n")[2]
    second.write_text(f"{stranger.sign({'iss': 'dossier'})}\n{body}")
    assert "2020-10-27-000.heads: the signature is not ours" in await faults()


async def test_the_first_day_is_sealed_once_more(copy: ServiceDatabase, tmp_path: Path) -> None:
    keys, clock = system.settings("dossier", copy.app_url), system.StoppedClock()
    shelf = Shelf(objects.store(tmp_path.as_uri()), "dossier")
    app = Database(copy.app_url, pool=2)
    owner = await asyncpg.connect(copy.owner_url)

    async def sealed() -> str | None:
        return await audit.seal(copy.app_url, "dossier", shelf, keys["service_key"])

    async def add(seq: int) -> None:
        async with app.transaction() as session:
            await events.append(session, events.Event("a", seq, "thing.made", clock.now(), "test:x"))

    try:
        assert await sealed() is None  # there is nothing, and nobody knows what day it is
        await Notary(app, shelf, ServiceKey(keys["service_key"], clock), clock).step()
        for seq in (1, 2):
            await add(seq)
        # The real clock is years ahead of the system's: the list is dated by what it holds.
        assert await sealed() == "2020-10-26-001.heads"
        assert await sealed() is None
        clock.forward(days=1)
        await add(3)
        assert await sealed() == "2020-10-27-000.heads"
        assert await audit.check(copy.app_url, "dossier", shelf, keys["service_keys"]) == audit.Found(
            "dossier", subjects=1, events=3, lists=3, beside=["0 tháng đã chốt | closed months"]
        )
        await owner.execute("DELETE FROM event WHERE subject = 'a' AND seq = 3")
        found = await audit.check(copy.app_url, "dossier", shelf, keys["service_keys"])
        assert found.faults == ["a: event 3 is gone"]
    finally:
        await owner.close()
        await app.close()


def _stranger() -> dict[str, Any]:
    return dict(OKPKey.generate_key("Ed25519", {"kid": "dossier"}).as_dict(private=True))
