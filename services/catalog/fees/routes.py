"""What it costs, before anybody submits."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body

from kit.db import Session
from services.catalog import queries
from services.catalog.errors import ProcedureMissing
from services.catalog.fees.quote import quote
from services.catalog.fees.schemas import FeeQuote, QuoteAsked
from services.catalog.routes.public import ProcedureCode, Today

router = APIRouter(prefix="/v1", tags=["fees"])


@router.post("/procedures/{code}/fee-quote")
async def quote_fees(
    code: ProcedureCode,
    session: Session,
    today: Today,
    asked: Annotated[QuoteAsked, Body(default_factory=QuoteAsked)],
) -> FeeQuote:
    """What the version in force that day costs in this case, each line explained. Nothing is kept."""
    day = asked.on or today
    version = await queries.in_force(session, code, day)
    if version is None:
        raise ProcedureMissing
    return FeeQuote.of(code, version.number, day, quote(version.content, asked.facts()))
