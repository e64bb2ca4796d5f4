"""How online payment does, procedure by procedure: what a province looks at before it ends a pilot."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from kit.clock import VIETNAM
from kit.db import Session
from services.payment import queries
from services.payment.auth import BookReader

router = APIRouter(prefix="/v1/payments", tags=["payments"])
Day = Annotated[date, Query(ge=date(2000, 1, 1), le=date(2099, 12, 31))]


class OfferingReport(BaseModel):
    """Online payments that were begun in the period, by how they stand today. `failed`: cause → number, the
    provider's code or our word for it; `amount` in đồng, of those that succeeded."""

    agency: str
    procedure: str
    procedure_name: str
    provider: str
    pilot: bool
    tried: int
    succeeded: int
    open: int
    failed: dict[str, int]
    amount: int


class PilotReport(BaseModel):
    items: list[OfferingReport]


@router.get("/pilot-report")
async def pilot_report(
    caller: BookReader,
    session: Session,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    pilot: Annotated[bool | None, Query(description="only what was, or was not, on trial")] = None,
) -> PilotReport:
    """Tried, succeeded, failed by cause, per body, procedure and provider."""
    begin = datetime.combine(first, time.min, VIETNAM)
    end = datetime.combine(last, time.min, VIETNAM) + timedelta(days=1)
    found: dict[tuple[str, ...], OfferingReport] = {}
    for row in await queries.attempts(session, caller, begin, end, pilot):
        agency, procedure, name, provider, trial, status, cause, number, amount = row
        key = (agency, procedure, provider, str(trial))
        item = found.setdefault(
            key,
            OfferingReport(
                agency=agency,
                procedure=procedure,
                procedure_name=name,
                provider=provider,
                pilot=trial,
                tried=0,
                succeeded=0,
                open=0,
                failed={},
                amount=0,
            ),
        )
        item.tried += number
        if status == "succeeded":
            item.succeeded, item.amount = item.succeeded + number, item.amount + int(amount)
        elif status in ("failed", "expired", "cancelled"):
            item.failed[cause or status] = item.failed.get(cause or status, 0) + number
        else:
            item.open += number
    return PilotReport(items=list(found.values()))
