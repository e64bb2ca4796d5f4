"""A citizen's export; how long personal data is kept, and that it goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from kit import events
from kit.db import Database, Session
from services.dossier.auth import Citizen, Leader
from services.dossier.models import Dossier
from services.dossier.office import Desk
from services.dossier.privacy import export, queries, retention
from services.dossier.privacy.schemas import Due, NewRule, Purge, RuleKey, Rules, RuleView
from services.dossier.routes.screen import ProvinceLeader, the_database

router = APIRouter(prefix="/v1/dossiers", tags=["privacy"])
Storehouse = Annotated[Database, Depends(the_database)]
#: Dossiers a call, and a transaction.
MOST, PIECE = 1000, 100


@router.get("/export", response_class=StreamingResponse)
async def export_own(caller: Citizen, desk: Desk, database: Storehouse) -> StreamingResponse:
    """Everything that is kept about the caller's dossiers, as one JSON document."""
    name = {"Content-Disposition": 'attachment; filename="ho-so.json"', "Cache-Control": "no-store"}
    written = export.written(database, desk, caller)
    return StreamingResponse(written, media_type="application/json", headers=name)


@router.get("/retention")
async def list_rules(caller: Leader, session: Session) -> Rules:
    """How long dossiers of a procedure are kept whole after they were closed."""
    items = [RuleView.model_validate(row, from_attributes=True) for row in await queries.rules(session)]
    return Rules(items=items)


@router.put("/retention/{procedure}")
async def decide_rule(
    procedure: RuleKey, new: NewRule, caller: ProvinceLeader, session: Session, desk: Desk
) -> Rules:
    """For a procedure, or "*" for all that have no rule of their own."""
    await retention.decide(session, desk, caller, procedure, new)
    await session.flush()
    return await list_rules(caller, session)


@router.post("/retention/runs")
async def run_retention(
    caller: ProvinceLeader,
    database: Storehouse,
    desk: Desk,
    dry_run: Annotated[bool, Query(description="only say what would go")] = True,
) -> Purge:
    """What is due loses its personal data, and leaves a tombstone; figures, chain and verification stay."""
    done: list[Due] = []
    more = True
    if dry_run:
        async with database.transaction() as session:
            rows = await retention.due(session, desk, MOST)
        return Purge(dry_run=True, dossiers=[_due(row) for row in rows[:MOST]], more=len(rows) > MOST)
    while more and len(done) < MOST:
        async with database.transaction() as session, events.held(session):
            rows = await retention.due(session, desk, PIECE)
            more = len(rows) > PIECE
            for row in rows[:PIECE]:
                await retention.purge(session, desk, caller, row)
            done += [_due(row) for row in rows[:PIECE]]
    return Purge(dry_run=False, dossiers=done, more=more)


def _due(row: Dossier) -> Due:
    closed = row.returned_at or row.finished_at
    assert closed is not None
    return Due(code=str(row.code), procedure=row.procedure_code, closed_at=closed)
