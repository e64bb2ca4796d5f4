"""Not the portal: how a test or a person steers the mock, under `/_mock`."""

from __future__ import annotations

from typing import Any, Literal, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from mocks.national_portal.faults import KINDS, Fault
from mocks.national_portal.store import Store


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


class Paper(BaseModel):
    name: str = Field(min_length=1, max_length=4000)
    copies_original: int = Field(default=1, ge=0, le=100, description="the default is a new paper's")
    copies_photo: int = Field(default=0, ge=0, le=100)


class NewProcedure(BaseModel):
    """A row as the source writes them; what is not named here is passed on as it is."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(pattern=r"^[0-9A-Z.]{3,40}$")
    name: str = Field(min_length=1, max_length=4000)


class Change(BaseModel):
    """What the national database changes of a procedure; fees in đồng."""

    name: str | None = Field(default=None, min_length=1, max_length=4000)
    fee: int | None = Field(default=None, ge=0)
    paper: Paper | None = None


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

    @routes.post("/procedures", status_code=204)
    async def add(new: NewProcedure) -> None:
        store.procedures.add(new.model_dump())

    @routes.post("/procedures/{code}/change")
    async def rewrite(code: str, change: Change, response: Response) -> dict[str, Any]:
        """Answers what `LayThuTuc` now gives."""
        if code not in store.procedures.names:
            response.status_code = 404
            return {"error": "unknown"}
        paper = change.paper.model_dump(exclude_unset=True) if change.paper else None
        return store.procedures.change(code, change.name, change.fee, paper)

    @routes.post("/procedures/{code}/{change}")
    async def change(code: str, change: Literal["withdraw", "restore"], response: Response) -> dict[str, Any]:
        if code not in store.procedures.names:
            response.status_code = 404
            return {"error": "unknown"}
        withdrawn = store.procedures.withdrawn
        (withdrawn.add if change == "withdraw" else withdrawn.discard)(code)
        return {"code": code, "withdrawn": code in withdrawn, "listed": len(store.procedures.listed())}

    @routes.get("/faults")
    async def faults() -> dict[str, Any]:
        return {"waiting": store.faults.waiting()}

    @routes.post("/faults")
    async def fault(order: FaultOrder) -> dict[str, Any]:
        store.faults.order(order.service, Fault(order.kind, order.times, order.seconds))
        return {"waiting": store.faults.waiting()}

    @routes.delete("/faults")
    async def calm() -> dict[str, Any]:
        store.faults.clear()
        return {"waiting": []}

    return routes
