"""What lay with a body that has ended lies with its successor: dossiers in pieces, each with its event.

What is closed stays where it was, and so do codes, history, frozen names and the figures of before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from services.dossier.models import Access, Dossier, Opinion
from services.dossier.status import Status
from services.dossier.successors import queries
from services.dossier.successors.models import SuccessionWork

PIECE = 500
#: What is late may come to an old body still: an upload, a reopening, a forward.
AGAIN, SOON = timedelta(minutes=10), timedelta(seconds=5)
CLERK = Caller(sub="dossier", kind="service", name="dossier", roles=frozenset({"service"}))
REASON = "succession"


async def want(session: AsyncSession) -> None:
    """A row of work for each body of the copy that was succeeded; the last of its successors has it."""
    await session.execute(
        text(
            "INSERT INTO succession_work AS work (old, new, dossiers, drafts, openings, opinions, next_look)"
            " SELECT code, successors[cardinality(successors)], 0, 0, 0, 0, to_timestamp(0) FROM body"
            " WHERE cardinality(successors) > 0 ORDER BY code ON CONFLICT (old) DO UPDATE"
            " SET new = excluded.new, next_look = excluded.next_look WHERE work.new <> excluded.new"
        )
    )
    await session.execute(
        text(
            "DELETE FROM succession_work WHERE old NOT IN"
            " (SELECT code FROM body WHERE cardinality(successors) > 0)"
        )
    )


async def follow(session: AsyncSession, clock: Clock) -> bool:
    """Take over a piece of what one old body holds; True while there may be more. Killed, it goes on where it
    was, and what is done is done."""
    work = await queries.claim(session, clock.now())
    if work is None:
        return False
    dossiers, busy = await queries.piece(session, work.old, work.new, PIECE)
    log = await _take_over(session, clock, work, dossiers)
    opened = await _open(session, work)
    if not dossiers and not opened:
        work.next_look = clock.now() + (SOON if busy else AGAIN)
    session.add(work)
    await events.append_all(session, log)
    return True


async def _take_over(
    session: AsyncSession, clock: Clock, work: SuccessionWork, dossiers: Sequence[Dossier]
) -> list[events.Event]:
    asked = await queries.opinions(session, work.old, work.new, [dossier.id for dossier in dossiers])
    heirs = {row.old: row.new for row in await queries.done(session)}
    log = []
    for dossier in dossiers:
        # All at once, if several of its bodies have ended: one dossier, one event.
        moved = {name: heirs[old] for name in queries.CONCERNED if (old := getattr(dossier, name)) in heirs}
        opinion = asked.get(dossier.id)
        if not moved and opinion is None:  # somebody else has moved it since it was chosen
            continue
        for name, new in moved.items():
            setattr(dossier, name, new)
        if opinion is not None:
            opinion.agency = work.new
            work.opinions += 1
        if moved and dossier.status == Status.DRAFT:
            work.drafts += 1
        elif moved:
            work.dossiers += 1
        dossier.version += 1
        session.add(dossier)
        log.append(_event(clock, work, dossier, list(moved), opinion))
    return log


def _event(
    clock: Clock, work: SuccessionWork, dossier: Dossier, moved: Sequence[str], opinion: Opinion | None
) -> events.Event:
    """Everybody is told where it lies now; whose opinion is awaited is among the offices."""
    public = bool(moved) and dossier.status != Status.DRAFT
    return events.Event(
        subject=str(dossier.id),
        seq=dossier.version,
        type="dossier.moved",
        time=clock.now(),
        actor=CLERK.actor,
        agency=dossier.receiving_agency,
        audience="public" if public else "internal",
        data={
            "dossier_id": str(dossier.id),
            "code": dossier.code,
            "status": dossier.status,
            "procedure": dossier.procedure_code,
            "receiving": dossier.receiving_agency,
            "resolving": dossier.resolving_agency,
            "holder": dossier.holder_agency,
            "from": work.old,
            "to": work.new,
            "as": [name.removesuffix("_agency") for name in moved] + (["adviser"] if opinion else []),
        },
    )


async def _open(session: AsyncSession, work: SuccessionWork) -> bool:
    """What was opened to the old body, also what is closed by now, is opened to the new one."""
    opened = await queries.openings(session, work.old, work.new, PIECE)
    session.add_all(Access(dossier_id=one, agency=work.new, reason=REASON) for one in opened)
    work.openings += len(opened)
    await session.flush()
    return bool(opened)
