"""Publish and abolish, each from a day. Days that have passed are not written anew: a dossier may have been
submitted by what stood then. Only a first version may reach back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock
from kit.problem import FieldFault
from services.catalog import queries
from services.catalog.commands.edit import record, refuse_abolished, today
from services.catalog.content import gap_faults, gaps_for
from services.catalog.difference import Change, difference
from services.catalog.errors import Abolished, DayPassed, GapsRemain, NothingToPublish
from services.catalog.forms.checks import usable
from services.catalog.models import Procedure, Version
from services.catalog.papers import queries as papers
from services.catalog.schemas import Abolition, Publication
from services.catalog.status import VersionState

_NO_TEMPLATE = {
    "vi": "Chưa tải lên tệp mẫu “{name}”.",
    "en": "The template “{name}” has not been uploaded.",
}


async def publish(
    session: AsyncSession, clock: Clock, caller: Caller, procedure: Procedure, publication: Publication
) -> tuple[Version, list[Change]]:
    """The draft of a locked procedure comes into force from `valid_from` (default today) until the next one
    that is published from a later day; what it changes against what was to be in force that day.

    Raises NothingToPublish, Abolished, DayPassed, FormUnusable; GapsRemain when a body offers it at a level
    that the draft cannot carry.
    """
    start = publication.valid_from or today(clock)
    refuse_abolished(procedure, start)
    draft = await queries.draft(session, procedure.code)
    if draft is None:
        raise NothingToPublish
    published = await queries.published(session, procedure.code)
    if published and start < today(clock):
        raise DayPassed.at("/valid_from")
    if draft.content["form"] is not None:
        usable(draft.content["form"])  # it may have been saved before all of this was checked
    level = await queries.highest_promised(session, procedure.code, start)
    if missing := await standing_against(session, draft, level):
        raise GapsRemain(level=level, gaps=[gap.code for gap in missing], errors=missing)
    changes = difference(_content(published, start), draft.content)
    draft.reason = publication.reason
    await put_in_force(session, procedure, draft, published, start)
    data = {
        "number": draft.number,
        "from": start.isoformat(),
        "fields": sorted({change.member for change in changes}),
        "reason": publication.reason,
    }
    await record(session, clock, caller, procedure, "procedure.published", data=data)
    return draft, changes


async def standing_against(session: AsyncSession, draft: Version, level: int) -> list[FieldFault]:
    """The gaps for which a draft cannot be published while it is offered at that level."""
    blanks = await papers.missing_templates(session, draft.content)
    return [
        *gap_faults(gaps_for(level, draft.gaps)),
        *(
            FieldFault("template-missing", _NO_TEMPLATE, pointer=blank.pointer, name=blank.name)
            for blank in blanks
        ),
    ]


def _content(published: Sequence[Version], on: date) -> dict[str, Any] | None:
    """Of the version that is, or was to be, in force that day."""
    return next((v.content for v in published if v.valid is not None and v.valid.contains(on)), None)


async def put_in_force(
    session: AsyncSession, procedure: Procedure, new: Version, published: Sequence[Version], start: date
) -> None:
    """`new` from `start` until a later one takes over; who was in force then, until the day before. The
    exclusion constraint holds whatever races."""
    ends = [v.valid.lower for v in published if v.valid and v.valid.lower and v.valid.lower > start]
    ending = [v for v in published if v.valid is not None and v.valid.contains(start)]
    for old in ending:
        end(session, old, start)
    if ending:
        await session.flush()
    last = min((day for day in [*ends, procedure.abolished_from] if day is not None), default=None)
    new.state, new.valid, new.valid_from = VersionState.PUBLISHED, Range(start, last), start
    session.add(new)


def end(session: AsyncSession, old: Version, on: date) -> None:
    """`old` was in force until the day before `on`; not at all, where that is its first day or earlier."""
    assert old.valid is not None
    lower = old.valid.lower
    old.valid = Range(lower, on) if lower is None or lower < on else Range(empty=True)
    session.add(old)


async def abolish(
    session: AsyncSession, clock: Clock, caller: Caller, procedure: Procedure, abolition: Abolition
) -> None:
    """From that day (default today) no dossier can be submitted by it; its history stays. What is to be
    abolished on a later day can be given another day. Raises Abolished, DayPassed."""
    start = abolition.valid_from or today(clock)
    refuse_abolished(procedure, today(clock))
    if start < today(clock):
        raise DayPassed.at("/valid_from")
    before = procedure.abolished_from
    procedure.abolished_from, procedure.abolished_reason = start, abolition.reason
    for version in await queries.published(session, procedure.code):
        valid = version.valid
        if valid is None or valid.empty:
            continue
        if valid.upper is None or valid.upper > start or valid.upper == before:
            end(session, version, start)
    data = {"from": start.isoformat(), "reason": abolition.reason}
    await record(session, clock, caller, procedure, "procedure.abolished", data=data)


def restore(procedure: Procedure, on: date) -> None:
    """What was abolished may be published again. Raises Abolished where its last day is still to come."""
    if procedure.abolished_from is not None and procedure.abolished_from > on:
        raise Abolished
    procedure.abolished_from = procedure.abolished_reason = None
