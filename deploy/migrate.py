"""Numbered migrations, one history per service (`migrations/<service>/versions`)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

INI = Path(__file__).parent.parent / "migrations/alembic.ini"


def upgrade(service: str, url: str) -> bool:
    """Bring one database to the newest revision, as its owner. False when there was nothing to do."""
    if asyncio.run(_current(url)) == _heads(service):
        return False  # without importing the service's tables: half a second each
    _run(service, url, lambda config: command.upgrade(config, "head"))
    return True


def downgrade(service: str, url: str, revision: str = "base") -> None:
    _run(service, url, lambda config: command.downgrade(config, revision))


def check(service: str, url: str) -> None:
    """Raises alembic.util.CommandError when the tables differ from the service's models."""
    _run(service, url, command.check)


def _run(service: str, url: str, action: Callable[[Config], None]) -> None:
    action(_config(service, url))


def _config(service: str, url: str | None = None) -> Config:
    arguments = SimpleNamespace(x=[f"url={url}"] if url else [])
    return Config(INI, ini_section=service, cmd_opts=arguments)  # type: ignore[arg-type]


def _heads(service: str) -> set[str]:
    return set(ScriptDirectory.from_config(_config(service)).get_heads())


async def _current(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return set()
    finally:
        await connection.close()
    return {row["version_num"] for row in rows}
