"""Search as people type, and suggestions while they do. For everyone."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints

from kit import page
from kit.db import Session
from kit.text import Line
from services.catalog.cache import Caching
from services.catalog.parameters import Today, Tongue
from services.catalog.schemas import Facet, Ref
from services.catalog.search import queries, suggestions, views
from services.catalog.search.facets import facets
from services.catalog.search.queries import Wanted
from services.catalog.search.reading import read
from services.catalog.search.schemas import ProcedurePage, SearchAsked, Suggestions

router = APIRouter(prefix="/v1", tags=["catalogue"])

Typed = Annotated[
    Annotated[Line, StringConstraints(min_length=1)], Query(max_length=300, description="typed so far")
]
_ITEM_KEY = (int, str, str)


@router.get("/procedures", response_model=ProcedurePage)
async def search_procedures(
    request: Request,
    asked: Annotated[SearchAsked, Query()],
    session: Session,
    today: Today,
    language: Tongue,
    cached: Caching,
) -> Response:
    """With or without accents, best first, slips forgiven; without `q`, in the order of the alphabet."""
    key = page.decode(asked.cursor, *_ITEM_KEY)
    on = asked.on or today
    reading = await read(session, asked.q, on) if asked.q else None
    looked = reading.looked if reading else None
    wanted = Wanted(**asked.model_dump(include={each.name for each in fields(Wanted)}))
    found = await queries.find(session, looked, wanted, on, key, asked.limit)
    more = None
    if len(found) > asked.limit:
        last = found[asked.limit - 1]
        more = page.encode([last.score, last.version.sort_key, last.version.procedure_code])
    counted = await facets(session, looked, wanted, on) if asked.facets else None
    answer = ProcedurePage(
        items=[views.item(each) for each in found[: asked.limit]],
        next=more,
        did_you_mean=reading.hint(found[0].version.name) if reading and found else None,
        facets=counted and views.facets(counted, request.app.state.code_lists, language),
    )
    return cached.answer(answer, page.next_link(request, more))


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
    called = await suggestions.fields(session, reading.looked, on, limit)
    agencies = await suggestions.agencies(session, reading.looked, on, limit)
    return cached.answer(
        Suggestions(
            procedures=[Ref(code=code, name=name) for code, name in names],
            fields=[Facet(value=code, label=name, count=count) for code, name, count in called],
            agencies=[Ref(code=code, name=name) for code, name in agencies],
            did_you_mean=reading.hint(names[0][1]) if names else None,
        )
    )
