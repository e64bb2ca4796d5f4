"""A text that is accepted, be it by an editor or by setting, becomes a version in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import queries
from services.catalog.commands.edit import checked, described, refuse_abolished, version_of
from services.catalog.commands.publish import put_in_force
from services.catalog.content import Content, gap_faults, gaps, gaps_for
from services.catalog.errors import DayPassed, GapsRemain
from services.catalog.models import Procedure, Version
from services.catalog.national.errors import LaterVersion
from services.catalog.national.threeway import rebased


@dataclass(frozen=True)
class Ours:
    """A locked procedure as it stands here. `last`: the highest number of its versions."""

    procedure: Procedure
    newest: Version
    draft: Version | None
    last: int


def whole(content: Mapping[str, Any]) -> dict[str, Any]:
    """A merged content, as it is stored. Raises pydantic's ValidationError, FormUnusable."""
    return checked(Content.model_validate(content))


def gaps_of(content: dict[str, Any], before: Version) -> list[str]:
    """The gaps of a text that takes the place of `before`. That there are no papers or no fees may have been
    said by the province; where the national database is silent nobody has said it."""
    said = set(gaps(before.content, national=True)) - set(before.gaps)
    return [gap for gap in gaps(content, national=True) if gap not in said]


def first_day(ours: Ours, wanted: date | None, today: date) -> date:
    """From when a new text may be in force: not before our own newest one, which would follow and undo it.

    Raises DayPassed, LaterVersion.
    """
    valid = ours.newest.valid
    begins = today if valid is None or valid.empty else max(today, valid.lower or today)
    if wanted is not None and wanted < today:
        raise DayPassed.at("/valid_from")
    if wanted is not None and wanted < begins:
        raise LaterVersion(day=begins.isoformat())
    return wanted or begins


async def missing(session: AsyncSession, code: str, found: list[str], start: date) -> tuple[int, list[str]]:
    """The highest level at which it is offered from that day, and the gaps that stand against it."""
    level = await queries.highest_promised(session, code, start)
    return level, gaps_for(level, found)


async def publish(
    session: AsyncSession, ours: Ours, content: dict[str, Any], start: date, reason: str
) -> Version:
    """The content comes into force from that day; the draft follows in what it has not changed itself and
    keeps the higher number. Writes no event. Raises GapsRemain, Abolished."""
    refuse_abolished(ours.procedure, start)
    code, found = ours.procedure.code, gaps_of(content, ours.newest)
    level, against = await missing(session, code, found, start)
    if against:
        raise GapsRemain(level=level, gaps=against, errors=gap_faults(against))
    number = ours.last + 1
    if ours.draft is not None:
        number = ours.draft.number
        await _follow(session, ours.draft, ours.newest, content)
    version = version_of(code, number, content, found)
    version.reason = reason
    await put_in_force(session, ours.procedure, version, [ours.newest], start)
    return version


async def _follow(session: AsyncSession, draft: Version, before: Version, after: dict[str, Any]) -> None:
    draft.gaps = gaps_of(content := whole(rebased(draft.content, before.content, after)), draft)
    draft.content, draft.number = content, draft.number + 1
    for name, value in described(content).items():
        setattr(draft, name, value)
    await session.flush()
