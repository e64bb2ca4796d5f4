"""What every provider has to hold, each against its own mock, with the whole service between. A new provider
is a line in `PROVIDERS` and its mock in `shop`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from deploy.databases import ServiceDatabase
from deploy.demo.people import Page
from kit.app import Outside
from mocks.national_portal.app import create_app as create_portal
from mocks.national_portal.settings import Settings as PortalSettings
from mocks.vnpay.app import create_app as create_vnpay
from services.payment.app import create_app
from services.payment.settings import Settings
from tests import system
from tests.unit.payment.conftest import PARTNER, SECRET, VNPAY, Platform, World

pytestmark = pytest.mark.anyio

#: Provider → its mock's word for a call-back.
PROVIDERS = {"payment-platform": "CONFIRM", "vnpay": "IPN"}


class Late(httpx.AsyncBaseTransport):
    """The way to the service, which is made after the mocks; keeps what went through it. `holding`: nothing
    arrives."""

    app: FastAPI
    holding = False

    def __init__(self) -> None:
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.sent.append(request)
        if self.holding:
            raise httpx.ConnectError("held")
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return await transport.handle_async_request(request)


@dataclass
class Shop:
    """The service with one provider's mock."""

    world: World
    provider: str
    mock: httpx.AsyncClient
    way: Late

    async def begin(self) -> dict[str, Any]:
        answer = await self.world.create(self.world.dossier(), provider=self.provider)
        found: dict[str, Any] = answer.json()
        assert found["status"] == "pending", found
        return found

    async def press(self, payment: dict[str, Any], outcome: str = "paid") -> None:
        page = await self.mock.get(payment["next_url"])
        action = page.url.join(Page(page.text).action)
        await self.mock.post(action, data={"outcome": outcome, "bank": "BIDV"})

    async def fault(self, kind: str, service: str = "", **more: Any) -> None:
        order = {"service": service or PROVIDERS[self.provider], "kind": kind, **more}
        assert (await self.mock.post("/_mock/faults", json=order)).status_code == 200

    async def again(self) -> httpx.Response:
        """The last call-back once more, as it was."""
        last = self.way.sent[-1]
        path, kind = last.url.raw_path.decode(), {"Content-Type": "application/json"}
        return await self.world.client.request(last.method, path, content=last.content, headers=kind)


@pytest.fixture(scope="module")
def database(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return clone("payment")


@pytest.fixture(params=PROVIDERS)
async def shop(request: pytest.FixtureRequest, database: ServiceDatabase) -> AsyncIterator[Shop]:
    clock, way = system.StoppedClock(), Late()
    dossiers: dict[str, dict[str, Any]] = {}

    async def dossier(request: httpx.Request) -> tuple[int, Any]:
        return 200, dossiers[request.url.path.split("/")[3]]

    portal = PortalSettings(
        portal_public_url="http://portal.test",
        payment_platform_partner=PARTNER,
        payment_platform_secrets=SECRET,
        payment_confirm_url="http://service.test/v1/payments/callbacks/payment-platform",
        payment_confirm_delays="60",
    )
    mocks = {
        "payment-platform": create_portal(portal, clock.now, way),
        "vnpay": create_vnpay(VNPAY, clock.now, way),
    }
    settings = Settings(
        **system.settings(
            "payment",
            database.app_url,
            payment_platform_url="http://portal.test/payment",
            payment_platform_partner=PARTNER,
            payment_platform_secrets=SECRET,
            vnpay_tmn_code=VNPAY.vnpay_tmn_code,
            vnpay_secrets=VNPAY.vnpay_secrets,
            vnpay_pay_url="http://vnpay.test/paymentv2/vpcpay.html",
            vnpay_api_url="http://vnpay.test/merchant_webapi/api/transaction",
        )
    )
    transports: dict[str, httpx.AsyncBaseTransport] = {"dossier": system.Answers(dossier)}
    transports |= {name: httpx.ASGITransport(mock) for name, mock in mocks.items()}
    way.app = create_app(settings, Outside(clock, system.issuer_keys, transports))
    provider = str(request.param)
    async with system.running(way.app) as client, system.running(mocks[provider]) as mock:
        yield Shop(World(way.app, client, clock, Platform(), dossiers), provider, mock, way)


async def test_paid_on_its_page_is_succeeded_before_the_browser_is_back(shop: Shop) -> None:
    payment = await shop.begin()
    await shop.press(payment)
    paid = await shop.world.get(payment)
    assert (paid["status"], paid["bank"]) == ("succeeded", "BIDV")
    assert await shop.world.balanced()


@pytest.mark.parametrize("outcome", ["failed", "cancelled"])
async def test_not_paid_is_failed_and_may_be_begun_anew(shop: Shop, outcome: str) -> None:
    payment = await shop.begin()
    await shop.press(payment, outcome)
    assert (await shop.world.get(payment))["status"] == "failed"
    again = await shop.world.create(payment["dossier_id"], provider=shop.provider)
    assert again.json()["status"] == "pending"


async def test_one_call_back_fifty_times_at_once_is_one_event(shop: Shop) -> None:
    payment = await shop.begin()
    shop.way.holding = True
    await shop.press(payment)
    shop.way.holding = False
    assert (await shop.world.get(payment))["status"] == "pending"
    answers = await asyncio.gather(*(shop.again() for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await shop.world.events(payment)).count("payment.succeeded") == 1
    assert await shop.world.balanced()


@pytest.mark.parametrize("lie", ["wrong-signature", "wrong-amount"])
async def test_a_lie_changes_nothing_and_is_kept(shop: Shop, lie: str) -> None:
    payment = await shop.begin()
    await shop.fault(lie)
    await shop.press(payment)
    assert (await shop.world.get(payment))["status"] == "pending"
    assert [outcome for outcome, _ in await shop.world.messages(payment)] == ["refused"]
    shop.world.clock.forward(minutes=6)
    await shop.world.sweep()  # the provider, asked, says the truth
    assert (await shop.world.get(payment))["status"] == "succeeded"


async def test_a_lost_call_back_is_made_good_by_asking(shop: Shop) -> None:
    payment = await shop.begin()
    await shop.fault("down")
    await shop.press(payment)
    shop.world.clock.forward(minutes=6)
    await shop.world.sweep()
    assert await shop.world.events(payment) == ["payment.created", "payment.pending", "payment.succeeded"]


async def test_pay_and_cancel_at_once_end_in_one_truth(shop: Shop) -> None:
    for _ in range(3):
        payment = await shop.begin()
        _, cancelled = await asyncio.gather(shop.press(payment), shop.world.cancel(payment))
        ended = await shop.world.get(payment)
        assert ended["status"] == "succeeded", ended
        assert cancelled.status_code in (200, 409, 412, 503), cancelled.text
        assert await shop.world.balanced()


async def test_never_paid_expires_only_after_it_was_asked(shop: Shop) -> None:
    payment = await shop.begin()
    for _ in range(8):
        shop.world.clock.forward(minutes=6)
        await shop.world.sweep()
    assert (await shop.world.get(payment))["status"] == "expired"


async def test_the_browser_comes_back_to_where_it_was(shop: Shop) -> None:
    payment = await shop.begin()
    page = await shop.mock.get(payment["next_url"])
    action = page.url.join(Page(page.text).action)
    pressed = await shop.mock.post(action, data={"outcome": "paid", "bank": "BIDV"})
    back = httpx.URL(pressed.headers["Location"])
    answer = await shop.world.client.get(back.raw_path.decode())
    assert answer.status_code == 303
    assert payment["id"] in answer.headers["Location"]
