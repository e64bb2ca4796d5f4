"""What comes from the national database. What is new is taken in at level 2 with its gaps. A change of what
we have becomes a proposal; where the setting says accept, it is published at once if the province has not
changed the text itself. Nothing that was rejected is proposed a second time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from services.catalog import queries
from services.catalog.commands.edit import append, today, version_of
from services.catalog.commands.publish import abolish, put_in_force, restore
from services.catalog.content import Content, digest, gaps
from services.catalog.errors import Abolished, GapsRemain
from services.catalog.models import Procedure, Version
from services.catalog.national import publishing, threeway
from services.catalog.national import queries as national
from services.catalog.national.models import NationalText, Proposal
from services.catalog.national.publishing import Ours
from services.catalog.national.schemas import Closed, ImportRow, Outcome
from services.catalog.national.status import ProposalKind, ProposalState
from services.catalog.schemas import Abolition
from services.catalog.status import Source

_DRAFT = [
    {"code": "local-draft", "detail": "Tỉnh đang soạn thủ tục mang mã này và chưa công bố lần nào."},
]
FROM_THERE = "Theo Cơ sở dữ liệu quốc gia về thủ tục hành chính"


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


async def _piece(
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
    return piece


async def take_in(
    session: AsyncSession, clock: Clock, caller: Caller, contents: Sequence[Content], *, accept: bool
) -> list[ImportRow]:
    """Each content created, updated, proposed, unchanged or refused. What is unchanged appends no event."""
    piece = await _piece(session, clock, caller, [content.code for content in contents], accept)
    new = [content.code for content in contents if content.code not in piece.found]
    created = {code: Procedure(code=code, version=0, source=Source.NATIONAL) for code in new}
    session.add_all(created.values())
    await session.flush()
    rows = []
    for content in sorted(contents, key=lambda content: content.code):
        stored = content.stored()
        if content.code in created:
            await _create(piece, created[content.code], stored)
            row = ImportRow(code=content.code, outcome="created")
        elif content.code not in piece.newest:
            row = ImportRow(code=content.code, outcome="refused", errors=_DRAFT)
        else:
            row = ImportRow(code=content.code, outcome=await _compare(piece, stored))
        rows.append(row)
    await piece.tell()
    return rows


async def _create(piece: Piece, procedure: Procedure, stored: dict[str, Any]) -> None:
    """In force from today, with the gaps that it has."""
    version = version_of(procedure.code, 1, stored, gaps(stored, national=True))
    version.reason = FROM_THERE
    await put_in_force(piece.session, procedure, version, [], piece.on)
    _remember(piece, procedure.code, stored, digest(stored))
    data = {"number": 1, "source": Source.NATIONAL, "gaps": version.gaps}
    piece.told.append((procedure, "procedure.published", "public", data))


async def _compare(piece: Piece, stored: dict[str, Any]) -> Outcome:
    """What the national text means for one that we have."""
    code, sent = stored["code"], digest(stored)
    procedure, text = piece.found[code], piece.texts.get(code)
    away = text is not None and text.withdrawn_at is not None
    if text is not None:
        text.withdrawn_at = None
    ended = procedure.abolished_from
    returned = ended is not None and (away or ended <= piece.on)
    kind = ProposalKind.RETURNED if returned else ProposalKind.CHANGED
    waiting = piece.waiting.get(code)
    if waiting is not None and (waiting.kind, waiting.theirs_digest) == (kind, sent):
        return "unchanged"
    if text is not None and text.digest == sent and not (returned and away):
        return await _undone(piece, code)
    if (code, kind, text.digest if text else None, sent) in piece.rejected:
        return await _undone(piece, code)
    theirs = threeway.aligned(stored, text.content if text else None)
    changes = threeway.difference(text.content if text else None, theirs, piece.newest[code].content)
    if kind is ProposalKind.CHANGED and all(change.settled for change in changes):
        _remember(piece, code, theirs, sent)
        return await _undone(piece, code)
    if piece.accept and not piece.edited(code) and await _published(piece, kind, theirs, changes):
        _remember(piece, code, theirs, sent)
        return "updated"
    await _propose(piece, code, kind, theirs, sent)
    return "proposed"


async def _published(
    piece: Piece, kind: ProposalKind, theirs: dict[str, Any], changes: list[threeway.Difference]
) -> bool:
    """By setting, without an editor: False where it takes one, because a body offers it at a level that the
    new text cannot carry, or because an abolition is still to come."""
    ours = piece.ours(theirs["code"])
    content = publishing.whole(threeway.merged(ours.newest.content, theirs, changes, {}))
    start = publishing.first_day(ours, None, piece.on)
    ended = ours.procedure.abolished_from, ours.procedure.abolished_reason
    try:
        if kind is ProposalKind.RETURNED:
            restore(ours.procedure, piece.on)
        version = await publishing.publish(piece.session, ours, content, start, FROM_THERE)
    except (Abolished, GapsRemain):
        ours.procedure.abolished_from, ours.procedure.abolished_reason = ended
        return False
    await _supersede(piece, ours.procedure.code)
    data = {
        "number": version.number,
        "from": start.isoformat(),
        "source": Source.NATIONAL,
        "fields": [change.field for change in changes],
        "gaps": version.gaps,
    }
    piece.told.append((ours.procedure, "procedure.published", "public", data))
    return True


async def _propose(
    piece: Piece, code: str, kind: ProposalKind, theirs: dict[str, Any] | None, sent: bytes | None
) -> None:
    text, before = piece.texts.get(code), await _supersede(piece, code)
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
    data = {"proposal": str(proposal.id), "kind": kind, **({"supersedes": str(before.id)} if before else {})}
    piece.told.append((piece.found[code], "procedure.change-proposed", "internal", data))


async def _supersede(piece: Piece, code: str) -> Proposal | None:
    """The one that waited, if any; the national database has moved on."""
    waiting = piece.waiting.get(code)
    if waiting is not None:
        waiting.state, waiting.decided_at = ProposalState.SUPERSEDED, piece.clock.now()
        waiting.decided_by = piece.caller.actor
        await piece.session.flush()  # the next one is inserted before this is updated else
    return waiting


async def _undone(piece: Piece, code: str) -> Outcome:
    """Nothing is left to decide; what waited is superseded."""
    if (waiting := await _supersede(piece, code)) is not None:
        data = {"proposal": str(waiting.id), "kind": waiting.kind}
        piece.told.append((piece.found[code], "procedure.proposal-superseded", "internal", data))
    return "unchanged"


def _remember(piece: Piece, code: str, content: dict[str, Any], sent: bytes) -> None:
    """This is now the text from which the next one differs."""
    text = piece.texts.get(code)
    if text is None:
        text = NationalText(procedure_code=code, content=content, digest=sent, taken_at=piece.clock.now())
    text.content, text.digest, text.taken_at = content, sent, piece.clock.now()
    piece.session.add(text)


async def close(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    codes: Sequence[str],
    reason: str,
    *,
    accept: bool,
) -> Closed:
    """National procedures that are no longer in the list: their abolition is proposed; by setting, done.
    Where that was said before, nothing is written."""
    piece = await _piece(session, clock, caller, codes, accept)
    closed, proposed = [], []
    for code, text in sorted(piece.texts.items()):
        if text.withdrawn_at is not None:
            waiting = piece.waiting.get(code)
            proposed += [code] if waiting and waiting.kind == ProposalKind.ABOLISHED else []
            continue
        text.withdrawn_at = clock.now()
        if piece.found[code].abolished_from is not None:
            await _undone(piece, code)
        elif accept and not piece.edited(code):
            await _supersede(piece, code)
            closed.append(code)
        else:
            await _propose(piece, code, ProposalKind.ABOLISHED, None, None)
            proposed.append(code)
    await piece.tell()
    for code in closed:
        await abolish(session, clock, caller, piece.found[code], Abolition(reason=reason))
    return Closed(closed=closed, proposed=proposed)
