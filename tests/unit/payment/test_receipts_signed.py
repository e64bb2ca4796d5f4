"""A phiếu thu becomes a biên lai once, whatever happens on the way to the issuer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from deploy.databases import ServiceDatabase
from kit.app import Outside
from kit.clock import VIETNAM
from mocks.receipt_issuer.app import create_app as create_issuer
from services.payment.app import create_app
from services.payment.receipts.issuer import HttpIssuer
from services.payment.receipts.jobs import Signer
from services.payment.settings import Settings
from tests import system
from tests.unit.payment.conftest import PARTNER, SECRET, World
from tests.unit.payment.test_receipts import FEE_ONLY, cancel, get, history, paid, receipts

pytestmark = pytest.mark.anyio


Steer = Callable[[], Awaitable[None]]


@dataclass
class Issuing:
    """A signer before the issuer's mock. `meanwhile` is awaited while the issuer has been asked."""

    world: World
    signer: Signer
    mock: httpx.AsyncClient
    way: Way

    async def run(self) -> None:
        for _ in range(400):
            if not await self.signer.step():
                return

    async def fault(self, kind: str, service: str = "sign", times: int = 1) -> None:
        order = {"service": service, "kind": kind, "times": times}
        assert (await self.mock.post("/_mock/faults", json=order)).status_code == 200

    async def held(self, receipt: dict[str, Any]) -> dict[str, Any] | None:
        rows = (await self.mock.get("/_mock/receipts")).json()
        return next((row for row in rows if row["id"] == receipt["id"]), None)

    async def receipt(self, receipt: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = (await get(self.world, receipt)).json()
        return found

    async def one(self) -> dict[str, Any]:
        """A receipt, with nothing else to sign."""
        await self.run()
        (receipt,) = await receipts(self.world, await paid(self.world, purposes=FEE_ONLY))
        return receipt


@dataclass
class Way(httpx.AsyncBaseTransport):
    """To the mock; what happens `before` it is reached."""

    mock: httpx.ASGITransport
    before: Steer | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.before is not None:
            await self.before()
        return await self.mock.handle_async_request(request)


@pytest.fixture
async def issuing(world: World) -> Any:
    app = create_issuer(lambda: world.clock.now().astimezone(VIETNAM), "TOKEN")
    way = Way(httpx.ASGITransport(app))
    issuer = HttpIssuer("http://issuer.test", "TOKEN", transport=way)
    async with httpx.AsyncClient(transport=way.mock, base_url="http://issuer.test") as mock:
        yield Issuing(world, Signer(world.app.state.till, issuer), mock, way)
    await issuer.close()


async def test_it_is_a_phieu_thu_until_the_issuer_has_signed_it(issuing: Issuing) -> None:
    receipt = await issuing.one()
    await issuing.fault("down")
    await issuing.run()
    waiting = await issuing.receipt(receipt)
    assert (waiting["status"], waiting["title"]) == ("issued", "PHIẾU THU PHÍ")
    assert waiting["issuer_refused"] is False
    issuing.world.clock.forward(minutes=1)
    await issuing.run()
    signed = await issuing.receipt(receipt)
    assert (signed["status"], signed["title"], signed["version"]) == ("signed", "BIÊN LAI THU PHÍ", 2)
    held = await issuing.held(receipt)
    assert held
    assert (held["code"], held["asked"]) == (signed["signature"], 2)
    assert held["paper"]["payer_name"] == "Nguyễn Thị An"
    last = (await history(issuing.world, receipt))[-1]
    assert (last.type, last.audience) == ("receipt.signed", "internal")
    issuing.world.clock.forward(hours=9)
    assert await issuing.signer.step() is False


async def test_a_signature_whose_answer_was_lost_is_asked_for_and_not_made_again(issuing: Issuing) -> None:
    receipt = await issuing.one()
    await issuing.fault("timeout-after-success")
    await issuing.run()
    assert (await issuing.receipt(receipt))["status"] == "issued"
    held = await issuing.held(receipt)
    assert held
    first = held["code"]
    issuing.world.clock.forward(minutes=1)
    await issuing.run()
    assert (await issuing.receipt(receipt))["signature"] == first
    rows = (await issuing.mock.get("/_mock/receipts")).json()
    assert len({row["code"] for row in rows}) == len(rows)


async def test_signers_that_run_at_once_sign_once(issuing: Issuing) -> None:
    receipt = await issuing.one()
    await asyncio.gather(*(issuing.signer.step() for _ in range(4)))
    held = await issuing.held(receipt)
    assert held
    assert held["asked"] == 1
    assert (await issuing.receipt(receipt))["version"] == 2


async def test_a_signer_that_falls_leaves_the_receipt_to_the_next(issuing: Issuing) -> None:
    receipt = await issuing.one()

    async def killed() -> None:
        raise asyncio.CancelledError

    issuing.way.before = killed
    with pytest.raises(asyncio.CancelledError):
        await issuing.signer.step()
    issuing.way.before = None
    assert await issuing.signer.step() is False  # the lease
    issuing.world.clock.forward(minutes=2)
    await issuing.run()
    assert (await issuing.receipt(receipt))["status"] == "signed"


async def test_refused_by_the_issuer_it_stays_a_phieu_thu_and_says_so(issuing: Issuing) -> None:
    receipt = await issuing.one()
    await issuing.fault("refuse")
    await issuing.run()
    issuing.world.clock.forward(hours=5)
    assert await issuing.signer.step() is False
    found = await issuing.receipt(receipt)
    assert (found["status"], found["issuer_refused"]) == ("issued", True)


async def test_the_issuer_learns_that_a_signed_receipt_is_cancelled(issuing: Issuing) -> None:
    receipt = await issuing.one()
    await issuing.run()
    signed = await issuing.receipt(receipt)
    replaced = (await cancel(issuing.world, signed, replace=True)).json()
    assert replaced["title"] == "BIÊN LAI THU PHÍ"
    await issuing.fault("timeout-after-success", "cancel")
    await issuing.run()
    issuing.world.clock.forward(hours=2)
    await issuing.run()
    held = await issuing.held(receipt)
    assert held
    assert (held["cancelled"], held["asked"]) == ("Sai tên người nộp", 3)
    new = await issuing.receipt({"id": replaced["replaced_by"]})
    assert new["status"] == "signed"


async def test_cancelled_before_the_issuer_was_asked_it_hears_nothing_of_it(issuing: Issuing) -> None:
    receipt = await issuing.one()
    await cancel(issuing.world, receipt)
    await issuing.run()
    assert await issuing.held(receipt) is None


async def test_cancelled_while_it_is_being_signed_both_sides_end_cancelled(issuing: Issuing) -> None:
    receipt = await issuing.one()

    async def meanwhile() -> None:
        issuing.way.before = None
        assert (await cancel(issuing.world, receipt)).status_code == 200

    issuing.way.before = meanwhile
    await issuing.run()
    found = await issuing.receipt(receipt)
    assert (found["status"], found["signature"]) == ("cancelled", None)
    held = await issuing.held(receipt)
    assert held
    assert held["cancelled"] == "Sai tên người nộp"
    issuing.world.clock.forward(hours=2)
    assert await issuing.signer.step() is False


async def test_the_service_signs_where_an_issuer_is_configured(
    world: World, database: ServiceDatabase
) -> None:
    (receipt,) = await receipts(world, await paid(world, purposes=FEE_ONLY))
    settings = Settings(
        **system.settings(
            "payment",
            database.app_url,
            payment_platform_partner=PARTNER,
            payment_platform_secrets=SECRET,
            receipt_issuer_url="http://issuer.test",
            receipt_issuer_token="TOKEN",
        )
    )
    mock = create_issuer(lambda: world.clock.now().astimezone(VIETNAM), "TOKEN")
    outside = Outside(world.clock, system.issuer_keys, {"receipt-issuer": httpx.ASGITransport(mock)})
    app = create_app(settings, outside)
    async with system.running(app):
        for _ in range(400):
            if not await app.state.loops["payment-receipts"].step():
                break
    assert (await get(world, receipt)).json()["status"] == "signed"
    assert "payment-receipts" not in world.app.state.loops
