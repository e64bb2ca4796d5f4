"""When the provider is silent: unknown, asked about, cleared up; expired only after it was asked."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.unit.payment.conftest import SECRET, World

pytestmark = pytest.mark.anyio


async def in_doubt(world: World) -> dict[str, Any]:
    world.platform.down = httpx.ReadTimeout("no answer")
    payment: dict[str, Any] = (await world.create(world.dossier())).json()
    assert (payment["status"], payment["next_url"]) == ("unknown", None)
    world.platform.down = None
    return payment


async def test_timeout_at_init_is_unknown_then_asked_then_succeeded(world: World) -> None:
    payment = await in_doubt(world)
    assert (await world.create(payment["dossier_id"])).json()["code"] == "payment-under-way"
    await world.sweep()
    assert (await world.get(payment))["status"] == "unknown"  # not its time yet
    world.platform.state = "00"
    world.clock.forward(seconds=6)
    await world.sweep()
    assert (await world.get(payment))["status"] == "succeeded"
    assert await world.events(payment) == ["payment.created", "payment.unknown", "payment.succeeded"]
    assert world.platform.kinds(payment) == ["INIT", "QUERY"]
    assert (await world.confirm(payment)).json()["MaLoi"] == "00"
    assert (await world.events(payment)).count("payment.succeeded") == 1


@pytest.mark.parametrize(("state", "failure"), [(None, "unheard"), ("01", "no-payment-page"), ("02", "24")])
async def test_doubt_without_money_lets_the_payer_begin_anew(
    world: World, state: str | None, failure: str
) -> None:
    payment = await in_doubt(world)
    world.platform.state = state
    world.clock.forward(seconds=6)
    await world.sweep()
    ended = await world.get(payment)
    assert (ended["status"], ended["failure"]) == ("failed", failure)
    assert (await world.create(payment["dossier_id"])).json()["status"] == "pending"


async def test_silence_keeps_the_doubt_and_asks_less_and_less(world: World) -> None:
    payment = await in_doubt(world)
    world.platform.down = httpx.ReadTimeout("still no answer")
    for _ in range(60):
        world.clock.forward(seconds=60)
        await world.sweep()
    assert (await world.get(payment))["status"] == "unknown"
    assert 5 < world.platform.kinds(payment).count("QUERY") < 15


@pytest.mark.parametrize(("amount", "secret"), [("1", SECRET), ("150000", "guessed")])
async def test_query_of_another_amount_or_signature_is_not_believed(
    world: World, amount: str, secret: str
) -> None:
    payment = await in_doubt(world)
    world.platform.state, world.platform.amount, world.platform.secret = "00", amount, secret
    world.clock.forward(seconds=6)
    await world.sweep()
    assert (await world.get(payment))["status"] == "unknown"


async def test_lost_call_back_of_a_pending_payment_is_found(world: World) -> None:
    payment = await world.pending()
    world.platform.state = "00"
    await world.sweep()
    assert (await world.get(payment))["status"] == "pending"
    world.clock.forward(minutes=6)
    await world.sweep()
    assert (await world.get(payment))["status"] == "succeeded"


async def test_expires_only_after_the_provider_was_asked(world: World) -> None:
    payment = await world.pending()
    world.platform.down = httpx.ReadTimeout("no answer")
    world.clock.forward(minutes=31)
    await world.sweep()
    assert (await world.get(payment))["status"] == "pending"
    world.platform.down = None
    world.clock.forward(minutes=10)
    await world.sweep()
    assert (await world.get(payment))["status"] == "expired"
    await world.confirm(payment)
    assert (await world.get(payment))["status"] == "succeeded"


async def test_crash_between_intent_and_outcome_is_cleared_up(world: World) -> None:
    world.platform.pause = asyncio.Event()
    dossier_id = world.dossier()
    creating = asyncio.create_task(world.create(dossier_id, "k-crash"))
    await world.platform.reached.wait()
    creating.cancel()
    await asyncio.gather(creating, return_exceptions=True)
    world.platform.pause.set()
    left = (await world.create(dossier_id, "k-crash")).json()
    assert left["status"] == "created"
    world.platform.state = None
    world.clock.forward(seconds=61)
    await world.sweep()
    assert (await world.get(left))["status"] == "failed"


async def test_four_sweeps_at_once_ask_once_for_each(world: World) -> None:
    payments = [await in_doubt(world) for _ in range(6)]
    world.platform.state = "00"
    world.clock.forward(seconds=6)
    await asyncio.gather(*(world.sweep() for _ in range(4)))
    for payment in payments:
        assert world.platform.kinds(payment) == ["INIT", "QUERY"]
        assert (await world.events(payment)).count("payment.succeeded") == 1


async def test_cancel_asks_first(world: World) -> None:
    payment = await world.pending()
    cancelled = await world.cancel(payment)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert world.platform.kinds(payment) == ["INIT", "QUERY"]
    again = await world.cancel(cancelled.json())
    assert (again.status_code, again.json()["code"]) == (409, "action-not-possible")


async def test_cancel_finds_money_and_takes_it(world: World) -> None:
    payment = await world.pending()
    world.platform.state = "00"
    answer = await world.cancel(payment)
    assert (answer.status_code, answer.json()["code"]) == (409, "action-not-possible")
    assert (await world.get(payment))["status"] == "succeeded"


async def test_cancel_of_a_silent_provider_changes_nothing(world: World) -> None:
    payment = await world.pending()
    world.platform.down = httpx.ReadTimeout("no answer")
    answer = await world.cancel(payment)
    assert (answer.status_code, answer.json()["code"]) == (503, "provider-unavailable")
    assert (await world.get(payment))["status"] == "pending"


async def test_cancel_needs_the_version_seen(world: World) -> None:
    payment = await world.pending()
    path = f"/v1/payments/{payment['id']}/cancel"
    assert (await world.client.post(path, headers=world.citizen())).status_code == 428
    assert (await world.cancel({**payment, "version": 1})).status_code == 412
