"""What a request for figures asks, in the words of the queries."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM
from services.dossier.closings import queries as closings
from services.dossier.closings.errors import OutsideClosing
from services.dossier.errors import BodyMissing
from services.dossier.figures import queries
from services.dossier.figures.book import LIVE, Book
from services.dossier.figures.indicator import By
from services.dossier.figures.period import Span
from services.dossier.figures.queries import Asked
from services.dossier.figures.schemas import Wanted


class Ground(NamedTuple):
    """From which book, of which days, as of when."""

    book: Book
    span: Span
    as_of: datetime


async def ground(session: AsyncSession, wanted: Wanted, now: datetime) -> Ground:
    """Raises ClosingMissing, OutsideClosing."""
    span = wanted.span(now.astimezone(VIETNAM).date())
    if wanted.closing is None:
        return Ground(LIVE, span, wanted.moment(span, now))
    closing = await closings.closing(session, wanted.closing)
    whole = closing.span
    if wanted.period is None and wanted.first is None:
        span = whole
    faults = [] if whole.first <= span.first and span.last <= whole.last else _period(wanted)
    if wanted.as_of is not None and wanted.as_of != whole.end():
        faults.append("as_of")
    if faults:
        raise OutsideClosing.of(f"{whole.first:%Y-%m}", *faults)
    return Ground(closings.book(closing.id), span, whole.end())


def _period(wanted: Wanted) -> list[str]:
    return ["period"] if wanted.period is not None else ["from", "to"]


async def asked(
    session: AsyncSession, wanted: Wanted, by: By, caller: Caller | None, now: datetime
) -> tuple[Asked, datetime]:
    """And as of when. Raises BodyMissing, too."""
    await queries.plan_each(session)
    book, span, as_of = await ground(session, wanted, now)
    agency = wanted.agency or (caller.agency if caller else None) or await queries.root(session, book)
    if not agency or not await queries.names(session, book, "agency", [agency]):
        raise BodyMissing
    return Asked(agency, wanted.scope, span, by, wanted.group_by, book), as_of
