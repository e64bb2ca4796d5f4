"""What everyone may read: procedures, who offers them, bodies, units, code lists."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from kit import forms, page
from kit.clock import Day
from kit.db import Session
from kit.problem import Language, language_of
from kit.text import Line
from services.catalog import queries, search, views
from services.catalog.cache import Caching
from services.catalog.codelists import CodeList, CodeLists
from services.catalog.commands.edit import today
from services.catalog.content import Audience, Channel
from services.catalog.errors import FormMissing, FormRefused, ProcedureAbolished, ProcedureMissing
from services.catalog.forms import GENERIC
from services.catalog.models import Procedure, Version
from services.catalog.schemas import (
    AgencyView,
    Facet,
    FormChecked,
    FormData,
    FormView,
    OfferingView,
    ProcedurePage,
    ProcedureView,
    UnitView,
    VersionItem,
    VersionView,
)
from services.catalog.search import Wanted

router = APIRouter(prefix="/v1", tags=["catalogue"])

ProcedureCode = Annotated[str, Path(pattern=r"^[0-9A-Za-z][0-9A-Za-z.\-]{2,59}$")]
Tongue = Annotated[Language, Depends(language_of)]


def _today(request: Request) -> date:
    return today(request.app.state.clock)


Today = Annotated[date, Depends(_today, scope="function")]
Words = Annotated[Line | None, Query(max_length=300, description="words of name, code or field")]
_ITEM_KEY = (int, str, str)


On = Annotated[Day | None, Query(description="a day; default today")]


def _day(today_: Today, on: On = None) -> date:
    return on or today_


TheDay = Annotated[date, Depends(_day, scope="function")]


async def in_force(code: ProcedureCode, session: Session, on: TheDay) -> tuple[Procedure, Version]:
    """Raises ProcedureMissing, ProcedureAbolished."""
    procedure = await queries.procedure(session, code)
    version = await queries.in_force(session, code, on)
    if version is None and procedure.abolished_from is not None and procedure.abolished_from <= on:
        raise ProcedureAbolished(
            since=f"{procedure.abolished_from:%d/%m/%Y}", reason=procedure.abolished_reason
        )
    if version is None:
        raise ProcedureMissing
    return procedure, version


InForce = Annotated[tuple[Procedure, Version], Depends(in_force, scope="function")]


def _wanted(
    q: Words = None,
    field: Annotated[Line | None, Query(max_length=60)] = None,
    agency: Annotated[Line | None, Query(max_length=40)] = None,
    government_level: Annotated[Line | None, Query(max_length=40)] = None,
    online_level: Annotated[int | None, Query(ge=1, le=4)] = None,
    audience: Annotated[Audience | None, Query()] = None,
    channel: Annotated[Channel | None, Query()] = None,
    mandated: Annotated[bool | None, Query()] = None,
) -> Wanted:
    return Wanted(q, field, agency, government_level, online_level, audience, channel, mandated)


@router.get("/procedures", response_model=ProcedurePage)
async def search_procedures(
    request: Request,
    wanted: Annotated[Wanted, Depends(_wanted, scope="function")],
    session: Session,
    on: Today,
    cached: Caching,
    facets: bool = False,
    limit: page.Limit = 20,
    cursor: page.CursorText = None,
) -> Response:
    """Search with or without accents, best first; without `q`, in the order of the alphabet."""
    key = page.decode(cursor, *_ITEM_KEY)
    found = await search.search(session, wanted, on, key, limit)
    more = None
    if len(found) > limit:
        last = found[limit - 1]
        more = page.encode([last.score, last.version.sort_key, last.version.procedure_code])
    counted = None
    if facets:
        counted = {
            name: [Facet(value=value, label=label, count=count) for value, label, count in rows]
            for name, rows in (await search.facets(session, wanted, on)).items()
        }
    items = [views.item(each) for each in found[:limit]]
    links = page.next_link(request, more)
    return cached.answer(ProcedurePage(items=items, next=more, facets=counted), links)


@router.get("/procedures/{code}", response_model=ProcedureView)
async def get_procedure(
    found: InForce, session: Session, on: TheDay, cached: Caching, language: Tongue
) -> Response:
    """The version in force on a day (default today), with what is missing in it."""
    level = await queries.highest_level(session, found[0].code, on)
    return cached.answer(views.procedure(*found, on, level, language))


@router.get("/procedures/{code}/versions", response_model=list[VersionItem])
async def list_versions(code: ProcedureCode, session: Session, on: Today, cached: Caching) -> Response:
    """All that were published, newest first; with what each is today."""
    procedure = await queries.procedure(session, code)
    rows = await queries.versions(session, code)
    return cached.answer([views.version_item(row, procedure, on) for row in rows if row.valid is not None])


@router.get("/procedures/{code}/versions/{number}", response_model=VersionView)
async def get_version(
    code: ProcedureCode,
    number: Annotated[int, Path(ge=1, le=100_000)],
    session: Session,
    on: Today,
    cached: Caching,
) -> Response:
    procedure = await queries.procedure(session, code)
    return cached.answer(views.version(await queries.numbered(session, code, number), procedure, on))


@router.get("/procedures/{code}/form", response_model=FormView)
async def get_form(found: InForce, cached: Caching) -> Response:
    """JSON Schema 2020-12 and layout, the code lists that it refers to, one valid example."""
    form = _form(found[1])
    lists = sorted(set(_references(form["schema"])))
    return cached.answer(
        FormView(
            schema_=form["schema"],
            layout=form["layout"],
            example=form["example"],
            code_lists=lists,
            generic=form["schema"] == GENERIC["schema"],
        )
    )


def _form(version: Version) -> dict[str, Any]:
    form: dict[str, Any] | None = version.content["form"]
    if form is None:
        raise FormMissing
    return form


def _references(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["x-code-list"]] if isinstance(schema.get("x-code-list"), str) else []
        return own + [name for value in schema.values() for name in _references(value)]
    if isinstance(schema, list):
        return [name for value in schema for name in _references(value)]
    return []


@router.post("/procedures/{code}/form/check")
async def check_form(found: InForce, filled: FormData) -> FormChecked:
    """Try the form: every fault at once, each with its pointer. Nothing is kept."""
    if faults := forms.faults(_form(found[1])["schema"], filled.data):
        raise FormRefused(errors=faults)
    return FormChecked()


@router.get("/procedures/{code}/offerings", response_model=list[OfferingView])
async def list_offerings(
    found: InForce,
    session: Session,
    on: TheDay,
    cached: Caching,
    unit: Annotated[Line | None, Query(max_length=20)] = None,
) -> Response:
    """Who takes it, at which level, payable online or not, and where to go."""
    offices = await queries.receiving_offices(session, on)
    rows = await queries.offered_by(session, found[0].code, on, unit)
    return cached.answer([views.offering(offering, agency, offices, on) for offering, agency in rows])


@router.get("/agencies", response_model=list[AgencyView])
async def list_agencies(session: Session, today_: Today, cached: Caching, on: On = None) -> Response:
    """The bodies of a day (default today); `parent_code` makes the tree."""
    return cached.answer([views.agency(row) for row in await queries.agencies(session, on or today_)])


@router.get("/agencies/{code}", response_model=AgencyView)
async def get_agency(
    code: Annotated[str, Path(pattern=r"^[0-9A-Za-z.\-]{2,40}$")], session: Session, cached: Caching
) -> Response:
    return cached.answer(views.agency(await queries.agency(session, code)))


@router.get("/units", response_model=list[UnitView])
async def list_units(
    session: Session,
    today_: Today,
    cached: Caching,
    on: On = None,
    parent: Annotated[Line | None, Query(max_length=20)] = None,
) -> Response:
    """Administrative units of a day, in the order of the Vietnamese alphabet."""
    return cached.answer([views.unit(row) for row in await queries.units(session, on or today_, parent)])


@router.get("/fields", response_model=list[Facet])
async def list_fields(session: Session, on: Today, cached: Caching) -> Response:
    rows = await queries.fields(session, on)
    return cached.answer([Facet(value=code, label=name, count=count) for code, name, count in rows])


@router.get("/code-lists/{name}", response_model=CodeList)
async def get_code_list(
    request: Request, name: Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")], cached: Caching
) -> Response:
    lists: CodeLists = request.app.state.code_lists
    return cached.answer(lists.named(name))
