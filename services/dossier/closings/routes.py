"""`/v1/reports/closings`: months that are closed, and what changed since. Sums are public."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from kit import page
from kit.auth import MaybeCaller
from kit.db import Session
from services.dossier.closings import commands, differences, queries, views
from services.dossier.closings.schemas import (
    AmendmentView,
    Changes,
    ChangesWanted,
    ClosingView,
    NewAmendment,
    NewClosing,
)
from services.dossier.office import Desk
from services.dossier.routes.screen import ProvinceLeader, Tongue

router = APIRouter(prefix="/v1/reports/closings", tags=["closings"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def close_month(
    new: NewClosing, caller: ProvinceLeader, session: Session, desk: Desk, response: Response
) -> ClosingView:
    """Once, when the month is over: its reports can be read as they are now, for ever, by `?closing=`."""
    made = await commands.close(session, desk, caller, new.month, new.reason)
    response.headers["Location"] = f"/v1/reports/closings/{made.id}"
    return views.closing(*await queries.shown(session, made.id))


@router.get("")
async def list_closings(
    session: Session, asked: Annotated[page.Asked, Query()], request: Request, response: Response
) -> page.Page[ClosingView]:
    """The newest month first."""
    key = page.decode(asked.cursor, str)
    rows = await queries.closings(session, page.day_of(key[0]) if key else None, asked.limit + 1)
    more = page.encode([rows[asked.limit - 1][0].month]) if len(rows) > asked.limit else None
    response.headers.update(page.next_link(request, more))
    return page.Page(items=[views.closing(*row) for row in rows[: asked.limit]], next=more)


@router.get("/{closing_id}")
async def get_closing(closing_id: UUID, session: Session) -> ClosingView:
    return views.closing(*await queries.shown(session, closing_id))


@router.post("/{closing_id}/amendments", status_code=status.HTTP_201_CREATED)
async def amend_closing(
    closing_id: UUID,
    new: NewAmendment,
    caller: ProvinceLeader,
    session: Session,
    desk: Desk,
    language: Tongue,
) -> AmendmentView:
    """States now what has changed since the closing, or since the amendment before."""
    closing = await queries.closing(session, closing_id)
    made = await commands.amend(session, desk, caller, closing, new.reason)
    return views.amendment(made, await queries.seal(session, closing_id, made.number), language)


@router.get("/{closing_id}/amendments")
async def list_amendments(
    closing_id: UUID,
    session: Session,
    language: Tongue,
    asked: Annotated[page.Asked, Query()],
    request: Request,
    response: Response,
) -> page.Page[AmendmentView]:
    """The oldest first."""
    await queries.closing(session, closing_id)
    key = page.decode(asked.cursor, int)
    rows = await queries.amendments(session, closing_id, key[0] if key else 0, asked.limit + 1)
    more = page.encode([rows[asked.limit - 1][0].number]) if len(rows) > asked.limit else None
    response.headers.update(page.next_link(request, more))
    items = [views.amendment(*row, language) for row in rows[: asked.limit]]
    return page.Page(items=items, next=more)


@router.get("/{closing_id}/changes")
async def list_changes(
    closing_id: UUID,
    caller: MaybeCaller,
    session: Session,
    language: Tongue,
    wanted: Annotated[ChangesWanted, Query()],
    request: Request,
    response: Response,
) -> Changes:
    """Of an amendment; without one, what an amendment made now would say."""
    closing = await queries.closing(session, closing_id)
    if wanted.amendment is not None:
        await queries.amendment(session, closing_id, wanted.amendment)
        pairs = differences.made(closing_id, wanted.amendment)
    else:
        pairs = differences.now(closing, await queries.newest(session, closing_id))
    seen = differences.seen_by(pairs, caller)
    sums = await differences.sums(session, pairs, seen)
    after = page.uuid_of(page.decode(wanted.cursor, str))
    rows = await differences.page(session, pairs, seen, after, wanted.limit + 1)
    more = page.encode([rows[wanted.limit - 1]["id"]]) if len(rows) > wanted.limit else None
    response.headers.update(page.next_link(request, more))
    items: list[Any] = [views.change(row, language) for row in rows[: wanted.limit]]
    return Changes(amendment=wanted.amendment, **sums._asdict(), items=items, next=more)
