"""Money goes back: once, by the lines' own rule, with a second person above the set amount."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.unit.payment.conftest import CONSTRUCTION, World

pytestmark = pytest.mark.anyio

#: Of the sample dossier: 100,000 not refundable, 50,000 refundable.
REFUNDABLE = 50_000
DEAR = [
    {
        "purpose": "submission",
        "amount": 5_000_000,
        "settled": False,
        "lines": [
            {"code": "LP-09", "name": "Lệ phí", "kind": "charge", "amount": 5_000_000, "refundable": True}
        ],
    }
]


async def refunded(world: World, payment: dict[str, Any], amount: int = REFUNDABLE) -> dict[str, Any]:
    """Asked for, approved at once, told to VNPAY."""
    answer = await world.ask_refund(payment, amount)
    assert answer.status_code == 201, answer.text
    await world.send_refunds()
    return await world.refund(answer.json()["id"])


async def test_a_small_refund_is_approved_at_once_and_given_back_by_vnpay(world: World) -> None:
    payment = await world.paid()
    assert payment["refund_amount_available"] == REFUNDABLE
    before = await world.held_at_vnpay()
    refund = await refunded(world, payment, 20_000)
    assert (refund["status"], refund["lines"][0]["code"]) == ("succeeded", "LP-01")
    assert await world.held_at_vnpay() == before - 20_000
    assert (await world.get(payment))["refund_amount_available"] == REFUNDABLE - 20_000
    assert await world.balanced()
    seen = await world.client.get("/v1/ledger/balances", headers=world.staff("cashier", CONSTRUCTION))
    balance = next(item for item in seen.json()["items"] if item["provider"] == "vnpay")
    assert (balance["fee"], balance["captured"] - balance["refunded"]) == (100_000, balance["held"])


async def test_a_stale_figure_is_refused_with_the_true_one(world: World) -> None:
    payment = await world.paid()
    answer = await world.ask_refund(payment, 10_000, refund_amount_available=49_999)
    assert (answer.status_code, answer.json()["code"]) == (412, "refund-amount-available-mismatch")
    assert answer.json()["refund_amount_available"] == REFUNDABLE
    assert "50000" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount": 50_001}, 409, "refund-too-large"),
        ({"amount": 1000, "lines": [{"code": "PH-01", "amount": 1000}]}, 409, "lines-not-refundable"),
        ({"amount": 1000, "lines": [{"code": "XX", "amount": 1000}]}, 409, "lines-not-refundable"),
        ({"amount": 1000, "lines": [{"code": "LP-01", "amount": 999}]}, 422, "invalid-input"),
        ({"amount": 0}, 422, "invalid-input"),
        ({"amount": -5}, 422, "invalid-input"),
        ({"reason": ""}, 422, "invalid-input"),
    ],
)
async def test_refunds_that_are_refused(world: World, change: dict[str, Any], status: int, code: str) -> None:
    payment = await world.paid()
    answer = await world.ask_refund(payment, change.pop("amount", 1000), **change)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await world.get(payment))["refund_amount_available"] == REFUNDABLE


async def test_nothing_is_refunded_of_what_was_not_paid(world: World) -> None:
    payment = await world.paid("failed")
    assert (await world.ask_refund(payment, 1000, refund_amount_available=0)).json()["code"] == "not-paid"


async def test_who_may_not_ask(world: World) -> None:
    payment = await world.paid()
    other = await world.ask_refund(payment, 1000, by=world.staff("officer", "000.00.33.H28"))
    payer = await world.ask_refund(payment, 1000, by=world.citizen())
    assert (other.status_code, payer.status_code) == (404, 403)


async def test_a_large_refund_needs_a_second_person(world: World) -> None:
    payment = await world.paid(purposes=DEAR)
    leader, second = world.staff("leader"), world.staff("leader", CONSTRUCTION)
    asked = (await world.ask_refund(payment, 5_000_000, by=leader)).json()
    assert (asked["status"], asked["second_person"], asked["actions"]) == ("requested", True, ["reject"])
    path = f"/v1/refunds/{asked['id']}/actions/approve"
    alone = await world.post(path, {}, leader, asked["version"])
    assert (alone.status_code, alone.json()["code"]) == (409, "second-person-needed")
    cashier = await world.post(path, {}, world.staff("cashier"), asked["version"])
    assert cashier.status_code == 403
    approved = await world.post(path, {}, second, asked["version"])
    assert approved.json()["status"] == "approved"
    again = await world.post(path, {}, second, asked["version"])
    assert again.json()["code"] == "version-changed"
    await world.send_refunds()
    assert (await world.refund(asked["id"]))["status"] == "succeeded"


async def test_a_rejected_refund_frees_the_money(world: World) -> None:
    payment = await world.paid(purposes=DEAR)
    asked = (await world.ask_refund(payment, 5_000_000)).json()
    assert (await world.get(payment))["refund_amount_available"] == 0
    path = f"/v1/refunds/{asked['id']}/actions/reject"
    assert (await world.post(path, {}, world.staff("leader"), asked["version"])).json()[
        "status"
    ] == "rejected"
    assert (await world.get(payment))["refund_amount_available"] == 5_000_000


async def test_two_refunds_at_once_never_give_back_more_than_there_is(world: World) -> None:
    payment = await world.paid()
    both = [world.ask_refund(payment, 30_000, by=world.staff(r)) for r in ("cashier", "leader")]
    answers = await asyncio.gather(*both)
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    await asyncio.gather(*(world.send_refunds() for _ in range(4)))
    assert (await world.get(payment))["refund_amount_available"] == 20_000
    assert await world.balanced()


async def test_silence_is_asked_about_and_never_told_again_unseen(world: World) -> None:
    payment = await world.paid()
    before = await world.held_at_vnpay()
    await world.fault("refund", "timeout-after-success", times=1, seconds=3)
    refund = await refunded(world, payment)
    assert refund["status"] == "unknown"
    for _ in range(6):
        world.clock.forward(minutes=3)
        await world.send_refunds()
    assert (await world.refund(refund["id"]))["status"] == "succeeded"
    assert await world.held_at_vnpay() == before - REFUNDABLE
    assert await world.balanced()


async def test_what_never_arrived_is_told_again(world: World) -> None:
    payment = await world.paid()
    before = await world.held_at_vnpay()
    await world.fault("refund", "down", times=1)
    refund = await refunded(world, payment)
    assert refund["status"] == "unknown"
    for _ in range(8):
        world.clock.forward(minutes=3)
        await world.send_refunds()
    assert (await world.refund(refund["id"]))["status"] == "succeeded"
    assert await world.held_at_vnpay() == before - REFUNDABLE


@pytest.mark.parametrize(("kind", "end"), [("pending", "succeeded"), ("pending-refused", "failed")])
async def test_the_bank_takes_its_time(world: World, kind: str, end: str) -> None:
    payment = await world.paid()
    await world.fault("refund", kind, times=1, seconds=120)
    refund = await refunded(world, payment)
    assert refund["status"] == "pending"
    for _ in range(6):
        world.clock.forward(minutes=3)
        await world.send_refunds()
    refund = await world.refund(refund["id"])
    assert refund["status"] == end
    assert (await world.get(payment))["refund_amount_available"] == (0 if end == "succeeded" else REFUNDABLE)
    assert await world.balanced()
    if end == "failed":
        path = f"/v1/refunds/{refund['id']}/actions/retry"
        again = await world.post(path, {}, world.staff("cashier"), refund["version"])
        assert again.json()["status"] == "approved"
        await world.send_refunds()
        assert (await world.refund(refund["id"]))["status"] == "succeeded"


@pytest.mark.parametrize("ending", ["withdrawn", "refused", "stopped"])
async def test_a_dossier_that_ended_leads_to_a_proposal_once(world: World, ending: str) -> None:
    payment = await world.paid()
    for _ in range(2):
        await world.tell(f"dossier.{ending}", payment["dossier_id"])
    proposed = await proposals(world, payment)
    assert [(p["status"], p["cause"], p["amount"]) for p in proposed] == [("proposed", ending, REFUNDABLE)]
    assert [line["code"] for line in proposed[0]["lines"]] == ["LP-01"]
    path = f"/v1/refunds/{proposed[0]['id']}/actions/request"
    taken = await world.post(path, {}, world.staff("officer"), proposed[0]["version"])
    assert taken.json()["status"] == "approved"
    await world.send_refunds()
    assert (await world.refund(proposed[0]["id"]))["status"] == "succeeded"


async def test_a_reopened_dossier_needs_no_refund(world: World) -> None:
    payment = await world.paid()
    await world.tell("dossier.stopped", payment["dossier_id"])
    await world.tell("dossier.reopened", payment["dossier_id"])
    assert [p["status"] for p in await proposals(world, payment)] == ["rejected"]
    assert (await world.get(payment))["refund_amount_available"] == REFUNDABLE
    await world.tell("dossier.withdrawn", payment["dossier_id"])
    assert [p["status"] for p in await proposals(world, payment)] == ["proposed", "rejected"]


async def test_a_second_payment_of_one_fee_is_found_and_goes_back_whole(world: World) -> None:
    first = (await world.create(world.dossier(), provider="vnpay")).json()
    assert (await world.cancel(first)).status_code == 200
    second = await world.create(first["dossier_id"], provider="vnpay")
    await world.press(second.json())
    await world.press(first)  # on the page that was still open in another window
    late = await world.get(first)
    assert (late["status"], late["overpaid"]) == ("cancelled", True)
    (proposed,) = await proposals(world, first)
    assert (proposed["cause"], proposed["amount"]) == ("overpaid", 150_000)
    path = f"/v1/refunds/{proposed['id']}/actions/request"
    await world.post(path, {}, world.staff("cashier"), proposed["version"])
    await world.send_refunds()
    assert (await world.refund(proposed["id"]))["status"] == "succeeded"
    assert await world.balanced()


async def test_what_no_provider_gives_back_a_person_does(world: World) -> None:
    payment = await world.pending()
    await world.confirm(payment)
    asked = (await world.ask_refund(payment, REFUNDABLE)).json()
    assert (asked["status"], asked["by_provider"], asked["actions"]) == ("approved", False, ["pay-out"])
    await world.send_refunds()
    path = f"/v1/refunds/{asked['id']}/actions/pay-out"
    bare = await world.post(path, {"method": "transfer"}, world.staff("cashier"), asked["version"])
    assert bare.status_code == 422
    cash = await world.post(path, {"method": "cash"}, world.staff("cashier"), asked["version"])
    assert cash.json()["code"] == "cash-shift-needed"
    body = {"method": "transfer", "transaction": "FT20300123"}
    done = await world.post(path, body, world.staff("cashier"), asked["version"])
    assert (done.json()["status"], done.json()["provider_transaction"]) == ("succeeded", "FT20300123")
    assert await world.balanced()


async def proposals(world: World, payment: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await world.client.get(
        "/v1/refunds", params={"payment": payment["id"]}, headers=world.staff("leader")
    )
    found: list[dict[str, Any]] = answer.json()["items"]
    return found
