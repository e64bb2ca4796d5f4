"""Not the portal: how a test or a person steers the mock, under `/_mock`."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from mocks.national_portal.store import Fault, Store


class FaultOrder(BaseModel):
    """`service`: a portal service, or INIT, QUERY, CONFIRM."""

    service: str
    kind: Literal[
        "down", "error", "bad-session", "slow", "timeout-after-success",
        "duplicate", "wrong-amount", "wrong-signature",
    ]  # fmt: skip
    times: int = Field(default=1, ge=1, le=10_000)
    seconds: float = Field(default=0, ge=0, le=60)


def router(store: Store) -> APIRouter:
    routes = APIRouter(prefix="/_mock", tags=["control"])

    @routes.get("/dossiers")
    async def dossiers() -> list[dict[str, Any]]:
        return [held for code in store.dossiers if (held := store.held(code))]

    @routes.get("/dossiers/{code}")
    async def dossier(code: str, response: Response) -> dict[str, Any]:
        held = store.held(code)
        response.status_code = 200 if held else 404
        return held or {"error": "unknown"}

    @routes.get("/payments")
    async def payments() -> list[dict[str, Any]]:
        return [{"reference": reference, **vars(payment)} for reference, payment in store.payments.items()]

    @routes.post("/procedures/{code}/{change}")
    async def change(code: str, change: Literal["withdraw", "restore"], response: Response) -> dict[str, Any]:
        if code not in store.procedures.names:
            response.status_code = 404
            return {"error": "unknown"}
        withdrawn = store.procedures.withdrawn
        (withdrawn.add if change == "withdraw" else withdrawn.discard)(code)
        return {"code": code, "withdrawn": code in withdrawn, "listed": len(store.procedures.listed())}

    @routes.post("/faults")
    async def fault(order: FaultOrder) -> dict[str, Any]:
        store.faults[order.service].append(Fault(order.kind, order.times, order.seconds))
        return {"service": order.service, "waiting": [vars(f) for f in store.faults[order.service]]}

    @routes.delete("/faults")
    async def calm() -> dict[str, Any]:
        store.faults.clear()
        return {"waiting": []}

    return routes
