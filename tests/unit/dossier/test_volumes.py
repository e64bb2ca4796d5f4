"""How many dossiers were received: asked by the catalogue, which knows no dossier."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import event

from services.dossier.figures.models import IntakeFact
from tests import system
from tests.unit.dossier.conftest import World

pytestmark = pytest.mark.anyio
BODY, OTHER = "000.00.09.H28", "000.00.13.H28"


def fact(
    procedure: str, day: str, channel: str = "counter", agency: str = BODY, *, voided: bool = False
) -> IntakeFact:
    return IntakeFact(
        id=uuid4(),
        origin="dossier",
        quantity=1,
        field_code="X",
        received_on=date.fromisoformat(day),
        channel=channel,
        online_level=2,
        receiving_agency="000.00.01.H28",
        resolving_agency=agency,
        procedure_code=procedure,
        voided_at=datetime(2020, 12, 1, tzinfo=UTC) if voided else None,
    )


async def test_received_dossiers_are_counted_by_procedure_resolving_body_and_channel(world: World) -> None:
    database = world.app.state.database
    async with database.transaction() as session:
        session.add_all(
            [
                fact("9.1", "2020-10-01"),
                fact("9.1", "2020-10-31"),
                fact("9.1", "2020-10-15", "online"),
                fact("9.1", "2020-10-15", agency=OTHER),
                fact("9.2", "2020-09-30"),
                fact("9.2", "2020-11-01"),
                fact("9.3", "2020-10-15", voided=True),
            ]
        )
    counted: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    params = {"from": "2020-10-01", "to": "2020-10-31"}
    catalog = system.service_headers("catalog", world.clock)
    answer = await world.client.get("/internal/volumes", params=params, headers=catalog)
    assert [tuple(item.values()) for item in answer.json()["items"]] == [
        ("9.1", BODY, "counter", 2),
        ("9.1", BODY, "online", 1),
        ("9.1", OTHER, "counter", 1),
    ]
    assert len(counted) == 1


async def test_volumes_are_for_services_only_and_of_days_of_our_time(world: World) -> None:
    params = {"from": "2020-10-01", "to": "2020-10-31"}
    assert (await world.client.get("/internal/volumes", params=params)).status_code == 401
    leader = world.staff("leader")
    assert (await world.client.get("/internal/volumes", params=params, headers=leader)).status_code == 403
    catalog = system.service_headers("catalog", world.clock)
    wrong = {"from": "0001-01-01", "to": "x"}
    refused = await world.client.get("/internal/volumes", params=wrong, headers=catalog)
    assert {fault["parameter"] for fault in refused.json()["errors"]} == {"from", "to"}
