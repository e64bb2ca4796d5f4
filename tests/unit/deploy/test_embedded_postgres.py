from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded_postgres import EmbeddedPostgres
from deploy.errors import StartError
from deploy.postgres_binaries import traversable
from tests.processes import descendants, living

pytestmark = pytest.mark.long

PARENT = """
import sys, time
from pathlib import Path
from deploy.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(60)
"""


def _ask(url: str, statement: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_server_of_a_killed_parent_is_gone_and_its_data_is_not(folder: Path) -> None:
    place = folder / "postgres"
    with EmbeddedPostgres(place) as server:
        _ask(server.admin_url, "CREATE TABLE kept AS SELECT 'ĐẶNG' AS name")
    with subprocess.Popen([sys.executable, "-c", PARENT, place], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        family = descendants(parent.pid)
        assert family
        parent.kill()
    with EmbeddedPostgres(place) as server:  # at once: it waits for the old one to be gone
        assert not living(family, 0)
        assert _ask(server.admin_url, "SELECT lower(name) FROM kept") == "đặng"


def test_stale_pid_file_with_another_programs_number_does_no_harm(folder: Path) -> None:
    with EmbeddedPostgres(folder / "postgres") as server:
        data = server.folder / "data"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n5432\n\n127.0.0.1\n\nready\n")
    if os.geteuid() == 0:
        os.chown(data / "postmaster.pid", 65534, 65534)
    with EmbeddedPostgres(folder / "postgres") as server:
        assert _ask(server.admin_url, "SELECT 1") == 1


def test_other_computers_and_passwordless_callers_are_kept_out(folder: Path) -> None:
    with EmbeddedPostgres(folder / "postgres") as server:
        assert _ask(server.admin_url, "SHOW listen_addresses") == "127.0.0.1"
        assert (server.folder / "password").stat().st_mode & 0o077 == 0
        with pytest.raises(asyncpg.InvalidPasswordError):
            _ask(server.admin_url.replace("@", "x@"), "SELECT 1")


def test_data_of_another_version_is_left_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder / "postgres") as server:
        data = server.folder / "data"
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(StartError, match="belongs to PostgreSQL 12"):
        EmbeddedPostgres(folder / "postgres").start()


def test_a_closed_folder_closes_all_below_it(folder: Path) -> None:
    (folder / "a/b").mkdir(parents=True)
    assert traversable(folder / "a/b")
    (folder / "a").chmod(0o700)
    assert not traversable(folder / "a/b")


def test_stop_is_quick_while_sessions_are_open(folder: Path) -> None:
    async def hold_and_stop(server: EmbeddedPostgres) -> None:
        connection = await asyncpg.connect(server.admin_url)
        await connection.execute("BEGIN; CREATE TABLE undone (a int)")
        server.stop()
        connection.terminate()

    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    pid = server.pid
    assert pid
    asyncio.run(hold_and_stop(server))
    assert not living({pid}, 0)
    assert "fast shutdown" in server.log.read_text()
