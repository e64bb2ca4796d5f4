"""Beginning a dossier: values and papers that are known already."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from kit.db import Database, Session
from services.dossier import queries, views
from services.dossier.answers import DocumentView
from services.dossier.auth import Citizen
from services.dossier.commands import intake
from services.dossier.commands.documents import refuse_closed
from services.dossier.drafts import commands
from services.dossier.drafts import queries as drafts
from services.dossier.drafts.schemas import Prefill, Reuse
from services.dossier.office import Desk
from services.dossier.routes.screen import the_database
from services.dossier.schemas import AgencyCode, ProcedureCode

router = APIRouter(prefix="/v1/dossiers", tags=["drafts"])


@router.get("/prefill")
async def get_prefill(
    procedure: Annotated[ProcedureCode, Query()],
    agency: Annotated[AgencyCode, Query()],
    caller: Citizen,
    session: Session,
    desk: Desk,
    response: Response,
) -> Prefill:
    """What the form can be filled with from the account and earlier dossiers, papers given before, and
    results that can be given as papers."""
    read = await intake.read(desk, caller, procedure, agency)
    response.headers["Cache-Control"] = "no-store"
    return await commands.prefill(session, desk, caller, read.procedure, read.account)


@router.post("/{dossier_id}/documents/reuse", status_code=status.HTTP_201_CREATED)
async def reuse_document(
    dossier_id: UUID,
    known: Reuse,
    caller: Citizen,
    session: Session,
    desk: Desk,
    database: Annotated[Database, Depends(the_database)],
) -> DocumentView:
    """Give a paper again that was given in an earlier dossier, or a result of one."""
    async with database.transaction() as before:
        open_one = await queries.dossier(before, dossier_id, caller)
        await refuse_closed(before, caller, open_one, known.paper)
        source = await drafts.own_document(before, caller.sub, known.document)
    stored = await commands.copied(desk, source)
    dossier = await queries.lock(session, dossier_id, caller)
    return views.document(await commands.reuse(session, desk, caller, dossier, source, stored, known.paper))
