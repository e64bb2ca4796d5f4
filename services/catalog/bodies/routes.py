"""HTTP of the tree: bodies and units on any day, what editors correct, and a plan of reorganisation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status

from kit import versions
from kit.auth import ServiceCaller
from kit.db import Session
from kit.text import Line
from kit.versions import SeenVersion
from services.catalog.auth import Editor
from services.catalog.bodies import commands, queries, reorganising, views
from services.catalog.bodies.schemas import (
    AgencyChanges,
    Bodies,
    BodyView,
    NewAgency,
    NewUnit,
    Plan,
    Reorganised,
    UnitChanges,
    UnitDetail,
)
from services.catalog.cache import Caching
from services.catalog.routes.editors import TheClock
from services.catalog.routes.public import On, Today
from services.catalog.schemas import AgencyView, UnitView

public = APIRouter(prefix="/v1", tags=["catalogue"])
editors = APIRouter(prefix="/v1", tags=["editors"])
internal = APIRouter(prefix="/internal", tags=["internal"])

Code = Annotated[str, Path(pattern=r"^[0-9A-Za-z.\-]{2,40}$", description="in either notation")]


@public.get("/agencies", response_model=list[AgencyView])
async def list_agencies(session: Session, today: Today, cached: Caching, on: On = None) -> Response:
    """The bodies of a day (default today); `parent_code`, that day's, makes the tree."""
    return cached.answer([*views.listed(await queries.places(session), on or today)])


@public.get("/agencies/{code}", response_model=BodyView)
async def get_agency(code: Code, session: Session, today: Today, cached: Caching, on: On = None) -> Response:
    """A body, also one that is no more: by `000.00.13.H28` or `H28.13`. `acting` says who has now what it
    had; `successors`, since when and by which decision."""
    row = await queries.agency(session, code)
    places = await queries.places(session)
    return cached.answer(views.body(row, places, on or today, await queries.version(session)))


@public.get("/units", response_model=list[UnitView])
async def list_units(
    session: Session,
    today: Today,
    cached: Caching,
    on: On = None,
    parent: Annotated[Line | None, Query(max_length=20)] = None,
) -> Response:
    """Administrative units of a day, in the order of the Vietnamese alphabet."""
    return cached.answer([*views.units(await queries.places(session), on or today, parent)])


@public.get("/units/{code}", response_model=UnitDetail)
async def get_unit(code: Code, session: Session, today: Today, cached: Caching, on: On = None) -> Response:
    row = await queries.unit(session, code)
    places = await queries.places(session)
    return cached.answer(views.unit(row, places, on or today, await queries.version(session)))


@editors.post("/agencies", status_code=status.HTTP_201_CREATED)
async def found_agency(
    new: NewAgency, caller: Editor, session: Session, clock: TheClock, today: Today, response: Response
) -> BodyView:
    """A new body: its parent and its unit are there on all its days."""
    row = await commands.found_agency(session, clock, caller, new)
    response.headers["Location"] = f"/v1/agencies/{row.code}"
    version = await queries.version(session)
    versions.show(response, version)
    return views.body(row, await queries.places(session), today, version)


@editors.patch("/agencies/{code}")
async def change_agency(
    code: Code,
    changes: AgencyChanges,
    caller: Editor,
    session: Session,
    clock: TheClock,
    today: Today,
    seen: SeenVersion,
    response: Response,
) -> BodyView:
    """Correct a body, on all its days. `If-Match`: the tree's version, of the read before. What changes from
    a day on is a reorganisation."""
    await queries.alone(session)
    row = await queries.agency(session, code)
    versions.check(seen, await queries.version(session))
    await commands.change_agency(session, clock, caller, row, changes)
    version = await queries.version(session)
    versions.show(response, version)
    return views.body(row, await queries.places(session), today, version)


@editors.post("/units", status_code=status.HTTP_201_CREATED)
async def found_unit(
    new: NewUnit, caller: Editor, session: Session, clock: TheClock, today: Today, response: Response
) -> UnitDetail:
    row = await commands.found_unit(session, clock, caller, new)
    response.headers["Location"] = f"/v1/units/{row.code}"
    version = await queries.version(session)
    versions.show(response, version)
    return views.unit(row, await queries.places(session), today, version)


@editors.patch("/units/{code}")
async def change_unit(
    code: Code,
    changes: UnitChanges,
    caller: Editor,
    session: Session,
    clock: TheClock,
    today: Today,
    seen: SeenVersion,
    response: Response,
) -> UnitDetail:
    """Correct a unit, on all its days. `If-Match`: the tree's version."""
    await queries.alone(session)
    row = await queries.unit(session, code)
    versions.check(seen, await queries.version(session))
    await commands.change_unit(session, clock, caller, row, changes)
    version = await queries.version(session)
    versions.show(response, version)
    return views.unit(row, await queries.places(session), today, version)


@internal.get("/bodies")
async def bodies(caller: ServiceCaller, session: Session, today: Today) -> Bodies:
    """All bodies of all days, and who goes on today with what had ended."""
    places = await queries.places(session)
    units = [UnitView.model_validate(row, from_attributes=True) for row in places.units.values()]
    return Bodies(items=list(views.neighbours(places, today)), units=units)


@internal.post("/reorganisations")
async def reorganise(plan: Plan, caller: ServiceCaller, session: Session, clock: TheClock) -> Reorganised:
    """A plan as a whole: refused with all its faults, tried, or applied. Applied again, there is nothing to
    do."""
    return await reorganising.reorganise(session, clock, caller, plan)
