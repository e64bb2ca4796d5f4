"""Which national procedure one of the province's own corresponds to. From then on what the national database
says under that code is compared with ours; what was taken in under it before is proposed for abolition, so
that people find the service once. Both rows are locked first."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock
from kit.problem import FieldFault
from services.catalog.commands.edit import record
from services.catalog.errors import NeverPublished, ProcedureMissing
from services.catalog.national import queries as national
from services.catalog.national import threeway
from services.catalog.national.errors import NOT_KNOWN, NationalCodeTaken, NationalCodeUnknown, NotOurOwn
from services.catalog.national.models import CodeMapping
from services.catalog.national.piece import Piece, piece_of, propose, remember, undone
from services.catalog.national.schemas import NationalCode
from services.catalog.national.status import ProposalKind


async def put(
    session: AsyncSession, clock: Clock, caller: Caller, local_code: str, wish: NationalCode
) -> CodeMapping:
    """The same again changes nothing. Raises ProcedureMissing, NotOurOwn, NationalCodeUnknown,
    NationalCodeTaken, NeverPublished."""
    await national.mappings_change(session)
    mapping, theirs = await session.get(CodeMapping, local_code), wish.national_code
    before = mapping.national_code if mapping else None
    piece = await piece_of(
        session, clock, caller, [local_code, theirs, *([before] if before else [])], accept=False
    )
    await _check(piece, local_code, theirs, mapping)
    if mapping is not None and before == theirs:
        return mapping
    if before is not None:
        await _end(piece, local_code, before)
    if mapping is None:
        mapping = CodeMapping(local_code=local_code, national_code="", since=clock.now(), mapped_by="")
    mapping.national_code, mapping.since, mapping.mapped_by = theirs, clock.now(), caller.actor
    session.add(mapping)
    await _begin(piece, local_code, theirs)
    await piece.tell()
    data = {"national_code": theirs, "before": before, "reason": wish.reason}
    procedure = piece.found[local_code]
    await record(session, clock, caller, procedure, "procedure.mapped", audience="internal", data=data)
    return mapping


async def _check(piece: Piece, local_code: str, theirs: str, mapping: CodeMapping | None) -> None:
    if local_code not in piece.found:
        raise ProcedureMissing
    if mapping is None and local_code in piece.texts:
        raise NotOurOwn
    if theirs not in piece.texts or await piece.session.get(CodeMapping, theirs) is not None:
        raise NationalCodeUnknown(
            errors=[FieldFault("national-code-unknown", NOT_KNOWN, pointer="/national_code")]
        )
    if local_code not in piece.newest:
        raise NeverPublished
    taken = (await national.local_codes(piece.session, [theirs])).get(theirs, local_code)
    if taken != local_code:
        raise NationalCodeTaken(national=theirs, local=taken)


async def _begin(piece: Piece, local_code: str, theirs: str) -> None:
    """The text last taken under that code is what the next one differs from, also for ours. What waits there
    waits for ours from now on."""
    text, waiting, ours = piece.texts[theirs], piece.waiting.get(theirs), piece.newest[local_code].content
    base = threeway.aligned({**text.content, "code": local_code}, ours)
    remember(piece, local_code, base, text.digest)
    piece.texts[local_code].withdrawn_at = text.withdrawn_at
    if waiting is not None and waiting.theirs is not None:
        new = threeway.aligned({**waiting.theirs, "code": local_code}, base)
        if any(change.open for change in threeway.difference(base, new, ours)):
            await propose(piece, local_code, ProposalKind.CHANGED, new, waiting.theirs_digest)
    if piece.found[theirs].abolished_from is not None:
        await undone(piece, theirs)
    elif waiting is None or waiting.kind != ProposalKind.ABOLISHED:
        await propose(piece, theirs, ProposalKind.ABOLISHED, None, None, corresponds_to=local_code)


async def remove(session: AsyncSession, clock: Clock, caller: Caller, local_code: str, reason: str) -> None:
    """What the national database says under that code is not about ours any more. Raises ProcedureMissing,
    MappingMissing."""
    await national.mappings_change(session)
    found = await session.get(CodeMapping, local_code)
    codes = [local_code, *([found.national_code] if found else [])]
    piece = await piece_of(session, clock, caller, codes, accept=False)
    if local_code not in piece.found:
        raise ProcedureMissing
    mapping = await national.mapping(session, local_code)
    await _end(piece, local_code, mapping.national_code)
    await session.delete(mapping)
    await piece.tell()
    data = {"national_code": mapping.national_code, "reason": reason}
    procedure = piece.found[local_code]
    await record(session, clock, caller, procedure, "procedure.unmapped", audience="internal", data=data)


async def _end(piece: Piece, local_code: str, theirs: str) -> None:
    """What waits because of the mapping is superseded."""
    await undone(piece, local_code)
    twin = piece.waiting.get(theirs)
    if twin is not None and twin.kind == ProposalKind.ABOLISHED and not piece.texts[theirs].withdrawn_at:
        await undone(piece, theirs)
    await piece.session.delete(piece.texts.pop(local_code))
    await piece.session.flush()
