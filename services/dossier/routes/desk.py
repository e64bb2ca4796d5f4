"""The desk: counts of the queues, many dossiers at once, who could take one, notes among the offices."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import ValidationError

from kit.auth import Caller
from kit.db import Session
from kit.problem import InvalidInput, Problem, model_faults
from services.dossier import queries, search, views
from services.dossier.answers import (
    Backroom,
    BulkAnswer,
    BulkReport,
    Counts,
    OfficerLoad,
    Officers,
    RemarkView,
)
from services.dossier.audit.commands import read_by
from services.dossier.auth import Officer, Staff
from services.dossier.commands import desk as commands
from services.dossier.commands.perform import PERFORMANCES
from services.dossier.commands.step import seen
from services.dossier.office import Desk, Office
from services.dossier.routes.actions import Storehouse, prepared
from services.dossier.routes.screen import Tongue
from services.dossier.schemas import Bulk, NewRemark
from services.dossier.search import DossierFilter
from services.dossier.status import TRANSITIONS, Action, Who

router = APIRouter(prefix="/v1/dossiers", tags=["desk"])
STAFF_ACTIONS = sorted(a for a in PERFORMANCES if TRANSITIONS[a].who & {Who.OFFICER, Who.LEADER})


@router.get("/counts")
async def counts(
    caller: Staff, session: Session, desk: Desk, only: Annotated[DossierFilter, Query()]
) -> Counts:
    """The queues of the caller's bodies in one call: by status, mine, unassigned, late, due soon, past the
    applicant's turn."""
    now = desk.clock.now()
    calendar = await desk.calendar(session, str(caller.agency))
    soon = calendar.closing(calendar.next_worked(now.date()))
    return await search.counts(session, caller, only, desk.vault, now, soon)


@router.post("/actions/{action}")
async def act_on_many(
    action: Annotated[Action, Path(json_schema_extra={"enum": STAFF_ACTIONS})],
    many: Bulk,
    caller: Officer,
    database: Storehouse,
    desk: Desk,
    language: Tongue,
) -> BulkReport:
    """The same action on up to 200 dossiers, each in a transaction and with an answer of its own."""
    if action not in STAFF_ACTIONS:
        raise InvalidInput
    try:
        given = PERFORMANCES[action].takes.model_validate(many.input)
    except ValidationError as error:
        raise InvalidInput(errors=model_faults(error, "input")) from None
    answers = []
    for item in many.items:
        try:
            version = await _act(action, given, caller, database, desk, item.id, item.version)
            answers.append(BulkAnswer(id=item.id, status=200, version=version))
        except Problem as problem:
            answers.append(BulkAnswer(id=item.id, status=problem.status, problem=problem.body(language)))
    return BulkReport(done=sum(answer.status == 200 for answer in answers), items=answers)


async def _act(
    action: Action,
    given: Any,
    caller: Caller,
    database: Storehouse,
    desk: Office,
    dossier_id: UUID,
    version: int,
) -> int:
    """One of them; its new version."""
    performance = PERFORMANCES[action]
    work = await prepared(performance, database, desk, caller, dossier_id, given)
    async with database.transaction() as session:
        dossier = await queries.lock(session, dossier_id, caller)
        seen(dossier, version)
        await performance.do(session, desk, caller, dossier, work)
        return dossier.version


@router.get("/{dossier_id}/officers")
async def officers(dossier_id: UUID, caller: Officer, database: Storehouse, desk: Desk) -> Officers:
    """Who could take it: fewest open dossiers first, ties by longest idle; the first is the suggestion."""
    async with database.transaction() as session:
        dossier = await queries.dossier(session, dossier_id, caller)
    people = await desk.accounts.officers(dossier.holder_agency)
    async with database.transaction() as session:
        loads = await queries.loads(session, [person.sub for person in people])
    rows = [
        OfficerLoad(sub=p.sub, name=p.name, open=loads[p.sub][0], last_assigned_at=loads[p.sub][1])
        for p in people
    ]
    rows.sort(key=lambda row: (row.open, row.last_assigned_at is not None, row.last_assigned_at, row.sub))
    return Officers(items=rows)


@router.get("/{dossier_id}/notes")
async def read_notes(
    dossier_id: UUID, caller: Staff, session: Session, desk: Desk, response: Response
) -> Backroom:
    """What the offices say among themselves: notes, opinions. Citizens never see it."""
    dossier = await queries.dossier(session, dossier_id, caller)
    read_by(session, desk, caller, dossier, "notes")
    response.headers["Cache-Control"] = "no-store"
    return Backroom(
        notes=[views.remark(row) for row in await queries.remarks(session, dossier.id)],
        opinions=[views.opinion(row) for row in await queries.opinions(session, dossier.id)],
    )


@router.post("/{dossier_id}/notes", status_code=201)
async def write_note(
    dossier_id: UUID, note: NewRemark, caller: Officer, session: Session, desk: Desk
) -> RemarkView:
    dossier = await queries.lock(session, dossier_id, caller)
    return views.remark(await commands.remark(session, desk, caller, dossier, note.text))
