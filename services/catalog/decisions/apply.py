"""A decision applied: the offerings of its list that can be made are made, piece by piece; the others are
listed with what stands against them. Safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from kit.problem import FieldFault
from services.catalog import queries as catalogue
from services.catalog.commands.edit import today
from services.catalog.decisions import queries
from services.catalog.decisions.errors import AMBIGUOUS, NO_BODIES, NOT_IN_FORCE, UNKNOWN
from services.catalog.decisions.models import Decision
from services.catalog.decisions.queries import Meant
from services.catalog.decisions.schemas import Application
from services.catalog.errors import VersionMissing
from services.catalog.models import Offering, Procedure
from services.catalog.offerings import checks, commands
from services.catalog.offerings import queries as offerings
from services.catalog.offerings.commands import Scene, Wanted
from services.catalog.offerings.schemas import OfferingTerms

#: Lines a piece: one of all communes makes some 150 offerings.
PIECE = 100


@dataclass
class Outcome:
    """`new`: body and procedure of what is, or would be, offered anew; `hindered`: faults by line and
    body, '' for the line as a whole."""

    start: date
    lines: int = 0
    new: int = 0
    unchanged: int = 0
    hindered: list[tuple[Meant, str, list[FieldFault]]] = field(default_factory=list)
    next: int | None = None


async def apply(
    session: AsyncSession, clock: Clock, caller: Caller, decision: Decision, wanted: Application
) -> Outcome:
    """The next PIECE lines. What is offered at a higher level already keeps its level, and the day since
    when it is paid online. Nothing is written by a dry run."""
    start = wanted.valid_from or max(decision.valid_from, today(clock))
    day = max(start, today(clock))
    lines = await queries.meant(session, decision.id, day, wanted.after, PIECE)
    outcome = Outcome(start, next=lines[PIECE - 1].number if len(lines) > PIECE else None)
    lines = lines[:PIECE]
    outcome.lines = len(lines)
    codes = sorted({line.code for line in lines if line.code})
    procedures = await catalogue.lock_all(session, codes)
    whom = await _whom(session, lines, codes, day)
    around = await commands.scene(
        session, clock, codes, {agency for agencies in whom.values() for agency in agencies}, start
    )
    making = _once(
        one
        for line in lines
        for one in _wanted(line, whom[line.number], around, _terms_of(decision, wanted, line), outcome)
    )
    if wanted.dry_run:
        outcome.new = sum(not _stands(around, one) for one in making)
    else:
        _, new = await commands.place(session, clock, caller, around, making)
        outcome.new = len(new)
        await _tell(
            session, clock, caller, procedures, [one for one in making if (one.code, one.agency) in new]
        )
    outcome.unchanged = len(making) - outcome.new
    return outcome


def _once(wanted: Iterable[Wanted]) -> list[Wanted]:
    """A list may name a body and its whole level: the higher of both."""
    found: dict[tuple[str, str], Wanted] = {}
    for one in wanted:
        other = found.get((one.code, one.agency))
        if other is None or other.terms.online_level < one.terms.online_level:
            found[one.code, one.agency] = one
    return list(found.values())


async def _whom(
    session: AsyncSession, lines: Sequence[Meant], codes: Sequence[str], on: date
) -> dict[int, list[str]]:
    """By line, the bodies that it means. Where a level of government has many People's Committees they do
    the same; where it has one its departments share the procedures out, and only those that offer one are
    known."""
    by_level: dict[str, dict[str, list[str]]] = {}
    for level in {line.government_level for line in lines if line.government_level}:
        committees = [body.code for body in await offerings.committees(session, level, on)]
        if len(committees) > 1:
            by_level[level] = dict.fromkeys(codes, committees)
        else:
            by_level[level] = await queries.offering_now(session, codes, level, on)
    return {
        line.number: [line.agency]
        if line.agency
        else by_level[line.government_level or ""].get(line.code or "", [])
        for line in lines
    }


def _terms_of(decision: Decision, wanted: Application, line: Meant) -> OfferingTerms:
    return OfferingTerms(
        online_level=line.online_level,
        decision=decision.number,
        mandated=line.mandated,
        reason=wanted.reason,
    )


def _wanted(
    line: Meant, agencies: Sequence[str], around: Scene, terms: OfferingTerms, outcome: Outcome
) -> list[Wanted]:
    """The offerings that this line can make; what cannot be made goes to the outcome."""
    if line.code is None:
        code, words = ("ambiguous-name", AMBIGUOUS) if line.ambiguous else ("unknown-procedure", UNKNOWN)
        outcome.hindered.append((line, "", [FieldFault(code, words)]))
        return []
    if not agencies:
        fault = FieldFault("no-bodies", NO_BODIES, level=line.government_level)
        outcome.hindered.append((line, "", [fault]))
        return []
    making = []
    for agency in agencies:
        try:
            ground = around.ground(line.code, agency)
        except VersionMissing:
            fault = FieldFault("not-in-force", NOT_IN_FORCE, day=around.day.isoformat())
            outcome.hindered.append((line, "", [fault]))
            return []
        own = _kept(terms, _current(ground.offerings, outcome.start))
        if faults := checks.faults(own, outcome.start, ground):
            outcome.hindered.append((line, agency, faults))
        else:
            making.append(Wanted(line.code, agency, own, outcome.start))
    return making


def _kept(terms: OfferingTerms, current: Offering | None) -> OfferingTerms:
    """Nobody's level is lowered by a list, and what is paid online stays so."""
    if current is None:
        return terms
    return terms.model_copy(
        update={
            "online_level": max(terms.online_level, current.online_level),
            "pay_online_from": current.pay_online_from,
            "pilot": current.pilot,
        }
    )


def _current(rows: Sequence[Offering], on: date) -> Offering | None:
    return next((row for row in rows if row.valid.contains(on)), None)


def _stands(around: Scene, one: Wanted) -> bool:
    current = _current(around.offerings.get((one.code, one.agency), []), one.start)
    return current is not None and commands.says(current, one.terms)


async def _tell(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    procedures: Mapping[str, Procedure],
    made: Sequence[Wanted],
) -> None:
    """One event a procedure, all at the end."""
    by_code: dict[str, list[Wanted]] = {}
    for one in made:
        by_code.setdefault(one.code, []).append(one)
    for code in by_code:
        procedures[code].version += 1
    await events.append_all(
        session,
        [
            events.Event(
                subject=code,
                seq=procedures[code].version,
                type="offering.changed",
                time=clock.now(),
                actor=caller.actor,
                agency=caller.agency,
                audience="public",
                data={
                    "code": code,
                    "agencies": sorted(one.agency for one in ones),
                    "online_level": min(one.terms.online_level for one in ones),
                    "from": ones[0].start.isoformat(),
                    "decision": ones[0].terms.decision,
                    "reason": ones[0].terms.reason,
                },
            )
            for code, ones in sorted(by_code.items())
        ],
    )
