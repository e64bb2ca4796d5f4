"""The platform's call-backs: forged, repeated, early, late, with another amount, many at once."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from prometheus_client import REGISTRY

from tests.unit.payment.conftest import CONFIRM, OLD_SECRET, World, signed

pytestmark = pytest.mark.anyio


async def test_forged_call_back_changes_nothing_and_is_kept(world: World) -> None:
    payment = await world.pending()
    before = _refused("signature")
    answer = await world.confirm(payment, secret="guessed")
    assert (answer.status_code, answer.json()["code"]) == (403, "callback-signature")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["MaLoi"], answer.json()["MaXacThuc"]) == ("97", "")
    assert (await world.get(payment))["version"] == payment["version"]
    assert await world.messages(payment) == [("refused", "signature")]
    assert _refused("signature") == before + 1


async def test_changed_field_breaks_the_signature(world: World) -> None:
    payment = await world.pending()
    message = {**signed(world.message(payment, MaLoi="99")), "MaLoi": "00"}
    answer = await world.client.post(CONFIRM, json=message)
    assert answer.json()["code"] == "callback-signature"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"MaThamChieu": "dvcNobody"}, 404, "callback-unknown-reference"),
        ({"MaDoiTac": "OTHER"}, 409, "callback-partner"),
        ({"SoTien": "1"}, 409, "callback-amount"),
        ({"SoTien": "0150000"}, 409, "callback-amount"),
        ({"MaTienTe": "USD"}, 409, "callback-currency"),
        ({"LoaiBanTin": "QUERY"}, 409, "callback-kind"),
    ],
)
async def test_signed_but_wrong(world: World, changes: dict[str, str], status: int, code: str) -> None:
    payment = await world.pending()
    answer = await world.confirm(payment, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["MaLoi"] != "00"
    kept = await world.messages({"reference": changes.get("MaThamChieu", payment["reference"])})
    assert kept[-1][0] == "refused"
    assert await world.events(payment) == ["payment.created", "payment.pending"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"SoTien": "1e5"}, 422), ({"MaGiaoDich": "a\0b"}, 422), ({"MaThamChieu": "x" * 300}, 422)],
)
async def test_unreadable_call_back(world: World, changes: dict[str, str], status: int) -> None:
    payment = await world.pending()
    assert (await world.confirm(payment, **changes)).status_code == status
    json = {"Content-Type": "application/json"}
    assert (await world.client.post(CONFIRM, content=b"{", headers=json)).status_code == 400
    assert (await world.client.post(CONFIRM, json=[])).status_code == 422


async def test_repeated_call_back_is_answered_alike_and_does_nothing(world: World) -> None:
    payment = await world.pending()
    first, again = await world.confirm(payment), await world.confirm(payment)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await world.events(payment)).count("payment.succeeded") == 1
    assert await world.messages(payment) == [("applied", None), ("repeated", None)]


async def test_thirty_at_once_are_one_event(world: World) -> None:
    payment = await world.pending()
    answers = await asyncio.gather(*(world.confirm(payment) for _ in range(30)))
    assert {(a.status_code, a.json()["MaLoi"]) for a in answers} == {(200, "00")}
    assert (await world.events(payment)).count("payment.succeeded") == 1
    assert [outcome for outcome, _ in await world.messages(payment)].count("applied") == 1


async def test_both_secrets_hold_while_they_are_rotated(world: World) -> None:
    payment = await world.pending()
    assert (await world.confirm(payment, secret=OLD_SECRET)).status_code == 200


async def test_numbers_and_new_fields_of_the_platform_are_read(world: World) -> None:
    payment = await world.pending()
    message = {**signed(world.message(payment)), "SoTien": 150000, "TruongMoi": "x"}
    assert (await world.client.post(CONFIRM, json=message)).status_code == 200


async def test_failure_then_success(world: World) -> None:
    payment = await world.pending()
    assert (await world.confirm(payment, MaLoi="24", MaGiaoDich="")).json()["MaLoi"] == "00"
    failed = await world.get(payment)
    assert (failed["status"], failed["failure"]) == ("failed", "24")
    await world.confirm(payment)
    paid = await world.get(payment)
    assert (paid["status"], paid["failure"]) == ("succeeded", None)


async def test_failure_after_success_changes_nothing(world: World) -> None:
    payment = await world.pending()
    await world.confirm(payment)
    assert (await world.confirm(payment, MaLoi="99")).status_code == 200
    assert (await world.get(payment))["status"] == "succeeded"
    assert await world.messages(payment) == [("applied", None), ("repeated", None)]


async def test_call_back_before_the_answer_of_init(world: World) -> None:
    world.platform.pause = asyncio.Event()
    creating = asyncio.create_task(world.create(world.dossier()))
    await world.platform.reached.wait()
    init = world.platform.heard[0]
    early = {"reference": init["MaThamChieu"], "amount": init["SoTien"]}
    assert (await world.confirm(early)).status_code == 200
    world.platform.pause.set()
    payment = (await creating).json()
    assert payment["status"] == "succeeded"
    assert await world.events(payment) == ["payment.created", "payment.succeeded"]


async def test_late_success_settles_and_ends_the_new_attempt(world: World) -> None:
    dossier_id = world.dossier()
    first = (await world.create(dossier_id)).json()
    assert (await world.cancel(first)).status_code == 200
    second = (await world.create(dossier_id)).json()

    assert (await world.confirm(first)).status_code == 200
    assert (await world.get(first))["status"] == "succeeded"
    ended = await world.get(second)
    assert (ended["status"], ended["failure"]) == ("cancelled", "superseded")


async def test_second_money_for_one_fee_is_kept_as_overpaid(world: World) -> None:
    dossier_id = world.dossier()
    first = (await world.create(dossier_id)).json()
    await world.cancel(first)
    second = (await world.create(dossier_id)).json()
    await world.confirm(second)
    for _ in range(2):
        assert (await world.confirm(first, MaGiaoDich="TXN2")).json()["MaLoi"] == "00"
    late = await world.get(first)
    assert (late["status"], late["overpaid"]) == ("cancelled", True)
    assert await world.events(first) == [
        "payment.created", "payment.pending", "payment.cancelled", "payment.overpaid",
    ]  # fmt: skip
    await world.confirm(second, MaGiaoDich="TXN3")
    assert (await world.get(second))["overpaid"] is True


async def test_cancel_and_call_back_at_once_never_lose_money(world: World) -> None:
    for _ in range(5):
        payment = await world.pending()
        cancelled, confirmed = await asyncio.gather(world.cancel(payment), world.confirm(payment))
        assert confirmed.status_code == 200
        assert cancelled.status_code in (200, 409, 412)
        assert (await world.get(payment))["status"] == "succeeded"


async def test_answer_is_signed(world: World) -> None:
    payment = await world.pending()
    answer: httpx.Response = await world.confirm(payment)
    assert set(answer.json()) == {
        "MaLoi", "MoTaLoi", "MaDoiTac", "MaThamChieu", "ThoiGianGD", "MaXacThuc",
    }  # fmt: skip
    assert len(answer.json()["MaXacThuc"]) == 64


def _refused(reason: str) -> float:
    labels = {"provider": "payment-platform", "reason": reason}
    return REGISTRY.get_sample_value("payment_callbacks_refused_total", labels) or 0.0


@pytest.mark.parametrize("provider", ["payment-platform", "vnpay"])
@pytest.mark.parametrize(
    "body", ["[]", "1", "null", '"x"', "{}", "{", '{"vnp_TxnRef": {"a": 1}}', '{"vnp_Amount": 1e400}',
             '{"vnp_TxnRef": "\\u0000", "MaThamChieu": ["x"]}', "\\xff"]
)  # fmt: skip
async def test_whatever_is_sent_as_a_call_back_is_answered_by_the_book(
    world: World, provider: str, body: str
) -> None:
    kind = {"Content-Type": "application/json"}
    answer = await world.client.post(f"/v1/payments/callbacks/{provider}", content=body, headers=kind)
    assert answer.status_code in (200, 400, 403, 422), answer.text
    assert answer.status_code != 200 or answer.json()["RspCode"] in ("97", "99")
