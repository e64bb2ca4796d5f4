"""What editors do to procedures: draft, change, publish, abolish. Each ends with its event."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import VIETNAM, Clock
from kit.forms import SchemaUnusable, compiled
from kit.text import fold, sort_key
from services.catalog import forms, queries
from services.catalog.content import Content, difference, digest, gaps, gaps_for, gaps_left
from services.catalog.errors import Abolished, FormUnusable, GapsRemain, NothingToPublish, ProcedureExists
from services.catalog.models import Procedure, Version
from services.catalog.status import ProcedureStatus, Source, VersionState


def today(clock: Clock) -> date:
    return clock.now().astimezone(VIETNAM).date()


async def create(session: AsyncSession, clock: Clock, caller: Caller, content: Content) -> Procedure:
    """A new procedure as a draft. Raises ProcedureExists, FormUnusable."""
    if await queries.procedure_or_none(session, content.code):
        raise ProcedureExists
    stored = checked(content)
    procedure = Procedure(
        code=content.code,
        version=0,
        status=ProcedureStatus.DRAFT,
        source=Source.LOCAL,
        **described(stored),
    )
    session.add(procedure)
    await session.flush()
    session.add(_draft(procedure.code, 1, stored, gaps(stored, national=False)))
    await record(session, clock, caller, procedure, "procedure.drafted", audience="internal")
    return procedure


async def change(
    session: AsyncSession, clock: Clock, caller: Caller, procedure: Procedure, changes: dict[str, Any]
) -> Version:
    """Merge `changes` into the draft of a locked procedure; there being none, into a new one that
    begins as the version in force. `"form": "generic"` puts the generic form.

    Raises Abolished, FormUnusable, and pydantic's ValidationError for content that does not hold.
    """
    if procedure.status == ProcedureStatus.ABOLISHED:
        raise Abolished
    draft = await queries.draft(session, procedure.code)
    base = draft or await queries.latest(session, procedure.code)
    merged = {**base.content, **changes, "code": procedure.code}
    if merged.get("form") == "generic":
        merged["form"] = forms.GENERIC
    stored = checked(Content.model_validate(merged))
    left = gaps_left(base.gaps, changes, stored)
    if draft is None:
        draft = _draft(procedure.code, base.number + 1, stored, left)
    else:
        draft.content, draft.gaps = stored, left
    session.add(draft)
    procedure.edited = True
    if procedure.status == ProcedureStatus.DRAFT:
        describe(procedure, stored)
    changed = {"fields": sorted(changes)}
    await record(
        session, clock, caller, procedure, "procedure.draft-changed", audience="internal", data=changed
    )
    return draft


async def publish(
    session: AsyncSession, clock: Clock, caller: Caller, procedure: Procedure
) -> tuple[Version, list[dict[str, Any]]]:
    """The draft of a locked procedure comes into force today; what it changes, field by field.

    Raises NothingToPublish; GapsRemain when a body offers it at a level that the draft cannot carry.
    """
    draft = await queries.draft(session, procedure.code)
    if draft is None:
        raise NothingToPublish
    level = await queries.highest_promised(session, procedure.code, today(clock))
    if missing := gaps_for(level, draft.gaps):
        raise GapsRemain(level=level, missing=", ".join(missing), gaps=missing)
    old = await queries.in_force(session, procedure.code, today(clock))
    changes = difference(old.content if old else None, draft.content)
    await put_in_force(session, procedure, draft, old, today(clock))
    data = {"number": draft.number, "fields": [change["field"] for change in changes]}
    await record(session, clock, caller, procedure, "procedure.published", data=data)
    return draft, changes


async def put_in_force(
    session: AsyncSession, procedure: Procedure, new: Version, old: Version | None, on: date
) -> None:
    """`new` from `on`, `old` until the day before. The exclusion constraint holds whatever races."""
    if old is not None:
        supersede(session, old, on)
        await session.flush()
    new.state, new.valid = VersionState.PUBLISHED, Range(on, None)
    session.add(new)
    procedure.status = ProcedureStatus.PUBLISHED
    describe(procedure, new.content)


def supersede(session: AsyncSession, old: Version, on: date) -> None:
    """`old` was in force until the day before `on`."""
    assert old.valid is not None
    old.state, old.valid = VersionState.SUPERSEDED, Range(old.valid.lower, on)
    session.add(old)


async def abolish(
    session: AsyncSession, clock: Clock, caller: Caller, procedure: Procedure, reason: str
) -> None:
    """From today no dossier can be submitted by it; its history stays. Raises Abolished."""
    if procedure.status == ProcedureStatus.ABOLISHED:
        raise Abolished
    procedure.status = ProcedureStatus.ABOLISHED
    procedure.abolished_reason = reason
    procedure.digest = None
    if old := await queries.in_force(session, procedure.code, today(clock)):
        supersede(session, old, today(clock))
    await record(session, clock, caller, procedure, "procedure.abolished")


async def record(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    procedure: Procedure,
    kind: str,
    *,
    audience: events.Audience = "public",
    data: dict[str, Any] | None = None,
) -> None:
    """The procedure's next version and its event, the transaction's last write."""
    procedure.version += 1
    session.add(procedure)
    await append(session, clock, caller, procedure, kind, audience=audience, data=data)


async def append(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    procedure: Procedure,
    kind: str,
    *,
    audience: events.Audience = "public",
    data: dict[str, Any] | None = None,
) -> None:
    """The event of the version that the procedure already carries."""
    await events.append(
        session,
        events.Event(
            subject=procedure.code,
            seq=procedure.version,
            type=kind,
            time=clock.now(),
            actor=caller.actor,
            agency=caller.agency,
            audience=audience,
            data={"code": procedure.code, **(data or {})},
        ),
    )


def checked(content: Content) -> dict[str, Any]:
    """The content as stored, its form compiled. Raises FormUnusable."""
    if content.form is not None:
        try:
            compiled(content.form.schema_)
        except SchemaUnusable as error:
            raise FormUnusable(reason=str(error)) from None
    return content.stored()


def described(content: dict[str, Any]) -> dict[str, Any]:
    """What a procedure's row repeats of its content, for lists and search."""
    field, code = content["field"], str(content["code"])
    return {
        "name": content["name"],
        "name_folded": fold(content["name"]),
        "sort_key": sort_key(content["name"]),
        "field_code": field["code"],
        "field_name": field["name"],
        "government_levels": content["government_levels"],
        "audiences": content["audiences"],
        "channels": content["channels"],
        "sample": content["sample"],
        "digest": digest(content),
        "search_text": fold(f"{content['name']} {code} {code.replace('.', '')} {field['name']}"),
    }


def describe(procedure: Procedure, content: dict[str, Any]) -> None:
    for name, value in described(content).items():
        setattr(procedure, name, value)


def _draft(code: str, number: int, content: dict[str, Any], missing: list[str]) -> Version:
    return Version(
        procedure_code=code,
        number=number,
        state=VersionState.DRAFT,
        content=content,
        gaps=missing,
    )
