"""A plan of reorganisation is tried, or applied: the catalogue's part, in one transaction.

Bodies and units end and begin by their days, and so do offerings; nothing waits for the day itself. The
neighbours hear of it at once, and again when the day comes (`commands.announce`): then dossiers and accounts
follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from kit.text import sort_key
from services.catalog.bodies import commands, handover, queries
from services.catalog.bodies.errors import PlanRefused
from services.catalog.bodies.handover import Job
from services.catalog.bodies.models import Reorganisation, Succession
from services.catalog.bodies.plan import check
from services.catalog.bodies.schemas import Holding, Pair, Plan, PlanRow, Reorganised
from services.catalog.commands.edit import today
from services.catalog.models import Agency, Offering, Unit
from services.catalog.schemas import Ref

FIRST = 5


async def reorganise(session: AsyncSession, clock: Clock, caller: Caller, plan: Plan) -> Reorganised:
    """Raises PlanRefused, with all that stands against it."""
    rows = plan.rows
    await queries.alone(session)
    places = await queries.places(session)
    checked = check(rows, places.known())
    if checked.faults:
        raise PlanRefused(errors=checked.faults)
    job = Job(session, clock, caller, rows, places, checked, {row.old: row.decision for row in rows})
    ending = handover.ending(rows)
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


def _pairs(rows: Sequence[PlanRow], places: queries.Places) -> list[Pair]:
    named = {row.new: row.name for row in rows if row.name}
    heirs = handover.heirs(rows)
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
    ending = handover.ending(rows)
    found = []
    for old, day in ending.items():
        codes = sorted(
            {row.procedure_code for row in offered if row.agency == old and handover.reaches(row, day)}
        )
        offices = [code for code, body in places.agencies.items() if old in body.receives_for]
        for what, names in (("offerings", codes), ("received-by", offices)):
            if names:
                found.append(
                    Holding(
                        body=old, what=what, count=len(names), first=names[:FIRST], moves=what == "offerings"
                    )
                )
    return found


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
    log = await handover.offerings(job, offered)
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
    heirs = handover.heirs(job.rows)
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
