"""What editors do to drafts: begin, change, discard. Each step ends with its event."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import VIETNAM, Clock
from kit.problem import InvalidInput
from kit.text import fold, sort_key
from services.catalog import queries
from services.catalog.content import Content, gaps, gaps_left
from services.catalog.errors import Abolished, NothingToPublish, ProcedureExists
from services.catalog.fees.checks import incoherent
from services.catalog.forms.checks import usable
from services.catalog.forms.generic import GENERIC
from services.catalog.models import Procedure, Version
from services.catalog.status import Source, VersionState


def today(clock: Clock) -> date:
    return clock.now().astimezone(VIETNAM).date()


async def create(
    session: AsyncSession, clock: Clock, caller: Caller, content: Content, reason: str = ""
) -> Procedure:
    """A new procedure as a draft. Raises ProcedureExists, FormUnusable."""
    if await queries.procedure_or_none(session, content.code):
        raise ProcedureExists
    stored = checked(content)
    procedure = Procedure(code=content.code, version=0, source=Source.LOCAL)
    session.add(procedure)
    await session.flush()
    session.add(version_of(procedure.code, 1, stored, gaps(stored, national=False)))
    data = {"reason": reason}
    await record(session, clock, caller, procedure, "procedure.drafted", audience="internal", data=data)
    return procedure


async def change(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    procedure: Procedure,
    changes: dict[str, Any],
    reason: str = "",
) -> Version:
    """Merge `changes` into the draft of a locked procedure; there being none, into a new one that
    begins as the newest version. `"form": "generic"` puts the generic form.

    Raises Abolished, FormUnusable, and pydantic's ValidationError for content that does not hold.
    """
    refuse_abolished(procedure, today(clock))
    draft = await queries.draft(session, procedure.code)
    base = draft or await queries.latest(session, procedure.code)
    merged = {**base.content, **changes, "code": procedure.code}
    if merged.get("form") == "generic":
        merged["form"] = GENERIC
    stored = checked(Content.model_validate(merged))
    left = gaps_left(base.gaps, changes, stored)
    if draft is None:
        draft = version_of(procedure.code, base.number + 1, stored, left)
    else:
        draft.content, draft.gaps = stored, left
        for name, value in described(stored).items():
            setattr(draft, name, value)
    session.add(draft)
    data = {"fields": sorted(changes), "reason": reason}
    await record(session, clock, caller, procedure, "procedure.draft-changed", audience="internal", data=data)
    return draft


async def discard(
    session: AsyncSession, clock: Clock, caller: Caller, procedure: Procedure, reason: str
) -> None:
    """Give up the draft of a locked procedure. Raises NothingToPublish."""
    draft = await queries.draft(session, procedure.code)
    if draft is None:
        raise NothingToPublish
    await session.delete(draft)
    await session.flush()
    data = {"number": draft.number, "reason": reason}
    await record(
        session, clock, caller, procedure, "procedure.draft-discarded", audience="internal", data=data
    )


def refuse_abolished(procedure: Procedure, on: date) -> None:
    """Raises Abolished."""
    if procedure.abolished_from is not None and procedure.abolished_from <= on:
        raise Abolished


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
    """The content as stored, its form checked and made to stand alone. Raises FormUnusable, InvalidInput."""
    stored = content.stored()
    if faults := incoherent(stored):
        raise InvalidInput(errors=faults)
    if stored["form"] is not None:
        stored["form"] = usable(stored["form"])
    return stored


def version_of(code: str, number: int, content: dict[str, Any], missing: list[str]) -> Version:
    """A draft, with what lists and search need of its content."""
    return Version(
        procedure_code=code,
        number=number,
        state=VersionState.DRAFT,
        content=content,
        gaps=missing,
        **described(content),
    )


def described(content: dict[str, Any]) -> dict[str, Any]:
    """What a version's row repeats of its content, for lists and search."""
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
        "search_text": fold(f"{content['name']} {code} {code.replace('.', '')} {field['name']}"),
    }
