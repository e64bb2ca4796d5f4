"""For `motcua reorganise`: what bodies hold here, and what was taken over."""

from __future__ import annotations

from fastapi import APIRouter

from kit.auth import ServiceCaller
from kit.db import Session
from services.dossier.successors import queries
from services.dossier.successors.schemas import Asked, Done, Holding, Holdings

router = APIRouter(prefix="/internal/successions", tags=["internal"])


@router.post("/holdings")
async def holdings(asked: Asked, caller: ServiceCaller, session: Session) -> Holdings:
    """Changes nothing."""
    found = await queries.holdings(session, asked.bodies)
    done = [row for row in await queries.done(session) if row.old in asked.bodies]
    return Holdings(
        items=[
            Holding(body=body, what=what, count=count, first=first, moves=True)
            for body, what, count, first in found
        ],
        totals=await queries.totals(session, asked.bodies.keys()),
        done=[Done.model_validate(row, from_attributes=True) for row in done],
    )
