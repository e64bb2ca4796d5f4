"""A citizen's notices; for staff, what became of sending them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import BaseModel

from kit import page
from kit.clock import Local
from kit.db import Session
from services.dossier import queries as dossiers
from services.dossier.audit.commands import read_by
from services.dossier.auth import Citizen, Staff
from services.dossier.notices import commands, queries
from services.dossier.notices.models import Delivery, Notice
from services.dossier.office import Desk

router = APIRouter(prefix="/v1", tags=["notices"])


class NoticeView(BaseModel):
    id: UUID
    dossier_id: UUID
    code: str | None
    event: str
    title: str
    text: str
    at: Local
    read_at: Local | None


class DeliveryView(BaseModel):
    """`state`: waiting, unknown (no answer came), sent, failed. Addresses are not shown."""

    channel: str
    state: str
    attempts: int
    next_try: Local | None
    last_error: str | None
    sent_at: Local | None


class SentNotice(NoticeView):
    deliveries: list[DeliveryView]


class SentNotices(BaseModel):
    items: list[SentNotice]


def _view(row: Notice) -> NoticeView:
    return NoticeView(**{name: getattr(row, name) for name in NoticeView.model_fields})


def _delivery(row: Delivery) -> DeliveryView:
    waits = row.state in ("waiting", "unknown")
    return DeliveryView(
        channel=row.channel,
        state=row.state,
        attempts=row.attempts,
        next_try=row.next_try if waits else None,
        last_error=row.last_error,
        sent_at=row.sent_at,
    )


@router.get("/notices")
async def list_notices(
    request: Request,
    caller: Citizen,
    session: Session,
    response: Response,
    asked: Annotated[page.Asked, Query()],
) -> page.Page[NoticeView]:
    """One's own, newest first."""
    key, limit = page.decode(asked.cursor, str), asked.limit
    rows = await queries.of_owner(session, caller.sub, page.uuid_of(key), limit)
    more = page.encode([rows[limit - 1].id]) if len(rows) > limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return page.Page(items=[_view(row) for row in rows[:limit]], next=more)


@router.post("/notices/{notice_id}/read", status_code=status.HTTP_204_NO_CONTENT)
async def read_notice(notice_id: UUID, caller: Citizen, session: Session, desk: Desk) -> None:
    notice = await queries.notice(session, notice_id, caller.sub)
    await commands.read(session, notice, desk.clock.now())


@router.get("/dossiers/{dossier_id}/notices")
async def notices_of_dossier(dossier_id: UUID, caller: Staff, session: Session, desk: Desk) -> SentNotices:
    """What the owner was told, on which channel, and whether it arrived there."""
    dossier = await dossiers.dossier(session, dossier_id, caller)
    read_by(session, desk, caller, dossier, "notices")
    found = await queries.of_dossier(session, dossier.id)
    return SentNotices(
        items=[
            SentNotice(**_view(row).model_dump(), deliveries=[_delivery(sending) for sending in sendings])
            for row, sendings in found
        ]
    )
