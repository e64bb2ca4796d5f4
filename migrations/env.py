"""Runs one service's migrations: the section of alembic.ini is the service, `-x url=` or DATABASE_URL the place.

Through asyncpg, which takes one statement per `op.execute`. Runs as the owner role.
"""

import asyncio
import os
from typing import Any

from alembic import context
from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.tables import tables_of

MIGRATORS_LOCK = 0x4D43_4D47  # one migrator at a time in a database; the second finds nothing left to do


def url() -> str:
    given = context.get_x_argument(as_dictionary=True).get("url") or os.environ.get("DATABASE_URL")
    if not given:
        raise SystemExit("say which database: -x url=postgresql://… or DATABASE_URL")
    return str(given)


def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """pgqueuer makes and changes its own tables."""
    return not (kind == "table" and name is not None and name.startswith("pgqueuer"))


def migrate(connection: Connection, metadata: MetaData) -> None:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATORS_LOCK})
    # After the lock above, which may be waited for: a migration must not queue behind a long transaction,
    # because every other query then queues behind the migration.
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        include_object=ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    service = context.config.config_ini_section
    metadata = tables_of(service)
    engine = create_async_engine(
        make_url(url()).set(drivername="postgresql+asyncpg"), poolclass=pool.NullPool
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate, metadata)
    finally:
        await engine.dispose()


asyncio.run(main())
