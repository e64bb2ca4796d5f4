"""`GET /v1/audit`: for auditors, of their body and those below it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import RowMapping

from kit import page
from kit.clock import VIETNAM
from kit.db import Session
from services.dossier.audit import queries
from services.dossier.audit.models import AccessLog
from services.dossier.audit.queries import AuditFilter
from services.dossier.audit.schemas import AuditItem, AuditPage
from services.dossier.auth import Auditor

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get("")
async def audit(
    request: Request,
    caller: Auditor,
    session: Session,
    response: Response,
    asked: Annotated[AuditPage, Query()],
) -> page.Page[AuditItem]:
    """What was done (the event log, with its chain), or which personal data staff have read. Newest first."""
    only = AuditFilter(asked.actor, asked.subject, asked.since, asked.until)
    kind, limit, agency = asked.kind, asked.limit, str(caller.agency)
    if kind == "write":
        key = page.decode(asked.cursor, int)
        written = await queries.writes(session, agency, only, key[0] if key else None, limit)
        items = [_write(row) for row in written]
    else:
        last = page.uuid_of(page.decode(asked.cursor, str))
        items = [_read(row) for row in await queries.reads(session, agency, only, last, limit)]
    more = None
    if len(items) > limit:
        last_id = items[limit - 1].id
        more = page.encode([int(last_id) if kind == "write" else last_id])
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return page.Page(items=items[:limit], next=more)


def _write(row: RowMapping) -> AuditItem:
    return AuditItem(
        kind="write",
        id=str(row["id"]),
        at=row["time"].astimezone(VIETNAM),
        actor=row["actor"],
        agency=row["agency"],
        subject=row["subject"],
        what=row["type"],
        seq=row["seq"],
        hash=bytes(row["hash"]).hex(),
        trace=row["trace"],
        data=row["data"],
    )


def _read(row: AccessLog) -> AuditItem:
    return AuditItem(
        kind="read",
        id=str(row.id),
        at=row.at.astimezone(VIETNAM),
        actor=row.actor,
        agency=row.agency,
        subject=str(row.dossier_id),
        what=row.what,
    )
