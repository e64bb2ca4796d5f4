"""What comes late, is corrected or taken back, lands in the months that it belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from services.dossier.figures.folding import fold
from tests.unit.dossier.conftest import SIMPLE, World, procedure
from tests.unit.dossier.test_counts import SIMPLE_CODE, line, sound, take_back, tell
from tests.unit.dossier.test_district import DISTRICT, item, progress, send, told

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _in_november(world: World) -> None:
    world.clock.set("2020-11-20T12:00")
    world.catalogue[SIMPLE_CODE] = procedure(**SIMPLE)


async def months(world: World, column: str, indicator: str = "online-share", **more: str) -> dict[str, Any]:
    """By month of 2020, where there is something; the same before and after the sums are folded, and in the
    figures of each month alone."""
    params = {"period": "2020", "agency": DISTRICT, "group_by": "month", **more}

    async def report(period: str) -> dict[str, Any]:
        url = f"/v1/reports/{indicator}"
        answer = await world.client.get(url, params={**params, "period": period})
        assert answer.status_code == 200, answer.text
        return {
            row["key"][:7]: row["values"][column] for row in answer.json()["rows"] if row["values"][column]
        }

    found = await report("2020")
    async with world.app.state.database.transaction() as session:
        await fold(session)
    assert await report("2020") == found
    for period in {*found, "2020-12"}:
        assert (await report(period)).get(period) == found.get(period)
    await sound(world)
    return found


def late(reference: str, received_at: str, **changes: Any) -> dict[str, Any]:
    return item(int(reference), reference=reference, received_at=f"2020-{received_at}:00+07:00", **changes)


async def test_dossiers_land_in_the_month_of_their_reception(world: World) -> None:
    first = await send(world, [late("1", "09-30T23:59"), late("2", "10-01T00:00"), late("3", "08-31T08:00")])
    assert await months(world, "received") == {"2020-08": 1, "2020-09": 1, "2020-10": 1}
    await send(world, [late("1", "07-01T08:00"), late("3", "08-15T08:00")])
    assert await months(world, "received") == {"2020-07": 1, "2020-08": 1, "2020-10": 1}
    await send(world, [late("4", "07-31T16:00")])
    assert await months(world, "received") == {"2020-07": 2, "2020-08": 1, "2020-10": 1}
    await take_back(world, f"/v1/dossiers/batches/{first['batch']}")
    assert await months(world, "received") == {"2020-07": 1}
    again = await send(world, [late("1", "09-30T23:59")])
    assert again["created"] == 1
    assert await months(world, "received") == {"2020-07": 1, "2020-09": 1}


async def test_what_is_told_late_ends_in_the_month_of_its_decision(world: World) -> None:
    batch = await send(world, [late("21", "05-29T08:00")])
    steps = [told("start", "05-29T09:00", "21"), told("complete", "06-02T09:00", "21")]
    assert (await progress(world, *steps))["done"] == 2
    assert await months(world, "early", "on-time") == {"2020-06": 1}
    assert (await progress(world, told("reopen", "06-10T09:00", "21", reason="Sai tên")))["done"] == 1
    assert await months(world, "early", "on-time") == {}
    assert (await progress(world, told("complete", "11-10T09:00", "21")))["done"] == 1
    assert await months(world, "late", "on-time") == {"2020-11": 1}
    await take_back(world, f"/v1/dossiers/batches/{batch['batch']}")
    assert await months(world, "late", "on-time") == {}
    assert await months(world, "ended", "on-time") == {}


async def test_counts_land_in_the_month_of_their_day(world: World) -> None:
    await tell(world, line(5, "2020-04-30"), line(6, "2020-05-01"))
    assert (await months(world, "received"))["2020-04"] == 5
    batch = await tell(world, line(9, "2020-04-30"), line(1, "2020-03-01"))
    found = await months(world, "received")
    assert (found["2020-03"], found["2020-04"]) == (1, 9)
    came = await send(world, [late("31", "05-01T08:00")])
    assert (await months(world, "received"))["2020-05"] == 1
    await send(world, [late("31", "03-01T08:00")])
    found = await months(world, "received")
    assert (found["2020-03"], found["2020-05"]) == (1, 6)
    await take_back(world, f"/v1/intake-counts/batches/{batch['batch']}")
    found = await months(world, "received")
    assert ("2020-04" not in found, found["2020-03"]) == (True, 1)
    await take_back(world, f"/v1/dossiers/batches/{came['batch']}")
    found = await months(world, "received")
    assert ("2020-03" in found, found["2020-05"]) == (False, 6)
