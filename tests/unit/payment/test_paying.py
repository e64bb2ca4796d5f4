"""A citizen pays a fee; what she may not do; what happens when the provider is silent."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests import system
from tests.unit.payment.conftest import CENTRE, CONSTRUCTION, RETURN, World

pytestmark = pytest.mark.anyio


async def test_pay_a_fee_from_creation_to_success(world: World) -> None:
    dossier_id = world.dossier()
    created = await world.create(dossier_id)
    payment = created.json()
    assert created.status_code == 201
    assert created.headers["Location"] == f"/v1/payments/{payment['id']}"
    assert (payment["status"], payment["amount"]) == ("pending", 150_000)
    assert payment["next_url"] == "http://portal.test/pay/1"
    assert payment["actions"] == ["cancel"]

    confirmed = await world.confirm(payment)
    assert (confirmed.status_code, confirmed.json()["MaLoi"]) == (200, "00")
    paid = await world.get(payment)
    assert (paid["status"], paid["bank"], paid["provider_transaction"]) == ("succeeded", "VCB", "TXN1")
    assert (paid["next_url"], paid["actions"]) == (None, [])
    assert await world.events(payment) == ["payment.created", "payment.pending", "payment.succeeded"]

    feed = await world.client.get("/internal/events", headers=system.service_headers("dossier", world.clock))
    event = next(
        e for e in feed.json()["items"] if e["subject"] == payment["id"] and e["type"] == "payment.succeeded"
    )
    assert (
        event["data"]
        | {
            "dossier_id": dossier_id,
            "purpose": "submission",
            "amount": 150_000,
            "provider": "payment-platform",
            "channel": "online",
        }
        == event["data"]
    )
    assert event["sequence"] == paid["version"]


async def test_init_carries_the_fee_lines_and_plain_text(world: World) -> None:
    await world.pending()
    init = world.platform.heard[0]
    assert init["SoTien"] == "150000"
    assert init["ThongTinGiaoDich"] == "THANH TOAN HO SO 000.00.01.H28-201026-0001"
    assert init["ThoiGianGD"] == "20201026080000"
    lines = [(line["LoaiPhiLePhi"], line["SoTien"]) for line in init["ThongTinBienLai"]["PhiLePhi"]]
    assert lines == [("1", "100000"), ("2", "50000")]


async def test_same_key_answers_the_same_payment(world: World) -> None:
    dossier_id = world.dossier()
    first = await world.create(dossier_id, "k-same")
    world.dossiers[dossier_id]["purposes"][0]["settled"] = True
    again = await world.create(dossier_id, "k-same")
    other = await world.create(world.dossier(), "k-same")
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert world.platform.kinds() == ["INIT"]


async def test_key_is_compulsory(world: World) -> None:
    answer = await world.client.post(
        "/v1/payments",
        json={"dossier_id": world.dossier(), "purpose": "submission", "provider": "payment-platform",
              "return_url": RETURN},
        headers=world.citizen(),
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


async def test_an_amount_from_the_caller_is_refused(world: World) -> None:
    answer = await world.create(world.dossier(), amount=1)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/amount")


_SETTLED = [{"purpose": "submission", "settled": True, "amount": 1, "lines": [
    {"code": "LP", "name": "Lệ phí", "kind": "charge", "amount": 1, "refundable": True}]}]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"owner": "somebody"}, 404, "dossier-not-found"),
        ({"purposes": []}, 409, "nothing-due"),
        ({"status": "withdrawn"}, 409, "nothing-due"),
        ({"purposes": _SETTLED}, 409, "fee-settled"),
        ({"payable_online": False}, 409, "not-payable-online"),
    ],
)
async def test_refusals_have_names(world: World, changes: dict[str, Any], status: int, code: str) -> None:
    answer = await world.create(world.dossier(**changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert world.platform.heard == []


async def test_where_to_pay_is_said(world: World) -> None:
    answer = await world.create(world.dossier(payable_online=False))
    assert answer.json()["agency"] == CENTRE


async def test_unknown_dossier_and_forged_token(world: World) -> None:
    assert (await world.create(str(uuid4()))).json()["code"] == "dossier-not-found"
    forged = {"Authorization": "Bearer a.b.c", "Idempotency-Key": "x"}
    assert (await world.client.post("/v1/payments", json={}, headers=forged)).status_code == 401
    officer = await world.client.post("/v1/payments", json={}, headers=world.staff("officer"))
    assert officer.status_code == 403


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://evil.test/", 422),
        ("https://gateway.test/", 422),  # another scheme is another origin
        ("http://gateway.test:81/", 422),
        ("http://gateway.test@evil.test/", 422),
        ("http://gateway.test\\@evil.test/", 201),  # read as browsers do: the host is gateway.test
        ("javascript:alert(1)", 422),
        ("//gateway.test/", 422),
        ("http://GATEWAY.test/a", 201),
    ],
)
async def test_return_address_must_be_ours(world: World, url: str, status: int) -> None:
    answer = await world.create(world.dossier(), return_url=url)
    assert answer.status_code == status, answer.text


async def test_second_payment_is_told_of_the_first(world: World) -> None:
    dossier_id = world.dossier()
    first = (await world.create(dossier_id)).json()
    second = await world.create(dossier_id)
    assert (second.status_code, second.json()["code"]) == (409, "payment-under-way")
    assert second.json()["payment_id"] == first["id"]
    assert second.json()["next_url"] == first["next_url"]
    await world.confirm(first)
    assert (await world.create(dossier_id)).json()["code"] == "fee-settled"


async def test_ten_at_once_begin_one_payment(world: World) -> None:
    dossier_id = world.dossier()
    answers = await asyncio.gather(*(world.create(dossier_id) for _ in range(10)))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 9
    assert world.platform.kinds() == ["INIT"]


async def test_one_key_ten_times_at_once_begins_one_payment(world: World) -> None:
    dossier_id = world.dossier()
    answers = await asyncio.gather(*(world.create(dossier_id, "k-ten") for _ in range(10)))
    assert {a.status_code for a in answers} <= {201, 409}
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == 1
    assert world.platform.kinds() == ["INIT"]


async def test_provider_refuses(world: World) -> None:
    world.platform.init = {"MaLoi": "99", "MoTaLoi": "Lỗi"}
    dossier_id = world.dossier()
    failed = (await world.create(dossier_id)).json()
    assert (failed["status"], failed["failure"], failed["next_url"]) == ("failed", "99", None)
    world.platform.init = {"MaLoi": "00", "UrlThanhToan": "http://portal.test/pay/2"}
    assert (await world.create(dossier_id)).json()["status"] == "pending"


async def test_provider_out_of_reach_fails_at_once(world: World) -> None:
    world.platform.down = httpx.ConnectError("refused")
    failed = (await world.create(world.dossier())).json()
    assert (failed["status"], failed["failure"]) == ("failed", "unreachable")


@pytest.mark.parametrize(
    "answer", [{}, {"MaLoi": "00"}, {"MaLoi": "00", "UrlThanhToan": "javascript:alert(1)"}]
)
async def test_unreadable_answer_leaves_doubt(world: World, answer: dict[str, str]) -> None:
    world.platform.init = answer
    assert (await world.create(world.dossier())).json()["status"] == "unknown"


async def test_who_may_see_a_payment(world: World) -> None:
    payment = await world.pending()
    path = f"/v1/payments/{payment['id']}"
    seen = {
        who: (await world.client.get(path, headers=headers)).status_code
        for who, headers in {
            "payer": world.citizen(),
            "another": world.citizen("binh"),
            "receiving": world.staff("officer"),
            "resolving": world.staff("leader", CONSTRUCTION),
            "cashier": world.staff("cashier"),
            "foreign": world.staff("officer", "000.00.33.H28"),
            "auditor": world.staff("auditor", "000.00.00.H28"),
            "editor": world.staff("editor"),
            "nobody": {},
        }.items()
    }
    assert seen == {
        "payer": 200, "another": 404, "receiving": 200, "resolving": 200, "cashier": 200, "foreign": 404,
        "auditor": 200, "editor": 403, "nobody": 401,
    }  # fmt: skip
    officer = await world.client.get(path, headers=world.staff("officer"))
    assert officer.json()["next_url"] is None
    assert (await world.client.get(f"{path}/events", headers=world.citizen("binh"))).status_code == 404
    assert (await world.cancel(payment, "binh")).status_code == 404


async def test_waiting_for_the_end(world: World) -> None:
    payment = await world.pending()
    path, headers = f"/v1/payments/{payment['id']}", world.citizen()
    waiting = asyncio.create_task(world.client.get(path, params={"wait": 20}, headers=headers))
    tagged = {**headers, "If-None-Match": f'"{payment["version"]}"'}
    assert (await world.client.get(path, headers=tagged)).status_code == 304
    await asyncio.sleep(0.1)
    await world.confirm(payment)
    assert (await asyncio.wait_for(waiting, 10)).json()["status"] == "succeeded"
    moved = await world.client.get(path, params={"wait": 20}, headers=tagged)
    assert (moved.status_code, moved.headers["ETag"]) == (200, '"3"')


async def test_browser_comes_back_and_changes_nothing(world: World) -> None:
    payment = await world.pending()
    path = "/v1/payments/return/payment-platform"
    back = await world.client.get(path, params={"MaThamChieu": payment["reference"], "MaLoi": "00"})
    assert back.status_code == 303
    assert back.headers["Location"] == f"{RETURN}&payment={payment['id']}"
    assert (await world.get(payment))["status"] == "pending"
    unknown = await world.client.get(path, params={"MaThamChieu": "dvcX"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "payment-not-found")
