"""Dossiers over HTTP: create, read, list, change, move."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status

from kit import page, versions
from kit.auth import Caller
from kit.clock import elapsed
from kit.db import Bell, Database, Session
from kit.idempotency import Idempotent, fingerprint
from kit.versions import SeenVersion
from services.dossier import queries, search, views
from services.dossier.answers import DossierItem, DossierView, History
from services.dossier.audit.commands import read_by
from services.dossier.auth import Citizen, CitizenOrOfficer, Reader
from services.dossier.clients.catalog import ProcedureOfTheDay
from services.dossier.commands import intake
from services.dossier.commands.step import seen
from services.dossier.counter import commands as counter
from services.dossier.models import Dossier
from services.dossier.office import Desk, Office
from services.dossier.routes.screen import Tongue, screen, the_database
from services.dossier.schemas import ChangedDossier, NewDossier
from services.dossier.search import DossierPage

router = APIRouter(prefix="/v1/dossiers", tags=["dossiers"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_dossier(
    new: NewDossier,
    caller: CitizenOrOfficer,
    session: Session,
    once: Idempotent,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> DossierView:
    """A citizen's draft, or with `submit` a submission at once; with `channel` and `applicant`, what an
    officer takes in at the counter or by post. Needs an Idempotency-Key."""
    if caller.kind == "staff":
        procedure, taken = await counter.read(desk, caller, new)
        make = partial(counter.take_in, session, desk, caller, new, taken, procedure)
    else:
        read = await intake.read_own(desk, caller, new)
        make = partial(intake.draft, session, desk, caller, new, read)

    async def create() -> tuple[str, Dossier]:
        dossier = await make()
        return str(dossier.id), dossier

    async def again(dossier_id: str) -> Dossier:
        return await queries.dossier(session, UUID(dossier_id), caller)

    dossier = await once.once(fingerprint(new), create, again)
    response.headers["Location"] = f"/v1/dossiers/{dossier.id}"
    return await screen(session, desk, caller, dossier, response, language)


@router.get("")
async def list_dossiers(
    request: Request,
    caller: Reader,
    session: Session,
    desk: Desk,
    response: Response,
    language: Tongue,
    only: Annotated[DossierPage, Query()],
) -> page.Page[DossierItem]:
    """Own dossiers; for staff those of their bodies. Newest first. Whom staff find by an identity number is
    recorded."""
    now, limit = desk.clock.now(), only.limit
    after = page.uuid_of(page.decode(only.cursor, str))
    found = await search.dossiers(session, caller, only, desk.vault, now, after, limit)
    rows, numbers = found[:limit], only.numbers(desk.vault)
    for row in rows:
        if numbers.intersection(row.found_by):
            read_by(session, desk, caller, row, "search")
    more = page.encode([rows[-1].id]) if len(found) > limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return page.Page(items=[views.item(desk, row, now, language) for row in rows], next=more)


@router.get("/{dossier_id}")
async def get_dossier(
    request: Request,
    dossier_id: UUID,
    caller: Reader,
    desk: Desk,
    response: Response,
    language: Tongue,
    wait: Annotated[float, Query(ge=0, le=25)] = 0,
    if_none_match: Annotated[str | None, Header(alias="If-None-Match", max_length=64)] = None,
) -> DossierView:
    """The whole screen. With `If-None-Match` and `wait`, answers when the version has moved, or 304."""
    database: Database = request.app.state.database
    bell: Bell = request.app.state.bell
    until = elapsed() + wait
    while True:
        ticket = bell.ticket()
        async with database.transaction() as session:
            dossier = await queries.dossier(session, dossier_id, caller)
            if versions.etag(dossier.version) != if_none_match:
                read_by(session, desk, caller, dossier, "screen")
                return await screen(session, desk, caller, dossier, response, language)
        left = until - elapsed()
        if left <= 0 or bell.leaving:
            raise versions.NotModified(headers={"ETag": versions.etag(dossier.version)})
        await bell.wait(ticket, min(left, 5))


@router.patch("/{dossier_id}")
async def change_dossier(
    dossier_id: UUID,
    changed: ChangedDossier,
    caller: Citizen,
    database: Annotated[Database, Depends(the_database)],
    session: Session,
    version: SeenVersion,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> DossierView:
    """Change a draft's form, contact or facts."""
    procedure = await _asked_anew(database, desk, caller, dossier_id, changed)
    dossier = await queries.lock(session, dossier_id, caller)
    seen(dossier, version)
    await intake.change(session, desk, caller, dossier, changed, procedure)
    return await screen(session, desk, caller, dossier, response, language)


async def _asked_anew(
    database: Database, desk: Office, caller: Caller, dossier_id: UUID, changed: ChangedDossier
) -> ProcedureOfTheDay | None:
    """What the catalogue says of new facts, read outside the transaction; None where there are none."""
    if changed.facts is None:
        return None
    async with database.transaction() as before:
        draft = await queries.dossier(before, dossier_id, caller)
    return await intake.of_today(
        desk, draft.procedure_code, draft.resolving_agency, changed.facts, draft.channel
    )


@router.get("/{dossier_id}/history")
async def get_history(
    dossier_id: UUID, caller: Reader, session: Session, desk: Desk, response: Response, language: Tongue
) -> History:
    """Every step, oldest first, with who took it, until when it was due and what was said."""
    dossier = await queries.dossier(session, dossier_id, caller)
    read_by(session, desk, caller, dossier, "history")
    versions.show(response, dossier.version)
    own = dossier.owner == caller.sub
    return views.history(await queries.steps(session, dossier.id), language, own=own)
