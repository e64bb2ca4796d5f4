from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from deploy import databases, keys
from deploy.embedded_postgres import temporary_server


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def made(admin_url: str) -> dict[str, databases.ServiceDatabase]:
    return databases.prepare(admin_url, "_roles")


def test_preparing_twice_changes_nothing(made: dict[str, databases.ServiceDatabase], admin_url: str) -> None:
    assert databases.prepare(admin_url, "_roles") == made


def test_application_writes_rows_but_makes_no_tables(made: dict[str, databases.ServiceDatabase]) -> None:
    database = made["catalog"]
    asyncio.run(_run(database.owner_url, "DROP TABLE IF EXISTS t", "CREATE TABLE t (id serial, a int)"))
    rows = ["INSERT INTO t (a) VALUES (1)", "UPDATE t SET a = 2", "DELETE FROM t"]
    asyncio.run(_run(database.app_url, *rows))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(_run(database.app_url, "CREATE TABLE u (a int)"))


def test_a_service_cannot_enter_its_neighbours_database(
    made: dict[str, databases.ServiceDatabase],
) -> None:
    wrong = made["catalog"].app_url.replace("/catalog_roles", "/dossier_roles")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(_run(wrong, "SELECT 1"))


def test_extensions_are_there(made: dict[str, databases.ServiceDatabase]) -> None:
    for database in made.values():
        asyncio.run(_run(database.app_url, "SELECT similarity('a', 'b'), unaccent('Đặng')"))


def test_suffix_that_would_need_quoting_is_refused(admin_url: str) -> None:
    with pytest.raises(ValueError, match="not usable"):
        databases.describe(admin_url, '"; DROP')


def test_an_admin_who_is_not_superuser_can_prepare_a_server() -> None:
    with temporary_server() as server:
        asyncio.run(_run(server.admin_url, "CREATE ROLE helper LOGIN CREATEDB CREATEROLE PASSWORD 'h'"))
        helper = f"postgresql://helper:h@127.0.0.1:{server.port}/postgres"
        for database in databases.prepare(helper).values():
            asyncio.run(_run(database.owner_url, "CREATE TABLE t (a int)"))


def test_secrets_are_kept_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    made = keys.load(path)
    assert path.stat().st_mode & 0o077 == 0
    assert keys.load(path) == made
    assert [key["kid"] for key in keys.public_keys(made)["keys"]] == list(databases.SERVICES)
    assert all("d" not in key for key in keys.public_keys(made)["keys"])
