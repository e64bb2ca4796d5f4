"""What differs, kind by kind, and what may be done about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.payment.refunds.status import RefundStatus
from services.payment.status import Status
from tests.unit.payment.conftest import World
from tests.unit.payment.reconciling import (
    TOP,
    a_day,
    in_bank,
    in_statement,
    payment,
    refund,
)

pytestmark = pytest.mark.anyio


async def test_money_of_another_day_is_late_on_both_days(world: World) -> None:
    """Paid at 23:59, known here at 00:03: on the provider's statement of the day before."""
    one, two = await a_day(world), await a_day(world)
    moved = two.payments[0]
    await two.put("provider", two.provider[1:])
    assert await two.kinds() == ["missing-there"]
    await one.put("provider", [*one.provider, in_statement(moved, time=one.provider[0]["time"])])
    (late,) = await one.found()
    assert (late["kind"], late["facts"]["provider"]["other_day"]) == ("late", str(two.day))
    version = (await two.whole())["version"]
    assert (await two.call("POST", f"{two.id}/match")).json()["version"] == version + 1
    (late,) = await two.found()
    assert (late["kind"], late["facts"]["provider"]["other_day"]) == ("late", str(one.day))
    assert (await two.call("POST", f"{two.id}/match")).json()["version"] == version + 1


async def test_two_payments_of_one_fee_are_twice(world: World) -> None:
    day = await a_day(world)
    first = day.payments[0]
    other = payment(
        day.day, 902, dossier_id=first.dossier_id, status=Status.CANCELLED, settled_at=None,
        provider_transaction=None, overpaid=["GD-OTHER"],
    )  # fmt: skip
    await day.save(other)
    await day.put("provider", [*day.provider, in_statement(other, transaction="GD-OTHER")])
    (one,) = await day.found()
    assert (one["kind"], one["payment_id"]) == ("twice", str(other.id))
    assert one["proposal"]["code"] == "refund-proposed"


async def test_refunds_of_the_day(world: World) -> None:
    day = await a_day(world, 6)
    known, by_payment, pending, missing, by_hand, other_amount = (
        refund(day.payments[0]),
        refund(day.payments[1]),
        refund(day.payments[2], RefundStatus.PENDING),
        refund(day.payments[3]),
        refund(day.payments[4], by_provider=False),
        refund(day.payments[5]),
    )
    await day.save(known, by_payment, pending, missing, by_hand, other_amount)
    rows = [
        in_statement(day.payments[0], kind="refund", reference=known.reference, amount=50_000),
        in_statement(day.payments[1], kind="refund", amount=50_000, transaction="another number"),
        in_statement(day.payments[5], kind="refund", reference=other_amount.reference, amount=40_000),
    ]
    await day.put("provider", [*day.provider, *rows])
    found = {one["kind"]: one for one in await day.found()}
    assert sorted(found) == ["amount", "missing-there", "refund-unknown"]
    assert found["refund-unknown"]["refund_id"] == str(pending.id)
    assert found["missing-there"]["subject"] == missing.reference
    assert found["amount"]["refund_id"] == str(other_amount.id)

    await day.act(found["refund-unknown"])
    await day.save(
        refund(
            day.payments[2], id=pending.id, reference=pending.reference, by_provider=False,
        )
    )  # fmt: skip
    await day.call("POST", f"{day.id}/match")
    assert "refund-unknown" not in await day.kinds()


async def test_a_fee_that_the_dossier_does_not_know_of(world: World) -> None:
    day = await a_day(world)
    day.payments[0].credited_at = None
    await day.save(day.payments[0])
    await day.put("provider", day.provider)
    (one,) = await day.found()
    assert (one["kind"], one["proposal"]["code"]) == ("dossier-unsettled", "told-again")
    day.payments[0].credited_at = world.clock.now()
    await day.save(day.payments[0])
    assert (await day.close()).status_code == 200  # compared a last time
    assert await day.found() == []


async def test_bank_lines_of_others_and_of_another_provider_are_not_ours(world: World) -> None:
    day = await a_day(world)
    vnpay = payment(day.day, 903, provider="vnpay")
    await day.save(vnpay)
    lines = [*day.bank, in_bank(vnpay), in_bank(vnpay, content="TRAN VAN B NOP TIEN NHA", transaction="FT9")]
    await day.put("provider", day.provider)
    whole = (await day.put("bank", lines)).json()
    assert (await day.found(), whole["totals"]["bank"]["payments"]) == ([], 4)
    assert whole["statements"][1] | {"rows": 6, "foreign": 1} == whole["statements"][1]
    async with world.app.state.database.transaction() as session:
        kept = await session.execute(text("SELECT to_jsonb(r)::text FROM statement_row r"))
        assert not any("TRAN VAN B" in row or "NGUYEN" in row for row in kept.scalars())


async def test_actions_go_by_kind_and_the_note_says_why(world: World) -> None:
    day = await a_day(world)
    await day.put("provider", day.provider[1:])
    (one,) = await day.found("open=true&kind=missing-there")
    wrong = await day.act(one, "refund-proposed")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/action")
    assert "written-to-provider" in wrong.json()["errors"][0]["detail"]
    silent = await day.act(one, "ignored-with-reason", " ")
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "/note")
    assert silent.json()["errors"][0]["detail"] == "Thao tác này cần lý do."
    assert (await day.act(one, "no-such")).status_code == 422
    done = await day.act(one, "ignored-with-reason", "Đã đối chiếu bằng tay")
    assert (done.json()["action"], done.json()["acted_by"]) == ("ignored-with-reason", f"staff:cashier@{TOP}")
    version = (await day.whole())["version"]
    await day.act(one, "ignored-with-reason", "Đã đối chiếu bằng tay")
    assert (await day.whole())["version"] == version
    assert await day.found("open=true") == []
    assert len(await day.found("open=false")) == 1
    missing = await day.act({**one, "id": str(uuid4())})
    assert (missing.status_code, missing.json()["code"]) == (404, "difference-not-found")


async def test_a_row_that_cannot_be_read_is_not_missing_too(world: World) -> None:
    day = await a_day(world)
    day.provider[0]["amount"] = "?"
    day.bank[1]["amount"] = "?"
    await day.put("provider", day.provider)
    await day.put("bank", day.bank)
    found = await day.found()
    assert [one["kind"] for one in found] == ["unreadable-row"] * 2
    about = {one["facts"]["reference"] for one in found}
    assert about == {day.payments[0].reference, day.payments[1].reference}


async def test_the_providers_own_time_may_say_another_day(world: World) -> None:
    day = await a_day(world)
    day.provider[0]["time"] = f"{day.day - timedelta(days=1):%d/%m/%Y} 23:59"
    await day.put("provider", day.provider)
    (one,) = await day.found()
    assert (one["kind"], one["facts"]["provider"]["other_day"]) == ("late", str(day.day - timedelta(days=1)))


async def test_taking_money_in_asks_the_provider_and_then_it_is_here(world: World) -> None:
    payment = (await world.create(world.dossier(), provider="vnpay")).json()
    await world.fault("IPN", "down")
    await world.press(payment)
    statement = await world.vnpay.get("/_mock/statement?day=2020-10-26")
    cashier = world.staff("cashier", "000.00.00.H28")
    opened = await world.client.post("/v1/reconciliations?day=2020-10-26&provider=vnpay", headers=cashier)
    path = f"/v1/reconciliations/{opened.json()['id']}"
    kind = {**cashier, "Content-Type": "text/csv"}
    await world.client.put(f"{path}/statements/provider", content=statement.content, headers=kind)
    (found,) = await of(world, path, payment, cashier)
    assert found["kind"] == "missing-here"
    body = {"action": "taken-in", "note": ""}
    done = await world.client.post(f"{path}/differences/{found['id']}/action", json=body, headers=cashier)
    assert done.status_code == 200, done.text
    await world.sweep()
    assert (await world.get(payment))["status"] == "succeeded"
    await world.tell("dossier.fee-settled", payment["dossier_id"], purpose="submission")
    await world.client.post(f"{path}/match", headers=cashier)
    assert await of(world, path, payment, cashier) == []


async def of(world: World, path: str, payment: dict[str, Any], by: dict[str, str]) -> list[dict[str, Any]]:
    """The differences that are about a payment."""
    listed = await world.client.get(f"{path}/differences", headers=by)
    return [item for item in listed.json()["items"] if item["payment_id"] == payment["id"]]
