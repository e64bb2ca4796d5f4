"""Loops that go on, those that do not, and what the health of a process says of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg
import httpx
import pytest

from deploy.databases import ServiceDatabase
from kit import app as kit_app
from kit.app import Outside, Service, parts
from kit.db import Bell
from kit.jobs import Loop, Step
from kit.settings import ServiceSettings
from tests import system
from tests.conftest import Clone

#: Whoever listens in a database.
ENDED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND query ILIKE 'LISTEN%'"
pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def database(clone: Clone) -> Iterator[ServiceDatabase]:
    yield clone("catalog")


async def _health(database: ServiceDatabase, step: Step, stuck_after: float) -> tuple[int, object]:
    """Of a process with one loop, after it has run for a moment."""
    settings = ServiceSettings(**system.settings("catalog", database.app_url))
    base = parts("catalog", settings, Outside())
    loop = Loop("work", step, base.bell, every=0.01, stuck_after=stuck_after)
    app = kit_app.create(Service(base, "Test", routers=[], loops=[loop]))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        await asyncio.sleep(0.8)
        answer = await client.get("/health/ready")
        return answer.status_code, answer.json().get("loops")


async def test_a_loop_that_works_is_well(database: ServiceDatabase) -> None:
    async def step() -> bool:
        return False

    assert await _health(database, step, stuck_after=0.2) == (200, None)


async def test_a_loop_that_fails_tries_again_and_is_well(
    database: ServiceDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = []

    async def step() -> bool:
        tried.append(1)
        raise ValueError("no")

    assert await _health(database, step, stuck_after=0.2) == (200, None)
    assert len(tried) > 1
    assert "ValueError('no')" in capsys.readouterr().out


async def test_a_loop_that_hangs_is_named(database: ServiceDatabase) -> None:
    async def step() -> bool:
        await asyncio.sleep(60)
        return False

    assert await _health(database, step, stuck_after=0.1) == (503, ["work"])


async def test_a_loop_that_has_ended_is_named(database: ServiceDatabase) -> None:
    async def step() -> bool:
        raise asyncio.CancelledError

    assert await _health(database, step, stuck_after=60) == (503, ["work"])


async def test_the_bell_is_heard_again_after_its_connection_was_lost(
    database: ServiceDatabase, admin_url: str
) -> None:
    bell = Bell(database.app_url)
    task = asyncio.create_task(bell.run())
    try:
        await bell.wait(0, 10)
        before = bell.ticket()
        admin = await asyncpg.connect(admin_url)
        await admin.execute(ENDED, database.name)
        await admin.close()
        await bell.wait(before, 10)  # it rings when it listens anew, as something may have been missed
        assert bell.ticket() > before
        assert not task.done()
    finally:
        task.cancel()


async def test_an_error_that_quotes_what_it_was_given_is_logged_by_its_kind(
    database: ServiceDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    async def step() -> bool:
        ServiceSettings.model_validate({"database_pool": "012345678901"})
        return False

    await _health(database, step, stuck_after=60)
    said = capsys.readouterr().out
    assert '"error": "ValidationError"' in said
    assert "012345678901" not in said
