"""For the catalogue: which services are used, and which would be worth going online."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from kit.auth import ServiceCaller
from kit.clock import Day
from kit.db import Session
from services.dossier.volumes import queries

router = APIRouter(prefix="/internal", tags=["internal"])


class Volume(BaseModel):
    """Dossiers received, of one procedure, resolving body and channel."""

    procedure: str
    agency: str
    channel: str
    count: int


class Volumes(BaseModel):
    items: list[Volume]


@router.get("/volumes")
async def received_volumes(
    caller: ServiceCaller,
    session: Session,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> Volumes:
    """Both days are counted; what was voided is not."""
    rows = await queries.received(session, first, last)
    names = ("procedure", "agency", "channel", "count")
    return Volumes(items=[Volume(**dict(zip(names, row, strict=True))) for row in rows])
