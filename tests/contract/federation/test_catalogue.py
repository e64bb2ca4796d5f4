"""The sync's client against the catalogue's real application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from kit import app as kit_app
from services.catalog.app import create_app
from services.catalog.settings import Settings
from tests import system
from tests.contract.federation.federation import app
from tests.contract.federation.portal import Portal
from tests.contract.federation.test_procedure_sync import FLAWS, World
from tests.unit.federation.test_procedures import national

pytestmark = pytest.mark.anyio


@pytest.fixture
def databases(clone: Callable[[str], Any]) -> tuple[str, str]:
    return str(clone("gateway").app_url), str(clone("catalog").app_url)


@pytest.fixture
async def world(databases: tuple[str, str]) -> AsyncIterator[tuple[World, httpx.AsyncClient]]:
    clock, portal = system.StoppedClock(), Portal()
    for number, flaw in enumerate(FLAWS):
        code = f"1.{number:06d}"
        portal.procedures[code] = national(MATTHC=code, **flaw)
    outside = kit_app.Outside(clock=clock, issuer_keys=system.issuer_keys)
    told = Settings(**system.settings("catalog", databases[1]), national_changes="accept")
    catalogue = create_app(told, outside)
    gateway = app(databases[0], clock, {"portal": portal, "catalog": httpx.ASGITransport(catalogue)})
    async with system.running(catalogue) as reader, system.running(gateway) as client:
        yield World(gateway, client, portal, None, clock), reader  # type: ignore[arg-type]


async def events(reader: httpx.AsyncClient, clock: system.StoppedClock) -> list[str]:
    answer = await reader.get("/internal/events", headers=system.service_headers("gateway", clock))
    return [f"{item['type']} {item['subject']}" for item in answer.json()["items"]]


async def test_the_catalogue_takes_in_every_content_and_a_second_sync_appends_no_event(
    world: tuple[World, httpx.AsyncClient],
) -> None:
    province, reader = world
    report = await province.sync()
    refused = [row["errors"] for row in await province.rows(report, outcome="refused")]
    assert refused == [[{"code": "name-invalid", "where": "/TENTTHC"}]], "none was refused by the catalogue"
    published = await events(reader, province.clock)
    assert len(published) == report["counts"]["taken_in"] + report["counts"]["repaired"]
    shown = (await reader.get("/v1/procedures/1.000004")).json()
    assert shown["content"]["fees"][0]["amount"] is None
    assert "fee-unknown" in {gap["value"] for gap in shown["gaps"]}
    again = await province.sync()
    assert again["counts"] == report["counts"]
    assert await events(reader, province.clock) == published


async def test_a_withdrawn_procedure_is_closed_there_if_it_is_set_so(
    world: tuple[World, httpx.AsyncClient],
) -> None:
    province, reader = world
    await province.sync()
    before = await events(reader, province.clock)
    del province.portal.procedures["1.000003"]
    assert (await province.sync())["withdrawn"] == ["1.000003"]
    assert len(await events(reader, province.clock)) == len(before) + 1
    province.clock.forward(days=1)
    found = (await reader.get("/v1/procedures", params={"q": "1.000003"})).json()["items"]
    assert [item["code"] for item in found if item["code"] == "1.000003"] == []
