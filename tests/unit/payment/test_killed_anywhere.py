"""The process dies before or after any commit and any call to the provider; then people and sweeps go on.
Money was taken once and given back once, there is one receipt of each kind, the books are the provider's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.unit.payment.conftest import World
from tests.unit.payment.test_whatever_happens import press

pytestmark = pytest.mark.anyio


class Killed(Exception):
    """Nothing after this was done."""


class Reaper:
    """Counts the moments at which a process may die, and takes it at one of them; 0: at none."""

    def __init__(self, moment: int) -> None:
        self._moment, self.passed, self.came = moment, 0, False

    def pass_by(self, *_: object) -> None:
        self.passed += 1
        if self.passed == self._moment:
            self.came = True
            raise Killed

    def wrapped(self, way: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        """A call may never leave, or its answer may reach nobody."""
        reaper = self

        class Way(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                reaper.pass_by()
                answer = await way.handle_async_request(request)
                reaper.pass_by()
                return answer

        return Way()


@contextmanager
def watched(world: World, moment: int) -> Iterator[Reaper]:
    reaper, database = Reaper(moment), world.app.state.database
    client = world.app.state.till.providers["vnpay"]._client
    way, transaction = client._transport, database.transaction

    @asynccontextmanager
    async def mortal() -> AsyncIterator[AsyncSession]:
        async with transaction() as session:
            yield session
            reaper.pass_by()
        reaper.pass_by()

    client._transport, database.transaction = reaper.wrapped(way), mortal
    yield reaper
    client._transport, database.transaction = way, transaction


class Story:
    """A fee is paid at VNPAY, its dossier is withdrawn, the refund goes back; told again from the start, what
    was done is not done again."""

    def __init__(self, world: World) -> None:
        self.world, self.dossier, self.key = world, world.dossier(), uuid4().hex
        self.payment: dict[str, Any] = {}
        self.told = False

    async def tell(self) -> None:
        await self._pay()
        if not self.told:
            self.told = True
            await self.world.tell("dossier.withdrawn", self.dossier)
        await self.world.app.state.consumers["payment-dossier"].step()
        await self._take_up()
        await self.world.send_refunds()

    async def _pay(self) -> None:
        answer = await self.world.create(self.dossier, self.key, provider="vnpay")
        assert answer.status_code in (200, 201), answer.text
        self.payment = answer.json()
        if self.payment["status"] == "pending":
            await press(self.world, self.payment, "paid")
        elif self.payment["status"] != "succeeded":  # it died between intent and outcome: the sweep ends that
            await self._patience()
            self.key = uuid4().hex
            await self._pay()
        await self._patience()

    async def _patience(self) -> None:
        for _ in range(3):
            self.world.clock.forward(minutes=2)
            await self.world.sweep()

    async def _take_up(self) -> None:
        listed = await self.world.client.get(
            "/v1/refunds", params={"payment": self.payment["id"]}, headers=self.world.staff("leader")
        )
        for refund in listed.json()["items"]:
            if refund["status"] == "proposed":
                path = f"/v1/refunds/{refund['id']}/actions/request"
                await self.world.post(path, {}, self.world.staff("cashier"), refund["version"])


async def died_at(world: World, moment: int) -> bool:
    """Whether the story had such a moment; after it, everything is as if it had not been."""
    before = await world.held_at_vnpay()
    story = Story(world)
    with watched(world, moment) as reaper:
        try:
            await story.tell()
        except Exception:  # the caller sees it die, or gets no answer that makes sense
            if not reaper.came:
                raise
    for _ in range(3):
        await story.tell()
        world.clock.forward(minutes=4)
    payment = await world.get(story.payment)
    assert (payment["status"], payment["overpaid"], payment["refund_amount_available"]) == (
        "succeeded", False, 0,
    ), moment  # fmt: skip
    assert await world.held_at_vnpay() == before + 100_000, moment  # the refundable half went back once
    assert await world.balanced(), moment
    receipts = await world.client.get(
        "/v1/receipts", params={"payment": payment["id"]}, headers=world.citizen()
    )
    assert sorted(item["kind"] for item in receipts.json()["items"]) == ["charge", "fee"], moment
    return reaper.came


@pytest.mark.long
async def test_whenever_it_dies_money_is_taken_once_and_given_back_once(world: World) -> None:
    moment = 1
    while await died_at(world, moment):
        moment += 1
    assert moment > 20
