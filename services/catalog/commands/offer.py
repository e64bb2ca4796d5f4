"""Who offers what: a body offers a procedure at a level from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock
from services.catalog import queries
from services.catalog.commands.edit import record, refuse_abolished, today
from services.catalog.content import gaps_for
from services.catalog.errors import GapsRemain, VersionMissing
from services.catalog.models import Offering, Procedure
from services.catalog.schemas import OfferingTerms


async def offer(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    procedure: Procedure,
    agencies: Sequence[str],
    terms: OfferingTerms,
) -> dict[str, Offering]:
    """The offerings of a locked procedure by these bodies from `terms.valid_from` (default today); the
    ones before end the day before. The same terms again change nothing.

    Raises Abolished, VersionMissing, and GapsRemain (level 3 needs a form, level 4 known fees).
    """
    start = terms.valid_from or today(clock)
    refuse_abolished(procedure, start)
    version = await queries.in_force(session, procedure.code, max(start, today(clock)))
    if version is None:
        raise VersionMissing
    if missing := gaps_for(terms.online_level, version.gaps):
        raise GapsRemain(level=terms.online_level, missing=", ".join(missing), gaps=missing)
    found: dict[str, Offering] = {}
    for earlier in await queries.offerings_from(session, procedure.code, agencies, start):
        if _same(earlier, terms, start):
            found[earlier.agency] = earlier
        else:
            await _end(session, earlier, start)
    new = [agency for agency in agencies if agency not in found]
    for agency in new:
        found[agency] = Offering(
            agency=agency,
            procedure_code=procedure.code,
            valid=Range(start, None),
            **terms.model_dump(exclude={"valid_from"}),
        )
        session.add(found[agency])
    if new:
        await session.flush()
        data = {"agencies": new, "online_level": terms.online_level, "from": start.isoformat()}
        await record(session, clock, caller, procedure, "offering.changed", data=data)
    return found


def _same(offering: Offering, terms: OfferingTerms, start: date) -> bool:
    lower = offering.valid.lower
    return (
        offering.valid.upper is None
        and lower is not None
        and (terms.valid_from is None or lower == start)
        and terms.model_dump(exclude={"valid_from"})
        == {name: getattr(offering, name) for name in terms.model_dump(exclude={"valid_from"})}
    )


async def _end(session: AsyncSession, offering: Offering, on: date) -> None:
    if offering.valid.lower is not None and offering.valid.lower >= on:
        await session.delete(offering)
    else:
        offering.valid = Range(offering.valid.lower, on)
        session.add(offering)
    await session.flush()
