"""A day with its payments, its statements and its reconciliation, for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import xlsxwriter

from kit import copies
from kit.clock import VIETNAM
from services.payment.ledger import commands as ledger
from services.payment.models import Body, Payment
from services.payment.reconciliation.sheets import CSV
from services.payment.refunds.models import Refund
from services.payment.refunds.status import RefundStatus
from services.payment.status import Status
from tests.unit.payment.conftest import BODIES, CENTRE, CONSTRUCTION, World

TOP, JUSTICE = "000.00.00.H28", "000.00.05.H28"
PROVIDER = "payment-platform"
ACCOUNT = {CONSTRUCTION: "3511009", JUSTICE: "3511005"}
LINES = [
    {"code": "PH-01", "name": "Phí", "kind": "fee", "amount": 100_000, "refundable": False},
    {"code": "LP-01", "name": "Lệ phí", "kind": "charge", "amount": 50_000, "refundable": True},
]
Row = dict[str, Any]


@dataclass
class Day:
    """A day with its payments and its statements, as they should be until a test plants something."""

    world: World
    day: date
    payments: list[Payment] = field(default_factory=list)
    provider: list[Row] = field(default_factory=list)
    bank: list[Row] = field(default_factory=list)
    id: str = ""

    def headers(self, role: str = "cashier", agency: str = TOP, **more: str) -> dict[str, str]:
        return {**self.world.staff(role, agency), **more}

    async def open(self) -> Day:
        answer = await self.call("POST", f"?day={self.day}&provider={PROVIDER}")
        assert answer.status_code in (200, 201), answer.text
        self.id = f"/{answer.json()['id']}"
        return self

    async def call(self, method: str, path: str = "", **more: Any) -> httpx.Response:
        more.setdefault("headers", self.headers())
        return await self.world.client.request(method, f"/v1/reconciliations{path}", **more)

    async def put(
        self, source: str, rows: Sequence[Row] | bytes, form: str = CSV, **more: str
    ) -> httpx.Response:
        content = rows if isinstance(rows, bytes) else as_csv(rows) if form == CSV else as_xlsx(rows)
        headers = self.headers(**{"Content-Type": form, **more})
        return await self.call("PUT", f"{self.id}/statements/{source}", content=content, headers=headers)

    async def whole(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.call("GET", self.id)).json()
        return found

    async def found(self, query: str = "limit=200") -> list[dict[str, Any]]:
        answer = await self.call("GET", f"{self.id}/differences?{query}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def kinds(self) -> list[str]:
        return [one["kind"] for one in await self.found()]

    async def act(
        self, one: dict[str, Any], action: str | None = None, note: str = "đã xử lý"
    ) -> httpx.Response:
        body = {"action": action or one["proposal"]["code"], "note": note}
        return await self.call("POST", f"{self.id}/differences/{one['id']}/action", json=body)

    async def close(self, version: int | None = None) -> httpx.Response:
        version = version or (await self.whole())["version"]
        return await self.call(
            "POST", f"{self.id}/close", headers=self.headers(**{"If-Match": f'"{version}"'})
        )

    async def report(self, role: str = "cashier", agency: str = TOP, accept: str = "*/*") -> httpx.Response:
        return await self.call("GET", f"{self.id}/report", headers=self.headers(role, agency, Accept=accept))

    async def save(self, *rows: Payment | Refund) -> None:
        async with self.world.app.state.database.transaction() as session:
            for row in rows:
                await session.merge(row)

    async def events(self) -> list[str]:
        answer = await self.call("GET", f"{self.id}/events")
        return [item["type"] for item in answer.json()["items"]]


def payment(day: date, number: int, **changes: Any) -> Payment:
    agency = CONSTRUCTION if number % 2 else JUSTICE
    at = datetime(day.year, day.month, day.day, 8, number % 60, tzinfo=VIETNAM)
    values: dict[str, Any] = {
        "status": Status.SUCCEEDED,
        "dossier_id": uuid4(),
        "dossier_code": f"{agency}-{day:%y%m%d}-{number:04d}",
        "procedure_code": "9.000001",
        "procedure_name": "Cấp giấy phép xây dựng (mẫu)",
        "purpose": "submission",
        "amount": 150_000,
        "lines": LINES,
        "payer": "an",
        "agency": CENTRE,
        "resolving_agency": agency,
        "payee": {"bank": "KBNN", "number": ACCOUNT[agency], "holder": agency, "tax_code": ""},
        "provider": PROVIDER,
        "reference": f"dvc0000009H28{day:%y%m%d}{number:04d}{at:%Y%m%d%H%M%S}{number:06x}",
        "provider_transaction": f"{day:%y%m%d}GD{number:04d}",
        "return_url": "",
        "created_at": at,
        "expires_at": at,
        "next_try": at,
        "settled_at": at,
        "credited_at": at,
        **changes,
    }
    return Payment(**values)


def refund(of: Payment, status: RefundStatus = RefundStatus.SUCCEEDED, **changes: Any) -> Refund:
    at = of.settled_at or of.created_at
    done = status is RefundStatus.SUCCEEDED
    values: dict[str, Any] = {
        "status": status,
        "payment_id": of.id,
        "amount": 50_000,
        "lines": [{"code": "LP-01", "kind": "charge", "name": "Lệ phí", "amount": 50_000}],
        "cause": "request",
        "reason": "",
        "by_provider": True,
        "reference": f"rf{uuid4().hex}",
        "provider_transaction": f"HT{uuid4().hex[:6]}" if done else None,
        "created_at": at,
        "settled_at": at if done else None,
        **changes,
    }
    return Refund(**values)


def in_statement(of: Payment, **changes: Any) -> Row:
    return {
        "reference": of.reference,
        "transaction": of.provider_transaction or f"X{of.reference[-6:]}",
        "kind": "pay",
        "amount": of.amount,
        "time": f"{of.created_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
        "fee": 100_000,
        "charge": 50_000,
        **changes,
    }


def in_bank(of: Payment, **changes: Any) -> Row:
    return {
        "transaction": f"FT{of.reference[-10:]}",
        "account": ACCOUNT[of.resolving_agency],
        "amount": of.amount,
        "time": f"{of.created_at.astimezone(VIETNAM):%d/%m/%Y}",
        "content": f"NGUYEN THI AN NOP {of.reference.upper()} TAI CONG DVC",
        **changes,
    }


def as_csv(rows: Sequence[Row]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Row]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, list(rows[0]))
        for r, row in enumerate(rows, 1):
            page.write_row(r, 0, list(row.values()))
    return target.getvalue()


_days = iter(date(2020, 10, 1) + timedelta(days=2 * n) for n in range(1000))


async def a_day(world: World, count: int = 4) -> Day:
    """A day of its own for each test, with payments that are in the books; the clock stands on the next."""
    day = Day(world, next(_days))
    day.payments = [payment(day.day, number) for number in range(1, count + 1)]
    rows: list[Row] = [{**body, "ancestors": [body["code"]]} for body in BODIES]
    rows.append({**rows[-1], "code": JUSTICE, "name": "Sở Tư pháp"})
    for row in rows:
        if row.pop("parent_code", None):
            row["ancestors"] = [row["code"], TOP]
    async with world.app.state.database.transaction() as session:
        await copies.make_equal(session, Body.__table__, rows)  # type: ignore[attr-defined]
        session.add_all(day.payments)
        await session.flush()
        for one in day.payments:
            assert one.settled_at is not None
            ledger.capture(session, one, one.settled_at)
    day.provider = [in_statement(one) for one in day.payments]
    day.bank = [in_bank(one) for one in day.payments]
    world.clock.set(f"{day.day + timedelta(days=1)}T09:00:00")
    return await day.open()
