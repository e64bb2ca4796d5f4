"""What the bodies of a plan offer goes on with their successors."""

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
from services.catalog import queries as procedures
from services.catalog.bodies import queries
from services.catalog.bodies.plan import Checked
from services.catalog.bodies.schemas import PlanRow
from services.catalog.models import Offering
from services.catalog.offerings.models import OfferingChange


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


def ending(rows: Sequence[PlanRow]) -> dict[str, date]:
    """Old body → the day from which it is no more."""
    return {row.old: row.starts for row in rows if row.kind == "agency" and row.old}


def heirs(rows: Sequence[PlanRow]) -> dict[str, str]:
    """Old body → who takes what it had."""
    wanted: dict[str, str] = {}
    for row in rows:
        if row.kind == "agency" and row.old and row.new and row.main is not False:
            wanted.setdefault(row.old, row.new)
            if row.main:
                wanted[row.old] = row.new
    return wanted


def reaches(row: Offering, day: date) -> bool:
    return row.valid.upper is None or row.valid.upper > day


async def offerings(job: Job, offered: Sequence[Offering]) -> list[events.Event]:
    """They end with their body and go on with its successor, who keeps what it offers itself. Of several old
    ones the highest level goes on."""
    until, taking = ending(job.rows), heirs(job.rows)
    over = [row for row in offered if reaches(row, until[row.agency])]
    locked = await procedures.lock_all(job.session, sorted({row.procedure_code for row in over}))
    own = await queries.offerings_beyond(job.session, sorted(set(taking.values())), date.min)
    first = min(until.values(), default=date.max)
    taken = {(row.procedure_code, row.agency): row.agency for row in own if reaches(row, first)}
    touched: dict[str, set[str]] = defaultdict(set)
    coming: list[Offering] = []
    for row in over:
        day, heir = until[row.agency], taking.get(row.agency)
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
