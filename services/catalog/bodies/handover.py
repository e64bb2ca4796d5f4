"""What a body offers ends with it; what the bodies of a plan offer goes on with their successors."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from services.catalog import queries as catalogue
from services.catalog.bodies import queries
from services.catalog.bodies.plan import Checked
from services.catalog.bodies.schemas import PlanRow
from services.catalog.models import Agency, Offering, Procedure
from services.catalog.offerings import commands
from services.catalog.offerings.commands import day_after


@dataclass
class Job:
    """What one call works with."""

    session: AsyncSession
    clock: Clock
    caller: Caller
    rows: Sequence[PlanRow]
    places: queries.Places
    checked: Checked
    decisions: dict[str, str]

    @cached_property
    def ending(self) -> dict[str, date]:
        """Old body → the day from which it is no more, where that is new, or who goes on with it."""
        fresh = {code for kind, code in self.checked.ended if kind == "agency"}
        fresh |= {heir.old for heir in self.checked.heirs["agency"] if heir.main}
        return {row.old: row.starts for row in self.rows if row.kind == "agency" and row.old in fresh}

    @property
    def digest(self) -> str:
        """Of what the rows say, wherever they stand."""
        said = sorted(json.dumps(row.model_dump(mode="json", exclude={"line"})) for row in self.rows)
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def heirs(rows: Sequence[PlanRow]) -> dict[str, str]:
    """Old body → who takes what it had."""
    wanted: dict[str, str] = {}
    for row in rows:
        if row.kind == "agency" and row.old and row.new and row.main is not False:
            wanted.setdefault(row.old, row.new)
            if row.main:
                wanted[row.old] = row.new
    return wanted


def _own_end(row: Offering, last: date | None) -> date | None:
    """The first day on which it is not offered any more; None where it is offered as long as its body is
    there, whose last day is `last`."""
    upper = row.valid.upper
    return None if upper is not None and upper == day_after(last) else upper


def _reaches(job: Job, row: Offering) -> bool:
    end = _own_end(row, job.places.bodies.nodes[row.agency].last)
    return end is None or end > job.ending[row.agency]


async def offered(job: Job) -> list[Offering]:
    """What the ending bodies would offer from their days on."""
    first = min(job.ending.values(), default=date.max)
    rows = await queries.offerings_beyond(job.session, list(job.ending), first)
    return [row for row in rows if _reaches(job, row)]


async def offerings(job: Job, over: Sequence[Offering]) -> list[events.Event]:
    """They end with their body and go on with its successor, who keeps what it offers itself. Of several old
    ones the highest level goes on."""
    locked = await catalogue.lock_all(job.session, sorted({row.procedure_code for row in over}))
    taking = heirs(job.rows)
    own = await queries.offerings_beyond(job.session, sorted(set(taking.values())), date.min)
    held = {row.id: row for row in (*own, *over)}
    touched: dict[str, set[str]] = defaultdict(set)
    # Day by day: who has taken over on one may end on the next.
    for day in sorted(set(job.ending.values())):
        leaving = [row for row in held.values() if job.ending.get(row.agency) == day and _reaches(job, row)]
        coming = _coming(job, sorted(leaving, key=_best_first), taking, held.values())
        for row in (*leaving, *coming):
            touched[row.procedure_code].add(row.agency)
        for row in leaving:
            if row.valid.upper is None or row.valid.upper > day:
                await commands.cut(job.session, row, day)
                _note(job.session, job.clock, job.caller, row, "end", day, job.digest)
        await job.session.flush()
        for row in coming:
            job.session.add(row)
            _note(job.session, job.clock, job.caller, row, "offer", row.valid.lower or day, job.digest)
        await job.session.flush()
        held |= {row.id: row for row in coming}
    return _told(job.clock, job.caller, locked, touched, {"plan": job.digest})


def _best_first(row: Offering) -> tuple[str, int, date]:
    return row.procedure_code, -row.online_level, row.valid.lower or date.min


def _coming(
    job: Job, leaving: Sequence[Offering], taking: Mapping[str, str], held: Iterable[Offering]
) -> list[Offering]:
    """What successors offer instead, on days on which they do not offer it themselves."""
    taken: dict[tuple[str, str], list[Range[date]]] = defaultdict(list)
    for row in held:
        taken[row.procedure_code, row.agency].append(row.valid)
    coming = []
    for row in leaving:
        heir = taking.get(row.agency)
        if heir is None:
            continue
        day = job.ending[row.agency]
        ends = [_own_end(row, job.places.bodies.nodes[row.agency].last)]
        if heir not in job.ending:
            ends.append(day_after(job.places.agencies[heir].valid_to))
        wanted = Range(max(day, row.valid.lower or day), min(filter(None, ends), default=None))
        there = taken[row.procedure_code, heir]
        for valid in free(wanted, there):
            there.append(valid)
            coming.append(
                Offering(
                    agency=heir,
                    procedure_code=row.procedure_code,
                    valid=valid,
                    **row.model_dump(exclude=_OWN),
                )
            )
    return coming


def free(wanted: Range[date], taken: Iterable[Range[date]]) -> list[Range[date]]:
    """The parts of `wanted`, which has a first day, that none of `taken` covers; all end before `upper`."""
    found, first = [], wanted.lower or date.min
    for other in sorted(taken, key=lambda other: other.lower or date.min):
        start = other.lower or date.min
        if start > first:
            found.append(Range(first, start if wanted.upper is None else min(start, wanted.upper)))
        if other.upper is None:
            break
        first = max(first, other.upper)
    else:
        found.append(Range(first, wanted.upper))
    return [part for part in found if part.upper is None or (part.lower or date.min) < part.upper]


async def end_with(
    session: AsyncSession, clock: Clock, caller: Caller, body: Agency, before: date | None, reason: str
) -> list[events.Event]:
    """The last day of a body has been corrected, `before` it was another: what it offered to its end goes on
    to its end, and nothing beyond. The tree is the caller's alone."""
    ends = day_after(body.valid_to)
    if body.valid_to == before:
        return []
    reached = min(day for day in (ends, day_after(before)) if day is not None)
    rows = await queries.offerings_beyond(session, [body.code], reached)
    locked = await catalogue.lock_all(session, sorted({row.procedure_code for row in rows}))
    touched: dict[str, set[str]] = {}
    for row in rows:
        old, own = row.valid.upper, _own_end(row, before)
        new = min(filter(None, (own, ends)), default=None)
        if new == old:
            continue
        touched[row.procedure_code] = {body.code}
        if new is not None and (old is None or new < old):
            await commands.cut(session, row, new)
            _note(session, clock, caller, row, "end", new, reason)
        else:
            row.valid = Range(row.valid.lower, new)
            session.add(row)
            _note(session, clock, caller, row, "offer", old or reached, reason)
    return _told(clock, caller, locked, touched, {"reason": reason})


def _note(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    row: Offering,
    action: str,
    starts: date,
    reason: str,
) -> None:
    """In the history of the offering."""
    terms = row.model_dump(mode="json", exclude=_OWN) if action == "offer" else None
    session.add(commands.change(clock, caller, row.procedure_code, row.agency, action, starts, terms, reason))


_OWN = {"id", "agency", "procedure_code", "valid"}


def _told(
    clock: Clock,
    caller: Caller,
    locked: Mapping[str, Procedure],
    touched: Mapping[str, Iterable[str]],
    why: Mapping[str, str],
) -> list[events.Event]:
    """One event a procedure; `touched`: whose offerings of it have changed."""
    log = []
    for code in sorted(touched):
        procedure = locked[code]
        procedure.version += 1
        log.append(
            events.Event(
                code,
                procedure.version,
                "offering.changed",
                clock.now(),
                caller.actor,
                agency=caller.agency,
                data={"code": code, "agencies": sorted(touched[code]), **why},
            )
        )
    return log
