"""What editors do to the tree, and what a plan of reorganisation does. Each ends with its event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from kit.problem import FieldFault
from kit.text import sort_key
from services.catalog.bodies import queries
from services.catalog.bodies.errors import AgencyExists, HasSuccessor, TreeBroken, UnitExists
from services.catalog.bodies.plan import WORDS
from services.catalog.bodies.schemas import AgencyChanges, NewAgency, NewUnit, UnitChanges
from services.catalog.bodies.tree import Misfit, Tree
from services.catalog.commands.edit import today
from services.catalog.models import Agency, Unit

_POINTER = {
    "cycle": "/parent_code",
    "parent-unknown": "/parent_code",
    "parent-not-there": "/parent_code",
    "unit-unknown": "/unit_code",
    "unit-not-there": "/unit_code",
}


async def found_agency(session: AsyncSession, clock: Clock, caller: Caller, new: NewAgency) -> Agency:
    """A new body. Raises AgencyExists, TreeBroken."""
    await queries.alone(session)
    before = await queries.places(session)
    if new.code in before.agencies:
        raise AgencyExists
    row = Agency(**new.model_dump(exclude={"reason"}), sort_key=sort_key(new.name))
    session.add(row)
    await session.flush()
    after = await queries.places(session)
    _refuse([new.code], before.bodies, after.bodies, (before.areas, after.areas))
    _refuse_strangers(new.receives_for, before.agencies)
    await record(session, clock, caller, "agency.changed", {"codes": [new.code], "reason": new.reason})
    return row


async def change_agency(
    session: AsyncSession, clock: Clock, caller: Caller, row: Agency, changes: AgencyChanges
) -> Agency:
    """Correct a body, for all its days; the tree is the caller's alone (`queries.alone`). Raises TreeBroken,
    HasSuccessor."""
    before = await queries.places(session)
    given = _given(changes)
    if given.keys() & {"valid_from", "valid_to"} and _in_succession(row.code, before):
        raise HasSuccessor(body=row.code)
    _refuse_strangers(given.get("receives_for", ()), before.agencies)
    for name, value in given.items():
        setattr(row, name, value)
    row.sort_key = sort_key(row.name)
    session.add(row)
    await session.flush()
    after = await queries.places(session)
    touched = [row.code, *after.bodies.children(row.code)]
    _refuse(touched, before.bodies, after.bodies, (before.areas, after.areas))
    data = {"codes": [row.code], "fields": sorted(given), "reason": changes.reason}
    await record(session, clock, caller, "agency.changed", data)
    return row


async def found_unit(session: AsyncSession, clock: Clock, caller: Caller, new: NewUnit) -> Unit:
    """A new unit. Raises UnitExists, TreeBroken."""
    await queries.alone(session)
    before = await queries.places(session)
    if new.code in before.units:
        raise UnitExists
    row = Unit(**new.model_dump(exclude={"reason"}), sort_key=sort_key(new.name))
    session.add(row)
    await session.flush()
    _refuse([new.code], before.areas, (await queries.places(session)).areas)
    await record(session, clock, caller, "unit.changed", {"codes": [new.code], "reason": new.reason})
    return row


async def change_unit(
    session: AsyncSession, clock: Clock, caller: Caller, row: Unit, changes: UnitChanges
) -> Unit:
    """Correct a unit, for all its days; its bodies and its children must still fit. Raises TreeBroken,
    HasSuccessor."""
    before = await queries.places(session)
    given = _given(changes)
    if given.keys() & {"valid_from", "valid_to"} and row.successor_code is not None:
        raise HasSuccessor(body=row.code)
    for name, value in given.items():
        setattr(row, name, value)
    row.sort_key = sort_key(row.name)
    session.add(row)
    await session.flush()
    after = await queries.places(session)
    _refuse([row.code, *after.areas.children(row.code)], before.areas, after.areas)
    sitting = [code for code, body in after.agencies.items() if body.unit_code == row.code]
    _refuse(sitting, before.bodies, after.bodies, (before.areas, after.areas))
    data = {"codes": [row.code], "fields": sorted(given), "reason": changes.reason}
    await record(session, clock, caller, "unit.changed", data)
    return row


#: What may be taken away; everything else is only ever replaced.
_CLEARED = {"parent_code", "valid_to"}


def _given(changes: AgencyChanges | UnitChanges) -> dict[str, Any]:
    given = changes.model_dump(exclude_unset=True, exclude={"reason"})
    return {name: value for name, value in given.items() if value is not None or name in _CLEARED}


def _in_succession(code: str, places: queries.Places) -> bool:
    return any(code in (row.old, row.new) for row in places.successions)


def _refuse(
    codes: Sequence[str],
    before: Tree,
    after: Tree,
    units: tuple[Tree, Tree] | tuple[None, None] = (None, None),
) -> None:
    """Raises TreeBroken for what did not fit less well before."""
    faults = []
    for code in codes:
        old = set(before.misfits(code, units[0])) if code in before.nodes else set[Misfit]()
        faults += [_fault(misfit, after) for misfit in after.misfits(code, units[1]) if misfit not in old]
    if faults:
        raise TreeBroken(errors=faults)


def _fault(misfit: Misfit, tree: Tree) -> FieldFault:
    node = tree.nodes[misfit.code]
    return FieldFault(
        misfit.word,
        WORDS[misfit.word],
        pointer=_POINTER.get(misfit.word, "/valid_to"),
        node=misfit.other or misfit.code,
        of=misfit.code,
        first=node.first,
        last=node.last,
    )


def _refuse_strangers(codes: Sequence[str], known: Mapping[str, Agency]) -> None:
    """Raises TreeBroken for bodies that nobody knows."""
    faults = [
        FieldFault("old-unknown", WORDS["old-unknown"], pointer=f"/receives_for/{place}", node=code)
        for place, code in enumerate(codes)
        if code not in known
    ]
    if faults:
        raise TreeBroken(errors=faults)


async def record(
    session: AsyncSession, clock: Clock, caller: Caller, kind: str, data: Mapping[str, Any]
) -> None:
    """An event of the tree as a whole: readers copy it whole. Units are no neighbour's business, but their
    changes stand in the same chain."""
    await events.append(session, await event(session, clock, caller, kind, data))


async def event(
    session: AsyncSession, clock: Clock, caller: Caller, kind: str, data: Mapping[str, Any]
) -> events.Event:
    seq = await queries.version(session) + 1
    return events.Event(
        queries.TREE,
        seq,
        kind,
        clock.now(),
        caller.actor,
        agency=caller.agency,
        audience="internal",
        data=dict(data),
    )


async def announce(session: AsyncSession, clock: Clock) -> bool:
    """A succession's day has come: the neighbours read the bodies again. True when that was said."""
    if not await queries.to_tell(session, today(clock)):
        return False
    await queries.alone(session)
    due = await queries.to_tell(session, today(clock), lock=True)
    if not due:
        return False
    for row in due:
        row.told_at = clock.now()
        session.add(row)
    data = {"codes": sorted(row.old for row in due), "began": sorted({row.new for row in due})}
    await record(session, clock, CLERK, "agency.changed", data)
    return True


CLERK = Caller(sub="catalog", kind="service", name="catalog", roles=frozenset({"service"}))
