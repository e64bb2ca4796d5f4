"""What callers of the federation send and see."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel

from kit.text import Incoming
from services.gateway.federation.models import FederatedDossier, SyncRow, SyncRun

State = Literal["waiting", "sent", "refused", "unknown", "parked"]
RunState = Literal["waiting", "running", "done", "failed"]
RowOutcome = Literal["taken_in", "repaired", "proposed", "refused", "other_level", "level_missing"]

DossierCode = Annotated[str, Path(max_length=80, pattern=r"^[0-9A-Za-z.-]+$")]


class DossierState(BaseModel):
    code: str
    state: State
    wanted_version: int
    sent_version: int
    steps_sent: int
    attempts: int
    wanted_since: datetime
    next_try: datetime | None
    last_error: str
    created_at_portal: datetime | None
    updated_at_portal: datetime | None
    decided_by: str | None


def dossier_state(row: FederatedDossier) -> DossierState:
    trying = row.state in ("waiting", "refused", "unknown")
    return DossierState(
        code=row.code,
        state=row.state,
        wanted_version=row.wanted_version,
        sent_version=row.sent_version,
        steps_sent=row.steps_sent,
        attempts=row.attempts,
        wanted_since=row.wanted_since,
        next_try=row.next_try if trying else None,
        last_error=row.last_error,
        created_at_portal=row.created_at_portal,
        updated_at_portal=row.updated_at_portal,
        decided_by=row.decided_by,
    )


class Status(BaseModel):
    """`lag_seconds`: how long the oldest version not yet at the portal has been wanted.
    `reachable`: whether the portal answered the last call, `since` when; null before the first."""

    dossiers: dict[State, int]
    lag_seconds: int
    last_success: datetime | None
    reachable: bool | None
    since: datetime | None
    reason: str
    procedure_sync: UUID | None


class SyncRequest(Incoming):
    """`force`: also close more withdrawn procedures at once than the setting allows."""

    force: bool = False


class ProcedureSync(BaseModel):
    """A sync of procedures. `counts` add up to `done`, and at the end to `total`, the length of the
    portal's list; `unchanged` are among them; `proposed` are changes that wait for an editor
    (`/v1/procedures/proposals`). `withdrawn` stand beside: they are no longer in the list; of them,
    `closing_proposed` wait for an editor. `kept_open` were withdrawn but not closed, because they were too
    many."""

    id: UUID
    state: RunState
    force: bool
    requested_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    counts: dict[RowOutcome, int]
    unchanged: int
    withdrawn: list[str]
    closing_proposed: list[str]
    kept_open: list[str]
    last_error: str


def procedure_sync(run: SyncRun, counts: dict[str, int], unchanged: int) -> ProcedureSync:
    return ProcedureSync(
        id=run.id,
        state=run.state,
        force=run.force,
        requested_at=run.requested_at,
        finished_at=run.finished_at,
        total=run.total or 0,
        done=run.done,
        counts={outcome: counts.get(outcome, 0) for outcome in get_args(RowOutcome)},
        unchanged=unchanged,
        withdrawn=run.withdrawn or [],
        closing_proposed=run.closing_proposed or [],
        kept_open=run.kept or [],
        last_error=run.last_error,
    )


class SyncedProcedure(BaseModel):
    """One item of the list. `repairs` show before and after; `gaps` what the portal does not say."""

    position: int
    code: str
    name: str
    outcome: RowOutcome | None
    unchanged: bool
    repairs: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    errors: list[dict[str, Any]]


def synced_procedure(row: SyncRow) -> SyncedProcedure:
    return SyncedProcedure(
        position=row.position,
        code=row.code,
        name=row.name,
        outcome=row.outcome,
        unchanged=row.unchanged,
        repairs=row.repairs or [],
        gaps=row.gaps or [],
        errors=row.errors or [],
    )
