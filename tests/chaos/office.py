"""The smallest office that can lose a dossier: it writes two rows per submission, in one transaction.

Run by the real supervisor on a real PostgreSQL, it shows whether the machinery below the services keeps
what was acknowledged. `Citizen` is what a test needs of an office.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, Self

import asyncpg
import httpx
from fastapi import FastAPI, Header

from deploy.databases import ServiceDatabase
from deploy.errors import StartError
from deploy.programs import Program
from deploy.screen import Screen
from deploy.settings import DeploySettings, read
from deploy.supervisor import Supervisor

TABLES = """
CREATE TABLE IF NOT EXISTS letter (key text PRIMARY KEY, id bigserial UNIQUE);
CREATE TABLE IF NOT EXISTS stamp (letter bigint REFERENCES letter (id) PRIMARY KEY);
"""


def create_app() -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=4) as pool:
            await pool.execute(TABLES)
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/health/ready")
    async def ready() -> str:
        return "ok"

    @app.post("/dossiers", status_code=201)
    async def submit(idempotency_key: Annotated[str, Header()]) -> str:
        async with app.state.pool.acquire() as connection, connection.transaction():
            known = await connection.fetchval("SELECT id FROM letter WHERE key = $1", idempotency_key)
            if known is not None:
                return str(known)
            made = await connection.fetchval("INSERT INTO letter VALUES ($1) RETURNING id", idempotency_key)
            await connection.execute("INSERT INTO stamp VALUES ($1)", made)
            return str(made)

    @app.get("/dossiers")
    async def dossiers() -> dict[str, int]:
        rows = await app.state.pool.fetch(
            "SELECT l.id, count(s.letter) AS events FROM letter l LEFT JOIN stamp s ON s.letter = l.id"
            " GROUP BY l.id"
        )
        return {str(row["id"]): row["events"] for row in rows}

    return app


class Citizen:
    """`dossiers()` of this citizen by id, each with the number of its events."""

    def __init__(self, gateway: str) -> None:
        self._client = httpx.Client(base_url=gateway, timeout=10, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def dossiers(self) -> dict[str, int]:
        found: dict[str, int] = self._client.get("/dossiers").raise_for_status().json()
        return found

    def submit(self, key: str) -> str:
        """The dossier's id. Raises httpx.HTTPError unless it was answered 201."""
        answer = self._client.post("/dossiers", headers={"Idempotency-Key": key}).raise_for_status()
        assert answer.status_code == 201
        return str(json.loads(answer.content))


def plan(
    settings: DeploySettings,
    _secrets: Mapping[str, Any],
    databases: Mapping[str, ServiceDatabase],
    _started: float,
) -> list[Program]:
    environment = {"DATABASE_URL": databases["dossier"].owner_url, "HOME": os.environ.get("HOME", "/")}
    catalog = Program("catalog", "tests.unit.deploy.hello:create_app", settings.catalog_port, environment)
    return [Program("gateway", "tests.chaos.office:create_app", settings.gateway_port, environment), catalog]


if __name__ == "__main__":
    try:
        Supervisor(read(), Screen(), plan, ("-c", "pass")).run()
    except StartError as error:
        sys.exit(str(error))
