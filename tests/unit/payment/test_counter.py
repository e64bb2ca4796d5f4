"""The counter: shifts opened, totalled, closed; fees in cash or by card; accounts and books of bodies."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.unit.payment.conftest import CENTRE, CONSTRUCTION, World

pytestmark = pytest.mark.anyio


async def opened(world: World, cashier: dict[str, str], opening: int = 200_000) -> dict[str, Any]:
    answer = await world.client.post("/v1/cash-shifts", json={"opening": opening}, headers=cashier)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def shift_of(world: World, shift: dict[str, Any], cashier: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = (await world.client.get(f"/v1/cash-shifts/{shift['id']}", headers=cashier)).json()
    return found


def a_cashier(world: World, agency: str = CENTRE) -> dict[str, str]:
    """Another one for each test, as shifts stay."""
    from tests import system  # noqa: PLC0415

    a_cashier.number += 1  # type: ignore[attr-defined]
    sub = f"cashier-{a_cashier.number}@{agency}"  # type: ignore[attr-defined]
    return system.headers(world.clock, sub, "staff", roles=["cashier"], agency=agency)


a_cashier.number = 0  # type: ignore[attr-defined]


async def test_a_shift_from_opening_to_close(world: World) -> None:
    cashier = a_cashier(world)
    early = await world.post(
        "/v1/payments/counter",
        {"dossier_id": world.dossier(), "purpose": "submission", "method": "cash"},
        cashier,
    )
    assert early.json()["code"] == "cash-shift-needed"
    shift = await opened(world, cashier)
    for method in ("cash", "card"):
        body = {"dossier_id": world.dossier(), "purpose": "submission", "method": method, "transaction": "T1"}
        paid = await world.post("/v1/payments/counter", body, cashier)
        assert paid.status_code == 201, paid.text
        assert (paid.json()["status"], paid.json()["channel"]) == ("succeeded", "counter")
    payment = paid.json()
    refund = (await world.ask_refund(payment, 20_000, by=cashier)).json()
    path = f"/v1/refunds/{refund['id']}/actions/pay-out"
    assert (await world.post(path, {"method": "cash"}, cashier, refund["version"])).status_code == 200
    seen = await shift_of(world, shift, cashier)
    assert (seen["payments"], seen["cash"], seen["card"], seen["refunded"]) == (2, 150_000, 150_000, 20_000)
    assert seen["expected"] == 200_000 + 150_000 - 20_000
    path = f"/v1/cash-shifts/{shift['id']}/close"
    wrong = await world.post(path, {"counted": 329_000}, cashier, 1)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "difference-unexplained")
    assert wrong.json()["errors"][0]["pointer"] == "/note"
    closed = await world.post(path, {"counted": 329_000, "note": "Thối nhầm 1.000 đồng"}, cashier, 1)
    assert (closed.json()["difference"], closed.json()["expected"]) == (-1000, 330_000)
    assert (await world.post(path, {"counted": 1}, cashier, 2)).json()["code"] == "cash-shift-closed"
    assert await world.balanced()


async def test_one_open_shift_a_cashier_even_at_once(world: World) -> None:
    cashier = a_cashier(world)
    tries = [world.client.post("/v1/cash-shifts", json={}, headers=cashier) for _ in range(5)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*tries))
    assert statuses == [201, 409, 409, 409, 409]


async def test_nothing_is_taken_into_a_drawer_that_is_counted(world: World) -> None:
    cashier = a_cashier(world)
    shift = await opened(world, cashier, 0)
    body = {"dossier_id": world.dossier(), "purpose": "submission", "method": "cash"}
    taken, closed = await asyncio.gather(
        world.post("/v1/payments/counter", body, cashier),
        world.post(f"/v1/cash-shifts/{shift['id']}/close", {"counted": 0}, cashier, 1),
    )
    seen = await shift_of(world, shift, cashier)
    if taken.status_code == 201:
        assert (closed.status_code, seen["closed_at"]) == (422, None)
    else:
        assert (taken.json()["code"], closed.status_code) == ("cash-shift-needed", 200)
        assert seen["cash"] == 0


async def test_a_fee_is_not_taken_twice_at_the_counter_or_beside_an_online_payment(world: World) -> None:
    cashier = a_cashier(world)
    await opened(world, cashier)
    dossier = world.dossier()
    body = {"dossier_id": dossier, "purpose": "submission", "method": "cash"}
    answers = await asyncio.gather(*(world.post("/v1/payments/counter", body, cashier) for _ in range(4)))
    codes = sorted(answer.json().get("code", "taken") for answer in answers)
    assert codes == ["fee-settled", "fee-settled", "fee-settled", "taken"]
    online = await world.pending()
    beside = await world.post("/v1/payments/counter", {**body, "dossier_id": online["dossier_id"]}, cashier)
    assert beside.json()["code"] == "payment-under-way"


async def test_only_ones_own_bodies_fees(world: World) -> None:
    cashier = a_cashier(world, "000.00.33.H28")
    await opened(world, cashier)
    body = {"dossier_id": world.dossier(), "purpose": "submission", "method": "cash"}
    assert (await world.post("/v1/payments/counter", body, cashier)).json()["code"] == "not-this-counter"
    no_number = await world.post("/v1/payments/counter", {**body, "method": "card"}, cashier)
    assert no_number.status_code == 422
    assert (await world.post("/v1/payments/counter", body, world.citizen())).status_code == 403


async def test_shifts_are_their_cashiers_and_their_leaders(world: World) -> None:
    cashier, other = a_cashier(world), a_cashier(world)
    shift = await opened(world, cashier)
    path = f"/v1/cash-shifts/{shift['id']}"
    assert (await world.client.get(path, headers=other)).status_code == 404
    leader = world.staff("leader", "000.00.00.H28")
    assert (await world.client.get(path, headers=leader)).status_code == 200
    listed = (await world.client.get("/v1/cash-shifts?limit=200", headers=leader)).json()["items"]
    assert shift["id"] in [item["id"] for item in listed]


ACCOUNT = {
    "valid_from": "2020-01-01",
    "bank": "KBNN Hòa Bình",
    "number": "3511.0.1234567",
    "holder": "Sở Xây dựng",
    "tax_code": "5400000001",
    "decision": "12/QĐ-STC",
}


async def test_the_account_of_a_body_on_the_day(world: World) -> None:
    leader, province = world.staff("leader", CONSTRUCTION), world.staff("leader", "000.00.00.H28")
    url = f"/v1/ledger/accounts/{CONSTRUCTION}"
    top = {**ACCOUNT, "number": "9999.0.1", "holder": "Tỉnh"}
    await world.client.put("/v1/ledger/accounts/000.00.00.H28", json=top, headers=province)
    assert await account_used(world) == "9999.0.1"  # of the nearest above
    assert (await world.client.put(url, json=ACCOUNT, headers=leader)).status_code == 200
    assert await account_used(world) == "3511.0.1234567"
    later = {**ACCOUNT, "valid_from": "2020-11-01", "number": "3511.0.7654321"}
    assert (await world.client.put(url, json=later, headers=leader)).status_code == 200
    assert await account_used(world) == "3511.0.1234567"
    world.clock.set("2020-11-02T08:00")
    assert await account_used(world) == "3511.0.7654321"
    overlap = await world.client.put(url, json=later, headers=world.staff("leader", CONSTRUCTION))
    assert overlap.json()["code"] == "payee-account-overlaps"
    listed = (await world.client.get(url, headers=world.staff("leader", CONSTRUCTION))).json()["items"]
    assert [item["valid_to"] for item in listed] == ["2020-10-31", None]
    strange = await world.client.put(url, json=later, headers=world.staff("leader", CENTRE))
    assert strange.status_code == 403
    wrong = {**ACCOUNT, "tax_code": "1", "number": ""}
    refused = await world.client.put(url, json=wrong, headers=world.staff("leader", CONSTRUCTION))
    assert {e["pointer"] for e in refused.json()["errors"]} == {"/tax_code", "/number"}


async def account_used(world: World) -> str:
    payment = await world.pending()
    told = next(m for m in world.platform.heard if m["MaThamChieu"] == payment["reference"])
    return str(told["ThongTinBienLai"]["TKThuHuong"])


async def test_the_books_cannot_be_rewritten_by_the_application(world: World) -> None:
    await world.paid()
    for statement in ("UPDATE ledger_movement SET amount = 1", "DELETE FROM ledger_movement"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with world.app.state.database.transaction() as session:
                await session.execute(text(statement))


async def test_the_pilot_report_names_causes(world: World) -> None:
    await world.paid(pilot=True)
    await world.paid("failed", pilot=True)
    await world.paid("cancelled", pilot=True)
    period = {"from": "2020-10-01", "to": "2020-10-31", "pilot": "true"}
    leader = world.staff("leader", "000.00.00.H28")
    report = (await world.client.get("/v1/payments/pilot-report", params=period, headers=leader)).json()
    (item,) = report["items"]
    assert (item["tried"], item["succeeded"], item["amount"]) == (3, 1, 150_000)
    assert sum(item["failed"].values()) == 2
    wrong = await world.client.get("/v1/payments/pilot-report?from=9999-12-31&to=x", headers=leader)
    assert {e["parameter"] for e in wrong.json()["errors"]} == {"from", "to"}


async def test_the_proof_is_for_auditors_as_it_is_of_all_bodies(world: World) -> None:
    for role in ("cashier", "leader"):
        answer = await world.client.get("/v1/ledger/proof", headers=world.staff(role))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
