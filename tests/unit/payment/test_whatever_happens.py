"""Payers, cashiers, faults of the provider and silence in any order: after each step the books hold, and in
the end captured − refunded = ledger = the provider's own books."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from kit import events
from tests.unit.payment.conftest import World

pytestmark = pytest.mark.anyio

FAULTS = [
    *(
        ("IPN", kind)
        for kind in ("slow", "down", "duplicate", "wrong-amount", "wrong-signature", "out-of-order")
    ),
    *(("querydr", kind) for kind in ("down", "error")),
    *(("refund", kind) for kind in ("down", "error", "pending", "pending-refused")),
]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.integers(0, 1)),
        st.tuples(st.just("press"), st.sampled_from(["paid", "paid", "failed", "cancelled"])),
        st.tuples(st.just("press-old"), st.sampled_from(["paid", "failed"])),
        st.tuples(st.just("cancel"), st.just(0)),
        st.tuples(st.just("fault"), st.sampled_from(FAULTS)),
        st.tuples(st.just("time"), st.sampled_from([1, 6, 40])),
        st.tuples(st.just("refund"), st.sampled_from([10_000, 50_000])),
        st.tuples(st.just("dossier"), st.sampled_from(["withdrawn", "stopped", "reopened"])),
        st.tuples(st.just("take-up"), st.just(0)),
    ),
    min_size=2,
    max_size=14,
)


class Example:
    """Two dossiers and all payments that were begun for them."""

    def __init__(self, world: World) -> None:
        self.world, self.dossiers = world, [world.dossier(), world.dossier()]
        self.payments: list[dict[str, Any]] = []

    async def take(self, what: str, given: Any) -> None:
        world = self.world
        if what == "begin":
            answer = await world.create(self.dossiers[given], uuid4().hex, provider="vnpay")
            assert answer.status_code in (201, 409), answer.text
            if answer.status_code == 201 and answer.json()["next_url"]:
                self.payments.append(answer.json())
        elif what == "fault":
            await world.fault(given[0], given[1], times=1, seconds=30)
        elif what == "time":
            world.clock.forward(minutes=given)
            await world.sweep()
            await world.send_refunds()
        elif what == "dossier":
            await world.tell(f"dossier.{given}", self.dossiers[0])
        elif self.payments:
            await self.about(what, given)

    async def about(self, what: str, given: Any) -> None:
        """Something about a payment that there is."""
        world, last = self.world, self.payments[-1]
        if what.startswith("press"):
            await press(world, self.payments[0] if what == "press-old" else last, given)
        elif what == "cancel":
            answer = await world.cancel(await world.get(last))
            assert answer.status_code in (200, 409, 503), answer.text
        elif what == "refund":
            answer = await world.ask_refund(last, given)
            assert answer.status_code in (201, 409), answer.text
            await world.send_refunds()
        else:
            await take_up(world)

    async def settle(self) -> None:
        """The provider is well again, and everybody has time."""
        await self.world.vnpay.delete("/_mock/faults")
        for _ in range(16):
            self.world.clock.forward(minutes=9)
            await self.world.sweep()
            await self.world.send_refunds()


async def press(world: World, payment: dict[str, Any], outcome: str) -> None:
    """The page may say that it is over."""
    page = await world.vnpay.get(payment["next_url"])
    if 'action="' in page.text:
        await world.vnpay.post(
            page.text.split('action="')[1].split('"')[0], data={"outcome": outcome, "bank": "BIDV"}
        )


async def take_up(world: World) -> None:
    listed = await world.client.get("/v1/refunds?status=proposed", headers=world.staff("leader"))
    for refund in listed.json()["items"]:
        path = f"/v1/refunds/{refund['id']}/actions/request"
        assert (await world.post(path, {}, world.staff("cashier"), refund["version"])).status_code == 200
    await world.send_refunds()


async def held_by_the_ledger(world: World) -> int:
    signed = "sum(CASE WHEN debit = 'held' THEN amount ELSE -amount END)"
    async with world.app.state.database.transaction() as session:
        query = f"SELECT coalesce({signed}, 0) FROM ledger_movement WHERE provider = 'vnpay'"
        return int(await session.scalar(text(query)) or 0)


async def check(world: World) -> None:
    """The books hold; at most one live payment a fee; nothing goes back that is not there; the log holds."""
    assert await world.balanced()
    doubles = (
        "SELECT count(*) FROM payment WHERE status IN ('created', 'pending', 'unknown', 'succeeded')"
        " GROUP BY dossier_id, purpose HAVING count(*) > 1"
    )
    async with world.app.state.database.transaction() as session:
        assert (await session.execute(text(doubles))).all() == []
        over = (
            "SELECT p.id FROM payment p JOIN refund r ON r.payment_id = p.id"
            " WHERE r.overpaid IS NULL AND r.status NOT IN ('failed', 'rejected')"
            " GROUP BY p.id HAVING sum(r.amount) <> p.refunding OR sum(r.amount) > 50000"
        )
        assert (await session.execute(text(over))).all() == []
        assert await events.verify(session) == []


@pytest.mark.long
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
async def test_captured_less_refunded_is_the_ledger_is_the_providers_own_books(
    world: World, steps: list[tuple[str, Any]]
) -> None:
    example = Example(world)
    for what, value in steps:
        await example.take(what, value)
        await check(world)
    await example.settle()
    await check(world)
    assert await held_by_the_ledger(world) == await world.held_at_vnpay()
