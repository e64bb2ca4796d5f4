"""Payment and dossier, both real: the fee lines one way, the settled fee the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from deploy.databases import ServiceDatabase
from kit.app import Outside
from services.payment.app import create_app
from services.payment.settings import Settings
from tests import system
from tests.unit.dossier.conftest import World as DossierWorld
from tests.unit.dossier.conftest import database, procedure, world
from tests.unit.payment.conftest import PARTNER, SECRET, Platform, World

__all__ = ["database", "world"]  # the dossier service's fixtures, used here by name

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def payment_database(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return clone("payment")


@pytest.fixture
async def cashier(payment_database: ServiceDatabase, world: DossierWorld) -> AsyncIterator[World]:
    """A payment service whose dossier service is the real one of `world`."""
    platform = Platform(amount="500000")
    settings = Settings(
        **system.settings(
            "payment",
            payment_database.app_url,
            payment_platform_partner=PARTNER,
            payment_platform_secrets=SECRET,
        )
    )
    to_dossier = httpx.ASGITransport(world.app, raise_app_exceptions=False)
    transports = {"dossier": to_dossier, "payment-platform": platform}
    app = create_app(settings, Outside(world.clock, system.issuer_keys, transports))
    async with system.running(app) as client:
        yield World(app, client, world.clock, platform, {})


async def submitted(world: DossierWorld, code: str = "9.000003", **changes: Any) -> dict[str, Any]:
    world.catalogue[code] = procedure(code=code, papers=[], **changes)
    answer = await world.create(procedure=code, submit=True)
    assert answer.status_code == 201, answer.text
    dossier: dict[str, Any] = answer.json()
    return dossier


async def test_fee_is_paid_and_the_dossier_knows(world: DossierWorld, cashier: World) -> None:
    dossier = await submitted(world)
    payment = (await cashier.create(dossier["id"])).json()
    assert (payment["status"], payment["amount"]) == ("pending", 500_000)
    assert payment["dossier_code"] == dossier["code"]
    await cashier.confirm(payment)

    feed = await cashier.client.get(
        "/internal/events", headers=system.service_headers("dossier", world.clock)
    )
    world.payments.extend(feed.json()["items"])
    await world.app.state.consumers["dossier-payment"].step()
    fees = await world.client.get(
        f"/internal/dossiers/{dossier['id']}/fees",
        headers=system.service_headers("payment", world.clock),
    )
    assert [purpose["settled"] for purpose in fees.json()["purposes"]] == [True]
    assert (await cashier.create(dossier["id"])).json()["code"] == "fee-settled"


async def test_another_citizens_dossier_is_not_found(world: DossierWorld, cashier: World) -> None:
    dossier = await submitted(world)
    answer = await cashier.create(dossier["id"], sub="binh")
    assert (answer.status_code, answer.json()["code"]) == (404, "dossier-not-found")


async def test_a_draft_cannot_be_paid(world: DossierWorld, cashier: World) -> None:
    draft = (await world.create()).json()
    assert (await cashier.create(draft["id"])).json()["code"] == "dossier-not-found"


async def test_before_its_date_the_fee_is_paid_at_the_counter(world: DossierWorld, cashier: World) -> None:
    offering = {**procedure()["offering"], "pay_online_from": "2020-12-01"}
    dossier = await submitted(world, "9.000004", offering=offering)
    answer = await cashier.create(dossier["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "not-payable-online")
    assert answer.json()["agency"]


async def fees_of(world: DossierWorld, dossier: dict[str, Any]) -> list[dict[str, Any]]:
    seen = await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=world.citizen())
    found: list[dict[str, Any]] = seen.json()["fees"]
    return found


async def dossier_reads(world: DossierWorld, cashier: World) -> None:
    """The dossier service takes the feed of the payments up where it left it."""
    headers = system.service_headers("dossier", world.clock)
    feed = await cashier.client.get("/internal/events?limit=1000", headers=headers)
    world.payments[:] = feed.json()["items"]
    await world.app.state.consumers["dossier-payment"].step()


async def test_a_day_without_each_other_loses_nothing(world: DossierWorld, cashier: World) -> None:
    paid, withdrawn = await submitted(world, "9.000005"), await submitted(world, "9.000006")
    for dossier in (paid, withdrawn):
        await cashier.confirm((await cashier.create(dossier["id"])).json(), MaGiaoDich=dossier["code"])
    gone = await world.act(withdrawn, "withdraw", {}, world.citizen())
    assert gone.status_code == 200, gone.text
    world.clock.forward(days=1)  # all that time, neither read the other's feed

    await dossier_reads(world, cashier)
    assert [bool(fee["settled_at"]) for fee in await fees_of(world, paid)] == [True]
    (late,) = await fees_of(world, withdrawn)
    assert late["settled_at"] and late["refund_proposed_at"]
    accepted = await world.act(paid, "accept", {}, world.staff("officer"))
    assert accepted.json()["status"] == "accepted"

    for _ in range(2):  # again and again, it stays one proposal
        await cashier.app.state.consumers["payment-dossier"].step()
    listed = await cashier.client.get("/v1/refunds?status=proposed", headers=cashier.staff("leader"))
    (proposed,) = [r for r in listed.json()["items"] if r["dossier_id"] == withdrawn["id"]]
    assert (proposed["cause"], proposed["amount"]) == ("withdrawn", 150_000)
