"""What changes a reconciliation. Its row is locked first, so imports, actions and the close of a day come one
after the other; the event is last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit import events
from kit.auth import Caller
from kit.clock import VIETNAM
from kit.problem import FieldFault, InvalidInput
from services.payment.models import Payment
from services.payment.reconciliation import queries
from services.payment.reconciliation.errors import DifferenceGone, ReconciliationClosed
from services.payment.reconciliation.kinds import ASKS, NEEDS_NOTE, RULES, Action, Kind
from services.payment.reconciliation.lines import Line, Source
from services.payment.reconciliation.matching import Found, differences
from services.payment.reconciliation.models import Difference, Reconciliation, Statement, StatementRow
from services.payment.reconciliation.sheets import Format
from services.payment.reconciliation.sides import sides
from services.payment.reconciliation.statements import Read
from services.payment.till import Till

T = TypeVar("T")
#: Rows in one statement.
_PIECE = 1000
_FUTURE = {"vi": "Ngày này chưa đến.", "en": "This day has not come."}
_NO_SUCH_ACTION = {
    "vi": "Với loại “{kind}” chỉ dùng: {possible}.",
    "en": "For “{kind}” only: {possible}.",
}
_NOTE = {"vi": "Thao tác này cần lý do.", "en": "This action needs a reason."}


async def open_day(session: AsyncSession, till: Till, caller: Caller, provider: str, day: date) -> bool:
    """False when it was there. Raises ProviderUnknown, InvalidInput for a day to come."""
    name, now = till.provider(provider).name, till.clock.now()
    if day > now.astimezone(VIETNAM).date():
        raise InvalidInput(errors=[FieldFault("day", _FUTURE, parameter="day")])
    held = Reconciliation(provider=name, day=day, opened_at=now, opened_by=caller.actor)
    opened = await session.execute(
        upsert(Reconciliation)
        .values(**held.model_dump(exclude={"totals", "report"}))
        .on_conflict_do_nothing(constraint="reconciliation_one_a_day_key")
        .returning(col(Reconciliation.id))
    )
    if opened.first() is None:
        return False
    await _append(session, held, "reconciliation.opened", now, caller, {})
    return True


async def take_in(
    session: AsyncSession,
    till: Till,
    caller: Caller,
    reconciliation_id: UUID,
    source: Source,
    read: Read,
    form: Format,
) -> Reconciliation:
    """A statement in place of the one before; the same again changes nothing. Raises ReconciliationMissing,
    ReconciliationClosed."""
    held, now = await locked_open(session, reconciliation_id), till.clock.now()
    current = {statement.source: statement for statement in await queries.statements(session, held.id)}
    if before := current.get(source):
        if before.digest == read.digest:
            return held
        before.replaced_at = now
        await session.execute(delete(StatementRow).where(col(StatementRow.statement_id) == before.id))
        await session.flush()
    statement = _statement(held, source, read, form, caller, now)
    session.add(statement)
    await session.flush()
    await _write(session, statement, read.lines)
    await compare(session, held, now)
    data = {
        "source": source,
        "statement": str(statement.id),
        "digest": read.digest.hex(),
        "rows": statement.rows,
        "unreadable": statement.unreadable,
        "differences": await queries.counts(session, held.id),
    }
    await step(session, held, "reconciliation.imported", now, caller, data)
    return held


def _statement(
    held: Reconciliation, source: Source, read: Read, form: Format, caller: Caller, now: datetime
) -> Statement:
    return Statement(
        reconciliation_id=held.id,
        source=source,
        digest=read.digest,
        form=form,
        rows=len(read.lines),
        unreadable=read.unreadable,
        foreign=read.foreign,
        imported_at=now,
        imported_by=caller.actor,
    )


_INSERT = text(
    "INSERT INTO statement_row (statement_id, number, kind, reference, transaction, amount, at, account, fee,"
    " charge, fault, raw) SELECT :statement, * FROM jsonb_to_recordset(cast(:lines AS jsonb)) AS line("
    "number int, kind text, reference text, transaction text, amount bigint, at timestamptz, account text,"
    " fee bigint, charge bigint, fault text, raw jsonb)"
)


async def _write(session: AsyncSession, statement: Statement, lines: Sequence[Line]) -> None:
    """As JSON, in which a hundred thousand rows go in a few seconds; row by row it is half a minute."""
    for piece in _pieces(lines):
        written = json.dumps([line.columns() for line in piece], default=str)
        await session.execute(_INSERT, {"statement": statement.id, "lines": written})


async def match(session: AsyncSession, till: Till, caller: Caller, reconciliation_id: UUID) -> Reconciliation:
    """Compare again: money was taken in meanwhile, a refund ended, another day's statement came. Raises
    ReconciliationMissing, ReconciliationClosed."""
    held = await locked_open(session, reconciliation_id)
    await match_locked(session, held, till.clock.now(), caller)
    return held


async def match_locked(session: AsyncSession, held: Reconciliation, now: datetime, caller: Caller) -> None:
    if await compare(session, held, now):
        data = {"differences": await queries.counts(session, held.id)}
        await step(session, held, "reconciliation.matched", now, caller, data)


async def compare(session: AsyncSession, held: Reconciliation, now: datetime) -> bool:
    """Bring the differences of a locked reconciliation up to date; False when nothing has changed. Those that
    are still there keep their action."""
    found = await asyncio.to_thread(differences, await sides(session, held))
    before = {(row.kind, row.subject): row for row in await queries.all_differences(session, held.id)}
    fresh = [one for one in found if (one.kind, one.subject) not in before]
    seen = {(one.kind, one.subject) for one in found}
    gone = [row.id for key, row in before.items() if key not in seen and row.cleared_at is None]
    known = [(before[key], one) for one in found if (key := (one.kind, one.subject)) in before]
    changed = [_told(row, one) for row, one in known if row.cleared_at is None and row.facts != one.facts]
    back = [_told(row, one) | _UNDONE for row, one in known if row.cleared_at is not None]
    for piece in _pieces(fresh):
        await session.execute(insert(Difference), [_new(held, one, now) for one in piece])
    for rows in (*_pieces(changed), *_pieces(back)):
        await session.execute(update(Difference), list(rows))
    for ids in _pieces(gone):
        await session.execute(update(Difference).where(col(Difference.id).in_(ids)).values(cleared_at=now))
    return bool(fresh or changed or back or gone)


def _pieces(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + _PIECE] for start in range(0, len(rows), _PIECE))


_UNDONE = {"cleared_at": None, "action": None, "acted_at": None, "acted_by": None, "note": ""}


def _told(row: Any, one: Found) -> dict[str, Any]:
    return {"id": row.id, "facts": one.facts, "payment_id": one.payment_id, "refund_id": one.refund_id}


def _new(held: Reconciliation, one: Found, now: datetime) -> dict[str, Any]:
    found = Difference(**asdict(one), reconciliation_id=held.id, found_at=now)
    return found.model_dump()


async def act(
    session: AsyncSession,
    till: Till,
    caller: Caller,
    reconciliation_id: UUID,
    difference_id: UUID,
    done: tuple[Action, str],
) -> tuple[Reconciliation, Difference]:
    """What somebody did about a difference, and their note; the last one stands. Where money is to be taken
    in, or given back, the provider is asked by the sweep: a file alone moves none. Raises
    ReconciliationMissing, ReconciliationClosed, DifferenceMissing, DifferenceGone, InvalidInput."""
    held, now = await locked_open(session, reconciliation_id), till.clock.now()
    difference = await queries.difference(session, held.id, difference_id)
    if difference.cleared_at is not None:
        raise DifferenceGone()
    _check_action(Kind(difference.kind), *done)
    if (difference.action, difference.note) == done:
        return held, difference
    difference.action, difference.note = done
    difference.acted_at, difference.acted_by = now, caller.actor
    session.add(difference)
    if difference.action in ASKS and difference.payment_id is not None:
        await session.execute(
            update(Payment).where(col(Payment.id) == difference.payment_id).values(next_try=now)
        )
    data = {"difference": str(difference.id), "kind": difference.kind, "action": difference.action}
    await step(session, held, "reconciliation.acted", now, caller, data)
    return held, difference


def _check_action(kind: Kind, action: Action, note: str) -> None:
    faults = []
    if action not in (possible := RULES[kind].actions):
        named = ", ".join(possible)
        faults.append(
            FieldFault("action", _NO_SUCH_ACTION, pointer="/action", kind=kind.value, possible=named)
        )
    if action in NEEDS_NOTE and not note:
        faults.append(FieldFault("note", _NOTE, pointer="/note"))
    if faults:
        raise InvalidInput(errors=faults)


async def locked_open(session: AsyncSession, reconciliation_id: UUID) -> Reconciliation:
    """Locked, and not closed."""
    held = await queries.reconciliation(session, reconciliation_id, lock=True)
    if held.closed_at is not None:
        raise ReconciliationClosed(day=held.day.isoformat())
    return held


async def step(
    session: AsyncSession,
    held: Reconciliation,
    event: str,
    now: datetime,
    caller: Caller,
    data: dict[str, Any],
) -> None:
    held.version += 1
    session.add(held)
    await _append(session, held, event, now, caller, data)


async def _append(
    session: AsyncSession,
    held: Reconciliation,
    event: str,
    now: datetime,
    caller: Caller,
    data: dict[str, Any],
) -> None:
    facts = {"provider": held.provider, "day": held.day.isoformat(), **data}
    await events.append(
        session,
        events.Event(
            subject=str(held.id),
            seq=held.version,
            type=event,
            time=now,
            actor=caller.actor,
            agency=caller.agency,
            audience="internal",
            data=facts,
        ),
    )
