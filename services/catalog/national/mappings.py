"""Which national procedure one of the province's own corresponds to. Its row is locked first."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock
from kit.problem import FieldFault
from services.catalog import queries
from services.catalog.commands.edit import record
from services.catalog.national import queries as national
from services.catalog.national.errors import NOT_KNOWN, NationalCodeUnknown, NotOurOwn
from services.catalog.national.models import CodeMapping
from services.catalog.national.schemas import NationalCode


async def put(
    session: AsyncSession, clock: Clock, caller: Caller, local_code: str, wish: NationalCode
) -> CodeMapping:
    """The same again changes nothing. Raises ProcedureMissing, NotOurOwn, NationalCodeUnknown."""
    procedure = await queries.lock(session, local_code)
    texts = await national.texts(session, [local_code, wish.national_code])
    if local_code in texts:
        raise NotOurOwn
    if wish.national_code not in texts:
        raise NationalCodeUnknown(
            errors=[FieldFault("national-code-unknown", NOT_KNOWN, pointer="/national_code")]
        )
    mapping = await session.get(CodeMapping, local_code)
    before = mapping.national_code if mapping else None
    if mapping is not None and before == wish.national_code:
        return mapping
    if mapping is None:
        mapping = CodeMapping(
            local_code=local_code, national_code="", since=clock.now(), mapped_by=caller.actor
        )
    mapping.national_code, mapping.since, mapping.mapped_by = wish.national_code, clock.now(), caller.actor
    session.add(mapping)
    await session.flush()
    data = {"national_code": wish.national_code, "before": before, "reason": wish.reason}
    await record(session, clock, caller, procedure, "procedure.mapped", audience="internal", data=data)
    return mapping


async def remove(session: AsyncSession, clock: Clock, caller: Caller, local_code: str, reason: str) -> None:
    """Raises ProcedureMissing, MappingMissing."""
    procedure = await queries.lock(session, local_code)
    mapping = await national.mapping(session, local_code)
    await session.delete(mapping)
    await session.flush()
    data = {"national_code": mapping.national_code, "reason": reason}
    await record(session, clock, caller, procedure, "procedure.unmapped", audience="internal", data=data)
