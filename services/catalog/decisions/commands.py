"""A decision's list is recorded as it is; it never changes but by its next revision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from kit.problem import FieldFault, InvalidInput, pointer
from kit.text import fold
from services.catalog.decisions import queries
from services.catalog.decisions.errors import NO_SUCH_BODY, TWICE, RevisionReasonMissing
from services.catalog.decisions.models import Decision, DecisionItem
from services.catalog.decisions.schemas import Item, NewDecision
from services.catalog.offerings import queries as offerings

Outcome = Literal["created", "revised", "unchanged"]


async def record(
    session: AsyncSession, clock: Clock, caller: Caller, new: NewDecision
) -> tuple[Decision, Outcome]:
    """The list as a revision of its decision; the same list again changes nothing. Two at once: one is busy.

    Raises InvalidInput for bodies that do not exist and lines that stand twice, RevisionReasonMissing.
    """
    old = await queries.newest(session, new.slug)
    digest = new.digest()
    if old is not None and old.digest == digest:
        return old, "unchanged"
    bodies = await offerings.bodies(session, {item.agency for item in new.items if item.agency})
    if faults := _faults(new.items, set(bodies)):
        raise InvalidInput(errors=faults)
    if old is not None and not new.reason:
        raise RevisionReasonMissing(number=new.number)
    decision = Decision(
        slug=new.slug,
        revision=old.revision + 1 if old else 1,
        number=new.number,
        signed_on=new.date,
        title=new.title,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        digest=digest,
        reason=new.reason,
        recorded_by=caller.actor,
        recorded_at=clock.now(),
    )
    session.add(decision)
    await session.flush()
    session.add_all(_row(decision, number, item) for number, item in enumerate(new.items, 1))
    await session.flush()
    await events.append(session, _event(clock, caller, decision, len(new.items)))
    return decision, "revised" if old else "created"


def _faults(items: Sequence[Item], bodies: set[str]) -> list[FieldFault]:
    found, seen = [], dict[tuple[str, str], int]()
    for place, item in enumerate(items):
        if item.agency and item.agency not in bodies:
            where = pointer(["items", place, "agency"])
            found.append(FieldFault("agency-not-found", NO_SUCH_BODY, pointer=where, agency=item.agency))
        first = seen.setdefault(item.key(), place)
        if first != place:
            where = pointer(["items", place])
            found.append(FieldFault("line-twice", TWICE, pointer=where, first=first + 1))
    return found


def _row(decision: Decision, number: int, item: Item) -> DecisionItem:
    return DecisionItem(
        decision_id=decision.id,
        number=number,
        code=item.procedure,
        name=item.name,
        name_folded=fold(item.name) if item.name else None,
        agency=item.agency,
        government_level=item.government_level,
        online_level=item.online_level,
        mandated=item.mandated,
    )


def _event(clock: Clock, caller: Caller, decision: Decision, lines: int) -> events.Event:
    return events.Event(
        subject=f"decision:{decision.slug}",
        seq=decision.revision,
        type="decision.recorded",
        time=clock.now(),
        actor=caller.actor,
        agency=caller.agency,
        audience="internal",
        data={"number": decision.number, "lines": lines, "reason": decision.reason},
    )
