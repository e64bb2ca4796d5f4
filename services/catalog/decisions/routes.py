"""`/v1/procedures/decisions`: lists of what must be offered, beside what is."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from kit import page, tabular
from kit.db import Session
from kit.tabular import CSV, XLSX
from kit.text import fold
from services.catalog import queries as catalogue
from services.catalog.auth import Editor
from services.catalog.cache import Caching
from services.catalog.decisions import apply, commands, queries, reading, sheets, views
from services.catalog.decisions.errors import ListTypeUnknown
from services.catalog.decisions.schemas import (
    Application,
    Applied,
    Comparison,
    ComparisonAsked,
    DecisionView,
    ItemView,
    NewDecision,
    Recorded,
)
from services.catalog.parameters import TheClock, Today, Tongue

router = APIRouter(prefix="/v1/procedures/decisions", tags=["decisions"])

DecisionId = Annotated[str, Path(pattern=r"^[a-z0-9\-]{3,100}$")]
_JSON = "application/json"
#: Browsers on Windows call a CSV by Excel's old name.
_TABLES = (XLSX, CSV, "application/csv", "application/vnd.ms-excel")
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {"schema": NewDecision.described()},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            CSV: {"schema": {"type": "string"}},
        },
    }
}
_KEY = (bool, int, str, str)


@router.post("", response_model=Recorded, openapi_extra=_BODY)
async def record_decision(
    request: Request,
    caller: Editor,
    session: Session,
    clock: TheClock,
    today: Today,
    response: Response,
    content_type: Annotated[str, Header()] = _JSON,
) -> Recorded:
    """A decision with its list, as JSON; or the list as XLSX or CSV and the rest (`number`, `date`, `title`,
    `valid_from`, `valid_to`, `reason`) as parameters. The same again changes nothing; another list for the
    same decision is its next revision. Lines whose procedure is not found are kept, and listed."""
    given, listed = await _given(request, content_type, session, today)
    with listed.placed():
        decision, outcome = await commands.record(session, clock, caller, reading.read(given))
    lines = await queries.meant(session, decision.id, max(today, decision.valid_from))
    names = [fold(line.name) for line in lines if line.ambiguous and line.name]
    named = await queries.of_the_names(session, names, today)
    response.status_code = status.HTTP_200_OK if outcome == "unchanged" else status.HTTP_201_CREATED
    response.headers["Location"] = f"{router.prefix}/{decision.slug}"
    shown = views.decision(decision, len(lines)).model_dump()
    return Recorded(**shown, outcome=outcome, unresolved=views.unresolved(lines, named))


async def _given(
    request: Request, content_type: str, session: AsyncSession, today: date
) -> tuple[Any, sheets.Listed]:
    """The document, and the table where it came as one. Raises ListTypeUnknown, MalformedBody, Unreadable,
    InvalidInput."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _JSON:
        return reading.of_json(await request.body()), sheets.Listed()
    if kind not in _TABLES:
        raise ListTypeUnknown(known=", ".join([_JSON, *_TABLES]))
    bodies = [(body.code, body.name) for body in await catalogue.agencies(session, today)]
    listed = await asyncio.to_thread(sheets.read, await request.body(), bodies)
    return {**request.query_params, "items": listed.items}, listed


@router.get("", response_model=page.Page[DecisionView])
async def list_decisions(
    request: Request, asked: Annotated[page.Asked, Query()], session: Session, cached: Caching
) -> Response:
    """By date, newest first."""
    key = page.decode(asked.cursor, str, str)
    after = None if key is None else (page.day_of(key[0]), str(key[1]))
    rows = await queries.decisions(session, after, asked.limit)
    more = None
    if len(rows) > asked.limit:
        last = rows[asked.limit - 1][0]
        more = page.encode([last.signed_on.isoformat(), last.slug])
    items = [views.decision(row, count) for row, count in rows[: asked.limit]]
    return cached.answer(page.Page[DecisionView](items=items, next=more), page.next_link(request, more))


@router.get("/{decision_id}", response_model=DecisionView)
async def get_decision(decision_id: DecisionId, session: Session, cached: Caching) -> Response:
    """Its newest revision."""
    found = await queries.decision(session, decision_id)
    return cached.answer(views.decision(found, await queries.size(session, found.id)))


@router.get("/{decision_id}/items", response_model=page.Page[ItemView])
async def list_decision_items(
    request: Request,
    decision_id: DecisionId,
    asked: Annotated[page.Asked, Query()],
    session: Session,
    cached: Caching,
) -> Response:
    """The list as it stands there."""
    found = await queries.decision(session, decision_id)
    after = page.decode(asked.cursor, int) or (0,)
    rows = await queries.items(session, found.id, after[0], asked.limit)
    more = page.encode([rows[asked.limit - 1].number]) if len(rows) > asked.limit else None
    items = [views.item(row) for row in rows[: asked.limit]]
    return cached.answer(page.Page[ItemView](items=items, next=more), page.next_link(request, more))


@router.get("/{decision_id}/comparison", response_model=Comparison, responses=tabular.DESCRIBED)
async def compare_decision(
    request: Request,
    decision_id: DecisionId,
    asked: Annotated[ComparisonAsked, Query()],
    session: Session,
    today: Today,
    cached: Caching,
    language: Tongue,
    form: tabular.Wanted,
) -> Response:
    """The list beside what is offered on a day: as decided, at a lower level, not offered, not known; then
    what is offered online without being in the list. As CSV or XLSX: all of it at once."""
    found = await queries.decision(session, decision_id, asked.revision)
    on = asked.on or today
    if form is not None:
        lines = await queries.comparison(session, found, on, asked, None, None)
        table = [views.HEADING, *map(views.row, lines)]
        return await tabular.answer(table, form, f"{found.slug}-{on}", cached.body)
    after: Any = page.decode(asked.cursor, *_KEY)
    lines = await queries.comparison(session, found, on, asked, after, asked.limit)
    more = page.encode(lines[asked.limit - 1].key) if len(lines) > asked.limit else None
    counted = await queries.counts(session, found, on)
    answer = Comparison(
        decision=views.decision(found, await queries.size(session, found.id)),
        on=on,
        definition=views.DEFINITION[language],
        counts=views.counts(counted, mandated=False),
        mandated=views.counts(counted, mandated=True),
        items=[views.compared(line) for line in lines[: asked.limit]],
        next=more,
    )
    headers = {"Vary": "Accept, Accept-Language", **page.next_link(request, more)}
    return cached.answer(answer, headers)


@router.post("/{decision_id}/apply")
async def apply_decision(
    decision_id: DecisionId,
    application: Application,
    caller: Editor,
    session: Session,
    clock: TheClock,
    language: Tongue,
) -> Applied:
    """Make the offerings of the list that can be made, and name what stands against the others; with
    `dry_run` only say so. A piece of the list at a time: send `next` as `after`. Safe to repeat."""
    found = await queries.decision(session, decision_id)
    outcome = await apply.apply(session, clock, caller, found, application)
    return views.applied(outcome, language, dry_run=application.dry_run)
