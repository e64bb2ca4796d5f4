"""Changes of a sync of procedures: asked for, claimed, filled with rows, advanced, ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import bindparam
from sqlmodel import col

from kit.auth import Caller
from kit.clock import Clock
from services.gateway.federation import queries
from services.gateway.federation.errors import SyncUnderWay
from services.gateway.federation.models import SyncRow, SyncRun
from services.gateway.federation.portal.reading import plain


async def ask_for(session: AsyncSession, clock: Clock, caller: Caller, *, force: bool) -> SyncRun:
    """A new run, to be worked on in the background. Raises SyncUnderWay."""
    if under_way := await queries.open_run(session):
        raise SyncUnderWay(sync=str(under_way.id))
    now = clock.now()
    run = SyncRun(force=force, requested_by=caller.actor, requested_at=now, next_try=now)
    session.add(run)
    await session.flush()
    await session.execute(text("SELECT pg_notify('event', '')"))
    return run


@dataclass(frozen=True)
class Turn:
    """The right to work on the open run, until the lease runs out."""

    run_id: UUID
    lease: UUID
    force: bool
    total: int | None
    attempts: int


_CLAIM = text("""
    UPDATE sync_run SET state = 'running', lease = :lease, leased_until = :until, attempts = attempts + 1
    WHERE id = (
      SELECT id FROM sync_run WHERE state IN ('waiting', 'running') AND next_try <= :now
        AND (leased_until IS NULL OR leased_until <= :now)
      LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id AS run_id, lease, force, total, attempts
""")


async def claim(session: AsyncSession, clock: Clock, seconds: float) -> Turn | None:
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    found = await session.execute(_CLAIM, {"lease": uuid4(), "until": until, "now": now})
    row = found.mappings().first()
    return Turn(**row) if row else None


async def _advance(session: AsyncSession, turn: Turn, **values: Any) -> bool:
    """Write to the run and give the lease back; False when the lease was lost, and nothing is written."""
    change = (
        update(SyncRun)
        .where(col(SyncRun.id) == turn.run_id, col(SyncRun.lease) == turn.lease)
        .values(lease=None, leased_until=None, **values)
        .returning(col(SyncRun.id))
    )
    return await session.scalar(change) is not None


async def renew(session: AsyncSession, clock: Clock, turn: Turn, seconds: float) -> None:
    await session.execute(
        text("UPDATE sync_run SET leased_until = :until WHERE id = :run_id AND lease = :lease"),
        {
            "until": clock.now() + timedelta(seconds=seconds),
            "run_id": turn.run_id,
            "lease": turn.lease,
        },
    )


async def record_list(session: AsyncSession, turn: Turn, items: Sequence[tuple[str, str]]) -> None:
    """The portal's list, (code, name) in its order: one row each. Items that cannot be asked for are
    refused at once, so that the rows add up to the list whatever it holds."""
    rows, seen = [], set()
    for position, (said, name) in enumerate(items, start=1):
        code = plain(said)[:100]
        fault = "code-missing" if not code else "code-repeated" if code in seen else None
        seen.add(code)
        rows.append(
            {
                "run_id": turn.run_id,
                "position": position,
                "code": code,
                "name": plain(name)[:4000],
                "outcome": "refused" if fault else None,
                "unchanged": False,
                "errors": [{"code": fault}] if fault else None,
            }
        )
    done = sum(row["outcome"] is not None for row in rows)
    if await _advance(session, turn, total=len(items), done=done, attempts=0, last_error="") and rows:
        await session.execute(insert(SyncRow), rows)


@dataclass(frozen=True)
class RowResult:
    """What became of one row; `digest` of what the catalogue took, None when it took nothing new."""

    position: int
    code: str
    outcome: str
    unchanged: bool = False
    repairs: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    digest: bytes | None = None


_ROWS = text("""
    UPDATE sync_row SET outcome = :outcome, unchanged = :unchanged, repairs = :repairs, gaps = :gaps,
      errors = :errors
    WHERE run_id = :run_id AND position = :position AND outcome IS NULL
""").bindparams(
    bindparam("repairs", type_=JSONB(none_as_null=True)),
    bindparam("gaps", type_=JSONB(none_as_null=True)),
    bindparam("errors", type_=JSONB(none_as_null=True)),
)
_TAKEN = text("""
    INSERT INTO national_procedure (code, digest, taken_at) VALUES (:code, :digest, :now)
    ON CONFLICT (code) DO UPDATE SET digest = excluded.digest, taken_at = excluded.taken_at, closed_at = NULL
""")


async def record_rows(session: AsyncSession, clock: Clock, turn: Turn, results: Sequence[RowResult]) -> None:
    """A piece of the list is done. Nothing is written when the lease was lost."""
    if not await _advance(session, turn, done=SyncRun.done + len(results), attempts=0, last_error=""):
        return
    await session.execute(
        _ROWS,
        [
            {
                "run_id": turn.run_id,
                "position": result.position,
                "outcome": result.outcome,
                "unchanged": result.unchanged,
                "repairs": result.repairs or None,
                "gaps": result.gaps or None,
                "errors": result.errors or None,
            }
            for result in results
        ],
    )
    now = clock.now()
    taken = [
        {"code": result.code, "digest": result.digest, "now": now}
        for result in sorted(results, key=lambda result: result.code)
        if result.digest is not None
    ]
    if taken:
        await session.execute(_TAKEN, taken)


@dataclass(frozen=True)
class Gone:
    """Codes that the list no longer names: told to the catalogue, or kept because they were too many; of
    those told, the ones whose closing waits for an editor."""

    told: list[str]
    kept: list[str]
    proposed: list[str]


async def record_end(session: AsyncSession, clock: Clock, turn: Turn, gone: Gone) -> None:
    """Every row is done and what was withdrawn is closed or proposed to be, or kept open and said so."""
    values = {"state": "done", "finished_at": clock.now(), "attempts": 0, "last_error": ""}
    lists = {"withdrawn": gone.told, "kept": gone.kept, "closing_proposed": gone.proposed}
    if await _advance(session, turn, **lists, **values):
        await session.execute(
            text("UPDATE national_procedure SET closed_at = :now WHERE code = ANY(:codes)"),
            {"now": clock.now(), "codes": gone.told},
        )


async def record_failure(
    session: AsyncSession, clock: Clock, turn: Turn, error: str, *, pause: float, final: bool
) -> None:
    """Tried again after `pause` seconds, unless this was the last try."""
    now = clock.now()
    ended = {"state": "failed", "finished_at": now} if final else {}
    await _advance(session, turn, last_error=error[:1000], next_try=now + timedelta(seconds=pause), **ended)
