"""The dossier's reading of the catalogue, against the catalogue's real application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.databases import ServiceDatabase
from kit.app import Outside
from kit.auth import ServiceKey
from kit.http import Neighbour
from services.catalog import loading
from services.catalog.app import create_app
from services.catalog.settings import Settings
from services.dossier.clients.catalog import Catalog, ProcedureOfTheDay, Provision
from services.dossier.errors import FactsUnknown, ProcedureUnknown
from services.dossier.facts import Facts, asked
from tests import system

pytestmark = pytest.mark.anyio
CONSTRUCTION = "000.00.09.H28"
SAMPLE = Path(__file__).parents[3] / "data/sample-catalogue/procedures/9.000001.json"


@pytest.fixture(scope="module")
def loaded(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    database = clone("catalog")
    settings = Settings(**system.settings("catalog", database.app_url))
    asyncio.run(loading.load(settings, system.StoppedClock()))
    return database


@pytest.fixture
async def client(loaded: ServiceDatabase) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(
        Settings(**system.settings("catalog", loaded.app_url)),
        Outside(clock=system.StoppedClock(), issuer_keys=system.issuer_keys),
    )
    async with system.running(app) as client:
        yield client


@pytest.fixture
def catalog(client: httpx.AsyncClient) -> Catalog:
    key = system.settings("dossier", "x")["service_key"]
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    neighbour = Neighbour(
        "catalog", "http://catalog.test", ServiceKey(key, system.StoppedClock()), transport=transport
    )
    return Catalog(neighbour)


async def test_what_a_submission_freezes(catalog: Catalog) -> None:
    found = await catalog.procedure("9.000001", CONSTRUCTION, "2020-10-26")
    assert found.offering is not None
    assert (found.offering.online_level, found.receiving_offices) == (4, ["000.00.01.H28"])
    assert found.form_schema is not None
    assert sum(line["amount"] for line in found.fees) == 500_000
    assert found.processing_time == {"amount": 15, "unit": "working_days"}


async def test_papers_and_fees_follow_the_facts(catalog: Catalog) -> None:
    async def of(code: str, said: Facts | None, channel: str) -> ProcedureOfTheDay:
        return await catalog.procedure(code, "000.00.08.H28", "2020-10-26", asked(said, channel))

    open_ = await of("9.000014", None, "online")
    assert ([case["code"] for case in open_.cases], open_.facts_missing) == (["DOI", "MAT"], ["case"])
    for channel, amount in (("online", 115_000), ("counter", 135_000)):
        lost = await of("9.000014", Facts(case="MAT"), channel)
        assert [paper["code"] for paper in lost.papers] == ["GT-02", "GT-03", "GT-04"]
        assert [line["amount"] for line in lost.fees] == [amount]
        assert lost.facts_missing == []
    extract = await of("9.000048", Facts(copies=3, exemptions=["NCT", "NKT"]), "online")
    assert [line["amount"] for line in extract.fees] == [0]
    assert extract.fees[0]["explanation"]["vi"].endswith("miễn 100 %: người khuyết tật")
    assert [line["amount"] for line in (await of("9.000048", None, "online")).fees] == [8000]
    with pytest.raises(FactsUnknown) as refused:
        await of("9.000014", Facts(case="X", exemptions=["NCT"]), "online")
    assert [fault.pointer for fault in refused.value.errors] == ["/facts/case", "/facts/exemptions/0"]


async def test_a_body_that_does_not_offer_it(catalog: Catalog) -> None:
    found = await catalog.procedure("9.000001", "000.00.33.H28", "2020-10-26")
    assert found.offering is None
    assert CONSTRUCTION in {by.agency for by in found.offered_by}


async def test_a_day_before_the_offering_began(catalog: Catalog) -> None:
    with pytest.raises(ProcedureUnknown):
        await catalog.procedure("9.000001", CONSTRUCTION, "2019-01-01")


async def test_unknown_and_unpublished_procedures_are_the_same(
    catalog: Catalog, client: httpx.AsyncClient
) -> None:
    with pytest.raises(ProcedureUnknown):
        await catalog.procedure("9.999999", CONSTRUCTION, "2020-10-26")
    content: dict[str, Any] = {**json.loads(SAMPLE.read_text("utf-8")), "code": "9.700001"}
    headers = system.headers(
        system.StoppedClock(), "bien.dinh", "staff", roles=["editor"], agency="000.00.00.H28"
    )
    drafted = await client.post("/v1/procedures", json=content, headers=headers)
    assert drafted.status_code == 201
    with pytest.raises(ProcedureUnknown):
        await catalog.procedure("9.700001", CONSTRUCTION, "2020-10-26")


async def test_all_bodies_with_their_tree(catalog: Catalog) -> None:
    bodies = {body.code: body for body in (await catalog.places()).items}
    assert len(bodies) == 185
    assert bodies[CONSTRUCTION].parent_code == "000.00.00.H28"


async def test_each_body_with_a_unit_that_is_told_too(catalog: Catalog) -> None:
    places = await catalog.places()
    assert {body.unit_code for body in places.items} <= {unit.code for unit in places.units}
    assert {body.code: body.unit_code for body in places.items}[CONSTRUCTION] == "17"


async def test_what_a_score_counts_is_what_the_catalogue_reports(
    catalog: Catalog, client: httpx.AsyncClient
) -> None:
    day = {"as_of": "2020-10-26", "group_by": "agency"}
    report = (await client.get("/v1/reports/provision", params=day)).json()
    groups = {group["key"]: (group["procedures"], group["online"]) for group in report["groups"]}
    whole = await catalog.provision(date(2020, 10, 26), None)
    assert (whole.procedures, whole.online) == (report["in_force"], report["distinct"]["online"])
    assert {agency: len(codes) for agency, codes in whole.services.items()} == {
        agency: online for agency, (_, online) in groups.items() if online
    }
    one = await catalog.provision(date(2020, 10, 26), [CONSTRUCTION])
    assert (one.procedures, one.online) == groups[CONSTRUCTION]
    assert list(one.services) == [CONSTRUCTION]
    assert "9.000001" in one.services[CONSTRUCTION]
    assert await catalog.provision(date(2019, 1, 1), None) == Provision(
        procedures=0, online=0, complete=0, with_fee=0, payable=0, services={}
    )


async def test_a_score_counts_complete_procedures_and_those_payable_online(catalog: Catalog) -> None:
    """Beside a count of the sample's files: the parts that must be published, a fee that is not zero."""
    contents = [json.loads(path.read_text("utf-8")) for path in SAMPLE.parent.glob("*.json")]
    offers = json.loads((SAMPLE.parents[1] / "offerings.json").read_text("utf-8"))
    offered = {offer["procedure"] for offer in offers}
    parts = ("name", "steps", "channels", "processing_time", "audiences")
    complete = [c for c in contents if all(c.get(part) for part in parts) and c["code"] in offered]
    charging = {
        c["code"] for c in contents if any(fee["amount"] is None or fee["amount"] > 0 for fee in c["fees"])
    }
    payable = {
        offer["procedure"]
        for offer in offers
        if offer["online_level"] >= 3 and (offer["pay_online_from"] or "9") <= "2020-10-26"
    }
    found = await catalog.provision(date(2020, 10, 26), None)
    assert (found.complete, found.with_fee) == (len(complete), len(charging))
    assert found.payable == len(payable & charging) > 0
    before = await catalog.provision(date(2020, 9, 30), None)
    assert before.payable < found.payable
