"""Changes from the national database, and which of its codes are ours. Literal paths: this router comes
before those with `/procedures/{code}`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, status

from kit import page, versions
from kit.auth import ServiceCaller
from kit.db import Database, Session
from kit.problem import Problem
from kit.versions import SeenVersion
from services.catalog import queries
from services.catalog.auth import Editor
from services.catalog.models import Procedure
from services.catalog.national import decisions, imports, mappings, publishing, threeway, views
from services.catalog.national import queries as national
from services.catalog.national.models import Proposal
from services.catalog.national.reading import read
from services.catalog.national.schemas import (
    Acceptance,
    AcceptMany,
    Answer,
    Answers,
    Closed,
    Closings,
    Decided,
    ImportReport,
    Imports,
    Item,
    MappingsAsked,
    MappingView,
    NationalCode,
    ProposalItem,
    ProposalsAsked,
    ProposalView,
    Rejection,
    RejectMany,
)
from services.catalog.routes.editors import TheClock
from services.catalog.routes.public import ProcedureCode, Today, Tongue
from services.catalog.schemas import Why

router = APIRouter(tags=["national changes"])


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _accept(request: Request) -> bool:
    return bool(request.app.state.national_changes == "accept")


Storehouse = Annotated[Database, Depends(_database, scope="function")]
BySetting = Annotated[bool, Depends(_accept, scope="function")]
Act = Callable[[Session, Item], Coroutine[Any, Any, Decided]]


@router.post("/internal/procedures/imports")
async def import_procedures(
    batch: Imports, caller: ServiceCaller, session: Session, clock: TheClock, by_setting: BySetting
) -> ImportReport:
    """Up to 200 national procedures: each created, updated, proposed, unchanged or refused on its own."""
    contents, refused = read(batch.items)
    rows = await imports.take_in(session, clock, caller, contents, accept=by_setting)
    return ImportReport(rows=[*rows, *refused])


@router.post("/internal/procedures/closings")
async def close_procedures(
    closings: Closings, caller: ServiceCaller, session: Session, clock: TheClock, by_setting: BySetting
) -> Closed:
    """National procedures that were withdrawn there."""
    return await imports.close(session, clock, caller, closings.codes, closings.reason, accept=by_setting)


@router.get("/v1/procedures/proposals")
async def list_proposals(
    request: Request,
    caller: Editor,
    session: Session,
    response: Response,
    asked: Annotated[ProposalsAsked, Query()],
) -> page.Page[ProposalItem]:
    """What the national database changed, newest first; `state=open` is what waits for an editor."""
    after = page.uuid_of(page.decode(asked.cursor, str))
    items: list[ProposalItem] = []
    size = asked.limit + 1 if asked.conflict is None else _PIECE
    while len(items) <= asked.limit:
        rows = await national.proposals(session, asked.state, asked.kind, asked.field, after, size)
        items += [one for one in await _items(session, rows) if asked.conflict in (None, one.conflicts > 0)]
        if len(rows) < size:
            break
        after = rows[-1][0].id
    more = page.encode([items[asked.limit - 1].id]) if len(items) > asked.limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return page.Page(items=items[: asked.limit], next=more)


#: Whether there is a conflict is seen in the texts, not in a column: so many are read at once.
_PIECE = 201


async def _items(session: Session, rows: Sequence[tuple[Proposal, Procedure]]) -> list[ProposalItem]:
    newest = await national.newest(session, list({procedure.code for _, procedure in rows}))
    return [views.item(row, procedure, newest[procedure.code]) for row, procedure in rows]


@router.post("/v1/procedures/proposals/actions/accept")
async def accept_many(
    many: AcceptMany, caller: Editor, database: Storehouse, clock: TheClock, language: Tongue
) -> Answers:
    """The same on up to 200 proposals, each in a transaction and with an answer of its own."""

    async def act(session: Session, item: Item) -> Decided:
        return await decisions.accept(session, clock, caller, item.id, item.version, many.input)

    return await _on_many(database, many.items, act, language)


@router.post("/v1/procedures/proposals/actions/reject")
async def reject_many(
    many: RejectMany, caller: Editor, database: Storehouse, clock: TheClock, language: Tongue
) -> Answers:
    """The same on up to 200 proposals, each in a transaction and with an answer of its own."""

    async def act(session: Session, item: Item) -> Decided:
        return await decisions.reject(session, clock, caller, item.id, item.version, many.input)

    return await _on_many(database, many.items, act, language)


async def _on_many(database: Database, items: Sequence[Item], act: Act, language: Tongue) -> Answers:
    answers = []
    for item in items:
        try:
            async with database.transaction() as session:
                decided = await act(session, item)
            answers.append(Answer(id=item.id, status=200, decided=decided))
        except Problem as problem:
            answers.append(Answer(id=item.id, status=problem.status, problem=problem.body(language)))
    return Answers(done=sum(answer.status == 200 for answer in answers), items=answers)


@router.get("/v1/procedures/proposals/{proposal_id}")
async def get_proposal(
    proposal_id: UUID, caller: Editor, session: Session, on: Today, response: Response
) -> ProposalView:
    """Field by field: our last text from there, the new one, ours now."""
    row = await national.proposal(session, proposal_id)
    procedure = await queries.procedure(session, row.procedure_code)
    newest = (await national.newest(session, [procedure.code]))[procedure.code]
    content = newest.content
    if row.theirs is not None:
        content = threeway.merged(content, row.theirs, views.differences(row, newest), {})
    found = publishing.gaps_of(content, newest)
    against = await publishing.missing(session, procedure.code, found, on)
    draft = await queries.draft(session, procedure.code)
    versions.show(response, procedure.version)
    return views.proposal(row, procedure, newest, draft, against, await national.earlier(session, row))


@router.post("/v1/procedures/proposals/{proposal_id}/actions/accept")
async def accept_proposal(
    proposal_id: UUID,
    wish: Acceptance,
    caller: Editor,
    session: Session,
    clock: TheClock,
    seen: SeenVersion,
    response: Response,
) -> Decided:
    """Publish the national text, field by field as chosen, or abolish; from today or a later day."""
    decided = await decisions.accept(session, clock, caller, proposal_id, seen, wish)
    versions.show(response, decided.version)
    return decided


@router.post("/v1/procedures/proposals/{proposal_id}/actions/reject")
async def reject_proposal(
    proposal_id: UUID,
    wish: Rejection,
    caller: Editor,
    session: Session,
    clock: TheClock,
    seen: SeenVersion,
    response: Response,
) -> Decided:
    """Ours stays as it is; the same national text is not proposed again."""
    decided = await decisions.reject(session, clock, caller, proposal_id, seen, wish)
    versions.show(response, decided.version)
    return decided


@router.get("/v1/procedures/mappings")
async def list_mappings(
    request: Request,
    caller: Editor,
    session: Session,
    on: Today,
    response: Response,
    asked: Annotated[MappingsAsked, Query()],
) -> page.Page[MappingView]:
    """Which national codes belong to the province's own procedures; `unmapped=true`: those without, each
    with up to five suggestions by the likeness of names."""
    key = page.decode(asked.cursor, str)
    after = key[0] if key else None
    if asked.unmapped:
        rows = await national.unmapped(session, after, asked.limit + 1)
        items = [
            views.unmapped(row, await national.suggestions(session, row, on)) for row in rows[: asked.limit]
        ]
    else:
        known = await national.mapped(session, after, asked.limit + 1)
        rows = [row for row, _, _ in known]
        items = [views.mapped(*row) for row in known[: asked.limit]]
    more = page.encode([rows[asked.limit - 1].procedure_code]) if len(rows) > asked.limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return page.Page(items=items, next=more)


@router.put("/v1/procedures/mappings/{code}")
async def put_mapping(
    code: ProcedureCode, wish: NationalCode, caller: Editor, session: Session, clock: TheClock
) -> MappingView:
    """This procedure of the province's own is that one of the national database."""
    mapping = await mappings.put(session, clock, caller, code, wish)
    local = await queries.latest(session, code)
    theirs = (await national.texts(session, [mapping.national_code]))[mapping.national_code]
    return views.mapped(local, mapping, theirs.content["name"])


@router.delete("/v1/procedures/mappings/{code}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_mapping(
    code: ProcedureCode,
    caller: Editor,
    session: Session,
    clock: TheClock,
    reason: Annotated[Why, Query()],
) -> None:
    """It is not, or no longer, that one."""
    await mappings.remove(session, clock, caller, code, reason)
