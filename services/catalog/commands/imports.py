"""What comes from the national database: taken in at level 2 with its gaps, closed when withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock
from kit.problem import validation_faults
from services.catalog import queries
from services.catalog.commands.edit import abolish, checked, described, put_in_force, record, today
from services.catalog.content import Content, digest, gaps
from services.catalog.errors import FormUnusable
from services.catalog.models import Procedure, Version
from services.catalog.schemas import ImportRow
from services.catalog.status import ProcedureStatus, Source, VersionState

_LOCAL = [
    {"code": "local-changes", "detail": "Thủ tục đã được tỉnh chỉnh sửa; thay đổi quốc gia không ghi đè."}
]


_TWICE = [{"code": "code-twice", "detail": "Mã thủ tục có hai lần trong cùng một lô."}]


def read(items: Sequence[Any]) -> tuple[list[Content], list[ImportRow]]:
    """Those that hold, and those that do not, each with its faults."""
    contents: dict[str, Content] = {}
    refused = []
    for item in items:
        try:
            content = Content.model_validate(item)
            checked(content)
        except ValidationError as error:
            code = str(item.get("code", ""))[:60] if isinstance(item, dict) else ""
            refused.append(ImportRow(code=code, outcome="refused", errors=_in_words(error)))
        except FormUnusable as error:
            words = {name: error.body("vi")[name] for name in ("code", "detail")}
            refused.append(ImportRow(code=content.code, outcome="refused", errors=[words]))
        else:
            if content.code in contents:
                refused.append(ImportRow(code=content.code, outcome="refused", errors=_TWICE))
            else:
                contents[content.code] = content
    return list(contents.values()), refused


def _in_words(error: ValidationError) -> list[dict[str, Any]]:
    faults = validation_faults([{**e, "loc": ("body", *e["loc"])} for e in error.errors()])
    return [fault.in_words("vi").model_dump(exclude_none=True) for fault in faults]


async def take_in(
    session: AsyncSession, clock: Clock, caller: Caller, contents: Sequence[Content]
) -> list[ImportRow]:
    """Each content created, updated, unchanged, or refused because the province has edited it. What is
    unchanged writes nothing and appends no event."""
    found = await queries.lock_all(session, [content.code for content in contents])
    latest = await queries.latest_numbers(session, list(found))
    rows = []
    for content in sorted(contents, key=lambda content: content.code):
        stored = content.stored()
        procedure = found.get(content.code)
        if procedure is None:
            await _create(session, clock, caller, stored)
            outcome, errors = "created", []
        elif procedure.edited or procedure.source != Source.NATIONAL:
            outcome, errors = "refused", _LOCAL
        elif procedure.digest == digest(stored):
            outcome, errors = "unchanged", []
        else:
            await _publish(session, clock, caller, procedure, latest[content.code] + 1, stored)
            outcome, errors = "updated", []
        rows.append(ImportRow(code=content.code, outcome=outcome, errors=errors))
    return rows


async def _create(session: AsyncSession, clock: Clock, caller: Caller, stored: dict[str, Any]) -> None:
    procedure = Procedure(
        code=stored["code"],
        version=0,
        status=ProcedureStatus.PUBLISHED,
        source=Source.NATIONAL,
        **described(stored),
    )
    session.add(procedure)
    await session.flush()
    await _publish(session, clock, caller, procedure, 1, stored)


async def _publish(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    procedure: Procedure,
    number: int,
    stored: dict[str, Any],
) -> None:
    missing = gaps(stored, national=True)
    version = Version(
        procedure_code=procedure.code,
        number=number,
        state=VersionState.PUBLISHED,
        content=stored,
        gaps=missing,
    )
    old = await queries.in_force(session, procedure.code, today(clock)) if number > 1 else None
    await put_in_force(session, procedure, version, old, today(clock))
    data = {"number": number, "source": Source.NATIONAL, "gaps": missing}
    await record(session, clock, caller, procedure, "procedure.published", data=data)


async def close(
    session: AsyncSession, clock: Clock, caller: Caller, codes: Sequence[str], reason: str
) -> list[str]:
    """Abolish national procedures that were withdrawn; those closed before are passed over."""
    found = await queries.lock_all(session, list(codes))
    closed = []
    for code in sorted(found):
        procedure = found[code]
        if procedure.status != ProcedureStatus.ABOLISHED and procedure.source == Source.NATIONAL:
            await abolish(session, clock, caller, procedure, reason)
            closed.append(code)
    return closed
