"""What editors do. Every step is in the event log with who took it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response, status
from pydantic import ValidationError

from kit import versions
from kit.clock import Clock
from kit.db import Session
from kit.problem import InvalidInput, validation_faults
from kit.versions import SeenVersion
from services.catalog import queries, views
from services.catalog.auth import Editor
from services.catalog.commands import edit, offer
from services.catalog.content import Content
from services.catalog.routes.public import ProcedureCode, Today
from services.catalog.schemas import (
    DraftChanges,
    DraftView,
    OfferingTerms,
    OfferingView,
    Published,
    Reason,
    VersionItem,
)

router = APIRouter(prefix="/v1", tags=["editors"])


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


TheClock = Annotated[Clock, Depends(_clock, scope="function")]


@router.post("/procedures", status_code=status.HTTP_201_CREATED)
async def create_procedure(
    content: Content, caller: Editor, session: Session, clock: TheClock, response: Response
) -> DraftView:
    """A new procedure as a draft; nobody sees it before it is published."""
    procedure = await edit.create(session, clock, caller, content)
    draft = await queries.latest(session, procedure.code)
    versions.show(response, procedure.version)
    response.headers["Location"] = f"/v1/procedures/{procedure.code}"
    return DraftView(
        code=procedure.code,
        version=procedure.version,
        number=draft.number,
        content=draft.content,
        gaps=draft.gaps,
    )


@router.patch("/procedures/{code}/draft")
async def change_draft(
    code: ProcedureCode,
    changes: DraftChanges,
    caller: Editor,
    session: Session,
    clock: TheClock,
    seen: SeenVersion,
    response: Response,
) -> DraftView:
    """Change the draft; there being none, begin one from the version in force."""
    procedure = await queries.lock(session, code)
    versions.check(seen, procedure.version)
    try:
        draft = await edit.change(session, clock, caller, procedure, changes.given())
    except ValidationError as error:
        faults = validation_faults([{**e, "loc": ("body", *e["loc"])} for e in error.errors()])
        raise InvalidInput(errors=faults) from None
    versions.show(response, procedure.version)
    return DraftView(
        code=code,
        version=procedure.version,
        number=draft.number,
        content=draft.content,
        gaps=draft.gaps,
    )


@router.post("/procedures/{code}/publish")
async def publish_procedure(
    code: ProcedureCode,
    caller: Editor,
    session: Session,
    clock: TheClock,
    seen: SeenVersion,
    response: Response,
) -> Published:
    """The draft comes into force today; the answer shows what it changes, field by field."""
    procedure = await queries.lock(session, code)
    versions.check(seen, procedure.version)
    version, changes = await edit.publish(session, clock, caller, procedure)
    versions.show(response, procedure.version)
    return Published(
        code=code,
        version=procedure.version,
        number=version.number,
        gaps=version.gaps,
        changes=changes,
    )


@router.post("/procedures/{code}/abolish")
async def abolish_procedure(
    code: ProcedureCode,
    reason: Reason,
    caller: Editor,
    session: Session,
    clock: TheClock,
    seen: SeenVersion,
) -> list[VersionItem]:
    """From today nobody can submit by it; the answer is its history."""
    procedure = await queries.lock(session, code)
    versions.check(seen, procedure.version)
    await edit.abolish(session, clock, caller, procedure, reason.reason)
    return [views.version_item(row) for row in await queries.versions(session, code)]


@router.put("/agencies/{agency}/offerings/{code}")
async def put_offering(
    agency: Annotated[str, Path(pattern=r"^[0-9A-Za-z.\-]{2,40}$")],
    code: ProcedureCode,
    terms: OfferingTerms,
    caller: Editor,
    session: Session,
    clock: TheClock,
    on: Today,
) -> OfferingView:
    """This body offers the procedure at this level from that day; the same again changes nothing."""
    body = await queries.agency(session, agency)
    procedure = await queries.lock(session, code)
    offerings = await offer.offer(session, clock, caller, procedure, [agency], terms)
    return views.offering(offerings[agency], body, await queries.receiving_offices(session, on), on)
