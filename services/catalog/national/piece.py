"""What stands here of procedures of which the national database says something, and what is done about each:
proposed, superseded, remembered. The events are told last, all together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock, today
from services.catalog import queries
from services.catalog.commands.edit import append
from services.catalog.models import Procedure, Version
from services.catalog.national import queries as national
from services.catalog.national import threeway
from services.catalog.national.models import NationalText, Proposal
from services.catalog.national.publishing import Ours
from services.catalog.national.schemas import Outcome
from services.catalog.national.status import ProposalKind, ProposalState


@dataclass
class Piece:
    """What stands here of the procedures of one piece, all locked, and the events that are still to be
    told: they are the transaction's last writes."""

    session: AsyncSession
    clock: Clock
    caller: Caller
    accept: bool
    found: dict[str, Procedure]
    on: date
    texts: dict[str, NationalText] = field(default_factory=dict)
    newest: dict[str, Version] = field(default_factory=dict)
    drafts: dict[str, Version] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, Proposal] = field(default_factory=dict)
    rejected: set[national.Rejected] = field(default_factory=set)
    refusals: dict[str, threeway.Refusals] = field(default_factory=dict)
    told: list[tuple[Procedure, str, events.Audience, dict[str, Any]]] = field(default_factory=list)

    def ours(self, code: str) -> Ours:
        return Ours(self.found[code], self.newest[code], self.drafts.get(code), self.last[code])

    def edited(self, code: str) -> bool:
        """Whether the province has written its own text, or is about to."""
        text = self.texts.get(code)
        return code in self.drafts or threeway.edited(
            text.content if text else None, self.newest[code].content
        )

    async def tell(self) -> None:
        await self.session.flush()
        for procedure, kind, audience, data in self.told:
            procedure.version += 1
            await append(self.session, self.clock, self.caller, procedure, kind, audience=audience, data=data)


async def piece_of(
    session: AsyncSession, clock: Clock, caller: Caller, codes: Sequence[str], accept: bool
) -> Piece:
    found = await queries.lock_all(session, codes)
    piece = Piece(session, clock, caller, accept, found, today(clock))
    if known := list(found):
        piece.texts = await national.texts(session, known)
        piece.newest = await national.newest(session, known)
        piece.drafts = await national.drafts(session, known)
        piece.last = await queries.latest_numbers(session, known)
        piece.waiting = await national.open_proposals(session, known)
        piece.rejected = await national.rejected(session, known)
        piece.refusals = await national.refusals(session, known)
    return piece


async def propose(
    piece: Piece,
    code: str,
    kind: ProposalKind,
    theirs: dict[str, Any] | None,
    sent: bytes | None,
    **more: str,
) -> None:
    """`more`: what else the event says."""
    text, before = piece.texts.get(code), await supersede(piece, code)
    proposal = Proposal(
        procedure_code=code,
        kind=kind,
        base=text.content if text else None,
        base_digest=text.digest if text else None,
        theirs=theirs,
        theirs_digest=sent,
        ours=piece.found[code].version,
        opened_at=piece.clock.now(),
    )
    piece.session.add(proposal)
    data = {"proposal": str(proposal.id), "kind": kind, **more}
    if before is not None:
        data["supersedes"] = str(before.id)
    piece.told.append((piece.found[code], "procedure.change-proposed", "internal", data))


async def supersede(piece: Piece, code: str) -> Proposal | None:
    """The one that waited, if any; the national database has moved on."""
    waiting = piece.waiting.pop(code, None)
    if waiting is not None:
        waiting.state, waiting.decided_at = ProposalState.SUPERSEDED, piece.clock.now()
        waiting.decided_by = piece.caller.actor
        await piece.session.flush()  # the next one is inserted before this is updated else
    return waiting


async def undone(piece: Piece, code: str) -> Outcome:
    """Nothing is left to decide; what waited is superseded."""
    if (waiting := await supersede(piece, code)) is not None:
        data = {"proposal": str(waiting.id), "kind": waiting.kind}
        piece.told.append((piece.found[code], "procedure.proposal-superseded", "internal", data))
    return "unchanged"


def remember(piece: Piece, code: str, content: dict[str, Any], sent: bytes) -> None:
    """This is now the text from which the next one differs."""
    text = piece.texts.get(code)
    if text is None:
        text = NationalText(procedure_code=code, content=content, digest=sent, taken_at=piece.clock.now())
    text.content, text.digest, text.taken_at = content, sent, piece.clock.now()
    piece.texts[code] = text
    piece.session.add(text)
