"""Dossiers over HTTP: create, read, list, change, move."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status

from kit import page, versions
from kit.auth import Caller
from kit.clock import elapsed
from kit.db import Bell, Database, Session
from kit.idempotency import Idempotent, fingerprint
from kit.problem import Language, language_of
from kit.versions import SeenVersion
from services.dossier import queries, views
from services.dossier.auth import Citizen, Leader, Officer, Reader
from services.dossier.commands import decide, intake, supplement
from services.dossier.commands.step import seen
from services.dossier.models import AccessLog, Dossier
from services.dossier.office import Desk, Office
from services.dossier.queries import DossierFilter
from services.dossier.schemas import (
    Acceptance,
    ChangedDossier,
    Completion,
    DossierItem,
    DossierView,
    HandOver,
    History,
    NewDossier,
    Note,
    Nothing,
    Reason,
    SupplementAnswers,
    SupplementRequest,
)

router = APIRouter(prefix="/v1/dossiers", tags=["dossiers"])
Tongue = Annotated[Language, Depends(language_of)]


async def _screen(
    session: Session, office: Office, caller: Caller, dossier: Dossier, response: Response, language: Language
) -> DossierView:
    versions.show(response, dossier.version)
    return views.screen(office, caller, dossier, await queries.around(session, dossier), language)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_dossier(
    new: NewDossier,
    caller: Citizen,
    session: Session,
    once: Idempotent,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> DossierView:
    """A draft, or with `submit` a submission at once. Needs an Idempotency-Key."""
    read = await intake.read(desk, caller, new.procedure, new.agency)

    async def create() -> tuple[str, Dossier]:
        dossier = await intake.draft(session, desk, caller, new, read)
        return str(dossier.id), dossier

    async def again(dossier_id: str) -> Dossier:
        return await queries.dossier(session, UUID(dossier_id), caller)

    dossier = await once.once(fingerprint(new), create, again)
    response.headers["Location"] = f"/v1/dossiers/{dossier.id}"
    return await _screen(session, desk, caller, dossier, response, language)


@router.get("")
async def list_dossiers(
    request: Request,
    caller: Reader,
    session: Session,
    desk: Desk,
    response: Response,
    language: Tongue,
    only: Annotated[DossierFilter, Depends()],
    limit: page.Limit = 50,
    cursor: page.CursorText = None,
) -> page.Page[DossierItem]:
    """Own dossiers; for staff those of their bodies. Newest first."""
    key = page.decode(cursor, str)
    rows = await queries.dossiers(session, caller, only, page.uuid_of(key), limit)
    more = page.encode([rows[limit - 1].id]) if len(rows) > limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    now = desk.clock.now()
    return page.Page(items=[views.item(row, now, language) for row in rows[:limit]], next=more)


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
                if caller.kind == "staff":
                    session.add(_read_by(caller, dossier, desk.clock.now()))
                return await _screen(session, desk, caller, dossier, response, language)
        left = until - elapsed()
        if left <= 0:
            raise versions.NotModified(headers={"ETag": versions.etag(dossier.version)})
        await bell.wait(ticket, min(left, 5))


def _read_by(caller: Caller, dossier: Dossier, now: datetime) -> AccessLog:
    return AccessLog(at=now, actor=caller.actor, agency=caller.agency, dossier_id=dossier.id, what="screen")


@router.patch("/{dossier_id}")
async def change_dossier(
    dossier_id: UUID,
    changed: ChangedDossier,
    caller: Citizen,
    session: Session,
    version: SeenVersion,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> DossierView:
    """Change a draft's form or contact."""
    dossier = await queries.lock(session, dossier_id, caller)
    seen(dossier, version)
    await intake.change(session, desk, caller, dossier, changed)
    return await _screen(session, desk, caller, dossier, response, language)


@router.get("/{dossier_id}/history")
async def get_history(
    dossier_id: UUID, caller: Reader, session: Session, response: Response, language: Tongue
) -> History:
    """Every step, oldest first, with who took it, until when it was due and what was said."""
    dossier = await queries.dossier(session, dossier_id, caller)
    versions.show(response, dossier.version)
    return views.history(await queries.steps(session, dossier.id), language)


class Moving:
    """What every action needs: the locked dossier at the version that the caller saw, and the answer."""

    def __init__(
        self, session: Session, desk: Desk, version: SeenVersion, response: Response, language: Tongue
    ) -> None:
        self.session, self.desk, self.version = session, desk, version
        self._response, self._language = response, language

    async def locked(self, dossier_id: UUID, caller: Caller) -> Dossier:
        dossier = await queries.lock(self.session, dossier_id, caller)
        seen(dossier, self.version)
        return dossier

    async def shown(self, dossier: Dossier, caller: Caller) -> DossierView:
        return await _screen(self.session, self.desk, caller, dossier, self._response, self._language)


Moved = Annotated[Moving, Depends(scope="function")]


@router.post("/{dossier_id}/actions/submit")
async def submit(
    request: Request, dossier_id: UUID, _: Nothing, caller: Citizen, moving: Moved
) -> DossierView:
    """Submit a draft by today's version of the procedure. All faults at once."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        draft = await queries.dossier(session, dossier_id, caller)
    read = await intake.read(moving.desk, caller, draft.procedure_code, draft.resolving_agency)
    dossier = await moving.locked(dossier_id, caller)
    await intake.submit(moving.session, moving.desk, caller, dossier, read)
    return await moving.shown(dossier, caller)


@router.post("/{dossier_id}/actions/accept")
async def accept(dossier_id: UUID, body: Acceptance, caller: Officer, moving: Moved) -> DossierView:
    """Receive the dossier: the promised date is made."""
    dossier = await moving.locked(dossier_id, caller)
    await decide.accept(moving.session, moving.desk, caller, dossier, body)
    return await moving.shown(dossier, caller)


@router.post("/{dossier_id}/actions/refuse")
async def refuse(dossier_id: UUID, body: Reason, caller: Officer, moving: Moved) -> DossierView:
    dossier = await moving.locked(dossier_id, caller)
    await decide.refuse(moving.session, moving.desk, caller, dossier, body)
    return await moving.shown(dossier, caller)


@router.post("/{dossier_id}/actions/start")
async def start(dossier_id: UUID, body: Note, caller: Officer, moving: Moved) -> DossierView:
    """Take it on one's desk."""
    dossier = await moving.locked(dossier_id, caller)
    await decide.start(moving.session, moving.desk, caller, dossier, body)
    return await moving.shown(dossier, caller)


@router.post("/{dossier_id}/actions/request-supplement")
async def request_supplement(
    dossier_id: UUID, body: SupplementRequest, caller: Officer, moving: Moved
) -> DossierView:
    """Ask for everything that is missing at once; the clock stops."""
    dossier = await moving.locked(dossier_id, caller)
    await supplement.request(moving.session, moving.desk, caller, dossier, body)
    return await moving.shown(dossier, caller)


@router.post("/{dossier_id}/actions/supplement")
async def answer_supplement(
    dossier_id: UUID, body: SupplementAnswers, caller: Citizen, moving: Moved
) -> DossierView:
    """Answer each item; the clock goes on."""
    dossier = await moving.locked(dossier_id, caller)
    await supplement.answer(moving.session, moving.desk, caller, dossier, body)
    return await moving.shown(dossier, caller)


@router.post("/{dossier_id}/actions/complete")
async def complete(dossier_id: UUID, body: Completion, caller: Leader, moving: Moved) -> DossierView:
    """Sign: the result documents get their verification codes."""
    dossier = await moving.locked(dossier_id, caller)
    await decide.complete(moving.session, moving.desk, caller, dossier, body)
    return await moving.shown(dossier, caller)


@router.post("/{dossier_id}/actions/return")
async def hand_over(dossier_id: UUID, body: HandOver, caller: Officer, moving: Moved) -> DossierView:
    dossier = await moving.locked(dossier_id, caller)
    await decide.hand_over(moving.session, moving.desk, caller, dossier, body)
    return await moving.shown(dossier, caller)


@router.post("/{dossier_id}/actions/withdraw")
async def withdraw(dossier_id: UUID, body: Note, caller: Citizen, moving: Moved) -> DossierView:
    dossier = await moving.locked(dossier_id, caller)
    await decide.withdraw(moving.session, moving.desk, caller, dossier, body)
    return await moving.shown(dossier, caller)
