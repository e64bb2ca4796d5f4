"""What editors do to the tree, and what a plan of reorganisation does. Each ends with its event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock, today
from kit.problem import FieldFault
from kit.text import sort_key
from services.catalog import queries as catalogue
from services.catalog.bodies import handover, queries
from services.catalog.bodies.errors import AgencyExists, HasSuccessor, TreeBroken, UnitExists
from services.catalog.bodies.plan import WORDS
from services.catalog.bodies.schemas import AgencyChanges, NewAgency, NewUnit, UnitChanges
from services.catalog.bodies.tree import Misfit, Tree
from services.catalog.identifiers import parse
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
    await catalogue.tree_alone(session)
    before = await queries.places(session)
    if new.code in before.agencies:
        raise AgencyExists
    row = Agency(**new.model_dump(exclude={"reason"}), sort_key=sort_key(new.name))
    session.add(row)
    await session.flush()
    after = await queries.places(session)
    _refuse(
        [
            *_no_identifier(new.code),
            *_misfits([new.code], before.bodies, after.bodies, (before.areas, after.areas)),
            *_strangers(new.receives_for, before.agencies),
        ]
    )
    await record(session, clock, caller, "agency.changed", {"codes": [new.code], "reason": new.reason})
    return row


async def change_agency(
    session: AsyncSession, clock: Clock, caller: Caller, row: Agency, changes: AgencyChanges
) -> Agency:
    """Correct a body, for all its days; the tree is the caller's alone (`tree_alone`). What it offers to its
    end ends with it. Raises TreeBroken, HasSuccessor."""
    before, last = await queries.places(session), row.valid_to
    given = _given(changes)
    if given.keys() & {"valid_from", "valid_to"} and _in_succession(row.code, before):
        raise HasSuccessor(body=row.code)
    for name, value in given.items():
        setattr(row, name, value)
    row.sort_key = sort_key(row.name)
    session.add(row)
    await session.flush()
    after = await queries.places(session)
    touched = [row.code, *after.bodies.children(row.code)]
    _refuse(
        [
            *_misfits(touched, before.bodies, after.bodies, (before.areas, after.areas)),
            *_strangers(given.get("receives_for", ()), before.agencies),
        ]
    )
    log = await handover.end_with(session, clock, caller, row, last, changes.reason)
    data = {"codes": [row.code], "fields": sorted(given), "reason": changes.reason}
    log.append(await event(session, clock, caller, "agency.changed", data))
    await events.append_all(session, log)
    return row


async def found_unit(session: AsyncSession, clock: Clock, caller: Caller, new: NewUnit) -> Unit:
    """A new unit. Raises UnitExists, TreeBroken."""
    await catalogue.tree_alone(session)
    before = await queries.places(session)
    if new.code in before.units:
        raise UnitExists
    row = Unit(**new.model_dump(exclude={"reason"}), sort_key=sort_key(new.name))
    session.add(row)
    await session.flush()
    _refuse(_misfits([new.code], before.areas, (await queries.places(session)).areas))
    await record(session, clock, caller, "unit.changed", {"codes": [new.code], "reason": new.reason})
    return row


async def change_unit(
    session: AsyncSession, clock: Clock, caller: Caller, row: Unit, changes: UnitChanges
) -> Unit:
    """Correct a unit, for all its days; its bodies and its children must still fit. Raises TreeBroken,
    HasSuccessor."""
    before = await queries.places(session)
    given = _given(changes)
    if given.keys() & {"valid_from", "valid_to"} and _unit_in_succession(row.code, before):
        raise HasSuccessor(body=row.code)
    for name, value in given.items():
        setattr(row, name, value)
    row.sort_key = sort_key(row.name)
    session.add(row)
    await session.flush()
    after = await queries.places(session)
    touched = [row.code, *after.areas.children(row.code)]
    sitting = [code for code, body in after.agencies.items() if body.unit_code == row.code]
    _refuse(
        [
            *_misfits(touched, before.areas, after.areas),
            *_misfits(sitting, before.bodies, after.bodies, (before.areas, after.areas)),
        ]
    )
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


def _unit_in_succession(code: str, places: queries.Places) -> bool:
    pairs = [(row.code, row.successor_code) for row in places.units.values() if row.successor_code]
    return any(code in pair for pair in pairs)


def _refuse(faults: Sequence[FieldFault]) -> None:
    """Raises TreeBroken, if there are any."""
    if faults:
        raise TreeBroken(errors=faults)


def _no_identifier(code: str) -> list[FieldFault]:
    """Codes of dossiers begin with that of their body: what has another of before keeps it, none is added."""
    word = "not-an-identifier"
    return [] if parse(code) else [FieldFault(word, WORDS[word], pointer="/code", node=code)]


def _misfits(
    codes: Sequence[str],
    before: Tree,
    after: Tree,
    units: tuple[Tree, Tree] | tuple[None, None] = (None, None),
) -> list[FieldFault]:
    """What does not fit, but for what did not fit before."""
    faults = []
    for code in codes:
        old = set(before.misfits(code, units[0])) if code in before.nodes else set[Misfit]()
        faults += [_fault(misfit, after) for misfit in after.misfits(code, units[1]) if misfit not in old]
    return faults


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


def _strangers(codes: Sequence[str], known: Mapping[str, Agency]) -> list[FieldFault]:
    """Bodies that nobody knows."""
    return [
        FieldFault("old-unknown", WORDS["old-unknown"], pointer=f"/receives_for/{place}", node=code)
        for place, code in enumerate(codes)
        if code not in known
    ]


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
    await catalogue.tree_alone(session)
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
