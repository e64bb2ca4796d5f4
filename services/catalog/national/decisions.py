"""What editors decide about proposals. The procedure is locked first; its version is what callers have seen,
because it tells of national changes and of ours alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import versions
from kit.auth import Caller
from kit.clock import Clock
from kit.problem import FieldFault, InvalidInput, pointer
from services.catalog import queries
from services.catalog.commands.edit import record, today
from services.catalog.commands.publish import abolish, restore
from services.catalog.models import Procedure, Version
from services.catalog.national import publishing, threeway
from services.catalog.national import queries as national
from services.catalog.national.errors import NOTHING_CHANGED, UNDECIDED, ProposalDecided
from services.catalog.national.models import NationalText, Proposal
from services.catalog.national.publishing import Ours
from services.catalog.national.schemas import Acceptance, Decided, Rejection
from services.catalog.national.status import ProposalKind, ProposalState
from services.catalog.national.threeway import Difference
from services.catalog.schemas import Abolition
from services.catalog.status import Source


async def accept(
    session: AsyncSession, clock: Clock, caller: Caller, proposal_id: UUID, seen: int, wish: Acceptance
) -> Decided:
    """The national change comes into force, field by field as the editor chose; from now on it is the text
    from which the next one differs.

    Raises ProposalMissing, ProposalDecided, VersionChanged; InvalidInput for fields in conflict that nobody
    has chosen for; GapsRemain, Abolished, DayPassed, LaterVersion.
    """
    proposal, procedure = await _open(session, proposal_id, seen)
    _decide(proposal, clock, caller, ProposalState.ACCEPTED, wish.reason)
    if proposal.kind == ProposalKind.ABOLISHED:
        _refuse([(field, NOTHING_CHANGED) for field in wish.take])
        end = Abolition(valid_from=wish.valid_from, reason=wish.reason)
        await abolish(session, clock, caller, procedure, end)
        await _tell(session, clock, caller, procedure, proposal, {})
        return _decided(proposal, procedure)
    version = await _take(session, clock, proposal, procedure, wish)
    if version is not None:
        data = {
            "number": version.number,
            "from": str(version.valid_from),
            "source": Source.NATIONAL,
            "proposal": str(proposal.id),
            "reason": wish.reason,
            "gaps": version.gaps,
        }
        await record(session, clock, caller, procedure, "procedure.published", data=data)
    await _tell(session, clock, caller, procedure, proposal, {"take": wish.take})
    return _decided(proposal, procedure, version)


async def reject(
    session: AsyncSession, clock: Clock, caller: Caller, proposal_id: UUID, seen: int, wish: Rejection
) -> Decided:
    """Ours stays; the same national text is not proposed again. Raises ProposalMissing, ProposalDecided,
    VersionChanged."""
    proposal, procedure = await _open(session, proposal_id, seen)
    _decide(proposal, clock, caller, ProposalState.REJECTED, wish.reason)
    await _tell(session, clock, caller, procedure, proposal, {})
    return _decided(proposal, procedure)


async def _open(session: AsyncSession, proposal_id: UUID, seen: int) -> tuple[Proposal, Procedure]:
    code = (await national.proposal(session, proposal_id)).procedure_code
    procedure = await queries.lock(session, code)
    proposal = await national.proposal(session, proposal_id)
    versions.check(seen, procedure.version)
    if proposal.state != ProposalState.OPEN:
        raise ProposalDecided(state=proposal.state)
    return proposal, procedure


def _decide(proposal: Proposal, clock: Clock, caller: Caller, state: ProposalState, reason: str) -> None:
    proposal.state, proposal.reason = state, reason
    proposal.decided_at, proposal.decided_by = clock.now(), caller.actor


async def _take(
    session: AsyncSession, clock: Clock, proposal: Proposal, procedure: Procedure, wish: Acceptance
) -> Version | None:
    """The version that came of it; None where ours was chosen throughout."""
    code, theirs = procedure.code, proposal.theirs
    assert theirs is not None
    assert proposal.theirs_digest is not None
    ours = await _ours(session, procedure)
    changes = threeway.difference(proposal.base, theirs, ours.newest.content)
    _check(changes, wish)
    content = publishing.whole(threeway.merged(ours.newest.content, theirs, changes, wish.take))
    text = (await national.texts(session, [code])).get(code)
    now = clock.now()
    if text is None:
        text = NationalText(procedure_code=code, content=theirs, digest=b"", taken_at=now)
        procedure.source = Source.NATIONAL
    text.content, text.digest, text.taken_at = theirs, proposal.theirs_digest, now
    session.add(text)
    if proposal.kind == ProposalKind.RETURNED:
        restore(procedure, today(clock))
    elif content == ours.newest.content:
        return None
    start = publishing.first_day(ours, wish.valid_from, today(clock))
    return await publishing.publish(session, ours, content, start, wish.reason)


async def _ours(session: AsyncSession, procedure: Procedure) -> Ours:
    code = procedure.code
    newest = (await national.newest(session, [code]))[code]
    last = (await queries.latest_numbers(session, [code]))[code]
    return Ours(procedure, newest, await queries.draft(session, code), last)


def _check(changes: list[Difference], wish: Acceptance) -> None:
    """All at once: what was not chosen for, and what was although nothing changed there."""
    faults = [(name, UNDECIDED) for name in threeway.undecided(changes, wish.take)]
    _refuse([*faults, *((name, NOTHING_CHANGED) for name in threeway.unknown(changes, wish.take))])


def _refuse(faults: list[tuple[str, dict[str, str]]]) -> None:
    """Raises InvalidInput, if there are any."""
    if faults:
        raise InvalidInput(
            errors=[
                FieldFault(
                    "undecided" if words is UNDECIDED else "nothing-changed",
                    words,
                    pointer=pointer(["take", name]),
                )
                for name, words in faults
            ]
        )


async def _tell(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    procedure: Procedure,
    proposal: Proposal,
    more: dict[str, Any],
) -> None:
    await session.flush()
    data = {"proposal": str(proposal.id), "kind": proposal.kind, "reason": proposal.reason, **more}
    kind = f"procedure.proposal-{ProposalState(proposal.state).value}"
    await record(session, clock, caller, procedure, kind, audience="internal", data=data)


def _decided(proposal: Proposal, procedure: Procedure, version: Version | None = None) -> Decided:
    return Decided(
        id=proposal.id,
        state=ProposalState(proposal.state),
        version=procedure.version,
        number=version.number if version else None,
        valid_from=version.valid_from if version else None,
    )
