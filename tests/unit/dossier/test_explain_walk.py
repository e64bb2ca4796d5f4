"""Whatever facts there are: a report and the explanation of each of its cells agree."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.clock import VIETNAM
from services.dossier.figures.definitions import INDICATORS
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, World
from tests.unit.dossier.explaining import (
    DISTRICT,
    GROUPS,
    LINE,
    OTHER,
    PROVINCE,
    Fact,
    adds_up,
    agrees,
    at,
    day,
    fact,
    put,
    told,
)

pytestmark = pytest.mark.anyio
DAYS = [day(9, 30), day(10, 1), day(10, 2), day(10, 15), day(10, 31), day(11, 1), day(11, 20)]
MOMENTS = [at(number.month, number.day, hour) for number in DAYS for hour in (0, 9)]
OUTCOMES = ["granted", "granted", "rejected", "withdrawn", "stopped", None]
BODIES = st.sampled_from([PROVINCE, CENTRE, CONSTRUCTION, DISTRICT, OTHER])


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """A dossier or a line of counts as there may be: it ends after it was received."""
    line = draw(st.integers(0, 4)) == 0
    received = draw(st.sampled_from(DAYS if line else [*DAYS, None]))
    later = [moment for moment in MOMENTS if received and moment.date() >= received]
    finished = draw(st.none() | st.sampled_from(later)) if later and not line else None
    changes: Fact = {
        "receiving_agency": draw(BODIES),
        "resolving_agency": draw(BODIES),
        "procedure_code": draw(st.sampled_from(["9.1", "9.2"])),
        "field_code": draw(st.sampled_from(["", "XD"])),
        "channel": draw(st.sampled_from(["counter", "post"] if line else ["counter", "online", "online"])),
        "online_level": draw(st.integers(2, 4)),
        "submitted_on": draw(st.sampled_from([each for each in DAYS if not received or each <= received])),
        "received_on": received,
        "refused": received is None and draw(st.booleans()),
        "voided_at": draw(st.none() | st.none() | st.just(at(11, 20))),
        "finished_at": finished,
        "outcome": None,
        "worked_minutes": None,
    }
    if line:
        return fact(**{**LINE, **changes, "quantity": draw(st.integers(1, 9))})
    if finished:
        changes["outcome"] = draw(st.sampled_from(OUTCOMES))
        changes["worked_minutes"] = draw(st.none() | st.integers(0, 9000))
    paid = draw(st.booleans())
    return fact(
        **changes,
        scored_at=draw(st.none() | st.sampled_from(MOMENTS)) if received else None,
        rounds=draw(st.integers(0, 2)),
        fee_amount=draw(st.sampled_from([0, 5])),
        fee_online=paid,
    )


AS_OF = ("10-15T09", "11-01T00", "12-31T00")
ASKED = st.fixed_dictionaries(
    {
        "period": st.sampled_from(["2020-10", "2020-Q4", "10-02 11-01"]),
        "as_of": st.sampled_from(
            ["", "2020-10-15T09:00:00+07:00", "2020-11-01T00:00:00+07:00", "2020-12-31T00:00:00+07:00"]
        ),
        "agency": st.sampled_from([PROVINCE, PROVINCE, DISTRICT]),
        "scope": st.sampled_from(["below", "below", "own"]),
        "group_by": st.sampled_from(GROUPS),
    }
)


def query(asked: dict[str, str]) -> dict[str, str]:
    """As it is sent; without `as_of` the clock counts, on 26 October."""
    params = {name: value for name, value in asked.items() if value}
    if " " in asked["period"]:
        params["from"], params["to"] = (f"2020-{each}" for each in params.pop("period").split())
    return params


COLUMNS = [(each.id, column.name) for each in INDICATORS.values() for column in each.columns]


@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.long
@given(st.lists(facts(), min_size=1, max_size=12), ASKED, st.sampled_from(COLUMNS))
async def test_whatever_facts_there_are_a_report_and_its_explanation_agree(
    world: World, rows: list[Fact], asked: dict[str, str], cell: tuple[str, str]
) -> None:
    await put(world, rows)
    indicator, column = cell
    url, params = f"/v1/reports/{indicator}", query(asked)
    who = world.staff("auditor", PROVINCE)
    report = (await world.client.get(url, params=params)).json()

    async def opened(values: dict[str, Any], **key: str) -> dict[str, tuple[str, str]]:
        more = {**params, **key, "column": column, "limit": "200"}
        found = (await world.client.get(f"{url}/explain", params=more, headers=who)).json()
        agrees(found, values)
        adds_up(found)
        assert len(told(found)) == len(found["items"])
        return told(found)

    whole = await opened(report["total"]["values"])
    assert set(whole) == {str(row["id"]) for row in rows if _of_the_period(row, report, column)}
    by_row: list[str] = []
    for row in report["rows"]:
        by_row += await opened(row["values"], key=row["key"])
    assert len(by_row) == len(set(by_row))
    assert {id_ for id_, (part, _) in whole.items() if part != "excluded"} <= set(by_row) <= set(whole)
    if indicator == "on-time" and datetime.fromisoformat(report["as_of"]) <= _end(report["to"]):
        values = report["total"]["values"]
        came = [values[name] for name in ("carried_over", "received_online", "received_otherwise")]
        assert sum(came) == sum(values[name] for name in ("ended", "pending", "overdue"))


def _end(last: str) -> datetime:
    return datetime.fromisoformat(f"{last}T00:00:00+07:00") + timedelta(days=1)


def _of_the_period(row: Fact, report: dict[str, Any], column: str) -> bool:
    """Told anew, by what the definitions say."""
    by_decision = report["indicator"] in ("on-time", "processing-time")
    by_arrival = column in ("carried_over", "received_online", "received_otherwise")
    agency = row["resolving_agency" if by_decision else "receiving_agency"]
    if agency != report["agency"] and (report["scope"], report["agency"]) != ("below", PROVINCE):
        return False
    first, last = date.fromisoformat(report["from"]), date.fromisoformat(report["to"])
    as_of = datetime.fromisoformat(report["as_of"])
    arrived, ended = row["received_on"] or row["submitted_on"], row["finished_at"]
    followed = row["received_on"] and not row["voided_at"] and row["origin"] != "count"
    began = datetime(first.year, first.month, first.day, tzinfo=VIETNAM)
    if report["indicator"] == "on-time":
        moment = began if by_arrival else as_of
        day_before = (moment - timedelta(seconds=1)).date()
        if followed and row["received_on"] <= day_before and (ended is None or ended >= moment):
            return True
    known = ended and by_decision and not by_arrival
    if known and (report["indicator"] == "processing-time" or ended < as_of):
        return bool(first <= ended.date() <= last)
    return bool(first <= arrived <= last)
