"""Receipts: numbered without a gap, never edited, signed once, verified by anybody."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.payment import queries as payments
from services.payment.receipts import commands
from tests import system
from tests.unit.payment.conftest import CONSTRUCTION, World

pytestmark = pytest.mark.anyio

FEE_ONLY = [
    {
        "purpose": "submission",
        "amount": 100_000,
        "settled": False,
        "lines": [{"code": "PH-01", "name": "Phí", "kind": "fee", "amount": 100_000, "refundable": False}],
    }
]


async def paid(world: World, **changes: Any) -> dict[str, Any]:
    payment = await world.pending(**changes)
    answer = await world.confirm(payment, MaGiaoDich=uuid4().hex)
    assert answer.status_code == 200, answer.text
    return payment


async def receipts(world: World, payment: dict[str, Any]) -> list[dict[str, Any]]:
    """Oldest first: the phí's, if there is one, then the lệ phí's."""
    params = {"payment": payment["id"]}
    answer = await world.client.get("/v1/receipts", params=params, headers=world.citizen())
    assert answer.status_code == 200, answer.text
    found = answer.json()["items"]
    return sorted(found, key=lambda receipt: (receipt["kind"] != "fee", receipt["id"]))


async def get(
    world: World, receipt: dict[str, Any], headers: dict[str, str] | None = None, **more: str
) -> httpx.Response:
    url = f"/v1/receipts/{receipt['id']}"
    return await world.client.get(url, headers={**(headers or world.citizen()), **more})


async def cancel(
    world: World,
    receipt: dict[str, Any],
    who: dict[str, str] | None = None,
    version: str | None = None,
    **body: Any,
) -> httpx.Response:
    headers = {**(who or world.staff("cashier")), "If-Match": version or f'"{receipt["version"]}"'}
    body = {"reason": "Sai tên người nộp", **body}
    return await world.client.post(f"/v1/receipts/{receipt['id']}/cancel", json=body, headers=headers)


async def history(world: World, receipt: dict[str, Any]) -> list[Any]:
    async with world.app.state.database.transaction() as session:
        query = text("SELECT type, audience, data::text AS data FROM event WHERE subject = :s ORDER BY seq")
        return list(await session.execute(query, {"s": receipt["id"]}))


async def numbers(world: World, form_code: str, year: int) -> list[int]:
    async with world.app.state.database.transaction() as session:
        query = text(
            "SELECT number FROM receipt WHERE agency = :a AND form_code = :f AND year = :y ORDER BY number"
        )
        found = await session.scalars(query, {"a": CONSTRUCTION, "f": form_code, "y": year})
        return list(found)


async def test_phi_and_le_phi_have_a_receipt_each_with_its_own_form_and_number(world: World) -> None:
    fee, charge = await receipts(world, await paid(world))
    assert [(fee["kind"], fee["amount"]), (charge["kind"], charge["amount"])] == [
        ("fee", 100_000),
        ("charge", 50_000),
    ]
    assert (fee["form_code"], charge["form_code"]) == ("01BLP0-001", "01BLP0-002")
    assert fee["series"] == charge["series"] == "HB-20E"
    assert len(fee["number"]) == 7
    assert (fee["title"], charge["title"]) == ("PHIẾU THU PHÍ", "PHIẾU THU LỆ PHÍ")
    assert charge["amount_in_words"] == "Năm mươi nghìn đồng"
    assert charge["agency"] == CONSTRUCTION
    assert [line["code"] for line in charge["lines"]] == ["LP-01"]
    assert (await get(world, charge)).json()["payer_name"] == "Nguyễn Thị An"
    (issued,) = await history(world, fee)
    assert (issued.type, issued.audience) == ("receipt.issued", "public")
    assert "Nguyễn" not in issued.data


async def test_the_payments_success_is_the_last_event_of_its_transaction(world: World) -> None:
    payment = await paid(world)
    async with world.app.state.database.transaction() as session:
        last = await session.scalar(text("SELECT type FROM event ORDER BY id DESC LIMIT 1"))
    assert last == "payment.succeeded"
    assert len(await receipts(world, payment)) == 2


async def test_the_same_money_told_twice_makes_no_second_receipt(world: World) -> None:
    payment = await world.pending()
    await asyncio.gather(*(world.confirm(payment) for _ in range(10)))
    await world.confirm(payment, MaGiaoDich="TXN-OTHER")  # overpaid: owed to the payer, not a receipt's
    assert len(await receipts(world, payment)) == 2


@pytest.mark.long
async def test_sixty_payments_at_once_are_numbered_without_a_gap_or_double(world: World) -> None:
    world.clock.set("2022-03-01T09:00")
    made = [await world.pending() for _ in range(60)]
    answers = await asyncio.gather(*(world.confirm(payment) for payment in made))
    assert {answer.status_code for answer in answers} == {200}
    for form_code in ("01BLP0-001", "01BLP0-002"):
        assert await numbers(world, form_code, 2022) == list(range(1, 61))


async def test_counters_and_callbacks_at_once_do_not_wait_for_each_other_in_a_circle(world: World) -> None:
    online = [await world.pending() for _ in range(15)]
    cashiers = [
        system.headers(world.clock, f"cashier-{i}", "staff", roles=["cashier"], agency=CONSTRUCTION)
        for i in range(5)
    ]
    for cashier in cashiers:
        opened = await world.client.post("/v1/cash-shifts", json={}, headers=cashier)
        assert opened.status_code == 201, opened.text

    async def take(cashier: dict[str, str]) -> httpx.Response:
        body = {"dossier_id": world.dossier(), "purpose": "submission", "method": "cash"}
        headers = {**cashier, "Idempotency-Key": uuid4().hex}
        return await world.client.post("/v1/payments/counter", json=body, headers=headers)

    answers = await asyncio.gather(
        *(world.confirm(payment) for payment in online), *(take(cashier) for cashier in cashiers * 3)
    )
    assert {answer.status_code for answer in answers} == {200, 201}


async def test_what_is_rolled_back_or_only_held_takes_no_number(world: World) -> None:
    world.clock.set("2023-03-01T09:00")
    payment = await world.pending()
    database = world.app.state.database

    async def begun(name: str) -> None:
        async with database.transaction() as session:
            row = await payments.by_reference(session, payment["reference"])
            assert row is not None
            row.provider_transaction = "T"
            await getattr(commands, name)(session, row, world.clock.now())
            if name == "issue":
                raise RuntimeError

    await begun("hold")
    with pytest.raises(RuntimeError):
        await begun("issue")
    await world.confirm(payment)
    assert await numbers(world, "01BLP0-001", 2023) == [1]


async def test_a_new_year_in_vietnam_begins_a_new_series(world: World) -> None:
    world.clock.set("2024-12-31T23:58")
    old = await paid(world, purposes=FEE_ONLY)
    new = await world.pending(purposes=FEE_ONLY)
    world.clock.set("2025-01-01T00:02")  # in UTC it is still 2024
    await world.confirm(new)
    (before,), (after,) = await receipts(world, old), await receipts(world, new)
    assert (before["series"], before["number"]) == ("HB-24E", "0000001")
    assert (after["series"], after["number"]) == ("HB-25E", "0000001")


async def test_a_cancelled_receipt_stays_visible_and_its_replacement_has_the_next_number(
    world: World,
) -> None:
    payment = await paid(world, purposes=FEE_ONLY)
    (old,) = await receipts(world, payment)
    answer = await cancel(world, old, replace=True, payer_name="Nguyễn Thị Ân")
    assert answer.status_code == 200, answer.text
    cancelled = answer.json()
    assert (cancelled["status"], cancelled["reason"]) == ("cancelled", "Sai tên người nộp")
    assert (cancelled["version"], answer.headers["ETag"]) == (2, '"2"')
    assert [cancelled[name] for name in ("number", "amount", "payer_name")] == [
        old["number"],
        old["amount"],
        "Nguyễn Thị An",
    ]
    new = (await get(world, {"id": cancelled["replaced_by"]})).json()
    assert int(new["number"]) == int(old["number"]) + 1
    assert (new["replaces"], new["status"], new["payer_name"]) == (old["id"], "issued", "Nguyễn Thị Ân")
    assert [receipt["id"] for receipt in await receipts(world, payment)] == [old["id"], new["id"]]
    printed = await get(world, cancelled, Accept="application/pdf")
    assert printed.content.startswith(b"%PDF-")
    assert [row.type for row in await history(world, old)] == ["receipt.issued", "receipt.replaced"]
    assert (await cancel(world, cancelled)).json()["code"] == "receipt-cancelled"


async def test_cancelled_without_a_replacement_nothing_stands(world: World) -> None:
    (receipt,) = await receipts(world, await paid(world, purposes=FEE_ONLY))
    answer = await cancel(world, receipt, world.staff("leader", CONSTRUCTION), replace=False)
    assert (answer.status_code, answer.json()["replaced_by"]) == (200, None)
    check = (await world.client.get(f"/v1/receipts/verify/{receipt['verification_code']}")).json()
    assert (check["valid"], check["cancelled_on"], check["replaced"]) == (False, "2020-10-26", False)


async def test_two_who_replace_at_once_make_one_replacement(world: World) -> None:
    payment = await paid(world, purposes=FEE_ONLY)
    (old,) = await receipts(world, payment)
    answers = await asyncio.gather(*(cancel(world, old, replace=True) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    assert len(await receipts(world, payment)) == 2


@pytest.mark.parametrize(
    "change",
    ["UPDATE receipt SET amount = 1", "UPDATE receipt SET number = 9", "DELETE FROM receipt",
     "UPDATE receipt SET payer_facts = NULL", "DELETE FROM receipt_series"],
)  # fmt: skip
async def test_the_application_has_no_right_to_edit_a_receipt(world: World, change: str) -> None:
    await paid(world)
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with world.app.state.database.transaction() as session:
            await session.execute(text(change))
