"""Search as people type, and suggestions while they do. For everyone."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from kit import page
from kit.db import Session
from kit.text import Line
from services.catalog.cache import Caching
from services.catalog.content import Audience, Channel
from services.catalog.routes.public import Today
from services.catalog.schemas import Facet, Ref
from services.catalog.search import queries, suggestions, views
from services.catalog.search.queries import Wanted
from services.catalog.search.reading import Reading, read
from services.catalog.search.schemas import ProcedurePage, Suggestions

router = APIRouter(prefix="/v1", tags=["catalogue"])

Words = Annotated[Line | None, Query(max_length=300, description="words of name, code, field or body")]
Typed = Annotated[
    Annotated[Line, StringConstraints(min_length=1)], Query(max_length=300, description="typed so far")
]
_ITEM_KEY = (int, str, str)


def _wanted(
    field: Annotated[Line | None, Query(max_length=60)] = None,
    agency: Annotated[Line | None, Query(max_length=40)] = None,
    government_level: Annotated[Line | None, Query(max_length=40)] = None,
    online_level: Annotated[int | None, Query(ge=1, le=4)] = None,
    audience: Annotated[Audience | None, Query()] = None,
    channel: Annotated[Channel | None, Query()] = None,
    mandated: Annotated[bool | None, Query()] = None,
) -> Wanted:
    return Wanted(field, agency, government_level, online_level, audience, channel, mandated)


async def _reading(session: Session, on: Today, q: Words = None) -> Reading | None:
    return await read(session, q, on) if q else None


@router.get("/procedures", response_model=ProcedurePage)
async def search_procedures(
    request: Request,
    reading: Annotated[Reading | None, Depends(_reading, scope="function")],
    wanted: Annotated[Wanted, Depends(_wanted, scope="function")],
    session: Session,
    on: Today,
    cached: Caching,
    facets: bool = False,
    limit: page.Limit = 20,
    cursor: page.CursorText = None,
) -> Response:
    """With or without accents, best first, slips forgiven; without `q`, in the order of the alphabet."""
    key = page.decode(cursor, *_ITEM_KEY)
    looked = reading.looked if reading else None
    found = await queries.find(session, looked, wanted, on, key, limit)
    more = None
    if len(found) > limit:
        last = found[limit - 1]
        more = page.encode([last.score, last.version.sort_key, last.version.procedure_code])
    answer = ProcedurePage(
        items=[views.item(each) for each in found[:limit]],
        next=more,
        did_you_mean=reading.hint(found[0].version.name) if reading and found else None,
        facets=await _facets(session, reading, wanted, on) if facets else None,
    )
    return cached.answer(answer, page.next_link(request, more))


async def _facets(
    session: AsyncSession, reading: Reading | None, wanted: Wanted, on: date
) -> dict[str, list[Facet]]:
    counted = await queries.facets(session, reading.looked if reading else None, wanted, on)
    return {
        name: [Facet(value=value, label=label, count=count) for value, label, count in rows]
        for name, rows in counted.items()
    }


@router.get("/procedures/suggestions", response_model=Suggestions)
async def suggest(
    q: Typed,
    session: Session,
    on: Today,
    cached: Caching,
    limit: Annotated[int, Query(ge=1, le=20, description="of each kind")] = 8,
) -> Response:
    """What the words typed so far, the last one perhaps not to its end, may become."""
    reading = await read(session, q, on, unfinished=True)
    names = await suggestions.procedures(session, reading.looked, on, limit)
    fields = await suggestions.fields(session, reading.looked, on, limit)
    agencies = await suggestions.agencies(session, reading.looked, on, limit)
    return cached.answer(
        Suggestions(
            procedures=[Ref(code=code, name=name) for code, name in names],
            fields=[Facet(value=code, label=name, count=count) for code, name, count in fields],
            agencies=[Ref(code=code, name=name) for code, name in agencies],
            did_you_mean=reading.hint(names[0][1]) if names else None,
        )
    )
