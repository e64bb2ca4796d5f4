"""A catalogue with the sample data, on a database of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from deploy.databases import ServiceDatabase
from kit.app import Outside
from services.catalog import loading
from services.catalog.app import create_app
from services.catalog.settings import Settings
from tests import system
from tests.conftest import Clone


@dataclass
class World:
    app: FastAPI
    client: httpx.AsyncClient
    clock: system.StoppedClock

    def editor(self, **more: str) -> dict[str, str]:
        claims = {"roles": ["editor"], "agency": "000.00.00.H28"}
        return {**system.headers(self.clock, "bien.dinh", "staff", **claims), **more}

    def service(self) -> dict[str, str]:
        return system.service_headers("gateway", self.clock)

    async def events(self) -> int:
        page = (await self.client.get("/internal/events?limit=1000", headers=self.service())).json()
        total = len(page["items"])
        while page["items"]:
            params = {"after": page["cursor"], "limit": 1000}
            page = (await self.client.get("/internal/events", params=params, headers=self.service())).json()
            total += len(page["items"])
        return total


@pytest.fixture(scope="module")
def loaded(clone: Clone) -> ServiceDatabase:
    return clone("catalog", sample)


def sample(database: ServiceDatabase) -> None:
    settings = Settings(**system.settings("catalog", database.app_url))
    asyncio.run(loading.load(settings, system.StoppedClock()))


@pytest.fixture
async def world(loaded: ServiceDatabase) -> AsyncIterator[World]:
    clock = system.StoppedClock()
    app = create_app(
        Settings(**system.settings("catalog", loaded.app_url)),
        Outside(clock=clock, issuer_keys=system.issuer_keys),
    )
    async with system.running(app) as client:
        yield World(app, client, clock)
