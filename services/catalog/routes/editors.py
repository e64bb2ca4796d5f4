"""What editors do. Every step is in the event log with who took it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response, status
from pydantic import ValidationError

from kit import page, versions
from kit.clock import Clock
from kit.db import Session
from kit.problem import InvalidInput, validation_faults
from kit.text import Line
from kit.versions import SeenVersion
from services.catalog import queries, views
from services.catalog.auth import Editor
from services.catalog.commands import edit, publish
from services.catalog.errors import NothingToPublish
from services.catalog.models import Procedure
from services.catalog.routes.public import ProcedureCode, Today
from services.catalog.schemas import (
    Abolition,
    DraftChanges,
    DraftItem,
    DraftView,
    NewProcedure,
    Publication,
    Published,
    VersionItem,
)

router = APIRouter(prefix="/v1", tags=["editors"])


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


TheClock = Annotated[Clock, Depends(_clock, scope="function")]


@router.post("/procedures", status_code=status.HTTP_201_CREATED)
async def create_procedure(
    new: NewProcedure, caller: Editor, session: Session, clock: TheClock, on: Today, response: Response
) -> DraftView:
    """A new procedure as a draft; nobody sees it before it is published."""
    procedure = await edit.create(session, clock, caller, new.content(), new.reason)
    response.headers["Location"] = f"/v1/procedures/{procedure.code}"
    return await _draft(session, procedure, on, response)


@router.get("/procedures/drafts")
async def list_drafts(
    request: Request,
    caller: Editor,
    session: Session,
    response: Response,
    asked: Annotated[page.Asked, Query()],
) -> page.Page[DraftItem]:
    """What is being written, in the order of the alphabet."""
    key = page.decode(asked.cursor, str, str)
    rows = await queries.drafts(session, key, asked.limit)
    more = None
    if len(rows) > asked.limit:
        last = rows[asked.limit - 1]
        more = page.encode([last.sort_key, last.procedure_code])
    response.headers.update(page.next_link(request, more))
    return page.Page(items=[views.draft_item(row) for row in rows[: asked.limit]], next=more)


@router.get("/procedures/{code}/draft")
async def get_draft(
    code: ProcedureCode, caller: Editor, session: Session, on: Today, response: Response
) -> DraftView:
    """The draft, what it changes, and what still stands against publishing it."""
    return await _draft(session, await queries.procedure(session, code), on, response)


@router.patch("/procedures/{code}/draft")
async def change_draft(
    code: ProcedureCode,
    changes: DraftChanges,
    caller: Editor,
    session: Session,
    clock: TheClock,
    on: Today,
    seen: SeenVersion,
    response: Response,
) -> DraftView:
    """Change the draft; there being none, begin one from the newest version."""
    procedure = await queries.lock(session, code)
    versions.check(seen, procedure.version)
    with _pointing():
        await edit.change(session, clock, caller, procedure, changes.given(), changes.reason)
    return await _draft(session, procedure, on, response)


@router.delete("/procedures/{code}/draft", status_code=status.HTTP_204_NO_CONTENT)
async def discard_draft(
    code: ProcedureCode,
    caller: Editor,
    session: Session,
    clock: TheClock,
    seen: SeenVersion,
    response: Response,
    reason: Annotated[Line, Query(max_length=500)] = "",
) -> None:
    """Give up the draft; what is published stays."""
    procedure = await queries.lock(session, code)
    versions.check(seen, procedure.version)
    await edit.discard(session, clock, caller, procedure, reason)
    versions.show(response, procedure.version)


@router.post("/procedures/{code}/publish")
async def publish_procedure(
    code: ProcedureCode,
    publication: Publication,
    caller: Editor,
    session: Session,
    clock: TheClock,
    seen: SeenVersion,
    response: Response,
) -> Published:
    """The draft comes into force today or a later day; the answer shows what it changes, field by field."""
    procedure = await queries.lock(session, code)
    versions.check(seen, procedure.version)
    version, changes = await publish.publish(session, clock, caller, procedure, publication)
    versions.show(response, procedure.version)
    assert version.valid_from is not None
    return Published(
        code=code,
        version=procedure.version,
        number=version.number,
        valid_from=version.valid_from,
        gaps=version.gaps,
        changes=changes,
    )


@router.post("/procedures/{code}/abolish")
async def abolish_procedure(
    code: ProcedureCode,
    abolition: Abolition,
    caller: Editor,
    session: Session,
    clock: TheClock,
    on: Today,
    seen: SeenVersion,
    response: Response,
) -> list[VersionItem]:
    """From today, or a later day, nobody can submit by it; the answer is its history."""
    procedure = await queries.lock(session, code)
    versions.check(seen, procedure.version)
    await publish.abolish(session, clock, caller, procedure, abolition)
    versions.show(response, procedure.version)
    return [views.version_item(row, procedure, on) for row in await queries.versions(session, code)]


async def _draft(session: Session, procedure: Procedure, on: date, response: Response) -> DraftView:
    """Raises NothingToPublish."""
    draft = await queries.draft(session, procedure.code)
    if draft is None:
        raise NothingToPublish
    old = await queries.in_force(session, procedure.code, on)
    level = await queries.highest_promised(session, procedure.code, on)
    versions.show(response, procedure.version)
    missing = await publish.standing_against(session, draft, level)
    return views.draft(procedure, draft, old, level, [gap.code for gap in missing])


@contextmanager
def _pointing() -> Iterator[None]:
    """What does not hold in a content becomes faults with pointers. Raises InvalidInput."""
    try:
        yield
    except ValidationError as error:
        faults = validation_faults([{**e, "loc": ("body", *e["loc"])} for e in error.errors()])
        raise InvalidInput(errors=faults) from None
