"""The 6,204 procedures of the national database, where they are at hand: from the mock portal's own
services into the catalogue's own application."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from kit import app as kit_app
from mocks.national_portal.app import create_app as portal_app
from mocks.national_portal.settings import Settings as PortalSettings
from services.catalog.app import create_app as catalogue_app
from services.catalog.settings import Settings as CatalogueSettings
from tests import system
from tests.contract.federation.federation import app
from tests.contract.federation.test_catalogue import events
from tests.contract.federation.test_procedure_sync import World

#: `make real` names it.
PROCEDURES = Path(os.environ.get("REAL_PROCEDURES") or "nowhere")


@pytest.fixture
def databases(clone: Callable[[str], Any]) -> tuple[str, str]:
    return str(clone("gateway").app_url), str(clone("catalog").app_url)


@pytest.mark.anyio
@pytest.mark.timeout(300)
@pytest.mark.skipif(not PROCEDURES.is_file(), reason="make real runs it")
async def test_all_procedures_are_accounted_for(databases: tuple[str, str]) -> None:
    clock = system.StoppedClock()
    told = PortalSettings(
        portal_procedures=PROCEDURES, adapter_username="hoa-binh", adapter_password="secret"
    )
    portal = portal_app(told, clock.now)
    outside = kit_app.Outside(clock=clock, issuer_keys=system.issuer_keys)
    catalogue = catalogue_app(CatalogueSettings(**system.settings("catalog", databases[1])), outside)
    transports = {"portal": httpx.ASGITransport(portal), "catalog": httpx.ASGITransport(catalogue)}
    gateway = app(databases[0], clock, transports)
    async with (
        system.running(portal),
        system.running(catalogue) as reader,
        system.running(gateway) as client,
    ):
        world = World(gateway, client, portal, None, clock)  # type: ignore[arg-type]
        first = await world.sync()
        counts = first["counts"]
        assert (first["state"], first["total"], sum(counts.values())) == ("done", 6204, 6204)
        assert (counts["level_missing"], counts["other_level"], counts["refused"]) == (656, 3190, 0)
        assert counts["repaired"] > 0
        published = await events(reader, clock)
        second = await world.sync()
        assert (second["counts"], second["unchanged"]) == (counts, counts["taken_in"] + counts["repaired"])
        assert await events(reader, clock) == published
