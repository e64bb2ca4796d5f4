"""A payment service on a database of its own; the dossier service and the platform are small fakes."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from deploy.databases import ServiceDatabase
from kit.app import Outside
from mocks.vnpay.app import create_app as create_vnpay
from mocks.vnpay.settings import Settings as VnpaySettings
from services.payment.app import create_app
from services.payment.settings import Settings
from tests import system

CENTRE, CONSTRUCTION = "000.00.01.H28", "000.00.09.H28"
BODIES = [
    {"code": "000.00.00.H28", "name": "UBND tỉnh", "kind": "peoples_committee",
     "government_level": "province"},
    {"code": CENTRE, "name": "Trung tâm PVHCC", "kind": "one_stop_centre", "government_level": "province",
     "parent_code": "000.00.00.H28"},
    {"code": CONSTRUCTION, "name": "Sở Xây dựng", "kind": "department", "government_level": "province",
     "parent_code": "000.00.00.H28"},
]  # fmt: skip
PARTNER, SECRET, OLD_SECRET = "MOCKHB", "NEW-SECRET", "OLD-SECRET"
RETURN = f"{system.PUBLIC_URL}/dossiers/1?tab=fees"
CONFIRM = "/v1/payments/callbacks/payment-platform"


def fees(dossier_id: str, owner: str = "an", **changes: Any) -> dict[str, Any]:
    return {
        "dossier_id": dossier_id,
        "code": "000.00.01.H28-201026-0001",
        "version": 2,
        "owner": owner,
        "status": "submitted",
        "receiving_agency": CENTRE,
        "resolving_agency_name": "Sở Xây dựng",
        "resolving_agency": CONSTRUCTION,
        "procedure": {"code": "9.000001", "name": "Cấp giấy phép xây dựng (mẫu)"},
        "payer_name": "Nguyễn Thị An",
        "payer_paper_number": "017300000001",
        "purposes": [
            {
                "purpose": "submission",
                "amount": 150_000,
                "settled": False,
                "lines": [
                    {"code": "PH-01", "name": "Phí", "kind": "fee", "amount": 100_000, "refundable": False},
                    {
                        "code": "LP-01",
                        "name": "Lệ phí",
                        "kind": "charge",
                        "amount": 50_000,
                        "refundable": True,
                    },
                ],
            }
        ],
        "payable_online": True,
        **changes,
    }


@dataclass
class Platform(httpx.AsyncBaseTransport):
    """A payment platform that answers as a test says. `down`: what its transport raises."""

    init: dict[str, Any] = field(
        default_factory=lambda: {"MaLoi": "00", "UrlThanhToan": "http://portal.test/pay/1"}
    )
    state: str | None = "01"
    down: httpx.TransportError | None = None
    amount: str = "150000"
    secret: str = SECRET
    pause: asyncio.Event | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        message = json.loads(await request.aread())
        self.heard.append(message)
        self.reached.set()
        if self.pause is not None:
            await self.pause.wait()
        if self.down is not None:
            raise self.down
        if message["LoaiBanTin"] == "INIT":
            return httpx.Response(200, json=self.init)
        if self.state is None:
            return httpx.Response(200, json={"MaLoi": "01", "MoTaLoi": "Không có giao dịch"})
        paid = self.state == "00"
        answer = {
            "LoaiBanTin": "QUERY",
            "MaLoi": "00" if paid else "24",
            **{key: message[key] for key in ("MaDoiTac", "MaThamChieu")},
            "SoTien": self.amount,
            "MaTienTe": "VND",
            "MaGiaoDich": "TXN1" if paid else "",
            "MaNganHang": "VCB" if paid else "",
            "ThoiGianGD": "20201026080200" if paid else "",
            "ThongTinGiaoDich": "THANH TOAN HO SO",
        }
        return httpx.Response(200, json={**signed(answer, self.secret), "TrangThaiGD": self.state})

    def kinds(self, payment: dict[str, Any] | None = None) -> list[str]:
        """What it was sent, about one payment or in all (tests of a file share a database)."""
        return [
            message["LoaiBanTin"]
            for message in self.heard
            if payment is None or message["MaThamChieu"] == payment["reference"]
        ]


_COVERED = (
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang",
    "ThoiGianGD", "ThongTinGiaoDich",
)  # fmt: skip


def signed(message: dict[str, str], secret: str = SECRET) -> dict[str, str]:
    """A CONFIRM with its checksum, computed here from the document, not by the service's code."""
    line = "|".join([*(message[name] for name in _COVERED), secret])
    return {**message, "MaXacThuc": hashlib.sha256(line.encode()).hexdigest()}


@dataclass
class World:
    app: FastAPI
    client: httpx.AsyncClient
    clock: system.StoppedClock
    platform: Platform
    dossiers: dict[str, dict[str, Any]]
    #: VNPAY's mock, the real application.
    vnpay: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)
    #: What the dossier service tells.
    told: list[dict[str, Any]] = field(default_factory=list)

    def dossier(self, **changes: Any) -> str:
        dossier_id = str(uuid4())
        self.dossiers[dossier_id] = fees(dossier_id, **changes)
        return dossier_id

    def citizen(self, sub: str = "an", **more: str) -> dict[str, str]:
        return {**system.headers(self.clock, sub), **more}

    def staff(self, role: str, agency: str = CENTRE) -> dict[str, str]:
        return system.headers(self.clock, f"{role}@{agency}", "staff", roles=[role], agency=agency)

    async def create(
        self, dossier_id: str, key: str | None = None, sub: str = "an", **changes: Any
    ) -> httpx.Response:
        body = {
            "dossier_id": dossier_id,
            "purpose": "submission",
            "provider": "payment-platform",
            "return_url": RETURN,
            **changes,
        }
        headers = self.citizen(sub, **{"Idempotency-Key": key or uuid4().hex})
        return await self.client.post("/v1/payments", json=body, headers=headers)

    async def pending(self, **changes: Any) -> dict[str, Any]:
        answer = await self.create(self.dossier(**changes))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        assert found["status"] == "pending"
        return found

    async def paid(self, outcome: str = "paid", **changes: Any) -> dict[str, Any]:
        """A payment at VNPAY, after the payer pressed a button of its page."""
        answer = await self.create(self.dossier(**changes), provider="vnpay")
        assert answer.status_code == 201, answer.text
        await self.press(answer.json(), outcome)
        return await self.get(answer.json())

    async def press(self, payment: dict[str, Any], outcome: str = "paid") -> None:
        page = await self.vnpay.get(payment["next_url"])
        action = page.text.split('action="')[1].split('"')[0]
        await self.vnpay.post(action, data={"outcome": outcome, "bank": "BIDV"})

    async def fault(self, service: str, kind: str, **more: Any) -> None:
        order = {"service": service, "kind": kind, **more}
        assert (await self.vnpay.post("/_mock/faults", json=order)).status_code == 200

    async def held_at_vnpay(self) -> int:
        """By its own books, in đồng: of all payments of this file."""
        books = [each for each in (await self.vnpay.get("/_mock/books")).json() if each["state"] == "done"]
        return sum(each["amount"] * (1 if each["kind"] == "pay" else -1) for each in books)

    def post(self, path: str, body: Any, headers: dict[str, str], version: int | None = None) -> Any:
        """With a fresh Idempotency-Key; at this version, where one is asked for."""
        more = {"Idempotency-Key": uuid4().hex} | ({} if version is None else {"If-Match": f'"{version}"'})
        return self.client.post(path, json=body, headers={**headers, **more})

    async def ask_refund(
        self, payment: dict[str, Any], amount: int, by: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """As much as the caller sees can go back is what it says."""
        seen = await self.get(payment)
        body = {"amount": amount, "reason": "Nộp nhầm", **more}
        body = {"refund_amount_available": seen["refund_amount_available"], **body}
        path = f"/v1/payments/{payment['id']}/refunds"
        answer: httpx.Response = await self.post(path, body, by or self.staff("cashier"))
        return answer

    async def refund(self, refund_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/refunds/{refund_id}", headers=self.staff("leader"))
        found: dict[str, Any] = answer.json()
        return found

    async def send_refunds(self, steps: int = 30) -> None:
        for _ in range(steps):
            if not await self.app.state.loops["payment-refunds"].step():
                return

    async def tell(self, event: str, dossier_id: str, **data: Any) -> None:
        """The dossier service's feed says it, and is read."""
        self.told.append(
            {
                "id": f"e1.{len(self.told) + 1}",
                "source": "/dossier",
                "type": event,
                "subject": dossier_id,
                "time": self.clock.now().isoformat(),
                "sequence": len(self.told) + 1,
                "actor": "user:an",
                "audience": "public",
                "data": {"dossier_id": dossier_id, **data},
            }
        )
        await self.app.state.consumers["payment-dossier"].step()

    async def balanced(self) -> bool:
        answer = await self.client.get("/v1/ledger/proof", headers=self.staff("auditor"))
        return bool(answer.json()["balanced"])

    async def get(self, payment: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/payments/{payment['id']}", headers=self.citizen())
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def cancel(self, payment: dict[str, Any], sub: str = "an") -> httpx.Response:
        headers = self.citizen(sub, **{"If-Match": f'"{payment["version"]}"'})
        return await self.client.post(f"/v1/payments/{payment['id']}/cancel", headers=headers)

    def message(self, payment: dict[str, Any], **changes: str) -> dict[str, str]:
        return {
            "LoaiBanTin": "CONFIRM",
            "MaLoi": "00",
            "MaDoiTac": PARTNER,
            "MaThamChieu": payment["reference"],
            "SoTien": str(payment["amount"]),
            "MaTienTe": "VND",
            "MaGiaoDich": "TXN1",
            "MaNganHang": "VCB",
            "ThoiGianGD": "20201026080200",
            "ThongTinGiaoDich": "THANH TOAN HO SO",
            **changes,
        }

    async def confirm(self, payment: dict[str, Any], secret: str = SECRET, **changes: str) -> httpx.Response:
        return await self.client.post(CONFIRM, json=signed(self.message(payment, **changes), secret))

    async def events(self, payment: dict[str, Any]) -> list[str]:
        answer = await self.client.get(f"/v1/payments/{payment['id']}/events", headers=self.citizen())
        return [event["type"] for event in answer.json()["items"]]

    async def messages(self, payment: dict[str, Any]) -> list[tuple[str, str | None]]:
        async with self.app.state.database.transaction() as session:
            rows = await session.execute(
                text("SELECT outcome, reason FROM callback_message WHERE reference = :ref ORDER BY id"),
                {"ref": payment["reference"]},
            )
            return [(row.outcome, row.reason) for row in rows]

    async def sweep(self, steps: int = 50) -> None:
        for _ in range(steps):
            if not await self.app.state.loops["payment-doubt"].step():
                return


VNPAY = VnpaySettings(
    vnpay_public_url="http://vnpay.test",
    vnpay_tmn_code="HOABINH1",
    vnpay_secrets="VNPAY-SECRET",
    vnpay_ipn_url="http://service.test/v1/payments/callbacks/vnpay",
    vnpay_ipn_delays="60",
)


class Ipn(httpx.AsyncBaseTransport):
    """VNPAY's way to the service, which is made after it."""

    service: httpx.AsyncBaseTransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.service.handle_async_request(request)


@pytest.fixture(scope="module")
def database(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return clone("payment")


@pytest.fixture
async def world(database: ServiceDatabase) -> AsyncIterator[World]:
    clock, platform, told = system.StoppedClock(), Platform(), list[dict[str, Any]]()
    ipn = Ipn()
    vnpay = create_vnpay(VNPAY, clock.now, ipn)
    dossiers: dict[str, dict[str, Any]] = {}

    async def dossier(request: httpx.Request) -> tuple[int, Any]:
        if request.url.path == "/internal/events":
            read = int((request.url.params["after"] or "e1.0").split(".")[1])
            return 200, {"items": told[read:], "cursor": f"e1.{len(told)}"}
        found = dossiers.get(request.url.path.split("/")[3])
        return (200, found) if found else (404, {"code": "dossier-not-found"})

    async def catalog(request: httpx.Request) -> tuple[int, Any]:
        if request.url.path == "/internal/bodies":
            return 200, {"items": BODIES}
        changed = {"id": "e1.1", "source": "/catalog", "type": "agency.changed", "subject": "agencies",
                   "time": clock.now().isoformat(), "sequence": 1, "actor": "service:catalog",
                   "audience": "public", "data": {}}  # fmt: skip
        return 200, {"items": [] if request.url.params["after"] else [changed], "cursor": "e1.1"}

    settings = Settings(
        **system.settings(
            "payment",
            database.app_url,
            payment_platform_partner=PARTNER,
            payment_platform_secrets=f"{SECRET},{OLD_SECRET}",
            vnpay_tmn_code=VNPAY.vnpay_tmn_code,
            vnpay_secrets=VNPAY.vnpay_secrets,
            vnpay_pay_url="http://vnpay.test/paymentv2/vpcpay.html",
            vnpay_api_url="http://vnpay.test/merchant_webapi/api/transaction",
            vnpay_timeout=1,
        )
    )
    transports = {
        "catalog": system.Answers(catalog),
        "dossier": system.Answers(dossier),
        "payment-platform": platform,
        "vnpay": httpx.ASGITransport(vnpay),
    }
    app = create_app(settings, Outside(clock, system.issuer_keys, transports))
    ipn.service = httpx.ASGITransport(app)
    async with system.running(app) as client, system.running(vnpay) as shop:
        async with app.state.database.transaction() as session:
            await session.execute(text("DELETE FROM cursor"))  # the fake's feed begins anew, too
        await app.state.consumers["payment-catalog"].step()
        yield World(app, client, clock, platform, dossiers, shop, told)
