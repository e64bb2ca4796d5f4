"""The synthetic catalogue fills up what is lacking of the report's figures, beside whatever is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.databases import ServiceDatabase
from kit.app import Outside
from kit.db import Database
from services.catalog import loading
from services.catalog.app import create_app
from services.catalog.seed import commands, queries
from services.catalog.seed.made import (
    CELLS,
    DECIDED,
    ONLINE,
    PREFIX,
    SHARES,
    TOTAL,
    NotEmpty,
    Standing,
    services,
)
from services.catalog.settings import Settings
from tests import system

pytestmark = pytest.mark.long
DEPARTMENTS = sorted({*SHARES, "000.00.02.H28", "000.00.03.H28"})


@given(
    st.fixed_dictionaries({cell: st.integers(0, most // 4) for cell, most in CELLS.items()}),
    st.integers(0, 20),
    st.integers(0, 24),
)
def test_whatever_stands_there_the_sums_are_those_of_the_report(
    cells: dict[tuple[str, int], int], twice: int, offline: int
) -> None:
    online = max(0, sum(cells.values()) - twice)
    standing = Standing(online + offline, cells, online, dict.fromkeys(SHARES, (1, 2)))
    made = services(DEPARTMENTS, standing)
    assert len(made) == TOTAL - standing.in_force
    assert sum(one.online for one in made) == ONLINE - online
    found = Counter((place, level) for one in made for place, level in one.levels.items() if level > 2)
    assert {cell: found[cell] + cells[cell] for cell in CELLS} == CELLS
    for code, (on, of) in SHARES.items():
        theirs = [one.levels["province"] for one in made if one.department == code]
        assert (sum(level > 2 for level in theirs) + 1, len(theirs) + 2) == (on, of)


def test_a_catalogue_that_has_more_is_refused() -> None:
    for standing in (
        Standing(in_force=TOTAL),
        Standing(cells={("commune", 3): 16}, online=16),
        Standing(online=ONLINE),
        Standing(shares={next(iter(SHARES)): (90, 90)}),
    ):
        with pytest.raises(NotEmpty):
            services(DEPARTMENTS, standing)


@pytest.fixture(scope="module")
def catalog(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return clone("catalog")


@pytest.mark.long
@pytest.mark.anyio
async def test_beside_the_sample_the_cells_are_exact_and_end_with_the_year(catalog: ServiceDatabase) -> None:
    settings = Settings(**system.settings("catalog", catalog.app_url))
    clock = system.StoppedClock("2020-12-24T08:00:00+07:00")
    await loading.load(settings, clock)
    database = Database(settings.database_url.get_secret_value(), 2)
    async with database.transaction() as session:
        assert await commands.load(session, clock)
    async with database.transaction() as session:
        assert await commands.load(session, clock) is None  # once is enough
        offered = await queries.offered(session)
    await database.close()
    assert {one.since for one in offered if one.online_level > 2} == {date(2020, 1, 1), DECIDED}
    app = create_app(settings, Outside(clock=clock, issuer_keys=system.issuer_keys))
    async with system.running(app) as client:
        found = (await client.get("/v1/reports/provision")).json()
        cells = {(c["government_level"], c["online_level"]): c["count"] for c in found["cells"]}
        assert {cell: count for cell, count in cells.items() if cell[1] > 2} == CELLS
        assert (found["in_force"], found["distinct"]["online"], found["cells_total"]["online"]) == (
            1866, 821, 857,
        )  # fmt: skip
        best = (await client.get("/v1/procedures", params={"q": "cấp giấy phép xây dựng"})).json()["items"]
        assert best[0]["code"] == "9.000001"  # what people look for is found as before
        made_up = (await client.get("/v1/procedures", params={"q": "thủ tục tổng hợp"})).json()["items"]
        assert made_up[0]["code"].startswith(PREFIX)
        clock.set("2021-01-02T08:00:00")
        found_then = (await client.get("/v1/procedures", params={"q": "thủ tục tổng hợp"})).json()["items"]
        assert not [item for item in found_then if item["code"].startswith(PREFIX)]
        gone = await client.get("/v1/procedures/S2020.0001")
        assert (gone.status_code, gone.json()["code"]) == (404, "procedure-abolished-since")
        past = (await client.get("/v1/reports/provision", params={"as_of": "2020-12-24"})).json()
        assert past["cells"] == found["cells"]
