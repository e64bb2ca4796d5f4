"""Who offers what: read by everyone as of any day, changed by editors, its history for staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response, status

from kit import page
from kit.db import Session
from kit.text import Line
from services.catalog import queries as catalogue
from services.catalog.auth import Editor, Staff
from services.catalog.bodies.schemas import BodyCode
from services.catalog.cache import Caching
from services.catalog.offerings import commands, queries, views
from services.catalog.offerings.schemas import (
    Ending,
    OfferedItem,
    OfferingHistory,
    OfferingTerms,
    OfferingView,
    OffersAsked,
)
from services.catalog.routes.editors import TheClock
from services.catalog.routes.public import InForce, ProcedureCode, TheDay, Today
from services.catalog.schemas import Ref

router = APIRouter(prefix="/v1", tags=["offerings"])

AgencyCode = Annotated[BodyCode, Path()]


@router.get("/procedures/{code}/offerings", response_model=list[OfferingView])
async def list_offerings(
    found: InForce,
    session: Session,
    on: TheDay,
    cached: Caching,
    unit: Annotated[Line | None, Query(max_length=20)] = None,
) -> Response:
    """Who takes it that day, at which level, payable online or not, and where to go."""
    offices = await catalogue.receiving_offices(session, on)
    rows = await catalogue.offered_by(session, found[0].code, on, unit)
    return cached.answer([views.offering(offering, agency, offices, on) for offering, agency in rows])


@router.get("/agencies/{agency}/offerings", response_model=page.Page[OfferedItem])
async def list_offerings_of_agency(
    request: Request,
    agency: AgencyCode,
    asked: Annotated[OffersAsked, Query()],
    session: Session,
    today: Today,
    cached: Caching,
) -> Response:
    """What a body offers that day, in the order of the alphabet."""
    body = await catalogue.agency(session, agency)
    on = asked.on or today
    rows = await queries.offered_by(session, body.code, on, asked, page.decode(asked.cursor, str, str))
    more = None
    if len(rows) > asked.limit:
        last = rows[asked.limit - 1][1]
        more = page.encode([last.sort_key, last.procedure_code])
    items = [views.offered(offering, version, on) for offering, version in rows[: asked.limit]]
    return cached.answer(page.Page[OfferedItem](items=items, next=more), page.next_link(request, more))


@router.get("/agencies/{agency}/offerings/{code}")
async def get_offering_history(
    agency: AgencyCode, code: ProcedureCode, caller: Staff, session: Session, today: Today, response: Response
) -> OfferingHistory:
    """When this body offered the procedure, at which level; what was decided about that, by whom and why."""
    body = await catalogue.agency(session, agency)
    procedure = await catalogue.procedure(session, code)
    newest = await catalogue.latest(session, code)
    rows = await queries.offerings_of(session, [procedure.code], [body.code])
    changes = await queries.changes(session, procedure.code, body.code)
    response.headers["Cache-Control"] = "no-store"
    named = Ref(code=procedure.code, name=newest.name)
    return views.history(body, named, rows.get((procedure.code, body.code), []), changes, today)


@router.put("/agencies/{agency}/offerings/{code}")
async def put_offering(
    agency: AgencyCode,
    code: ProcedureCode,
    terms: OfferingTerms,
    caller: Editor,
    session: Session,
    clock: TheClock,
    on: Today,
) -> OfferingView:
    """This body offers the procedure at this level from that day; the same again changes nothing."""
    body = await catalogue.agency(session, agency)
    procedure = await catalogue.lock(session, code)
    offerings = await commands.offer(session, clock, caller, procedure, [body.code], terms)
    return views.offering(offerings[body.code], body, await catalogue.receiving_offices(session, on), on)


@router.post("/agencies/{agency}/offerings/{code}/actions/end", status_code=status.HTTP_204_NO_CONTENT)
async def end_offering(
    agency: AgencyCode,
    code: ProcedureCode,
    ending: Ending,
    caller: Editor,
    session: Session,
    clock: TheClock,
) -> None:
    """From that day (default today) the body does not offer it any more; what was offered stays on record."""
    body = await catalogue.agency(session, agency)
    procedure = await catalogue.lock(session, code)
    await commands.end(session, clock, caller, procedure, body.code, ending)
