"""A dossier service on a database of its own, its neighbours played by small fakes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from deploy.databases import ServiceDatabase
from kit.app import Outside
from services.dossier.app import create_app
from services.dossier.settings import Settings
from tests import system

CENTRE, CONSTRUCTION = "000.00.01.H28", "000.00.09.H28"
BODIES = [
    {"code": "000.00.00.H28", "name": "UBND tỉnh", "kind": "peoples_committee",
     "government_level": "province", "unit_code": "17"},
    {"code": CENTRE, "name": "Trung tâm PVHCC", "kind": "one_stop_centre", "government_level": "province",
     "parent_code": "000.00.00.H28", "unit_code": "17"},
    {"code": CONSTRUCTION, "name": "Sở Xây dựng", "kind": "department", "government_level": "province",
     "parent_code": "000.00.00.H28", "unit_code": "17"},
    {"code": "000.00.33.H28", "name": "UBND huyện Lương Sơn", "kind": "peoples_committee",
     "government_level": "district", "parent_code": "000.00.00.H28", "unit_code": "152"},
]  # fmt: skip

#: As the catalogue tells them: of all days, each under the parent that it was given.
UNITS: list[dict[str, Any]] = [
    {"code": code, "name": name, "level": level, "parent_code": parent, "successor_code": heir,
     "valid_from": "2020-01-01", "valid_to": last}
    for code, name, level, parent, heir, last in (
        ("17", "Tỉnh Hoà Bình", "province", None, "25", "2025-06-30"),
        ("148", "Thành phố Hòa Bình", "district", "17", None, "2025-06-30"),
        ("150", "Huyện Đà Bắc", "district", "17", None, "2025-06-30"),
        ("04807", "Phường Phương Lâm", "commune", "148", None, "2025-06-30"),
        ("04810", "Xã ngừng hoạt động (mẫu)", "commune", "148", None, "2020-10-25"),
    )
]  # fmt: skip


def procedure(**changes: Any) -> dict[str, Any]:
    """What the catalogue answers for a submission; by default level 4, two papers, 500,000 đồng."""
    pdf = ["application/pdf"]
    return {
        "code": "9.000001",
        "version": 1,
        "name": "Cấp giấy phép xây dựng (mẫu)",
        "field": {"code": "XD01", "name": "Hoạt động xây dựng"},
        "government_levels": ["province"],
        "form_schema": {
            "type": "object",
            "properties": {
                "full_name": {"type": "string", "minLength": 1},
                "personal_number": {"type": "string", "pattern": r"^\d{12}$"},
                "planned_start": {"type": "string", "format": "date"},
            },
            "required": ["full_name", "personal_number"],
            "additionalProperties": False,
        },
        "papers": [
            {"code": "GT-01", "name": "Đơn đề nghị", "required": True, "types": pdf, "max_bytes": 10_000_000},
            {"code": "GT-02", "name": "Bản vẽ", "required": True, "types": [*pdf, "image/png"]},
            {"code": "GT-03", "name": "Khác", "required": False, "types": pdf, "max_bytes": None},
        ],
        "fees": [
            {"code": "PH-01", "name": "Phí thẩm định", "kind": "fee", "amount": 350_000,
             "due_at": "submission", "refundable": False},
            {"code": "LP-01", "name": "Lệ phí", "kind": "charge", "amount": 150_000,
             "due_at": "submission", "refundable": True},
        ],
        "processing_time": {"amount": 5, "unit": "working_days"},
        "results": [{"code": "KQ-01", "name": "Giấy phép"}],
        "offering": {"agency": CONSTRUCTION, "online_level": 4, "decision": "1588/QĐ-UBND",
                     "pay_online_from": "2020-10-01", "pilot": True, "mandated": True},
        "offered_by": [{"agency": CONSTRUCTION, "name": "Sở Xây dựng", "online_level": 4}],
        "receiving_offices": [CENTRE],
        **changes,
    }  # fmt: skip


#: Of accounts that have another number than An.
NUMBERS: dict[str, str] = {"uong": "017300000099"}
SIMPLE: dict[str, Any] = {"papers": [], "fees": [], "code": "9.000002"}


@dataclass
class World:
    """A service under test with its clock and the answers of its neighbours."""

    app: FastAPI
    client: httpx.AsyncClient
    clock: system.StoppedClock
    catalogue: dict[str, Any]
    payments: list[dict[str, Any]] = field(default_factory=list)
    logins: list[dict[str, Any]] = field(default_factory=list)

    def citizen(self, sub: str = "an", **more: str) -> dict[str, str]:
        return {**system.headers(self.clock, sub, verified=True), **more}

    def staff(self, role: str, agency: str = CENTRE, **more: str) -> dict[str, str]:
        person = {"officer": "Trần Văn Tiếp", "leader": "Bùi Văn Lãnh"}.get(role, role)
        claims = {"roles": [role], "agency": agency, "name": person}
        return {**system.headers(self.clock, f"{role}@{agency}", "staff", **claims), **more}

    async def create(self, sub: str = "an", **changes: Any) -> httpx.Response:
        body = {"procedure": "9.000001", "agency": CONSTRUCTION, "form": FORM, **changes}
        headers = self.citizen(sub, **{"Idempotency-Key": uuid4().hex})
        return await self.client.post("/v1/dossiers", json=body, headers=headers)

    async def upload(
        self, dossier: dict[str, Any], paper: str | None, content: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        return await self.client.post(
            f"/v1/dossiers/{dossier['id']}/documents",
            files={"file": ("đơn.pdf", content)},
            data={"paper": paper} if paper else {},
            headers=headers,
        )

    async def act(
        self, dossier: dict[str, Any], action: str, body: Any, headers: dict[str, str]
    ) -> httpx.Response:
        """At the version that the caller sees."""
        current = await self.client.get(f"/v1/dossiers/{dossier['id']}", headers=headers)
        return await self.client.post(
            f"/v1/dossiers/{dossier['id']}/actions/{action}",
            json=body,
            headers={**headers, "If-Match": current.headers.get("ETag", '"0"')},
        )

    async def submitted(self, sub: str = "an") -> dict[str, Any]:
        """A submitted dossier without papers or fees."""
        answer = await self.create(sub, procedure="9.000002", submit=True)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


FORM = {"full_name": "Nguyễn Thị An", "personal_number": "017300000001"}
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(scope="module")
def database(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return clone("dossier")


@pytest.fixture
async def world(
    database: ServiceDatabase, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """With indirect parameters: settings that differ."""
    clock = system.StoppedClock("2020-10-26T15:00:00+07:00")
    catalogue: dict[str, Any] = {"9.000001": procedure(), "9.000002": procedure(**SIMPLE)}
    payments: list[dict[str, Any]] = []
    logins: list[dict[str, Any]] = []

    async def catalog(request: httpx.Request) -> tuple[int, Any]:
        if request.url.path == "/internal/bodies":
            return 200, {"items": BODIES, "units": UNITS}
        if request.url.path == "/internal/events":
            event = _event("agency.changed", {}, clock)
            return 200, {"items": [] if request.url.params["after"] else [event], "cursor": "e1.1"}
        if request.url.path == "/internal/provision":
            counted = catalogue.get("provision")
            return (200, counted) if counted else (503, {"code": "database-unavailable"})
        found: Any = catalogue.get(request.url.path.split("/")[3])
        if callable(found):  # what it says depends on the facts that are asked with
            answer: tuple[int, Any] = found(json.loads(request.content))
            return answer
        return (200, found) if found else (404, {"code": "procedure-not-found"})

    async def gateway(request: httpx.Request) -> tuple[int, Any]:
        if request.url.path == "/internal/events":
            return 200, _page(logins, request)
        if agency := request.url.params.get("agency"):
            staff = [("officer", "Trần Văn Tiếp"), ("second", "Lê Thị Nhì"), ("leader", "Bùi Văn Lãnh")]
            roles = {"leader": ["leader"]}
            return 200, {
                "items": [
                    {"sub": f"{who}@{agency}", "name": name, "roles": roles.get(who, ["officer"])}
                    for who, name in staff
                ]
            }
        sub = request.url.path.rsplit("/", 1)[1]
        number = NUMBERS.get(sub, "017300000001")
        papers = [{"type": "personal_number", "number": number}]
        return 200, {"sub": sub, "kind": "citizen", "name": "Nguyễn Thị An", "papers": papers,
                     "phone": "0900000001", "email": "an@example.vn", "tech_id": f"tech-{sub}"}  # fmt: skip

    async def payment(request: httpx.Request) -> tuple[int, Any]:
        return 200, _page(payments, request)

    outside = Outside(
        clock=clock,
        issuer_keys=system.issuer_keys,
        transports={
            "catalog": system.Answers(catalog),
            "gateway": system.Answers(gateway),
            "payment": system.Answers(payment),
        },
    )
    settings = Settings(
        **system.settings("dossier", database.app_url, storage_url=f"file://{tmp_path}/documents"),
        **getattr(request, "param", {}),
    )
    app = create_app(settings, outside)
    async with system.running(app) as client:
        async with app.state.database.transaction() as session:
            await session.execute(text("DELETE FROM cursor"))  # the fake's feed begins anew, too
        await app.state.consumers["dossier-catalog"].step()
        yield World(app, client, clock, catalogue, payments, logins)


def _page(events: list[dict[str, Any]], request: httpx.Request) -> dict[str, Any]:
    read = int((request.url.params["after"] or "e1.0").split(".")[1])
    items = [{**event, "id": f"e1.{n}"} for n, event in enumerate(events, start=1)]
    return {"items": items[read:], "cursor": f"e1.{len(items)}"}


def _event(kind: str, data: dict[str, Any], clock: system.StoppedClock) -> dict[str, Any]:
    return {
        "id": "e1.1",
        "source": "/test",
        "type": kind,
        "subject": uuid4().hex,
        "time": clock.now().isoformat(),
        "sequence": 1,
        "actor": "service:test",
        "audience": "public",
        "data": data,
    }


def paid(world: World, dossier: dict[str, Any], purpose: str = "submission") -> None:
    """The payment service says that the fees of this purpose are settled."""
    data = {
        "dossier_id": dossier["id"],
        "purpose": purpose,
        "amount": 500_000,
        "provider": "payment-platform",
        "channel": "online",
    }
    world.payments.append(_event("payment.succeeded", data, world.clock))


def logs_in(world: World, sub: str) -> None:
    """The gateway says that this account is new."""
    world.logins.append(
        {**_event("account.created", {"kind": "citizen"}, world.clock), "subject": f"account:{sub}"}
    )
