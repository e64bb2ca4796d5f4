"""The payment service against the national portal's mock, both real, in one process.

INIT → the payer's page → CONFIRM to our call-back → the browser's way back; and the mock's faults.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from deploy.databases import ServiceDatabase
from kit.app import Outside
from mocks.national_portal.app import create_app as create_portal
from mocks.national_portal.settings import Settings as PortalSettings
from services.payment.app import create_app
from services.payment.settings import Settings
from tests import system
from tests.unit.payment.conftest import PARTNER, RETURN, SECRET, Platform, World

pytestmark = pytest.mark.anyio


class Late(httpx.AsyncBaseTransport):
    """A transport to an app that is made after it: the two apps call each other."""

    app: FastAPI

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return await transport.handle_async_request(request)


@dataclass
class Both:
    province: World
    portal: httpx.AsyncClient

    async def fault(self, service: str, kind: str) -> None:
        made = await self.portal.post("/_mock/faults", json={"service": service, "kind": kind})
        assert made.status_code == 200, made.text

    async def pays(self, payment: dict[str, Any], outcome: str = "paid") -> httpx.Response:
        page = await self.portal.get(urlsplit(payment["next_url"]).path)
        assert payment["reference"] in page.text
        form = {"outcome": outcome, "bank": "BIDV"}
        return await self.portal.post(urlsplit(payment["next_url"]).path, data=form)


@pytest.fixture(scope="module")
def database(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return clone("payment")


@pytest.fixture
async def both(database: ServiceDatabase) -> AsyncIterator[Both]:
    clock = system.StoppedClock()
    dossiers: dict[str, dict[str, Any]] = {}

    async def dossier(request: httpx.Request) -> tuple[int, Any]:
        return 200, dossiers[request.url.path.split("/")[3]]

    to_province = Late()
    portal = create_portal(
        PortalSettings(payment_platform_partner=PARTNER, payment_platform_secrets=SECRET),
        clock.now,
        to_province,
    )
    settings = Settings(
        **system.settings(
            "payment",
            database.app_url,
            payment_platform_partner=PARTNER,
            payment_platform_secrets=SECRET,
        )
    )
    to_portal = httpx.ASGITransport(portal, raise_app_exceptions=False)
    transports = {"dossier": system.Answers(dossier), "payment-platform": to_portal}
    to_province.app = create_app(settings, Outside(clock, system.issuer_keys, transports))
    async with system.running(to_province.app) as client, system.running(portal) as portal_client:
        # World's own platform is not in use here: the mock plays it.
        yield Both(World(to_province.app, client, clock, Platform(), dossiers), portal_client)


async def test_from_init_over_the_page_to_success_and_back(both: Both) -> None:
    payment = await both.province.pending()
    back = await both.pays(payment)
    assert back.status_code == 303
    ours = urlsplit(back.headers["Location"])
    home = await both.province.client.get(f"{ours.path}?{ours.query}")
    assert home.headers["Location"] == f"{RETURN}&payment={payment['id']}"
    paid = await both.province.get(payment)
    assert (paid["status"], paid["bank"]) == ("succeeded", "BIDV")
    assert await both.province.messages(payment) == [("applied", None)]


async def test_payer_gives_up_at_the_page(both: Both) -> None:
    payment = await both.province.pending()
    await both.pays(payment, "cancelled")
    assert (await both.province.get(payment))["status"] == "failed"


async def test_duplicate_call_back(both: Both) -> None:
    payment = await both.province.pending()
    await both.fault("CONFIRM", "duplicate")
    await both.pays(payment)
    assert await both.province.messages(payment) == [("applied", None), ("repeated", None)]
    assert (await both.province.events(payment)).count("payment.succeeded") == 1


@pytest.mark.parametrize(("fault", "reason"), [("wrong-signature", "signature"), ("wrong-amount", "amount")])
async def test_wrong_call_back_is_refused_and_the_truth_is_asked_for(
    both: Both, fault: str, reason: str
) -> None:
    payment = await both.province.pending()
    await both.fault("CONFIRM", fault)
    await both.pays(payment)
    assert await both.province.messages(payment) == [("refused", reason)]
    assert (await both.province.get(payment))["status"] == "pending"
    both.province.clock.forward(minutes=6)
    await both.province.sweep()
    assert (await both.province.get(payment))["status"] == "succeeded"


@pytest.mark.parametrize(
    ("fault", "failure"), [("timeout-after-success", "no-payment-page"), ("down", "unheard")]
)
async def test_no_answer_to_init_is_cleared_up(both: Both, fault: str, failure: str) -> None:
    await both.fault("INIT", fault)
    dossier_id = both.province.dossier()
    payment = (await both.province.create(dossier_id)).json()
    assert payment["status"] == "unknown"
    both.province.clock.forward(seconds=6)
    await both.province.sweep()
    assert (await both.province.get(payment))["failure"] == failure
    assert (await both.province.create(dossier_id)).json()["status"] == "pending"


async def test_nobody_pays_until_the_payment_expires(both: Both) -> None:
    payment = await both.province.pending()
    both.province.clock.forward(minutes=31)
    await both.province.sweep()
    assert (await both.province.get(payment))["status"] == "expired"
    await both.pays(payment)
    assert (await both.province.get(payment))["status"] == "succeeded"


async def test_the_platforms_own_bill_is_passed_on(both: Both) -> None:
    payment = await both.province.pending()
    path = f"/v1/payments/{payment['id']}/bill"
    early = await both.province.client.get(path, headers=both.province.citizen())
    assert (early.status_code, early.json()["code"]) == (404, "bill-not-found")
    await both.pays(payment)
    bill = await both.province.client.get(path, headers=both.province.citizen())
    assert bill.status_code == 200
    assert bill.json()["MaThamChieu"] == payment["reference"]
    assert bill.json()["ThongTinBienLai"]["MaHoSo"] == payment["dossier_code"]
    other = await both.province.client.get(path, headers=both.province.citizen("binh"))
    assert other.status_code == 404
    await both.fault("GET_BILL", "down")
    down = await both.province.client.get(path, headers=both.province.citizen())
    assert (down.status_code, down.json()["code"]) == (503, "provider-unavailable")
