"""Imports and exports: asked for, taken on, advanced, ended. The bell wakes who works on them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from kit.clock import Clock
from services.catalog.transfer.errors import Finished, LeaseLost
from services.catalog.transfer.models import Chunk, Piece, Transfer
from services.catalog.transfer.schemas import ImportOptions, NewExport, Outcome
from services.catalog.transfer.status import FINAL, Kind, Part, State

_CHUNK = 1024 * 1024
LEASE = timedelta(seconds=60)
KEPT_FOR = timedelta(days=30)


async def start_import(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    file: BinaryIO,
    form: str,
    options: ImportOptions,
) -> Transfer:
    """To be worked on in the background; the file is kept with it."""
    job = Transfer(
        kind=Kind.IMPORT,
        format=form,
        actor=caller.actor,
        agency=caller.agency,
        options=options.model_dump(mode="json"),
        created_at=clock.now(),
    )
    session.add(job)
    await session.flush()
    await keep(session, job.id, Part.UPLOAD, file)
    await _ring(session)
    return job


async def start_export(session: AsyncSession, clock: Clock, caller: Caller, wanted: NewExport) -> Transfer:
    """To be worked on in the background."""
    job = Transfer(
        kind=Kind.EXPORT,
        format=wanted.format,
        actor=caller.actor,
        agency=caller.agency,
        options=wanted.model_dump(mode="json", exclude={"format"}, exclude_none=True),
        created_at=clock.now(),
    )
    session.add(job)
    await session.flush()
    await _ring(session)
    return job


async def _ring(session: AsyncSession) -> None:
    await session.execute(text("SELECT pg_notify('event', '')"))


async def keep(session: AsyncSession, id_: UUID, part: Part, file: BinaryIO) -> None:
    """The whole file, a chunk a statement."""
    await asyncio.to_thread(file.seek, 0)
    number = 0
    while content := await asyncio.to_thread(file.read, _CHUNK):
        row = {"transfer_id": id_, "part": part, "number": number, "content": content}
        await session.execute(insert(Chunk), [row])
        number += 1


async def cancel(session: AsyncSession, clock: Clock, job: Transfer) -> None:
    """A locked job. What was imported before stays. Raises Finished."""
    if job.state in FINAL:
        raise Finished
    job.state, job.finished_at = State.CANCELLED, clock.now()
    job.lease = job.leased_until = None
    session.add(job)
    await session.flush()


@dataclass(frozen=True)
class Turn:
    """The right to work on a job until the lease runs out."""

    id: UUID
    lease: UUID
    format: str
    actor: str
    agency: str | None
    options: Mapping[str, Any]
    attempts: int

    def caller(self) -> Caller:
        """Who asked for it, with the right that was checked then."""
        kind, _, sub = self.actor.partition(":")
        return Caller(sub=sub, kind=kind, roles=frozenset({"editor"}), agency=self.agency)


_CLAIM = text("""
    UPDATE transfer SET state = 'running', lease = :lease, leased_until = :until, attempts = attempts + 1
    WHERE id = (
      SELECT id FROM transfer WHERE kind = :kind AND state NOT IN ('cancelled', 'done', 'failed')
        AND (leased_until IS NULL OR leased_until <= :now)
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, lease, format, actor, agency, options, attempts
""")


async def claim(session: AsyncSession, clock: Clock, kind: Kind) -> Turn | None:
    """The oldest that nobody works on."""
    now = clock.now()
    values = {"kind": kind, "lease": uuid4(), "until": now + LEASE, "now": now}
    row = (await session.execute(_CLAIM, values)).mappings().first()
    return Turn(**row) if row else None


async def advance(session: AsyncSession, clock: Clock, turn: Turn, **values: Any) -> None:
    """Write to the job and keep the lease; its row is locked until the transaction ends. Raises LeaseLost."""
    change = (
        update(Transfer)
        .where(col(Transfer.id) == turn.id, col(Transfer.lease) == turn.lease)
        .values(leased_until=clock.now() + LEASE, **values)
        .returning(col(Transfer.id))
    )
    if await session.scalar(change) is None:
        raise LeaseLost


async def give_back(session: AsyncSession, turn: Turn) -> None:
    """It came to nothing this time; anybody may go on."""
    await session.execute(
        update(Transfer)
        .where(col(Transfer.id) == turn.id, col(Transfer.lease) == turn.lease)
        .values(lease=None, leased_until=None)
    )


async def end(session: AsyncSession, clock: Clock, turn: Turn, state: State, **values: Any) -> None:
    """Raises LeaseLost."""
    await advance(session, clock, turn, state=state, finished_at=clock.now(), **values)
    await session.execute(
        update(Transfer).where(col(Transfer.id) == turn.id).values(lease=None, leased_until=None)
    )


async def record(session: AsyncSession, turn: Turn, number: int, outcomes: list[Outcome]) -> None:
    """A piece of an import is done: its rows, and the sums of the job. Its row is locked already."""
    rows = [each.model_dump(mode="json", exclude_defaults=True) for each in outcomes]
    await session.execute(insert(Piece), [{"transfer_id": turn.id, "number": number, "rows": rows}])
    job = await session.get_one(Transfer, turn.id, populate_existing=True)
    counts = dict(job.counts)
    for each in outcomes:
        counts[each.outcome] = counts.get(each.outcome, 0) + 1
        counts["published"] = counts.get("published", 0) + each.published
    job.counts, job.done, job.attempts = counts, job.done + len(outcomes), 0
    session.add(job)
    await session.flush()


async def forget(session: AsyncSession, before: datetime) -> None:
    """Jobs that ended before, with their files. What they did is in the event log."""
    await session.execute(delete(Transfer).where(col(Transfer.finished_at) < before))
