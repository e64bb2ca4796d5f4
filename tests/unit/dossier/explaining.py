"""Facts as they may be, and what a report says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, text

from kit.clock import VIETNAM
from services.dossier.figures.models import IntakeFact
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World

PROVINCE, DISTRICT, OTHER = "000.00.00.H28", "000.00.33.H28", "000.00.34.H28"
GROUPS = ("agency", "child", "government_level", "unit", "field", "procedure", "channel", "month")
OCTOBER = {"period": "2020-10", "agency": PROVINCE, "as_of": "2020-11-01T00:00:00+07:00"}
Fact = dict[str, Any]


def day(month: int, number: int) -> date:
    return date(2020, month, number)


def at(month: int, number: int, hour: int = 9) -> datetime:
    return datetime(2020, month, number, hour, tzinfo=VIETNAM)


def fact(**changes: Any) -> Fact:
    """Submitted on 1 October 2020, received on the 2nd at the counter, granted on the 9th, a day before the
    promise."""
    return {
        "id": uuid4(),
        "origin": "dossier",
        "quantity": 1,
        "code": None,
        "procedure_code": "9.1",
        "field_code": "",
        "channel": "counter",
        "online_level": 4,
        "receiving_agency": CENTRE,
        "resolving_agency": CONSTRUCTION,
        "submitted_on": day(10, 1),
        "received_on": day(10, 2),
        "refused": False,
        "scored_at": at(10, 10, 17),
        "finished_at": at(10, 9),
        "outcome": "granted",
        "worked_minutes": 615,
        "rounds": 0,
        "fee_amount": 0,
        "fee_online": False,
        "result_file": False,
        "voided_at": None,
        "replaced": False,
        **changes,
    }


#: Never received; open; a line of counts, for a procedure of which no dossiers came.
NEVER: Fact = {
    "received_on": None,
    "scored_at": None,
    "finished_at": None,
    "outcome": None,
    "worked_minutes": None,
}
OPEN: Fact = {"finished_at": None, "outcome": None, "worked_minutes": None}
LINE: Fact = {**OPEN, "scored_at": None, "origin": "count", "quantity": 7, "procedure_code": "9.2"}


async def put(world: World, facts: Sequence[Fact]) -> None:
    """These, and no others."""
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM intake_fact"))
        if facts:
            await session.execute(insert(IntakeFact), list(facts))
        await session.execute(
            text(
                "INSERT INTO body (code, name, kind, government_level, ancestors) VALUES (:code, 'Huyện"
                " khác', 'peoples_committee', 'district', ARRAY[:code, :top]) ON CONFLICT DO NOTHING"
            ),
            {"code": OTHER, "top": PROVINCE},
        )


async def explained(world: World, indicator: str, /, headers: Any = None, **params: Any) -> dict[str, Any]:
    """As an auditor sees it, or who else the `headers` say."""
    who = world.staff("auditor", PROVINCE) if headers is None else headers
    asked = {**OCTOBER, "limit": 200, **params}
    answer = await world.client.get(f"/v1/reports/{indicator}/explain", params=asked, headers=who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Of each fact its part and reason."""
    return {item["id"]: (item["part"], item["reason"]) for item in found["items"]}


async def total(world: World, indicator: str, /, **params: Any) -> dict[str, Any]:
    """The report's last row."""
    answer = await world.client.get(f"/v1/reports/{indicator}", params={**OCTOBER, **params})
    values: dict[str, Any] = answer.json()["total"]["values"]
    return values


def agrees(found: dict[str, Any], values: dict[str, Any]) -> None:
    """With the row of the report."""
    assert all(values[name] == count for name, count in found["counts"].items())
    above, below, kind = found["numerator"], found["denominator"], found["column"]["kind"]
    value = values[found["column"]["name"]]
    if kind == "count":
        assert above == below == value
    elif kind == "hours":
        hours = sorted(item["value"] for item in found["items"] if item["part"] == "numerator")
        assert above == below == len(hours)
        place = (len(hours) - 1) * {"median": 0.5, "p90": 0.9}[found["column"]["name"]]
        between = [hours[int(place)], hours[min(int(place) + 1, len(hours) - 1)]] if hours else []
        expected = between[0] + (between[1] - between[0]) * (place % 1) if between else None
        assert value == (None if expected is None else pytest.approx(expected, abs=0.011))
    else:
        assert value == (round(above / below, 6) if below else None)


def adds_up(found: dict[str, Any]) -> None:
    """Items to parts, parts to numerator and denominator."""
    quantities = defaultdict[tuple[str, str], int](int)
    for item in found["items"]:
        quantities[item["part"], item["reason"]] += item["quantity"]
    assert {(part["part"], part["reason"]): part["count"] for part in found["parts"]} == quantities
    items = [item for item in found["items"] if item["part"] != "excluded"]
    above = [item for item in items if item["part"] == "numerator"]
    of_rounds = found["column"]["name"] in ("rounds", "rounds_per_dossier")
    assert found["numerator"] == sum(item["value"] if of_rounds else item["quantity"] for item in above)
    if found["column"]["name"] != "rounds":
        assert found["denominator"] == sum(item["quantity"] for item in items)
