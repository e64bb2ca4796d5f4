"""Which services are used, and what to bring online next; for staff. Dossiers are counted by their own
service: while it does not answer, these two reports do not either, and the rest goes on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from kit import page
from kit.db import Database
from kit.problem import Language
from services.catalog.auth import Staff
from services.catalog.clients.volumes import Volumes
from services.catalog.content import GAPS, gaps_for
from services.catalog.provision.errors import refuse_future
from services.catalog.routes.public import Today, Tongue
from services.catalog.schemas import Ref
from services.catalog.usage import queries
from services.catalog.usage.definition import CANDIDATES, UNUSED, VERSION
from services.catalog.usage.queries import CandidateRow, UnusedRow
from services.catalog.usage.schemas import (
    Candidate,
    CandidatePage,
    CandidatesAsked,
    Definition,
    Gap,
    Unused,
    UnusedAsked,
    UnusedPage,
)

router = APIRouter(prefix="/v1/reports", tags=["reports"])
_KEY = (int, str, str)


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _volumes(request: Request) -> Volumes:
    volumes: Volumes = request.app.state.volumes
    return volumes


#: No transaction is open while the neighbour is asked.
Storehouse = Annotated[Database, Depends(_database)]
Counted = Annotated[Volumes, Depends(_volumes)]


@router.get("/services-without-dossiers")
async def services_without_dossiers(
    request: Request,
    asked: Annotated[UnusedAsked, Query()],
    caller: Staff,
    database: Storehouse,
    volumes: Counted,
    today: Today,
    language: Tongue,
    response: Response,
) -> UnusedPage:
    """Services offered online today with at most `at_most` dossiers since a day, fewest first."""
    refuse_future(asked.since, today, "since")
    after: Any = page.decode(asked.cursor, *_KEY)
    received = await volumes.received(asked.since, today)
    async with database.transaction() as session:
        rows = await queries.unused(session, today, received, asked, after)
    more = None
    if len(rows) > asked.limit:
        last = rows[asked.limit - 1]
        more = page.encode([last.counted, last.code, last.agency])
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return UnusedPage(
        definition=Definition(id="services-without-dossiers", version=VERSION, texts=UNUSED[language]),
        first_day=asked.since,
        last_day=today,
        items=[_unused(row) for row in rows[: asked.limit]],
        next=more,
    )


def _unused(row: UnusedRow) -> Unused:
    return Unused(
        procedure=Ref(code=row.code, name=row.name),
        agency=Ref(code=row.agency, name=row.agency_name),
        online_level=row.online_level,
        offered_since=row.since,
        received=row.received,
        received_online=row.online,
    )


@router.get("/online-candidates")
async def online_candidates(
    request: Request,
    asked: Annotated[CandidatesAsked, Query()],
    caller: Staff,
    database: Storehouse,
    volumes: Counted,
    today: Today,
    language: Tongue,
    response: Response,
) -> CandidatePage:
    """Procedures that a body receives but does not offer online, most dossiers first, with what each
    lacks."""
    after: Any = page.decode(asked.cursor, *_KEY)
    received = await volumes.received(asked.first, asked.last)
    async with database.transaction() as session:
        rows = await queries.candidates(session, today, received, asked, after)
    more = None
    if len(rows) > asked.limit:
        last = rows[asked.limit - 1]
        more = page.encode([-last.received, last.code, last.agency])
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return CandidatePage(
        definition=Definition(id="online-candidates", version=VERSION, texts=CANDIDATES[language]),
        first_day=asked.first,
        last_day=asked.last,
        items=[_candidate(row, language) for row in rows[: asked.limit]],
        next=more,
    )


def _candidate(row: CandidateRow, language: Language) -> Candidate:
    def missing(level: int) -> list[Gap]:
        return [Gap(code=gap, label=GAPS[gap][language]) for gap in gaps_for(level, row.gaps)]

    return Candidate(
        procedure=Ref(code=row.code, name=row.name),
        agency=Ref(code=row.agency, name=row.agency_name),
        received=row.received,
        online_level=row.online_level,
        missing_for_3=missing(3),
        missing_for_4=missing(4),
    )
