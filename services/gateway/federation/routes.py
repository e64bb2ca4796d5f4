"""HTTP of the federation: the desk that sees what the portal knows, and the sync of procedures."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from kit import page
from kit.auth import Caller, ServiceCaller
from kit.clock import Clock
from kit.db import Session
from kit.page import CursorText, Limit, Page
from services.gateway.federation import queries
from services.gateway.federation.auth import Decider, Editor, Reader
from services.gateway.federation.commands import dossiers, runs
from services.gateway.federation.errors import SyncUnknown
from services.gateway.federation.schemas import (
    DossierCode,
    DossierState,
    ProcedureSync,
    RowOutcome,
    State,
    Status,
    SyncedProcedure,
    SyncRequest,
    dossier_state,
    procedure_sync,
    synced_procedure,
)

router = APIRouter(tags=["federation"])


@router.get("/v1/federation/status")
async def federation_status(request: Request, caller: Reader, session: Session) -> Status:
    """How far the national portal knows what it should."""
    clock: Clock = request.app.state.clock
    standing = await queries.standing(session)
    link = await queries.link(session, request.app.state.federation_unit)
    run = await queries.open_run(session)
    states: tuple[State, ...] = ("waiting", "sent", "refused", "unknown", "parked")
    lag = (clock.now() - standing.oldest).total_seconds() if standing.oldest else 0
    return Status(
        dossiers={state: standing.counts.get(state, 0) for state in states},
        lag_seconds=max(0, int(lag)),
        last_success=standing.latest,
        reachable=link.reachable if link else None,
        since=link.since if link else None,
        reason=link.reason if link else "",
        procedure_sync=run.id if run else None,
    )


@router.get("/v1/federation/dossiers")
async def list_federated_dossiers(
    request: Request,
    response: Response,
    caller: Reader,
    session: Session,
    state: State | None = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[DossierState]:
    """Dossiers and how they stand with the portal, by code."""
    key = page.decode(cursor, str)
    rows = await queries.dossiers(session, state, key[0] if key else None, limit + 1)
    more = page.encode([rows[limit - 1].code]) if len(rows) > limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return Page(items=[dossier_state(row) for row in rows[:limit]], next=more)


@router.post("/v1/federation/dossiers/{code}/resend")
async def resend_dossier(
    request: Request, code: DossierCode, caller: Decider, session: Session
) -> DossierState:
    """Ask the portal and send again, now."""
    return dossier_state(await dossiers.decide(session, request.app.state.clock, caller, code, "resend"))


@router.post("/v1/federation/dossiers/{code}/park")
async def park_dossier(
    request: Request, code: DossierCode, caller: Decider, session: Session
) -> DossierState:
    """Leave it alone until somebody resends it."""
    return dossier_state(await dossiers.decide(session, request.app.state.clock, caller, code, "park"))


@router.post("/v1/federation/dossiers/{code}/settle")
async def settle_dossier(
    request: Request, code: DossierCode, caller: Decider, session: Session
) -> DossierState:
    """It was looked up at the portal, which has everything."""
    return dossier_state(await dossiers.decide(session, request.app.state.clock, caller, code, "settle"))


@router.post("/v1/federation/procedures/sync", status_code=202)
async def start_procedure_sync(
    request: Request,
    response: Response,
    caller: Editor,
    session: Session,
    wish: SyncRequest | None = None,
) -> ProcedureSync:
    """Take in the procedures of the national database; follow the answer's `Location`."""
    return await _start(request, response, caller, session, wish)


@router.get("/v1/federation/procedures/sync/{sync_id}")
async def get_procedure_sync(sync_id: UUID, caller: Reader, session: Session) -> ProcedureSync:
    return await _show(session, sync_id)


@router.get("/v1/federation/procedures/sync/{sync_id}/rows")
async def list_synced_procedures(
    request: Request,
    response: Response,
    sync_id: UUID,
    caller: Reader,
    session: Session,
    outcome: RowOutcome | None = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[SyncedProcedure]:
    """One row per item of the portal's list, in its order."""
    await _show(session, sync_id)
    key = page.decode(cursor, int)
    after = min(key[0], 2**31 - 1) if key else None
    rows = await queries.rows(session, sync_id, outcome, after, limit + 1)
    more = page.encode([rows[limit - 1].position]) if len(rows) > limit else None
    response.headers.update(page.next_link(request, more))
    return Page(items=[synced_procedure(row) for row in rows[:limit]], next=more)


@router.post("/internal/procedures/sync", status_code=202, include_in_schema=False)
async def start_procedure_sync_internally(
    request: Request,
    response: Response,
    caller: ServiceCaller,
    session: Session,
    wish: SyncRequest | None = None,
) -> ProcedureSync:
    """As for editors, but one under way is joined: whoever starts the system again wants its end."""
    if under_way := await queries.open_run(session):
        return await _show(session, under_way.id)
    return await _start(request, response, caller, session, wish)


@router.get("/internal/procedures/sync/{sync_id}", include_in_schema=False)
async def get_procedure_sync_internally(
    sync_id: UUID, caller: ServiceCaller, session: Session
) -> ProcedureSync:
    return await _show(session, sync_id)


async def _start(
    request: Request, response: Response, caller: Caller, session: Session, wish: SyncRequest | None
) -> ProcedureSync:
    force = wish.force if wish else False
    run = await runs.ask_for(session, request.app.state.clock, caller, force=force)
    response.headers["Location"] = f"/v1/federation/procedures/sync/{run.id}"
    return procedure_sync(run, {}, 0)


async def _show(session: Session, sync_id: UUID) -> ProcedureSync:
    run = await queries.run(session, sync_id)
    if run is None:
        raise SyncUnknown
    return procedure_sync(run, *await queries.tally(session, sync_id))
