"""A plan of reorganisation is tried, or applied: the catalogue's part, in one transaction.

Bodies and units end and begin by their days, and so do offerings; nothing waits for the day itself. The
neighbours hear of it at once, and again when the day comes (`commands.announce`): then dossiers and accounts
follow.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from kit.text import sort_key
from services.catalog import queries as procedures
from services.catalog.bodies import commands, queries
from services.catalog.bodies.errors import PlanRefused
from services.catalog.bodies.models import Reorganisation, Succession
from services.catalog.bodies.plan import Checked, check
from services.catalog.bodies.schemas import Holding, Pair, Plan, PlanRow, Reorganised
from services.catalog.commands.edit import today
from services.catalog.models import Agency, Offering, Unit
from services.catalog.offerings.models import OfferingChange
from services.catalog.schemas import Ref

FIRST = 5


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

    @property
    def digest(self) -> str:
        """Of what the rows say, wherever they stand."""
        said = sorted(json.dumps(row.model_dump(mode="json", exclude={"line"})) for row in self.rows)
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


async def reorganise(session: AsyncSession, clock: Clock, caller: Caller, plan: Plan) -> Reorganised:
    """Raises PlanRefused, with all that stands against it."""
    rows = plan.rows
    await queries.alone(session)
    places = await queries.places(session)
    checked = check(rows, places.known())
    if checked.faults:
        raise PlanRefused(errors=checked.faults)
    job = Job(session, clock, caller, rows, places, checked, {row.old: row.decision for row in rows})
    ending = _ending(rows)
    offered = await queries.offerings_beyond(session, list(ending), min(ending.values(), default=date.max))
    found = Reorganised(
        digest=job.digest,
        applied=False,
        nothing_to_do=checked.nothing_to_do,
        founded=[Ref(code=code, name=row.name) for (_, code), row in checked.founded.items()],
        ended=[Ref(code=code, name=places.known().names[kind, code]) for kind, code in sorted(checked.ended)],
        pairs=_pairs(rows, places),
        holdings=_holdings(rows, offered, places),
    )
    if not plan.dry_run and not checked.nothing_to_do:
        await _apply(job, offered, plan.by)
        found.applied = True
    return found


def _ending(rows: Sequence[PlanRow]) -> dict[str, date]:
    """Old body → the day from which it is no more."""
    return {row.old: row.starts for row in rows if row.kind == "agency" and row.old}


def _heirs(rows: Sequence[PlanRow]) -> dict[str, str]:
    """Old body → who takes what it had."""
    wanted: dict[str, str] = {}
    for row in rows:
        if row.kind == "agency" and row.old and row.new and row.main is not False:
            wanted.setdefault(row.old, row.new)
            if row.main:
                wanted[row.old] = row.new
    return wanted


def _pairs(rows: Sequence[PlanRow], places: queries.Places) -> list[Pair]:
    named = {row.new: row.name for row in rows if row.name}
    heirs = _heirs(rows)
    return [
        Pair(
            old=row.old,
            old_name=places.agencies[row.old].name,
            new=row.new or None,
            new_name=(places.agencies[row.new].name if row.new in places.agencies else named[row.new])
            if row.new
            else None,
            starts=row.starts,
            main=heirs.get(row.old) == row.new,
        )
        for row in rows
        if row.kind == "agency" and row.old
    ]


def _holdings(rows: Sequence[PlanRow], offered: Sequence[Offering], places: queries.Places) -> list[Holding]:
    """Offerings, and for which of them which offices receive."""
    ending = _ending(rows)
    found = []
    for old, day in ending.items():
        codes = sorted({row.procedure_code for row in offered if row.agency == old and _reaches(row, day)})
        offices = [code for code, body in places.agencies.items() if old in body.receives_for]
        for what, names in (("offerings", codes), ("received-by", offices)):
            if names:
                found.append(
                    Holding(
                        body=old, what=what, count=len(names), first=names[:FIRST], moves=what == "offerings"
                    )
                )
    return found


def _reaches(row: Offering, day: date) -> bool:
    return row.valid.upper is None or row.valid.upper > day


async def _apply(job: Job, offered: Sequence[Offering], by: str) -> None:
    session = job.session
    _units(job)
    await session.flush()
    _agencies(job)
    await session.flush()
    _receive(job)
    for heir in job.checked.heirs["agency"]:
        begun = heir.starts <= today(job.clock)
        session.add(
            Succession(
                old=heir.old,
                new=heir.new,
                starts=heir.starts,
                main=heir.main,
                decision=job.decisions[heir.old],
                told_at=job.clock.now() if begun else None,
            )
        )
    log = await _offerings(job, offered)
    session.add(
        Reorganisation(
            digest=job.digest,
            rows=[row.model_dump(mode="json") for row in job.rows],
            applied_by=f"{job.caller.actor} {by}".strip(),
            applied_at=job.clock.now(),
        )
    )
    await session.flush()
    data = {
        "plan": job.digest,
        "codes": sorted(code for _, code in {*job.checked.ended, *job.checked.founded}),
        "decisions": sorted(set(job.decisions.values())),
    }
    log.append(await commands.event(session, job.clock, job.caller, "agency.changed", data))
    log.append(_told(job))
    await events.append_all(session, log)


def _told(job: Job) -> events.Event:
    pairs = [
        {"old": heir.old, "new": heir.new, "from": str(heir.starts), "main": heir.main}
        for heir in job.checked.heirs["agency"]
    ]
    return events.Event(
        f"reorganisation:{job.digest}",
        1,
        "reorganisation.applied",
        job.clock.now(),
        job.caller.actor,
        agency=job.caller.agency,
        data={"plan": job.digest, "successions": pairs},
    )


def _units(job: Job) -> None:
    for (kind, code), row in job.checked.founded.items():
        if kind == "unit":
            job.session.add(
                Unit(
                    code=code,
                    name=row.name,
                    kind=row.new_kind,
                    level=row.level,
                    parent_code=row.parent or None,
                    valid_from=row.starts,
                    valid_to=job.checked.until[kind, code],
                    sort_key=sort_key(row.name),
                )
            )
    for (kind, code), last in job.checked.ended.items():
        if kind == "unit":
            job.places.units[code].valid_to = last
    for heir in job.checked.heirs["unit"]:
        if heir.main:
            job.places.units[heir.old].successor_code = heir.new


def _agencies(job: Job) -> None:
    for (kind, code), row in job.checked.founded.items():
        if kind == "agency":
            body = Agency(
                code=code,
                name=row.name,
                kind=row.new_kind,
                government_level=row.level,
                unit_code=row.unit,
                parent_code=row.parent or None,
                receives_for=[],
                address=row.address,
                valid_from=row.starts,
                valid_to=job.checked.until[kind, code],
                sort_key=sort_key(row.name),
            )
            job.places.agencies[code] = body
            job.session.add(body)
    for (kind, code), last in job.checked.ended.items():
        if kind == "agency":
            job.places.agencies[code].valid_to = last


def _receive(job: Job) -> None:
    """Who received for an old body receives for the new one; who goes on with an office receives for whom it
    did."""
    heirs = _heirs(job.rows)
    for code, body in list(job.places.agencies.items()):
        if not body.receives_for:
            continue
        served = [heirs.get(one, one) for one in body.receives_for]
        for office in {code, heirs.get(code, code)}:
            keeper = job.places.agencies[office]
            more = [one for one in served if one not in keeper.receives_for and one != office]
            if more:
                keeper.receives_for = [*keeper.receives_for, *dict.fromkeys(more)]
                job.session.add(keeper)


async def _offerings(job: Job, offered: Sequence[Offering]) -> list[events.Event]:
    """They end with their body and go on with its successor, who keeps what it offers itself. Of several old
    ones the highest level goes on."""
    ending, heirs = _ending(job.rows), _heirs(job.rows)
    over = [row for row in offered if _reaches(row, ending[row.agency])]
    locked = await procedures.lock_all(job.session, sorted({row.procedure_code for row in over}))
    own = await queries.offerings_beyond(job.session, sorted(set(heirs.values())), date.min)
    first = min(ending.values(), default=date.max)
    taken = {(row.procedure_code, row.agency): row.agency for row in own if _reaches(row, first)}
    touched: dict[str, set[str]] = defaultdict(set)
    coming: list[Offering] = []
    for row in over:
        day, heir = ending[row.agency], heirs.get(row.agency)
        code = row.procedure_code
        touched[code].add(row.agency)
        if heir is not None and taken.setdefault((code, heir), row.agency) == row.agency:
            coming.append(_go_on(row, heir, day))
            touched[code].add(heir)
        await _cut(job.session, row, day)
        job.session.add(_change(job, row, "end", day, None))
    await job.session.flush()
    for new in coming:
        job.session.add(new)
        job.session.add(_change(job, new, "offer", new.valid.lower or date.min, _terms(new)))
    log = []
    for code in sorted(touched):
        procedure = locked[code]
        procedure.version += 1
        log.append(
            events.Event(
                code,
                procedure.version,
                "offering.changed",
                job.clock.now(),
                job.caller.actor,
                agency=job.caller.agency,
                data={"code": code, "agencies": sorted(touched[code]), "plan": job.digest},
            )
        )
    return log


_OWN = {"id", "agency", "procedure_code", "valid"}


def _terms(row: Offering) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude=_OWN)


def _go_on(row: Offering, heir: str, day: date) -> Offering:
    first = max(day, row.valid.lower or day)
    return Offering(
        agency=heir,
        procedure_code=row.procedure_code,
        valid=Range(first, row.valid.upper),
        **row.model_dump(exclude=_OWN),
    )


async def _cut(session: AsyncSession, row: Offering, day: date) -> None:
    if row.valid.lower is not None and row.valid.lower >= day:
        await session.delete(row)
    else:
        row.valid = Range(row.valid.lower, day)
        session.add(row)


def _change(
    job: Job, row: Offering, action: str, starts: date, terms: dict[str, Any] | None
) -> OfferingChange:
    return OfferingChange(
        agency=row.agency,
        procedure_code=row.procedure_code,
        action=action,
        starts=starts,
        terms=terms,
        reason=job.digest,
        by=job.caller.actor,
        at=job.clock.now(),
    )
