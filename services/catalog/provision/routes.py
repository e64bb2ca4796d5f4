"""`/v1/reports/provision`: what is offered online, of all there is; public."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from kit import page
from kit.db import Session
from services.catalog import tabular
from services.catalog.auth import Editor, Staff
from services.catalog.cache import Caching
from services.catalog.provision import commands, queries, views
from services.catalog.provision.definition import INDICATOR
from services.catalog.provision.errors import refuse_future
from services.catalog.provision.schemas import (
    MissingAsked,
    MissingView,
    Provision,
    ProvisionAsked,
    StatedAsked,
    StatedFigureView,
)
from services.catalog.provision.views import Figures
from services.catalog.routes.editors import TheClock
from services.catalog.routes.public import Today, Tongue

router = APIRouter(prefix="/v1/reports/provision", tags=["reports"])


@router.get("", response_model=Provision, responses=tabular.DESCRIBED)
async def provision(
    asked: Annotated[ProvisionAsked, Query()],
    session: Session,
    today: Today,
    cached: Caching,
    language: Tongue,
    form: tabular.Wanted,
) -> Response:
    """Services offered online, today or on a past day: by cell, each procedure once, by body, field or
    level of government; mandated ones that are missing; what sources state, beside it. JSON, CSV or XLSX."""
    as_of = asked.as_of or today
    refuse_future(as_of, today, "as_of")
    answer = views.provision(await _figures(session, as_of), asked.group_by, language)
    if form is not None:
        return await tabular.answer(views.rows(answer), form, f"provision-{as_of}")
    return cached.answer(answer, {"Vary": "Accept, Accept-Language"})


async def _figures(session: AsyncSession, on: date) -> Figures:
    return Figures(
        as_of=on,
        in_force=await queries.in_force_count(session, on),
        cells=await queries.cells(session, on),
        groups={
            "agency": await queries.by_agency(session, on),
            "field": await queries.by_field(session, on),
            "government_level": await queries.by_government_level(session, on),
        },
        mandated=await queries.mandated(session, on),
        stated=await queries.nearest_stated(session, INDICATOR, on),
    )


@router.get("/mandated-not-offered", response_model=page.Page[MissingView])
async def mandated_not_offered(
    request: Request,
    asked: Annotated[MissingAsked, Query()],
    session: Session,
    today: Today,
    cached: Caching,
) -> Response:
    """Mandatory lines of the decisions in force that are not offered as decided."""
    as_of = asked.as_of or today
    refuse_future(as_of, today, "as_of")
    after = page.decode(asked.cursor, str, int)
    rows = await queries.missing(
        session, as_of, asked.state, asked.agency, (after[0], after[1]) if after else None, asked.limit
    )
    more = None
    if len(rows) > asked.limit:
        last = rows[asked.limit - 1]
        more = page.encode([last.slug, last.number])
    items = [views.missing(row) for row in rows[: asked.limit]]
    return cached.answer(page.Page[MissingView](items=items, next=more), page.next_link(request, more))


@router.put("/stated")
async def put_stated_figure(
    said: StatedAsked, caller: Editor, session: Session, clock: TheClock
) -> StatedFigureView:
    """What a source says of this indicator: kept beside what is computed, never forced to match it."""
    return views.stated_figure(await commands.state(session, clock, caller, said))


@router.get("/stated")
async def list_stated_figures(
    request: Request,
    asked: Annotated[page.Asked, Query()],
    caller: Staff,
    session: Session,
    response: Response,
) -> page.Page[StatedFigureView]:
    """All of them, by dimension, unit and day of the source."""
    rows = await queries.stated_figures(session, INDICATOR, _after(asked.cursor), asked.limit)
    more = None
    if len(rows) > asked.limit:
        last = rows[asked.limit - 1]
        more = page.encode([last.dimension, last.unit, last.source_date.isoformat()])
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return page.Page(items=[views.stated_figure(row) for row in rows[: asked.limit]], next=more)


def _after(cursor: str | None) -> tuple[str, str, date] | None:
    key = page.decode(cursor, str, str, str)
    return None if key is None else (key[0], key[1], page.day_of(key[2]))
