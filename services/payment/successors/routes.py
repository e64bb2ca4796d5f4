"""For `motcua reorganise`: what bodies hold here, and what was taken over."""

from __future__ import annotations

from fastapi import APIRouter

from kit.auth import ServiceCaller
from kit.clock import VIETNAM
from kit.db import Session
from services.payment.successors import queries
from services.payment.successors.schemas import Asked, Done, Holding, Holdings
from services.payment.till import Desk

router = APIRouter(prefix="/internal/successions", tags=["internal"])


@router.post("/holdings")
async def holdings(asked: Asked, caller: ServiceCaller, session: Session, desk: Desk) -> Holdings:
    """Changes nothing."""
    today = desk.clock.now().astimezone(VIETNAM).date()
    found = await queries.holdings(session, asked.bodies, today)
    work = [row for row in await queries.done(session) if row.old in asked.bodies]
    return Holdings(
        items=[
            Holding(body=body, what=what, count=count, first=first, moves=what in queries.MOVES)
            for body, what, count, first in found
        ],
        done=[Done(old=row.old, new=row.new, accounts=row.accounts) for row in work if row.done_at],
        waiting=sum(row.done_at is None for row in work),
    )
