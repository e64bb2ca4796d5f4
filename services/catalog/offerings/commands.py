"""Who offers what: a body offers a procedure at a level from a day on, or ends to. The procedures are locked,
so that one change follows another; the exclusion constraint holds whatever races."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock
from kit.problem import FieldFault, InvalidInput
from services.catalog.commands.edit import record, refuse_abolished, today
from services.catalog.errors import AgencyMissing, GapsRemain, VersionMissing
from services.catalog.models import Agency, Offering, Procedure, Version
from services.catalog.offerings import checks, queries
from services.catalog.offerings.checks import Ground
from services.catalog.offerings.errors import OfferingMissing
from services.catalog.offerings.models import OfferingChange
from services.catalog.offerings.queries import Pair
from services.catalog.offerings.schemas import Ending, OfferingTerms


@dataclass(frozen=True)
class Scene:
    """All that changes of offerings are judged by, read at once. `day`: from when on versions matter."""

    day: date
    bodies: dict[str, Agency]
    versions: dict[str, list[Version]]
    offerings: dict[Pair, list[Offering]]

    def ground(self, code: str, agency: str) -> Ground:
        """Raises VersionMissing where nothing is in force on `day`."""
        versions = self.versions.get(code, [])
        if not any(version.valid is not None and version.valid.contains(self.day) for version in versions):
            raise VersionMissing
        return Ground(self.bodies[agency], versions, self.offerings.get((code, agency), []))


async def scene(
    session: AsyncSession, clock: Clock, codes: Collection[str], agencies: Collection[str], start: date
) -> Scene:
    """Of locked procedures. Raises AgencyMissing."""
    day = max(start, today(clock))
    bodies = await queries.bodies(session, agencies)
    if len(bodies) < len(set(agencies)):
        raise AgencyMissing
    return Scene(
        day=day,
        bodies=bodies,
        versions=await queries.versions_from(session, codes, day),
        offerings=await queries.offerings_of(session, codes, agencies),
    )


async def offer(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    procedure: Procedure,
    agencies: Sequence[str],
    terms: OfferingTerms,
) -> dict[str, Offering]:
    """The offerings of a locked procedure by these bodies from `terms.valid_from` (default today), until
    those that were set for a later day; the ones before end the day before. The same again changes nothing.

    Raises Abolished, AgencyMissing, VersionMissing; GapsRemain (level 3 needs a form, level 4 known fees) or
    InvalidInput, each with all that stands against it.
    """
    start = terms.valid_from or today(clock)
    around = await scene(session, clock, [procedure.code], agencies, start)
    refuse_abolished(procedure, around.day)
    _refuse(terms, start, [around.ground(procedure.code, agency) for agency in agencies])
    wanted = [Wanted(procedure.code, agency, terms, start) for agency in agencies]
    placed, new = await place(session, clock, caller, around, wanted)
    if new:
        data = {
            "agencies": sorted(agency for _, agency in new),
            "online_level": terms.online_level,
            "from": start.isoformat(),
            "decision": terms.decision,
            "reason": terms.reason,
        }
        await record(session, clock, caller, procedure, "offering.changed", data=data)
    return {agency: offering for (_, agency), offering in placed.items()}


def _refuse(terms: OfferingTerms, start: date, grounds: Sequence[Ground]) -> None:
    gaps = checks.gaps_against(terms, grounds[0].versions) if grounds else []
    found: dict[tuple[str, str], FieldFault] = {}
    for ground in grounds:
        for fault in checks.faults(terms, start, ground):
            found.setdefault((fault.code, str(fault.facts)), fault)
    if gaps:
        raise GapsRemain(level=terms.online_level, gaps=gaps, errors=list(found.values()))
    if found:
        raise InvalidInput(errors=list(found.values()))


@dataclass(frozen=True)
class Wanted:
    """One offering that is to be, of terms that were checked."""

    code: str
    agency: str
    terms: OfferingTerms
    start: date


async def place(
    session: AsyncSession, clock: Clock, caller: Caller, around: Scene, wanted: Sequence[Wanted]
) -> tuple[dict[Pair, Offering], set[Pair]]:
    """The offerings as wanted, and which of them are new. The caller records the events."""
    placed: dict[Pair, Offering] = {}
    coming = []
    for one in wanted:
        pair = one.code, one.agency
        current, until = _around(around.offerings.get(pair, []), one.start)
        if current is not None and says(current, one.terms):
            placed[pair] = current
            continue
        if current is not None:
            await _cut(session, current, one.start)
        new = Offering(
            agency=one.agency,
            procedure_code=one.code,
            valid=Range(one.start, until),
            **one.terms.kept(),
        )
        placed[pair] = new
        coming.append((one, new))
    await session.flush()  # what gives way does so before
    for one, new in coming:
        kept = one.terms.model_dump(mode="json", exclude={"valid_from", "other_level", "reason"})
        session.add(new)
        session.add(_change(clock, caller, one.code, one.agency, "offer", one.start, kept, one.terms.reason))
    await session.flush()
    return placed, {(one.code, one.agency) for one, _ in coming}


def _around(offerings: Sequence[Offering], start: date) -> tuple[Offering | None, date | None]:
    """What is offered on that day, and the first day of what is offered next."""
    current = next((row for row in offerings if row.valid.contains(start)), None)
    later = [row.valid.lower for row in offerings if row.valid.lower is not None and row.valid.lower > start]
    return current, min(later, default=None)


def says(offering: Offering, terms: OfferingTerms) -> bool:
    return all(getattr(offering, name) == value for name, value in terms.kept().items())


async def _cut(session: AsyncSession, offering: Offering, on: date) -> None:
    """It is offered until the day before; not at all, where that is its first day or earlier."""
    lower = offering.valid.lower
    if lower is not None and lower >= on:
        await session.delete(offering)
    else:
        offering.valid = Range(lower, on)
        session.add(offering)


async def end(
    session: AsyncSession, clock: Clock, caller: Caller, procedure: Procedure, agency: str, ending: Ending
) -> None:
    """From that day on the body does not offer the locked procedure any more, whatever was set for later.
    Raises AgencyMissing, OfferingMissing."""
    start = ending.from_ or today(clock)
    around = await scene(session, clock, [procedure.code], [agency], start)
    offered = around.offerings.get((procedure.code, agency), [])
    over = [row for row in offered if row.valid.upper is None or row.valid.upper > start]
    if not over:
        raise OfferingMissing
    for row in over:
        await _cut(session, row, start)
    await session.flush()
    session.add(_change(clock, caller, procedure.code, agency, "end", start, None, ending.reason))
    data = {"agencies": [agency], "from": start.isoformat(), "reason": ending.reason}
    await record(session, clock, caller, procedure, "offering.ended", data=data)


def _change(
    clock: Clock,
    caller: Caller,
    code: str,
    agency: str,
    action: str,
    starts: date,
    terms: dict[str, Any] | None,
    reason: str,
) -> OfferingChange:
    return OfferingChange(
        agency=agency,
        procedure_code=code,
        action=action,
        starts=starts,
        terms=terms,
        reason=reason,
        by=caller.actor,
        at=clock.now(),
    )
