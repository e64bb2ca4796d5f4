"""Taking in what districts received on paper, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.db import Database
from services.dossier.commands import ending
from services.dossier.commands.step import Move, record
from services.dossier.district import checking, queries
from services.dossier.district.checking import Checked
from services.dossier.district.models import Batch, DeclaredTotal
from services.dossier.district.piece import Outcome, Piece
from services.dossier.district.schemas import Declared
from services.dossier.figures import sources
from services.dossier.office import Office
from services.dossier.status import Action, Status

#: Items a transaction.
PIECE = 500
_KINDS = ("created", "updated", "unchanged", "refused")


async def take_in(
    database: Database, office: Office, caller: Caller, items: Sequence[Any], declared: Declared | None
) -> tuple[Batch, list[Checked], dict[int, Outcome]]:
    """A whole call, in pieces that commit on their own: cut off half-way, it is simply made again."""
    checked = checking.parse(office, items)
    async with database.transaction() as session:
        await checking.check(session, office, caller, checked)
    await checking.look_up(office, checked)
    batch = Batch(
        system=queries.system_of(caller),
        agency=str(caller.agency),
        at=office.clock.now(),
        created=0,
        updated=0,
        unchanged=0,
        refused=0,
    )
    outcomes = {c.index: Outcome("refused", faults=c.faults) for c in checked if c.faults}
    async with database.transaction() as session:
        session.add(batch)
        if declared is not None:
            await _declare(session, office, caller, declared)
    sound = sorted((c.sound() for c in checked if not c.faults), key=lambda s: s.item.reference)
    for start in range(0, len(sound), PIECE):
        async with database.transaction() as session:
            piece = Piece(session, office, caller, batch.id)
            outcomes |= await piece.take(sound[start : start + PIECE])
    kinds: list[str] = [outcome.kind for outcome in outcomes.values()]
    async with database.transaction() as session:
        session.add(batch)
        for kind in _KINDS:
            setattr(batch, kind, kinds.count(kind))
    return batch, checked, outcomes


async def _declare(session: AsyncSession, office: Office, caller: Caller, declared: Declared) -> None:
    values = {
        "system": queries.system_of(caller),
        "day": declared.day,
        "agency": str(caller.agency),
        "total": declared.total,
        "declared_at": office.clock.now(),
    }
    statement = insert(DeclaredTotal).values(values)
    changed = {name: values[name] for name in ("agency", "total", "declared_at")}
    await session.execute(statement.on_conflict_do_update(index_elements=["system", "day"], set_=changed))


async def void(session: AsyncSession, office: Office, caller: Caller, batch: Batch, reason: str) -> int:
    """The batch was wrong as a whole: what it created is stopped, counts nowhere, and its references are
    free again. Voiding it twice changes nothing. Returns how many dossiers it concerned."""
    if batch.voided_at is not None:
        return 0
    await queries.one_call_at_a_time(session, batch.system)
    batch.voided_at, batch.voided_because = office.clock.now(), reason
    session.add(batch)
    rows = await queries.of_batch(session, batch.id)
    dossiers = await queries.dossiers_of(session, {row.dossier_id for row in rows})
    await sources.hold_days(session, sources.paper_days(dossiers.values()))
    for row in rows:
        row.voided_at = batch.voided_at
        session.add(row)
    async with events.held(session):
        for dossier in dossiers.values():
            dossier.status, dossier.voided_at, dossier.external_code = Status.STOPPED, batch.voided_at, None
            dossier.finished_at = dossier.finished_at or batch.voided_at
            dossier.came_from = dossier.waiting_until = None
            await ending.close(session, dossier, batch.voided_at)
            move = Move(at=batch.voided_at, note=reason, data={"batch": str(batch.id)})
            await record(session, office, caller, dossier, "dossier.voided", move, action=Action.STOP)
    return len(rows)
