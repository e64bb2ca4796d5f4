"""Not the issuer: how a test or a person steers the mock and reads what it signed, under `/_mock`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from mocks.national_portal.faults import Fault, Faults
from mocks.receipt_issuer.faults import KINDS


class FaultOrder(BaseModel):
    """What the next `times` calls of `service` meet; `faults.KINDS` says what each service knows."""

    service: str
    kind: str
    times: int = Field(default=1, ge=1, le=10_000)
    seconds: float = Field(default=0, ge=0, le=60)

    @model_validator(mode="after")
    def known(self) -> Self:
        if self.kind not in KINDS.get(self.service, ()):
            known = "; ".join(f"{service}: {', '.join(kinds)}" for service, kinds in KINDS.items())
            raise ValueError(f"no such fault; there are {known}")
        return self


def router(script: Faults, rows: Callable[[], list[dict[str, Any]]]) -> APIRouter:
    routes = APIRouter(prefix="/_mock", tags=["control"])

    @routes.get("/receipts")
    async def receipts() -> list[dict[str, Any]]:
        """`asked`: how often the sender came for it; `code` None: cancelled before it was signed."""
        return rows()

    @routes.get("/faults")
    async def faults() -> dict[str, Any]:
        return {"waiting": script.waiting()}

    @routes.post("/faults")
    async def fault(order: FaultOrder) -> dict[str, Any]:
        script.order(order.service, Fault(order.kind, order.times, order.seconds))
        return {"waiting": script.waiting()}

    @routes.delete("/faults")
    async def calm() -> dict[str, Any]:
        script.clear()
        return {"waiting": []}

    return routes
