"""One PostgreSQL for the whole run; each service migrated once into a template; a clone a test file.

Tests commit for real: inside one outer transaction feeds, deferred checks and races cannot be seen.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
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


@pytest.fixture(scope="module")
def clone(admin_url: str) -> Iterator[Callable[[str], databases.ServiceDatabase]]:
    """`clone("dossier")`: a fresh, migrated database of that service, dropped after the file."""
    made: list[str] = []

    def make(service: str) -> databases.ServiceDatabase:
        template = _template(service, admin_url)
        suffix = f"_{uuid4().hex[:12]}"
        copy = databases.describe(admin_url, suffix)[service]
        asyncio.run(_execute(admin_url, f"CREATE DATABASE {copy.name} TEMPLATE {template.name}"))
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
