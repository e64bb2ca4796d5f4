"""For `motcua reorganise`: who is bound to a body. They keep their logins, and act for its successor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from kit.auth import ServiceCaller
from kit.db import Session
from kit.text import Incoming
from services.gateway.edge.successors import queries

router = APIRouter(prefix="/internal/successions", tags=["internal"])

Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.\-]{2,40}$")]


class Asked(Incoming):
    bodies: list[Code] = Field(max_length=2000)


class Holding(BaseModel):
    """So many of something that is bound to an old body, the first few by id. They follow by right: no one of
    them `moves`."""

    body: str
    what: str
    count: int
    first: list[str]
    moves: bool = False


class Holdings(BaseModel):
    items: list[Holding]


@router.post("/holdings")
async def holdings(asked: Asked, caller: ServiceCaller, session: Session) -> Holdings:
    """Changes nothing."""
    found = await queries.holdings(session, asked.bodies)
    return Holdings(
        items=[Holding(body=body, what=what, count=count, first=first) for body, what, count, first in found]
    )
