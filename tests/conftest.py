"""One PostgreSQL for the whole run; each service migrated once into a template; a clone a test file.

Tests commit for real: inside one outer transaction feeds, deferred checks and races cannot be seen.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import asyncpg
import pytest

from deploy import databases, migrate
from deploy.embedded_postgres import EmbeddedPostgres

#: Nothing to keep here, so nothing to wait for the disk for.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}

_server: list[EmbeddedPostgres] = []


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    folder.chmod(0o755)  # as root, the server runs as another user
    server = EmbeddedPostgres(folder / "postgres", settings=_FAST)
    server.start()
    _server.append(server)
    os.environ["TEST_ADMIN_URL"] = server.admin_url
    os.environ["TEST_FOLDER"] = str(folder)


def pytest_unconfigure() -> None:
    for server in _server:
        server.stop()
        shutil.rmtree(os.environ["TEST_FOLDER"], ignore_errors=True)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def admin_url() -> str:
    """URL of the test server's superuser."""
    return os.environ["TEST_ADMIN_URL"]


def _template(service: str, admin_url: str) -> databases.ServiceDatabase:
    """The service's migrated template, made by whoever needs it first."""
    template = databases.describe(admin_url, "_template")[service]
    folder = Path(os.environ["TEST_FOLDER"])
    with (folder / "roles.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "roles.made").exists():
            asyncio.run(
                databases.create(admin_url, list(databases.describe(admin_url, "_template").values()))
            )
            (folder / "roles.made").touch()
    with (folder / f"{service}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / f"{service}.migrated").exists():
            migrate.upgrade(service, template.owner_url)
            (folder / f"{service}.migrated").touch()
    return template


class Fill(Protocol):
    """Puts into a database what a test file begins with; named, as it is done once for all files."""

    __name__: str

    def __call__(self, database: databases.ServiceDatabase) -> None: ...


def _filled(service: str, fill: Fill, admin_url: str) -> databases.ServiceDatabase:
    """The template with what `fill` puts there, made by whoever needs it first."""
    template = _template(service, admin_url)
    filled = databases.describe(admin_url, f"_{fill.__name__}")[service]
    folder = Path(os.environ["TEST_FOLDER"])
    with (folder / f"{filled.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / f"{filled.name}.made").exists():
            _copy(admin_url, template, filled)
            fill(filled)
            (folder / f"{filled.name}.made").touch()
    return filled


def _copy(admin_url: str, template: databases.ServiceDatabase, to: databases.ServiceDatabase) -> None:
    made_by = f"OWNER {to.service}_owner TEMPLATE {template.name}"
    asyncio.run(_execute(admin_url, f"CREATE DATABASE {to.name} {made_by}"))


class Clone(Protocol):
    def __call__(self, service: str, fill: Fill | None = None) -> databases.ServiceDatabase: ...


@pytest.fixture(scope="module")
def clone(admin_url: str) -> Iterator[Clone]:
    """`clone("dossier")`: a fresh, migrated database of that service, dropped after the file; with `fill`,
    one that holds what it puts there."""
    made: list[str] = []

    def make(service: str, fill: Fill | None = None) -> databases.ServiceDatabase:
        template = _filled(service, fill, admin_url) if fill else _template(service, admin_url)
        copy = databases.describe(admin_url, f"_{uuid4().hex[:12]}")[service]
        _copy(admin_url, template, copy)
        made.append(copy.name)
        return copy

    yield make
    for name in made:
        asyncio.run(_execute(admin_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(admin_url: str, statement: str) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user may enter: pytest's own are closed to the server's user."""
    made = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)
