"""`/v1/reports/provision`: what is offered online, of all there is; public."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from kit import page, tabular, versions
from kit.db import Session
from kit.versions import SeenIfSent, SeenVersion
from services.catalog.auth import Editor, Staff
from services.catalog.cache import Caching
from services.catalog.parameters import TheClock, Today, Tongue
from services.catalog.provision import commands, explained, queries, tables, views
from services.catalog.provision.definition import INDICATOR
from services.catalog.provision.errors import refuse_future
from services.catalog.provision.explained import Figure
from services.catalog.provision.schemas import (
    ExplainAsked,
    Explained,
    MissingAsked,
    MissingView,
    Provision,
    ProvisionAsked,
    StatedAsked,
    StatedFigureView,
)
from services.catalog.provision.views import Figures
from services.catalog.schemas import Why

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
        return await tabular.answer(
            tables.provision(answer, language), form, f"provision-{as_of}", cached.body
        )
    return cached.answer(answer, tabular.VARY)


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


@router.get("/explain", response_model=Explained, responses=tabular.DESCRIBED)
async def explain(
    request: Request,
    asked: Annotated[ExplainAsked, Query()],
    session: Session,
    today: Today,
    cached: Caching,
    language: Tongue,
    form: tabular.Wanted,
) -> Response:
    """The procedures that a figure counts, or with `excluded=true` those of its denominator that it does
    not, each with the reason. JSON, CSV or XLSX."""
    as_of, figure = asked.as_of or today, _figure(asked)
    refuse_future(as_of, today, "as_of")
    after = page.decode(asked.cursor, str)
    limit = asked.limit if form is None else tabular.MOST
    rows = await explained.listed(
        session, as_of, figure, after[0] if after else None, limit, excluded=asked.excluded
    )
    more = page.encode([rows[limit - 1].code]) if len(rows) > limit else None
    headers = {**tabular.VARY, **page.next_link(request, more)}
    items = [views.explained(row, language) for row in rows[:limit]]
    if form is not None:
        table = tables.explained(items, language)
        return await tabular.answer(table, form, f"provision-explained-{as_of}", cached.body, headers)
    counted, others = await explained.totals(session, as_of, figure)
    answer = Explained(
        definition=views.definition(language),
        as_of=as_of,
        figure=":".join(str(part) for part in (figure.kind, figure.key, figure.level) if part),
        counted=counted,
        not_counted=others,
        items=items,
        next=more,
    )
    return cached.answer(answer, headers)


def _figure(asked: ExplainAsked) -> Figure:
    if asked.cell is not None:
        government_level, _, level = asked.cell.partition(":")
        return Figure("cell", government_level, int(level))
    of = {"agency": asked.agency, "field": asked.field, "government_level": asked.government_level}
    return next((Figure(kind, key) for kind, key in of.items() if key), Figure("total"))


@router.get("/mandated-not-offered", response_model=page.Page[MissingView], responses=tabular.DESCRIBED)
async def mandated_not_offered(
    request: Request,
    asked: Annotated[MissingAsked, Query()],
    session: Session,
    today: Today,
    cached: Caching,
    language: Tongue,
    form: tabular.Wanted,
) -> Response:
    """Mandatory lines of the decisions in force that are not offered as decided. JSON, CSV or XLSX."""
    as_of = asked.as_of or today
    refuse_future(as_of, today, "as_of")
    after = page.decode(asked.cursor, str, int)
    limit = asked.limit if form is None else tabular.MOST
    rows = await queries.missing(
        session, as_of, asked.state, asked.agency, (after[0], after[1]) if after else None, limit
    )
    more = page.encode([rows[limit - 1].slug, rows[limit - 1].number]) if len(rows) > limit else None
    headers = {**tabular.VARY, **page.next_link(request, more)}
    items = [views.missing(row) for row in rows[:limit]]
    if form is not None:
        table = tables.missing(items, language)
        return await tabular.answer(table, form, f"mandated-not-offered-{as_of}", cached.body, headers)
    return cached.answer(page.Page[MissingView](items=items, next=more), headers)


@router.put("/stated")
async def put_stated_figure(
    said: StatedAsked,
    caller: Editor,
    session: Session,
    clock: TheClock,
    seen: SeenIfSent,
    response: Response,
) -> StatedFigureView:
    """What a source says of this indicator: kept beside what is computed, never forced to match it. To put
    one right send its version in `If-Match`; the same again changes nothing."""
    figure = await commands.enter(session, clock, caller, said, seen)
    versions.show(response, figure.version)
    return views.stated_figure(figure)


@router.get("/stated", response_model=page.Page[StatedFigureView], responses=tabular.DESCRIBED)
async def list_stated_figures(
    request: Request,
    asked: Annotated[page.Asked, Query()],
    caller: Staff,
    session: Session,
    response: Response,
    language: Tongue,
    form: tabular.Wanted,
) -> Response | page.Page[StatedFigureView]:
    """All of them, by dimension, unit and day of the source. JSON, CSV or XLSX."""
    limit = asked.limit if form is None else tabular.MOST
    rows = await queries.stated_figures(session, INDICATOR, _after(asked.cursor), limit)
    more = None
    if len(rows) > limit:
        last = rows[limit - 1]
        more = page.encode([last.dimension, last.unit, last.source_date.isoformat()])
    items = [views.stated_figure(row) for row in rows[:limit]]
    if form is not None:
        table, link = tables.stated(items, language), page.next_link(request, more)
        return await tabular.answer(table, form, "provision-stated", headers=link)
    response.headers.update({**page.next_link(request, more), **tabular.VARY, "Cache-Control": "no-store"})
    return page.Page(items=items, next=more)


@router.get("/stated/{figure_id}")
async def get_stated_figure(
    figure_id: UUID, caller: Staff, session: Session, response: Response
) -> StatedFigureView:
    figure = await queries.stated_figure_by_id(session, figure_id)
    versions.show(response, figure.version)
    return views.stated_figure(figure)


@router.delete("/stated/{figure_id}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_stated_figure(
    figure_id: UUID,
    caller: Editor,
    session: Session,
    clock: TheClock,
    seen: SeenVersion,
    reason: Annotated[Why, Query()],
) -> None:
    """It was not said so. What it was stays in the event log."""
    await commands.withdraw(session, clock, caller, figure_id, seen, reason)


def _after(cursor: str | None) -> tuple[str, str, date] | None:
    key = page.decode(cursor, str, str, str)
    return None if key is None else (key[0], key[1], page.day_of(key[2]))
