"""For the neighbours: what a dossier freezes, the bodies, what comes from the national database."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from kit.auth import ServiceCaller
from kit.db import Session
from services.catalog import queries, views
from services.catalog.commands import imports
from services.catalog.content import Channel
from services.catalog.errors import ProcedureMissing
from services.catalog.fees.quote import Facts
from services.catalog.fees.schemas import Copies
from services.catalog.fees.submission import frozen
from services.catalog.models import Offering
from services.catalog.routes.editors import TheClock
from services.catalog.routes.public import ProcedureCode, Today
from services.catalog.schemas import AgencyView, Closings, ImportRow, Imports

router = APIRouter(prefix="/internal", tags=["internal"])


class Bodies(BaseModel):
    items: list[AgencyView]


class ImportReport(BaseModel):
    rows: list[ImportRow]


class Closed(BaseModel):
    closed: list[str]


@router.get("/bodies")
async def bodies(caller: ServiceCaller, session: Session) -> Bodies:
    """All bodies of all days."""
    return Bodies(items=[views.agency(row) for row in await queries.agencies(session, None)])


def _facts(
    case: Annotated[str | None, Query(max_length=60)] = None,
    copies: Copies = 1,
    exemptions: Annotated[list[str] | None, Query(max_length=20)] = None,
    channel: Channel | None = None,
) -> Facts:
    """Whoever asks for a result asks for one copy, unless they say more."""
    return Facts(case, copies, tuple(exemptions or ()), channel)


@router.get("/procedures/{code}/submission")
async def submission(
    code: ProcedureCode,
    caller: ServiceCaller,
    session: Session,
    today: Today,
    agency: Annotated[str, Query(max_length=40)],
    facts: Annotated[Facts, Depends(_facts, scope="function")],
    on: date | None = None,
) -> dict[str, Any]:
    """The version in force on a day, its papers and computed fees by the facts of a request, one body's
    offering of it, and who else offers it."""
    day = on or today
    version = await queries.in_force(session, code, day)
    if version is None:
        raise ProcedureMissing
    content = version.content
    offers = await queries.offered_by(session, code, day)
    own = next((offering for offering, _ in offers if offering.agency == agency), None)
    offices = await queries.receiving_offices(session, day)
    return {
        "code": code,
        "version": version.number,
        "form_schema": content["form"]["schema"] if content["form"] else None,
        "offering": _offering(own) if own else None,
        "offered_by": [
            {"agency": body.code, "name": body.name, "online_level": offering.online_level}
            for offering, body in offers
        ],
        "receiving_offices": [office.code for office in offices if agency in office.receives_for],
        **{name: content[name] for name in _FROZEN},
        **frozen(content, facts),
        "stages": content.get("stages", []),
    }


_FROZEN = ("name", "field", "government_levels", "audiences", "processing_time", "results", "sample")


def _offering(row: Offering) -> dict[str, Any]:
    return {
        "agency": row.agency,
        "online_level": row.online_level,
        "decision": row.decision,
        "valid_from": row.valid.lower,
        "mandated": row.mandated,
        "pay_online_from": row.pay_online_from,
        "pilot": row.pilot,
    }


@router.post("/procedures/imports")
async def import_procedures(
    batch: Imports, caller: ServiceCaller, session: Session, clock: TheClock
) -> ImportReport:
    """Up to 200 national procedures: each created, updated, unchanged or refused on its own."""
    contents, refused = imports.read(batch.items)
    rows = await imports.take_in(session, clock, caller, contents)
    return ImportReport(rows=[*rows, *refused])


@router.post("/procedures/closings")
async def close_procedures(
    closings: Closings, caller: ServiceCaller, session: Session, clock: TheClock
) -> Closed:
    """Abolish national procedures that were withdrawn."""
    return Closed(closed=await imports.close(session, clock, caller, closings.codes, closings.reason))
