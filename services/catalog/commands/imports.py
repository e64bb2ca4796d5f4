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
from services.catalog.commands.edit import append, checked, today, version_of
from services.catalog.commands.publish import abolish, end, put_in_force, restore
from services.catalog.content import Content, digest, gaps
from services.catalog.errors import FormUnusable
from services.catalog.models import Procedure
from services.catalog.schemas import Abolition, ImportRow
from services.catalog.status import Source

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
    rows, writing = [], []
    for content in sorted(contents, key=lambda content: content.code):
        stored = content.stored()
        procedure = found.get(content.code)
        errors: list[dict[str, Any]] = []
        if procedure is None:
            outcome, procedure = "created", _new(stored)
            session.add(procedure)
            writing.append((procedure, stored))
        elif procedure.edited or procedure.source != Source.NATIONAL:
            outcome, errors = "refused", _LOCAL
        elif procedure.digest == digest(stored):
            outcome = "unchanged"
        else:
            outcome = "updated"
            writing.append((procedure, stored))
        rows.append(ImportRow(code=content.code, outcome=outcome, errors=errors))
    if writing:
        await _publish(session, clock, caller, writing)
    return rows


def _new(stored: dict[str, Any]) -> Procedure:
    return Procedure(code=stored["code"], version=0, source=Source.NATIONAL)


async def _publish(
    session: AsyncSession, clock: Clock, caller: Caller, writing: Sequence[tuple[Procedure, dict[str, Any]]]
) -> None:
    """All of them in force from today, few statements; then all their events, so that nothing is
    written while the event lock is held but events."""
    await session.flush()
    on, codes = today(clock), [procedure.code for procedure, _ in writing]
    latest = await queries.latest_numbers(session, codes)
    for old in await queries.in_force_of(session, codes, on):
        end(session, old, on)
    await session.flush()
    versions = []
    for procedure, stored in writing:
        number = latest.get(procedure.code, 0) + 1
        version = version_of(procedure.code, number, stored, gaps(stored, national=True))
        restore(procedure, on)
        procedure.digest = digest(stored)
        await put_in_force(session, procedure, version, [], on)
        procedure.version += 1
        versions.append(version)
    await session.flush()
    for (procedure, _), version in zip(writing, versions, strict=True):
        data = {"number": version.number, "source": Source.NATIONAL, "gaps": version.gaps}
        await append(session, clock, caller, procedure, "procedure.published", data=data)


async def close(
    session: AsyncSession, clock: Clock, caller: Caller, codes: Sequence[str], reason: str
) -> list[str]:
    """Abolish national procedures that were withdrawn; those closed before are passed over."""
    found = await queries.lock_all(session, list(codes))
    closed = []
    for code in sorted(found):
        procedure = found[code]
        if procedure.abolished_from is None and procedure.source == Source.NATIONAL:
            await abolish(session, clock, caller, procedure, Abolition(reason=reason))
            closed.append(code)
    return closed
