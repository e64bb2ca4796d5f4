from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from kit.app import Outside
from services.gateway.app import create_app
from tests import system
from tests.contract.gateway.conftest import settings
from tests.unit.gateway.upstream import Upstream, serving


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    service = Upstream()
    async with serving(service) as url:
        service.url = url
        yield service


@pytest.fixture(scope="module")
def database_url(clone: Callable[[str], Any]) -> str:
    return str(clone("gateway").app_url)


@pytest.fixture
def options() -> dict[str, Any]:
    """Settings that a test file or test changes."""
    return {}


@pytest.fixture
def clock() -> system.StoppedClock:
    return system.StoppedClock()


@pytest.fixture
def application(
    database_url: str, upstream: Upstream, options: dict[str, Any], clock: system.StoppedClock
) -> FastAPI:
    """The gateway before the upstream, which is its catalogue; dossier and payment are away."""
    return create_app(settings(database_url, catalog_url=upstream.url, **options), Outside(clock=clock))


@pytest.fixture
async def gateway(application: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """On a real socket."""
    async with (
        application.router.lifespan_context(application),
        serving(application) as url,
        httpx.AsyncClient(base_url=url, timeout=10) as client,
    ):
        yield client
