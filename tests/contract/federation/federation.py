"""The federation on a gateway's database, and a dossier service that answers what a test tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from kit import app as kit_app
from services.gateway.federation.routes import router
from services.gateway.federation.settings import FederationSettings
from services.gateway.federation.wiring import build
from tests import system

UNIT = "000.00.00.H28"
AN = UUID("01930000-0000-7000-8000-000000000001")
BINH = UUID("01930000-0000-7000-8000-000000000002")
CODE = {AN: "000.00.01.H28-201026-0001", BINH: "000.00.01.H28-201026-0002"}


def app(
    database_url: str,
    clock: system.StoppedClock,
    transports: Mapping[str, httpx.AsyncBaseTransport],
    **more: Any,
) -> FastAPI:
    settings = FederationSettings(
        **system.settings("gateway", database_url),
        **{
            "adapter_url": "http://portal.test",
            "adapter_username": "hoa-binh",
            "adapter_password": SecretStr("secret"),
            "adapter_unit": UNIT,
            "dossier_url": "http://dossier.test",
            "catalog_url": "http://catalog.test",
            **more,
        },
    )
    outside = kit_app.Outside(clock=clock, issuer_keys=system.issuer_keys, transports=transports)
    parts = kit_app.parts("gateway", settings, outside)
    loops, state, closing = build(parts, settings, outside)
    return kit_app.create(
        kit_app.Service(
            parts, "Gateway", [router], loops=loops, background=False, closing=closing, state=state
        )
    )


def step(seq: int, status_code: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": f"2020-10-26T08:{seq:02d}:00+07:00",
        "actor_name": "Trần Văn Tiếp",
        "title": "Chuyên viên",
        "agency_name": "Trung tâm Phục vụ hành chính công",
        "text": text,
        "status": "accepted",
        "status_code": status_code,
        "started_at": None,
        "due_at": None,
        **more,
    }


def snapshot(dossier_id: UUID = AN, version: int = 1, **more: Any) -> dict[str, Any]:
    """What the dossier service answers: a dossier just submitted online, one step per version."""
    return {
        "id": str(dossier_id),
        "code": CODE[dossier_id],
        "version": version,
        "status": "submitted",
        "status_code": "1",
        "channel": "online",
        "procedure": {
            "code": "1.004203",
            "name": "Cấp giấy phép thử nghiệm",
            "field": {"code": "G13-TN01", "name": "Lĩnh vực thử nghiệm"},
        },
        "receiving": {"code": "000.00.01.H28", "name": "Trung tâm Phục vụ hành chính công"},
        "resolving": {"code": "000.00.09.H28", "name": "Sở Xây dựng"},
        "applicant": {
            "kind": "citizen",
            "name": "Nguyễn Thị An",
            "papers": [{"type": "personal_number", "number": "017300000001"}],
            "phone": "0900000001",
            "email": "an@example.vn",
            "tech_id": "tech-an",
        },
        "verified": True,
        "summary": "Hồ sơ thử",
        "submitted_at": "2020-10-26T08:01:00+07:00",
        "steps": [step(seq, "1" if seq == 1 else "4", f"Bước {seq}") for seq in range(1, version + 1)],
        **more,
    }


class DossierService:
    """The dossier service's feed and snapshots, as a transport."""

    def __init__(self) -> None:
        self.snapshots: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.down = False

    def happened(self, content: dict[str, Any], kind: str = "dossier.submitted", **more: Any) -> None:
        self.snapshots[content["id"]] = content
        self.events.append(
            {
                "specversion": "1.0",
                "id": f"e1.{len(self.events) + 1}",
                "source": "/dossier",
                "type": kind,
                "subject": content["id"],
                "time": "2020-10-26T08:00:00+07:00",
                "sequence": content["version"],
                "actor": "citizen:an",
                "audience": "public",
                "data": {"dossier_id": content["id"], "code": content["code"]},
                **more,
            }
        )

    async def __call__(self, request: httpx.Request) -> tuple[int, Any]:
        if self.down:
            raise httpx.ConnectError("down")
        if request.url.path == "/internal/events":
            position = int((request.url.params["after"] or "e1.0").split(".")[1])
            return 200, {"items": self.events[position:], "cursor": f"e1.{len(self.events)}"}
        content = self.snapshots.get(request.url.path.rsplit("/", 1)[1])
        return (200, content) if content else (404, {"code": "not-found"})

    def transport(self) -> httpx.AsyncBaseTransport:
        return system.Answers(self)
