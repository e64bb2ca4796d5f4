"""Not VNPAY: how a test or a person steers the mock and reads its books, under `/_mock`."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, model_validator

from mocks.clock import VIETNAM
from mocks.national_portal.faults import Fault
from mocks.vnpay.books import Books
from mocks.vnpay.faults import KINDS

STATEMENT = ("reference", "transaction", "kind", "amount", "time")


class FaultOrder(BaseModel):
    """What the next `times` calls of `service` meet; `faults.KINDS` says what each service knows."""

    service: str
    kind: str
    times: int = Field(default=1, ge=1, le=10_000)
    seconds: float = Field(default=0, ge=0, le=86_400)

    @model_validator(mode="after")
    def known(self) -> Self:
        if self.kind not in KINDS.get(self.service, ()):
            known = "; ".join(f"{service}: {', '.join(kinds)}" for service, kinds in KINDS.items())
            raise ValueError(f"no such fault; there are {known}")
        return self


def router(books: Books) -> APIRouter:
    routes = APIRouter(prefix="/_mock", tags=["control"])
    _faults(routes, books)

    @routes.get("/payments")
    async def payments() -> list[dict[str, Any]]:
        return [
            {"reference": order.reference, "amount": order.amount, "state": order.payment.state,
             "told": order.told}
            for order in books.orders()
        ]  # fmt: skip

    @routes.get("/books")
    async def everything() -> list[dict[str, Any]]:
        """Every transaction. `amount` in đồng, of a refund too; `number` is the provider's."""
        return [
            {"reference": order.reference, "number": each.number, "kind": each.kind, "amount": each.amount,
             "at": each.at.astimezone(VIETNAM).isoformat(), "state": each.state}
            for order, each in books.transactions()
        ]  # fmt: skip

    @routes.get("/statement")
    async def statement(day: date) -> Response:
        """CSV of the money that came (`kind` pay) and went (refund) on a day in Vietnam. `amount` in đồng,
        never negative; `time` ISO 8601 with its offset."""
        sheet = io.StringIO()
        writer = csv.writer(sheet)
        writer.writerow(STATEMENT)
        for order, each in books.moved_on(day):
            at = each.at.astimezone(VIETNAM).isoformat(timespec="seconds")
            writer.writerow((order.reference, each.number, each.kind, each.amount, at))
        named = {"Content-Disposition": f'attachment; filename="vnpay-{day.isoformat()}.csv"'}
        return Response(sheet.getvalue(), media_type="text/csv", headers=named)

    return routes


def _faults(routes: APIRouter, books: Books) -> None:
    @routes.get("/faults")
    async def faults() -> dict[str, Any]:
        return {"waiting": books.faults.waiting()}

    @routes.post("/faults")
    async def fault(order: FaultOrder) -> dict[str, Any]:
        books.faults.order(order.service, Fault(order.kind, order.times, order.seconds))
        return {"waiting": books.faults.waiting()}

    @routes.delete("/faults")
    async def calm() -> dict[str, Any]:
        books.faults.clear()
        return {"waiting": []}
