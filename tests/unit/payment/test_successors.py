"""A body ends: its account goes to the successor, receipts go on without a double, the books stay."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests import system
from tests.unit.payment.conftest import BODIES, CENTRE, CONSTRUCTION, World

pytestmark = pytest.mark.anyio
NEW, OTHER = "000.00.70.H28", "000.00.71.H28"
DAY = date(2020, 12, 1)
ACCOUNT = {
    "valid_from": "2020-01-01",
    "bank": "KBNN Hòa Bình",
    "number": "3511.0.1234567",
    "holder": "Sở Xây dựng",
    "tax_code": "5400000001",
    "decision": "12/QĐ-STC",
}


@pytest.fixture(autouse=True)
async def alone(world: World) -> None:
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM payee_account"))
        await session.execute(text("DELETE FROM succession_work"))
    await succeed(world, {})


async def succeed(world: World, successors: dict[str, str]) -> None:
    """The catalogue says so: its feed is read anew."""
    known = {body["code"] for body in BODIES}
    more = [
        {"code": code, "name": code, "kind": "department", "government_level": "province",
         "parent_code": "000.00.00.H28"} for code in (NEW, OTHER) if code not in known
    ]  # fmt: skip
    said: list[Any] = [
        {**body, "successors": [successors[str(body["code"])]], "succeeded_on": str(DAY)}
        if body["code"] in successors
        else body
        for body in [*BODIES, *more]
    ]
    before = list(BODIES)
    BODIES[:] = said
    try:
        async with world.app.state.database.transaction() as session:
            await session.execute(text("DELETE FROM cursor WHERE name = 'payment-catalog'"))
        await world.app.state.consumers["payment-catalog"].step()
    finally:
        BODIES[:] = before


async def move(world: World) -> None:
    while await world.app.state.removals.step():
        pass


async def put_account(world: World, agency: str, **changes: Any) -> None:
    leader = world.staff("leader", "000.00.00.H28")
    answer = await world.client.put(
        f"/v1/ledger/accounts/{agency}", json={**ACCOUNT, **changes}, headers=leader
    )
    assert answer.status_code == 200, answer.text


async def accounts(world: World) -> list[tuple[str, str, str]]:
    """(body, number, days)"""
    async with world.app.state.database.transaction() as session:
        rows = await session.execute(
            text("SELECT agency, number, valid::text FROM payee_account ORDER BY agency, valid")
        )
        return [tuple(row) for row in rows]


async def holdings(world: World) -> dict[str, Any]:
    answer = await world.client.post(
        "/internal/successions/holdings",
        json={"bodies": {CONSTRUCTION: str(DAY)}},
        headers=system.service_headers("gateway", world.clock),
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def paid(world: World, agency: str = CONSTRUCTION) -> dict[str, Any]:
    """The receipt of a payment of 100,000 đồng phí to that body."""
    payment = await world.pending(resolving_agency=agency)
    assert (await world.confirm(payment, MaGiaoDich=uuid4().hex)).status_code == 200
    return await receipt(world, payment)


async def receipt(world: World, payment: dict[str, Any]) -> dict[str, Any]:
    async with world.app.state.database.transaction() as session:
        rows = await session.execute(
            text("SELECT * FROM receipt WHERE payment_id = :id AND kind = 'fee'"), {"id": payment["id"]}
        )
        return dict(rows.mappings().one())


async def test_the_account_goes_to_the_successor_from_the_day(world: World) -> None:
    await put_account(world, CONSTRUCTION)
    listed = {held["what"]: held for held in (await holdings(world))["items"]}
    assert (listed["payee-accounts"]["count"], listed["payee-accounts"]["first"]) == (1, ["3511.0.1234567"])
    await succeed(world, {CONSTRUCTION: NEW})
    assert (await holdings(world))["waiting"] == 1
    await move(world)
    assert await accounts(world) == [
        (CONSTRUCTION, "3511.0.1234567", "[2020-01-01,2020-12-01)"),
        (NEW, "3511.0.1234567", "[2020-12-01,)"),
    ]
    left = await holdings(world)
    assert "payee-accounts" not in {held["what"] for held in left["items"]}
    assert (left["done"], left["waiting"]) == ([{"old": CONSTRUCTION, "new": NEW, "accounts": 1}], 0)
    await move(world)
    assert len(await accounts(world)) == 2


async def test_a_successor_with_an_account_of_its_own_keeps_it(world: World) -> None:
    await put_account(world, CONSTRUCTION)
    await put_account(world, NEW, number="3511.0.9", tax_code="5400000009")
    await succeed(world, {CONSTRUCTION: NEW})
    await move(world)
    assert await accounts(world) == [
        (CONSTRUCTION, "3511.0.1234567", "[2020-01-01,2020-12-01)"),
        (NEW, "3511.0.9", "[2020-01-01,)"),
    ]


async def test_receipts_go_on_after_the_last_number_whoever_is_named(world: World) -> None:
    """What names a receipt outside is tax code, form, series and number: no two are the same, although the
    successor goes on under the old tax code, and a late fee of the old body still comes in."""
    await put_account(world, CONSTRUCTION, tax_code="5400000077")
    before = [await paid(world) for _ in range(2)]
    await succeed(world, {CONSTRUCTION: NEW})
    await move(world)
    world.clock.set("2020-12-02T08:00")
    after = [await paid(world, NEW), await paid(world, CONSTRUCTION), await paid(world, NEW)]
    assert {one["tax_code"] for one in [*before, *after]} == {"5400000077"}
    assert {(one["form_code"], one["series"]) for one in [*before, *after]} == {
        (before[0]["form_code"], before[0]["series"])
    }
    first = before[0]["number"]
    assert [one["number"] for one in [*before, *after]] == [first + place for place in range(5)]
    assert [one["agency"] for one in after] == [NEW, CONSTRUCTION, NEW]


async def test_an_open_shift_is_named_and_can_be_closed_later(world: World) -> None:
    cashier = {**system.headers(world.clock, f"thu-{uuid4().hex[:6]}", "staff", roles=["cashier"],
                                agency=CONSTRUCTION, name="Lò Thị Thu")}  # fmt: skip
    shift = await world.post("/v1/cash-shifts", {"opening": 0}, cashier)
    assert shift.status_code == 201, shift.text
    listed = {held["what"]: held for held in (await holdings(world))["items"]}
    assert listed["cash-shifts"]["first"] == ["Lò Thị Thu"]
    assert not listed["cash-shifts"]["moves"]
    await succeed(world, {CONSTRUCTION: NEW})
    await move(world)
    leader = world.staff("leader", NEW)
    seen = await world.client.get(f"/v1/cash-shifts/{shift.json()['id']}", headers=leader)
    assert seen.status_code == 200


async def test_the_successor_sees_the_books_of_before_under_the_old_name(world: World) -> None:
    await put_account(world, CONSTRUCTION)
    await paid(world)
    await succeed(world, {CONSTRUCTION: NEW})
    await move(world)
    answer = await world.client.get(
        f"/v1/ledger/balances?from=2020-10-26&to=2020-10-26&agency={NEW}", headers=world.staff("leader", NEW)
    )
    assert {item["agency"] for item in answer.json()["items"]} == {CONSTRUCTION}
    stranger = await world.client.get(
        "/v1/ledger/balances?from=2020-10-26&to=2020-10-26", headers=world.staff("leader", CENTRE)
    )
    assert stranger.json()["items"] == []
