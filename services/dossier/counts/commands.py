"""Taking in what districts count, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from kit import events
from kit.auth import Caller
from kit.db import Database
from kit.problem import FieldFault
from services.dossier.counts import checking, queries
from services.dossier.counts.checking import Checked, key_of
from services.dossier.counts.models import IntakeCount
from services.dossier.district.models import Batch
from services.dossier.district.queries import system_of
from services.dossier.figures import sources
from services.dossier.figures.sources import Names
from services.dossier.office import Office

Kind = Literal["created", "updated", "unchanged", "refused"]


@dataclass
class Outcome:
    kind: Kind
    faults: list[FieldFault] = field(default_factory=list)


async def take_in(
    database: Database, office: Office, caller: Caller, items: Sequence[Any]
) -> tuple[Batch, list[Outcome]]:
    """A whole call, in one transaction: cut off before it, nothing was said. Outcomes in the items' order."""
    checked = checking.parse(items)
    async with database.transaction() as session:
        await checking.check(session, office, caller, checked)
    names = await checking.look_up(office, checked)
    async with database.transaction() as session:
        return await _write(session, office, caller, checked, names)


async def _write(
    session: AsyncSession, office: Office, caller: Caller, checked: Sequence[Checked], names: Names
) -> tuple[Batch, list[Outcome]]:
    sound = {key_of(c.item): c for c in checked if c.item is not None and not c.faults}
    await sources.call(session, names)
    await sources.hold_bodies(session, {agency for agency, *_ in sound})
    known = await queries.lines(session, sound)
    kinds: Mapping[Any, Kind] = {key: _kind(known.get(key), c) for key, c in sound.items()}
    outcomes = [
        Outcome("refused", c.faults) if c.item is None or c.faults else Outcome(kinds[key_of(c.item)])
        for c in checked
    ]
    batch = _batch(office, caller, outcomes)
    session.add(batch)
    await session.flush()
    said = [_row(batch, c) for key, c in sorted(sound.items()) if kinds[key] != "unchanged"]
    if said:
        await session.execute(_upsert(said))
        await events.append(session, _event(office, caller, batch, "counts.received", 1))
    return batch, outcomes


def _kind(line: IntakeCount | None, checked: Checked) -> Kind:
    """A line that was voided is new again."""
    if line is None or line.voided_at is not None:
        return "created"
    return "unchanged" if checked.item and line.quantity == checked.item.count else "updated"


def _batch(office: Office, caller: Caller, outcomes: Sequence[Outcome]) -> Batch:
    kinds = [outcome.kind for outcome in outcomes]
    return Batch(
        kind="counts",
        system=system_of(caller),
        agency=str(caller.agency),
        at=office.clock.now(),
        created=kinds.count("created"),
        updated=kinds.count("updated"),
        unchanged=kinds.count("unchanged"),
        refused=kinds.count("refused"),
    )


def _row(batch: Batch, checked: Checked) -> dict[str, Any]:
    item, frozen = checked.item, checked.frozen
    assert item is not None
    assert frozen is not None
    return {
        "id": uuid7(),
        "batch_id": batch.id,
        "agency": item.agency,
        "procedure_code": item.procedure,
        "day": item.day,
        "channel": item.channel,
        "quantity": item.count,
        "field_code": frozen.field_code,
        "online_level": frozen.online_level,
        "told_at": batch.at,
        "voided_at": None,
    }


def _upsert(rows: Sequence[Mapping[str, Any]]) -> Any:
    statement = insert(IntakeCount).values(list(rows))
    key = ("agency", "day", "procedure_code", "channel")
    changed = {name: statement.excluded[name] for name in rows[0] if name not in ("id", *key)}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


async def void(session: AsyncSession, office: Office, caller: Caller, batch: Batch, reason: str) -> int:
    """The batch, its row locked, was wrong as a whole: lines of which it has the last word count nowhere, and
    may be said again. Voiding it twice changes nothing. Returns how many lines it concerned."""
    if batch.voided_at is not None:
        return 0
    await sources.hold_bodies(session, await queries.bodies_of(session, batch.id))
    batch.voided_at, batch.voided_because = office.clock.now(), reason
    session.add(batch)
    lines = update(IntakeCount).where(
        col(IntakeCount.batch_id) == batch.id, col(IntakeCount.voided_at).is_(None)
    )
    done = await session.execute(
        lines.values(voided_at=batch.voided_at).returning(col(IntakeCount.id)),
        execution_options={"synchronize_session": False},
    )
    seq = 2 if batch.created or batch.updated else 1
    await events.append(session, _event(office, caller, batch, "counts.voided", seq))
    return len(done.all())


def _event(office: Office, caller: Caller, batch: Batch, kind: str, seq: int) -> events.Event:
    return events.Event(
        subject=str(batch.id),
        seq=seq,
        type=kind,
        time=office.clock.now(),
        actor=caller.actor,
        agency=batch.agency,
        audience="internal",
        data={"batch": str(batch.id), "created": batch.created, "updated": batch.updated},
    )
