"""A citizen's identity number goes through all demos; afterwards it is nowhere in the clear."""

from __future__ import annotations

import asyncio
import base64
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy.databases import SERVICES, describe
from deploy.demo.people import Person
from deploy.embedded_postgres import EmbeddedPostgres
from tests.people import Silent
from tests.processes import System

#: An's personal number at the portal.
CANARY = "017300000001"
FORMS = {
    CANARY.encode(),
    CANARY.encode().hex().encode(),
    *(base64.b64encode(b" " * pad + CANARY.encode()).rstrip(b"=")[4:-4] for pad in range(3)),
}
OFFICER, AUDITOR = "luong-son.hoang", "kiem.ha"
#: Where it may be found: what is shown to An alone, and the form on the screen of those who work on it, whose
#: every look is recorded. (Feeds are rows of the databases; the portal's mock and the demos' own output are
#: not ours.)
ALLOWED = {"An's own export", "An's own screens", f"{OFFICER} screens"}
#: What there is of one dossier, "" its screen.
PARTS = ("", "/history", "/deadline", "/notes", "/notices", "/officers")


@pytest.fixture(scope="module")
def system(start: Callable[..., System]) -> System:
    system = start()
    for demo in ([], ["dossier"], ["payment"]):
        done = subprocess.run(
            [sys.executable, "-m", "deploy.demo", *demo],
            env=system.environment,
            capture_output=True,
            timeout=150,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode()[-3000:]
    return system


@pytest.fixture(scope="module")
def an(system: System) -> Iterator[Person]:
    person = Person(Silent(), system.gateway)
    person.log_in("an-nguyen", "citizen")
    yield person
    person.client.close()


async def _dump(url: str) -> bytes:
    """Every row of every table, as text."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows: list[str] = []
        for (table,) in tables:
            rows += [row[0] for row in await connection.fetch(f'SELECT t::text FROM "{table}" t')]
    finally:
        await connection.close()
    assert len(rows) > 5
    return "\n".join(rows).encode()


def places(system: System, an: Person) -> Iterator[tuple[str, bytes]]:
    """Name and content of everything that is looked through."""
    server = EmbeddedPostgres(system.var / "postgres", system.ports["POSTGRES_PORT"])
    for service, database in describe(server.admin_url).items():
        yield f"database {service}", asyncio.run(_dump(database.owner_url))
    for folder in ("log", "heads", "documents"):
        for path in sorted(Path(system.var / folder).rglob("*")):
            if path.is_file():
                yield f"{folder}/{path.name}", path.read_bytes()
    yield "output", system.output.read_bytes()
    for service in SERVICES:
        url = f"http://127.0.0.1:{system.ports[f'{service.upper()}_PORT']}"
        yield f"metrics {service}", httpx.get(f"{url}/metrics", trust_env=False).content
    messages = f"http://127.0.0.1:{system.ports['MESSAGES_PORT']}/_mock/messages"
    yield "messages", httpx.get(messages, trust_env=False).content
    yield "notices", an.client.get("/v1/notices", params={"limit": 200}).content
    own = [item["id"] for item in an.client.get("/v1/dossiers", params={"limit": 200}).json()["items"]]
    yield "An's own screens", b"".join(_looked_at(an, own, ("", "/history", "/deadline")))
    for username in (OFFICER, AUDITOR):
        staff = Person(Silent(), system.gateway)
        staff.log_in(username, "staff")
        for asked in ("me", "dossiers?limit=200", "audit?limit=200", "audit?kind=read&limit=200"):
            yield f"{username} {asked}", staff.client.get(f"/v1/{asked}").content
        seen = list(_looked_at(staff, own, ("",)))
        assert seen, f"{username} sees no dossier of An's"
        yield f"{username} screens", b"".join(seen)
        yield f"{username} rest", b"".join(_looked_at(staff, own, PARTS[1:]))
        staff.client.close()
    yield "An's own export", an.client.get("/v1/dossiers/export").content


def _looked_at(person: Person, dossiers: list[str], parts: tuple[str, ...]) -> Iterator[bytes]:
    """Those parts that they may see."""
    for dossier in dossiers:
        for part in parts:
            answer = person.client.get(f"/v1/dossiers/{dossier}{part}")
            if answer.is_success:
                yield answer.content


def test_the_number_is_nowhere_in_the_clear(system: System, an: Person) -> None:
    print("allowed:", ", ".join(sorted(ALLOWED)))
    names, found = [], set()
    for name, content in places(system, an):
        names.append(name)
        if any(form in content for form in FORMS):
            found.add(name)
    assert len(names) > 20
    assert found == ALLOWED  # no more; and the scan sees what is there
