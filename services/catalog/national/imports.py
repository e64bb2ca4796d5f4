"""What comes from the national database. What is new is taken in at level 2 with its gaps. A change of what
we have becomes a proposal; where the setting says accept, it is published at once if the province has not
changed the text itself. Nothing that was rejected is proposed a second time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from kit.problem import InvalidInput
from services.catalog.commands.edit import version_of
from services.catalog.commands.publish import abolish, put_in_force, reopen
from services.catalog.content import Content, digest, gaps
from services.catalog.errors import Abolished, GapsRemain
from services.catalog.models import Procedure
from services.catalog.national import publishing, threeway
from services.catalog.national import queries as national
from services.catalog.national.piece import Piece, piece_of, propose, remember, supersede, undone
from services.catalog.national.schemas import Closed, ImportRow, Outcome
from services.catalog.national.status import ProposalKind
from services.catalog.schemas import Abolition
from services.catalog.status import Source

_DRAFT = [
    {"code": "local-draft", "detail": "Tỉnh đang soạn thủ tục mang mã này và chưa công bố lần nào."},
]
FROM_THERE = "Theo Cơ sở dữ liệu quốc gia về thủ tục hành chính"


async def take_in(
    session: AsyncSession, clock: Clock, caller: Caller, contents: Sequence[Content], *, accept: bool
) -> list[ImportRow]:
    """Each content created, updated, proposed, unchanged or refused. What is unchanged appends no event. What
    comes under a code that is mapped to one of ours is compared with ours."""
    contents = sorted(contents, key=lambda content: content.code)
    async with events.held(session):
        return await _taken(session, clock, caller, contents, accept)


async def _taken(
    session: AsyncSession, clock: Clock, caller: Caller, contents: Sequence[Content], accept: bool
) -> list[ImportRow]:
    """In the order of their codes, in which rows are made and locked: two imports at once do not wait for
    each other in a circle."""
    codes = [content.code for content in contents]
    ours = await national.local_codes(session, codes)
    piece = await piece_of(session, clock, caller, [*codes, *ours.values()], accept)
    new = [content.code for content in contents if content.code not in piece.found]
    created = {code: Procedure(code=code, version=0, source=Source.NATIONAL) for code in new}
    session.add_all(created.values())
    await session.flush()
    rows = []
    for content in contents:
        stored, code = content.stored(), ours.get(content.code, content.code)
        if content.code in created:
            await _create(piece, created[content.code], stored)
            row = ImportRow(code=content.code, outcome="created")
        elif code not in piece.newest:
            row = ImportRow(code=content.code, outcome="refused", errors=_DRAFT)
        else:
            row = ImportRow(code=content.code, outcome=await _compare(piece, code, stored))
        rows.append(row)
    await piece.tell()
    return rows


async def _create(piece: Piece, procedure: Procedure, stored: dict[str, Any]) -> None:
    """In force from today, with the gaps that it has."""
    version = version_of(procedure.code, 1, stored, gaps(stored, national=True))
    version.reason = FROM_THERE
    await put_in_force(piece.session, procedure, version, [], piece.on)
    remember(piece, procedure.code, stored, digest(stored))
    data = {"number": 1, "source": Source.NATIONAL, "gaps": version.gaps}
    piece.told.append((procedure, "procedure.published", "public", data))


async def _compare(piece: Piece, code: str, stored: dict[str, Any]) -> Outcome:
    """What the national text means for `code`, which we have; it may stand there under another."""
    sent = digest(stored)
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
        return await undone(piece, code)
    if (code, kind, text.digest if text else None, sent) in piece.rejected:
        return await undone(piece, code)
    base = text.content if text else None
    theirs = threeway.aligned({**stored, "code": code}, base)
    changes = threeway.difference(base, theirs, piece.newest[code].content, piece.refusals.get(code))
    if kind is ProposalKind.CHANGED and not any(change.open for change in changes):
        if all(change.settled for change in changes):
            remember(piece, code, theirs, sent)
        return await undone(piece, code)
    if piece.accept and not piece.edited(code) and await _published(piece, kind, theirs, changes):
        remember(piece, code, theirs, sent)
        return "updated"
    await propose(piece, code, kind, theirs, sent)
    return "proposed"


async def _published(
    piece: Piece, kind: ProposalKind, theirs: dict[str, Any], changes: list[threeway.Difference]
) -> bool:
    """By setting, without an editor: False where it takes one, because the two texts do not hold together,
    a body offers it at a level that the new one cannot carry, or an abolition is still to come."""
    ours = piece.ours(theirs["code"])
    start = publishing.first_day(ours, None, piece.on)
    ended = ours.procedure.abolished_from, ours.procedure.abolished_reason
    try:
        content = publishing.whole(threeway.merged(ours.newest.content, theirs, changes, {}))
        if kind is ProposalKind.RETURNED:
            reopen(ours.procedure, piece.on)
        version = await publishing.publish(piece.session, ours, content, start, FROM_THERE)
    except (Abolished, GapsRemain, InvalidInput):
        ours.procedure.abolished_from, ours.procedure.abolished_reason = ended
        return False
    await supersede(piece, ours.procedure.code)
    data = {
        "number": version.number,
        "from": start.isoformat(),
        "source": Source.NATIONAL,
        "fields": [change.field for change in changes if threeway.takes(change, {})],
        "gaps": version.gaps,
    }
    piece.told.append((ours.procedure, "procedure.published", "public", data))
    return True


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
    Where that was said before, nothing is written. Codes are answered as they were sent."""
    async with events.held(session):
        return await _closed(session, clock, caller, codes, reason, accept)


async def _closed(
    session: AsyncSession, clock: Clock, caller: Caller, codes: Sequence[str], reason: str, accept: bool
) -> Closed:
    ours = await national.local_codes(session, codes)
    sent = {ours.get(code, code): code for code in codes}
    piece = await piece_of(session, clock, caller, list(sent), accept)
    closed, proposed = [], []
    for code, text in sorted(piece.texts.items()):
        if text.withdrawn_at is not None:
            waiting = piece.waiting.get(code)
            proposed += [code] if waiting and waiting.kind == ProposalKind.ABOLISHED else []
            continue
        text.withdrawn_at = clock.now()
        if piece.found[code].abolished_from is not None:
            await undone(piece, code)
        elif accept and not piece.edited(code):
            await supersede(piece, code)
            closed.append(code)
        else:
            await propose(piece, code, ProposalKind.ABOLISHED, None, None)
            proposed.append(code)
    await piece.tell()
    for code in closed:
        await abolish(session, clock, caller, piece.found[code], Abolition(reason=reason))
    return Closed(closed=[sent[code] for code in closed], proposed=[sent[code] for code in proposed])
