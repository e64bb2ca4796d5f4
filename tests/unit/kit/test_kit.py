"""The kit on a small service of its own: order of commit and answer, problems, once, feed, versions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import APIRouter, Request
from obstore.store import S3Store
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from kit import app as kit_app
from kit import events, feed, idempotency, page
from kit import text as kit_text
from kit.auth import AnyCaller, Caller
from kit.db import Database, Session
from kit.problem import InvalidInput
from kit.settings import ServiceSettings
from kit.vault import Vault, mask
from tests import system


class Thing(kit_text.Incoming):
    name: kit_text.Line
    fail: bool = False


async def _write(session: Any, thing: Thing, caller: Caller, clock: Any) -> tuple[str, dict[str, str]]:
    await session.execute(text("INSERT INTO thing (name) VALUES (:name)"), {"name": thing.name})
    event = events.Event(thing.name, 1, "thing.made", clock.now(), caller.actor, data={"a": 1})
    await events.append(session, event)
    return thing.name, {"name": thing.name}


def routes(router: APIRouter) -> APIRouter:
    @router.post("/things", status_code=201)
    async def make(
        request: Request, thing: Thing, caller: AnyCaller, session: Session, once: idempotency.Idempotent
    ) -> dict[str, str]:
        async def again(name: str) -> dict[str, str]:
            return {"name": name}

        made = await once.once(
            idempotency.fingerprint(thing),
            lambda: _write(session, thing, caller, request.app.state.clock),
            again,
        )
        if thing.fail:
            raise ZeroDivisionError("secret text")
        return made

    @router.post("/later", status_code=201)
    async def refused_at_commit(session: Session) -> str:
        for _ in range(2):  # the constraint is deferred: only the commit finds out
            await session.execute(text("INSERT INTO later (name) VALUES ('twice')"))
        return "made"

    @router.get("/things")
    async def names(session: Session) -> list[str]:
        return list(await session.scalars(text("SELECT name FROM thing ORDER BY name")))

    return router


@pytest.fixture(scope="module")
def database_url(admin_url: str) -> str:
    name = f"kit_{uuid4().hex[:12]}"

    async def prepare() -> str:
        engine = create_async_engine(admin_url.replace("postgresql://", "postgresql+asyncpg://"))
        metadata = MetaData()
        events.tables(metadata)
        idempotency.table(metadata)
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text(f"CREATE DATABASE {name}"))
        await engine.dispose()
        url = admin_url.rsplit("/", 1)[0] + f"/{name}"
        engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            await connection.execute(text("CREATE TABLE thing (name text PRIMARY KEY)"))
            await connection.execute(
                text("CREATE TABLE later (name text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            )
            await connection.execute(text("INSERT INTO feed VALUES (1, 'e1')"))
        await engine.dispose()
        return url

    return asyncio.run(prepare())


@pytest.fixture
def clock() -> system.StoppedClock:
    return system.StoppedClock()


@pytest.fixture
async def client(database_url: str, clock: system.StoppedClock) -> AsyncIterator[httpx.AsyncClient]:
    settings = ServiceSettings(**system.settings("catalog", database_url))
    parts = kit_app.parts("kit-test", settings, kit_app.Outside(clock=clock, issuer_keys=system.issuer_keys))
    app = kit_app.create(
        kit_app.Service(parts, "Kit", [routes(APIRouter()), feed.feed_router("/kit")], background=False)
    )
    async with system.running(app) as client:
        yield client


def who(clock: system.StoppedClock, key: str) -> dict[str, str]:
    return {**system.headers(clock, "an"), "Idempotency-Key": key}


@pytest.mark.anyio
async def test_same_key_creates_once_and_replays(client: httpx.AsyncClient, clock: Any) -> None:
    first = await client.post("/things", json={"name": "một"}, headers=who(clock, "k1"))
    again = await client.post("/things", json={"name": "mô\u0323t"}, headers=who(clock, "k1"))
    other = await client.post("/things", json={"name": "hai"}, headers=who(clock, "k1"))
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.json()["code"] == "idempotency-key-reused"


@pytest.mark.anyio
async def test_ten_at_once_create_once(client: httpx.AsyncClient, clock: Any) -> None:
    answers = await asyncio.gather(
        *(client.post("/things", json={"name": "race"}, headers=who(clock, "k2")) for _ in range(10))
    )
    assert {a.status_code for a in answers} <= {201, 409}
    assert (await client.get("/things")).json().count("race") == 1


@pytest.mark.anyio
async def test_failure_leaves_nothing_and_says_nothing(client: httpx.AsyncClient, clock: Any) -> None:
    answer = await client.post("/things", json={"name": "lost", "fail": True}, headers=who(clock, "k3"))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "lost" not in (await client.get("/things")).json()


@pytest.mark.anyio
async def test_the_answer_leaves_after_the_commit(client: httpx.AsyncClient) -> None:
    answer = await client.post("/later")
    assert (answer.status_code, answer.json()["code"]) == (409, "busy")


@pytest.mark.anyio
async def test_unique_violation_is_a_conflict(client: httpx.AsyncClient, clock: Any) -> None:
    await client.post("/things", json={"name": "same"}, headers=who(clock, "k4"))
    answer = await client.post("/things", json={"name": "same"}, headers=who(clock, "k5"))
    assert (answer.status_code, answer.json()["code"]) == (409, "busy")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed-body"),
        (b'{"name": "\xff"}', 400, "malformed-body"),
        (b'{"name": "a\\u0000"}', 422, "invalid-input"),
        (b'{"name": "\\ud800"}', 422, "invalid-input"),
        (b'{"nam": 1}', 422, "invalid-input"),
        (b"[]", 422, "invalid-input"),
        (b'{"name": "' + b"x" * 3_000_000 + b'"}', 413, "too-large"),
    ],
)
async def test_bad_bodies_have_names(
    client: httpx.AsyncClient, clock: Any, body: bytes, status: int, code: str
) -> None:
    headers = {**who(clock, "k6"), "Content-Type": "application/json"}
    answer = await client.post("/things", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.anyio
async def test_all_faults_at_once_with_pointers_in_two_languages(
    client: httpx.AsyncClient, clock: Any
) -> None:
    body = {"fail": "perhaps", "more": 1}
    vi = await client.post("/things", json=body, headers=who(clock, "k7"))
    en = await client.post(
        "/things", json=body, headers={**who(clock, "k7"), "Accept-Language": "en-GB,vi;q=0.5"}
    )
    assert {e["pointer"] for e in vi.json()["errors"]} == {"/name", "/fail", "/more"}
    assert vi.json()["title"] == "Dữ liệu chưa hợp lệ"
    assert en.json()["title"] == "The input is not valid"


@pytest.mark.anyio
async def test_tokens(client: httpx.AsyncClient, clock: system.StoppedClock) -> None:
    body = {"name": "token"}
    expired = who(clock, "k8")
    clock.forward(minutes=16)
    forged = {**who(clock, "k8")}
    forged["Authorization"] = forged["Authorization"][:-8] + "AAAAAAAA"
    codes = [
        (await client.post("/things", json=body, headers=h)).json()["code"]
        for h in ({"Idempotency-Key": "k8"}, expired, forged, {"Authorization": "Bearer x.y.z"})
    ]
    assert codes == ["token-missing", "token-expired", "token-invalid", "token-invalid"]


@pytest.mark.anyio
async def test_feed_is_for_services_and_resumes(client: httpx.AsyncClient, clock: Any) -> None:
    await client.post("/things", json={"name": "fed"}, headers=who(clock, "k9"))
    service = system.service_headers("dossier", clock)
    assert (await client.get("/internal/events", headers=who(clock, "x"))).status_code == 403
    everything = (await client.get("/internal/events", headers=service)).json()
    assert everything["items"][-1]["subject"] == "fed"
    rest = await client.get("/internal/events", params={"after": everything["cursor"]}, headers=service)
    assert rest.json()["items"] == []
    gone = await client.get("/internal/events", params={"after": "e0.1"}, headers=service)
    assert (gone.status_code, gone.json()["code"]) == (410, "cursor-gone")


@pytest.mark.anyio
async def test_altered_event_is_named(database_url: str, client: httpx.AsyncClient, clock: Any) -> None:
    await client.post("/things", json={"name": "chained"}, headers=who(clock, "k10"))
    database = Database(database_url)
    async with database.transaction() as session:
        assert await events.verify(session) == []
        await session.execute(text("UPDATE event SET type = 'thing.forged' WHERE subject = 'chained'"))
        assert await events.verify(session) == ["chained: event 1 was altered"]
        await session.rollback()
    await database.close()


def test_a_simulated_clock_is_refused_in_production() -> None:
    arguments = system.settings("catalog", "postgresql://x", motcua_environment="production")
    ServiceSettings(**arguments)
    with pytest.raises(ValueError, match="MOTCUA_NOW is refused"):
        ServiceSettings(**arguments, motcua_now="2020-10-26T08:00+07:00")


def test_sort_key_is_the_dictionary_order() -> None:
    words = ["Yên", "Ân", "An", "Ăn", "Đà", "Da", "má", "ma", "mà", "Zeta"]
    assert sorted(words, key=kit_text.sort_key) == [
        "An", "Ăn", "Ân", "Da", "Đà", "ma", "mà", "má", "Yên", "Zeta",
    ]  # fmt: skip


def test_a_name_of_any_length_fits_a_cursor() -> None:
    for name in ("Ư" * 5000, "🏛" * 5000):
        assert len(page.encode([1400, kit_text.sort_key(name), "1.012345.000.00.00.H28"])) < 1000


def test_cursor_round_trip_and_refusals() -> None:
    assert page.decode(page.encode(["ân", 3]), str, int) == ("ân", 3)
    for bad in ("x", page.encode(["a"]), page.encode([1, "a"]), "////"):
        with pytest.raises(InvalidInput):
            page.decode(bad, str, int)


def test_vault_rotates_and_masks() -> None:
    keys = system.settings("catalog", "x")
    old = Vault(keys["data_keys"], keys["index_key"])
    newer = Vault(Fernet.generate_key().decode() + "," + keys["data_keys"], keys["index_key"])
    assert newer.open(old.seal({"số": "017"})) == {"số": "017"}
    assert old.index("0173 0000 0001") == newer.index("017300000001")
    assert mask("017300000001") == "********0001"


def test_a_buckets_keys_are_told_to_it_and_to_nobody_else() -> None:
    told = {
        "s3_access_key_id": "id",
        "s3_secret_access_key": "very-secret",
        "s3_endpoint": "http://store:9000",
    }
    settings = ServiceSettings(**system.settings("catalog", "postgresql://x", **told))
    store = settings.objects("s3://papers/2020")
    assert isinstance(store, S3Store)
    assert store.prefix == "2020"
    assert store.config["secret_access_key"] == "very-secret"
    assert store.client_options == {"allow_http": "true"}
    assert "very-secret" not in repr(settings)
