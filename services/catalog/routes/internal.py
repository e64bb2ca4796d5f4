"""For the neighbours: what a dossier freezes, the bodies."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from kit.auth import ServiceCaller
from kit.db import Session
from services.catalog import queries
from services.catalog.content import Channel
from services.catalog.errors import ProcedureMissing
from services.catalog.fees.quote import Facts
from services.catalog.fees.schemas import Copies
from services.catalog.fees.submission import frozen
from services.catalog.models import Offering
from services.catalog.national import queries as national
from services.catalog.routes.public import ProcedureCode, Today

router = APIRouter(prefix="/internal", tags=["internal"])


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
        "national_code": await national.national_code(session, code),
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
