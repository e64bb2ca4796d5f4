"""For the neighbours: what a dossier freezes, what a score counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from kit.auth import ServiceCaller
from kit.clock import Day
from kit.db import Session
from services.catalog import queries
from services.catalog.errors import ProcedureMissing
from services.catalog.fees.schemas import QuoteAsked
from services.catalog.fees.submission import frozen
from services.catalog.identifiers import BodyCode
from services.catalog.models import Offering
from services.catalog.national import queries as national
from services.catalog.parameters import ProcedureCode, Today
from services.catalog.provision import scored

router = APIRouter(prefix="/internal", tags=["internal"])


@router.post("/procedures/{code}/submission")
async def submission(
    code: ProcedureCode,
    asked: QuoteAsked,
    caller: ServiceCaller,
    session: Session,
    today: Today,
    agency: Annotated[str, Query(max_length=40)],
) -> dict[str, Any]:
    """The version in force on a day, its papers and computed fees by the facts of a request, one body's
    offering of it, and who else offers it. A question, asked in a body: a claimed exemption says something
    about a person. Whoever asks for a result asks for one copy, unless they say more."""
    day = asked.on or today
    facts = replace(asked.facts(), copies=asked.copies or 1)
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


class ProvisionAsked(BaseModel):
    """`agencies`: only what these bodies offer."""

    on: Day
    agencies: list[BodyCode] | None = None


class ProvisionCounted(BaseModel):
    """Procedures in force that day, and of these: offered online; complete as published; with a fee that is
    not zero, and these payable online. `services`: the procedures that each body offers online."""

    procedures: int
    online: int
    complete: int
    with_fee: int
    payable: int
    services: dict[str, list[str]]


@router.post("/provision")
async def provision(asked: ProvisionAsked, caller: ServiceCaller, session: Session) -> ProvisionCounted:
    """A question, asked in a body: the bodies of a tree do not fit in an address."""
    counts = await scored.procedures(session, asked.on, asked.agencies)
    services = await scored.services(session, asked.on, asked.agencies)
    return ProvisionCounted(**counts._asdict(), services=services)
