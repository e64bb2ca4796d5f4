"""The mock that signs receipts: once per id, cancelled for good, with faults that can be ordered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from mocks.clock import VIETNAM
from mocks.receipt_issuer.app import create_app

pytestmark = pytest.mark.anyio

PAPER = {
    "id": "r-1", "agency": "000.00.09.H28", "agency_name": "Sở Xây dựng <b>", "tax_code": "5400123456",
    "form_code": "01BLP0-001", "series": "HB-20E", "number": "0000001", "amount": 100_000,
}  # fmt: skip


@pytest.fixture
async def issuer() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(lambda: datetime(2020, 10, 26, 8, tzinfo=VIETNAM))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://issuer.test") as client:
        yield client


async def sign(issuer: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    return await issuer.post("/receipts", json={**PAPER, **changes})


async def test_the_same_receipt_again_has_the_same_signature(issuer: httpx.AsyncClient) -> None:
    first, second = await sign(issuer), await sign(issuer)
    assert first.json() == second.json()
    assert first.json()["signed_at"] == "2020-10-26T08:00:00+07:00"
    (row,) = (await issuer.get("/_mock/receipts")).json()
    assert (row["asked"], row["code"]) == (2, first.json()["code"])
    assert (await sign(issuer, amount=1)).json()["code"] == "other-content"
    assert (await sign(issuer, id="r-2")).json()["code"] == "number-used"


async def test_cancelled_it_is_never_signed_again(issuer: httpx.AsyncClient) -> None:
    await sign(issuer)
    for id_ in ("r-1", "never-heard-of"):
        cancelled = await issuer.post("/cancel", json={"id": id_, "reason": "Sai"})
        assert cancelled.json()["status"] == "cancelled"
        assert (await sign(issuer, id=id_, number="0000009")).json()["code"] == "cancelled"
    assert (await issuer.get("/receipts/r-1")).json()["cancelled"] == "Sai"
    assert (await issuer.get("/receipts/other")).status_code == 404
    page = await issuer.get("/")
    assert "0000001" in page.text
    assert "&lt;b&gt;" in page.text


async def test_faults_are_met_in_their_order(issuer: httpx.AsyncClient) -> None:
    for kind in ("down", "refuse", "timeout-after-success"):
        await issuer.post("/_mock/faults", json={"service": "sign", "kind": kind})
    assert [(await sign(issuer)).status_code for _ in range(4)] == [502, 422, 504, 200]
    wrong = await issuer.post("/_mock/faults", json={"service": "sign", "kind": "flood"})
    assert wrong.status_code == 422


async def test_with_a_token_only_its_bearer_is_heard() -> None:
    app = create_app(token="SECRET")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://issuer.test") as client:
        assert (await client.post("/receipts", json=PAPER)).status_code == 401
        known = {"Authorization": "Bearer SECRET"}
        assert (await client.post("/receipts", json=PAPER, headers=known)).status_code == 200
