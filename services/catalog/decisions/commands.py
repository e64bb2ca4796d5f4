"""A decision's list is recorded as it is; it never changes but by its next revision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock, today
from kit.problem import FieldFault, InvalidInput, pointer
from kit.text import fold
from services.catalog.decisions import queries
from services.catalog.decisions.errors import NO_SUCH_BODY, SIGNED_LATER, TWICE, RevisionReasonMissing
from services.catalog.decisions.models import Decision, DecisionItem
from services.catalog.decisions.reading import Said
from services.catalog.decisions.schemas import Item
from services.catalog.offerings import queries as offerings

Outcome = Literal["created", "revised", "unchanged"]


async def record(session: AsyncSession, clock: Clock, caller: Caller, said: Said) -> tuple[Decision, Outcome]:
    """The list as a revision of its decision; the same list again changes nothing. Two at once: one is busy.

    Raises InvalidInput with all that is wrong: its shape, bodies that do not exist, lines that stand twice,
    a day of signing to come; RevisionReasonMissing.
    """
    new = said.new
    old = None if new is None else await queries.newest(session, new.slug)
    if new is not None and old is not None and old.digest == new.digest():
        return old, "unchanged"
    faults = [*said.faults, *await _faults(session, today(clock), said)]
    if faults or new is None:
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
        digest=new.digest(),
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


async def _faults(session: AsyncSession, today_: date, said: Said) -> list[FieldFault]:
    """What only the catalogue and the clock can tell."""
    found = []
    if said.signed is not None and said.signed > today_:
        found.append(FieldFault("signed-later", SIGNED_LATER, pointer="/date"))
    bodies = await offerings.bodies(session, set(said.agencies.values()))
    for place, agency in said.agencies.items():
        if agency not in bodies:
            where = pointer(["items", place, "agency"])
            found.append(FieldFault("agency-not-found", NO_SUCH_BODY, pointer=where, agency=agency))
    day = today_ if said.new is None else max(today_, said.new.valid_from)
    return [*found, *_twice(said.items, await _codes(session, said.items.values(), day))]


async def _codes(session: AsyncSession, items: Iterable[Item], on: date) -> dict[str, str]:
    """Of the names in the list that one procedure in force has, by folded name."""
    names = {fold(item.name) for item in items if item.procedure is None and item.name}
    named = await queries.of_the_names(session, sorted(names), on)
    times = Counter(name for name, _, _ in named)
    return {name: code for name, code, _ in named if times[name] == 1}


def _twice(items: Mapping[int, Item], by_name: Mapping[str, str]) -> list[FieldFault]:
    found, seen = [], dict[tuple[str, str], int]()
    for place, item in items.items():
        key = item.key(by_name)
        first = seen.setdefault(key, place)
        if first != place:
            where, lines = pointer(["items", place]), (first + 1, place + 1)
            found.append(FieldFault("line-twice", TWICE, pointer=where, lines=lines, procedure=key[0]))
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
