"""Which services are used, and what to bring online next; for staff. Dossiers are counted by their own
service: while it does not answer, these two reports do not either, and the rest goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from kit import page, tabular
from kit.db import Database
from services.catalog.auth import Staff
from services.catalog.clients.volumes import Volume, Volumes
from services.catalog.parameters import Today, Tongue
from services.catalog.provision.errors import refuse_future
from services.catalog.usage import queries, tables, views
from services.catalog.usage.definition import CANDIDATES, UNUSED, VERSION
from services.catalog.usage.queries import CandidateRow, UnusedRow
from services.catalog.usage.schemas import (
    CandidatePage,
    CandidatesAsked,
    Definition,
    ExplainedCandidatePage,
    ExplainedUnusedPage,
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


@dataclass
class Report:
    """What both reports are made of. No transaction is open while the neighbour is asked."""

    request: Request
    response: Response
    today: Today
    language: Tongue
    database: Annotated[Database, Depends(_database)]
    volumes: Annotated[Volumes, Depends(_volumes)]

    async def unused(
        self, asked: UnusedAsked, limit: int
    ) -> tuple[list[UnusedRow], Sequence[Volume], str | None]:
        """The rows, what they were counted from, and the cursor of the next ones."""
        on = self.day(asked)
        refuse_future(asked.since, on, "since")
        after: Any = page.decode(asked.cursor, *_KEY)
        received = await self.volumes.received(asked.since, on)
        async with self.database.transaction() as session:
            rows = await queries.unused(session, on, received, asked, after, limit)
        more = None
        if len(rows) > limit:
            last = rows[limit - 1]
            more = page.encode([last.counted, last.code, last.agency])
        self._show(more)
        return rows[:limit], received, more

    async def candidates(
        self, asked: CandidatesAsked, limit: int
    ) -> tuple[list[CandidateRow], Sequence[Volume], str | None]:
        """The rows, what they were counted from, and the cursor of the next ones."""
        on = self.day(asked)
        after: Any = page.decode(asked.cursor, *_KEY)
        received = await self.volumes.received(asked.first, asked.last)
        async with self.database.transaction() as session:
            rows = await queries.candidates(session, on, received, asked, after, limit)
        more = None
        if len(rows) > limit:
            last = rows[limit - 1]
            more = page.encode([-last.received, last.code, last.agency])
        self._show(more)
        return rows[:limit], received, more

    def day(self, asked: UnusedAsked | CandidatesAsked) -> date:
        """As of which it is told what is offered. Raises InvalidInput."""
        on = asked.on or self.today
        refuse_future(on, self.today, "on")
        return on

    def _show(self, more: str | None) -> None:
        self.response.headers.update(page.next_link(self.request, more))
        self.response.headers["Cache-Control"] = "no-store"
        self.response.headers["Vary"] = "Accept, Accept-Language"

    async def table(
        self, rows: tabular.Rows, form: tabular.Form, name: str, on: date, more: str | None
    ) -> Response:
        link = page.next_link(self.request, more)
        return await tabular.answer(rows, form, f"{name}-{on}", headers=link)

    def about_unused(self, asked: UnusedAsked, more: str | None) -> dict[str, Any]:
        texts = UNUSED[self.language]
        definition = Definition(id="services-without-dossiers", version=VERSION, texts=texts)
        return {
            "definition": definition,
            "first_day": asked.since,
            "last_day": self.day(asked),
            "next": more,
        }

    def about_candidates(self, asked: CandidatesAsked, more: str | None) -> dict[str, Any]:
        texts = CANDIDATES[self.language]
        definition = Definition(id="online-candidates", version=VERSION, texts=texts)
        return {"definition": definition, "first_day": asked.first, "last_day": asked.last, "next": more}


ReportOf = Annotated[Report, Depends()]


@router.get("/services-without-dossiers", response_model=UnusedPage, responses=tabular.DESCRIBED)
async def services_without_dossiers(
    asked: Annotated[UnusedAsked, Query()], caller: Staff, report: ReportOf, form: tabular.Wanted
) -> Response | UnusedPage:
    """Services offered online, today or on a past day, with at most `at_most` dossiers since a day, fewest
    first. JSON, CSV or XLSX."""
    limit = asked.limit if form is None else tabular.MOST
    rows, _, more = await report.unused(asked, limit)
    items = [views.unused(row) for row in rows]
    if form is not None:
        table = tables.unused(items, report.language)
        return await report.table(table, form, "services-without-dossiers", report.day(asked), more)
    return UnusedPage(items=items, **report.about_unused(asked, more))


@router.get("/services-without-dossiers/explain")
async def explain_services_without_dossiers(
    asked: Annotated[UnusedAsked, Query()], caller: Staff, report: ReportOf
) -> ExplainedUnusedPage:
    """The same rows, each with the channels of which its number is made."""
    rows, received, more = await report.unused(asked, asked.limit)
    items = views.explained_unused(rows, received)
    return ExplainedUnusedPage(items=items, **report.about_unused(asked, more))


@router.get("/online-candidates", response_model=CandidatePage, responses=tabular.DESCRIBED)
async def online_candidates(
    asked: Annotated[CandidatesAsked, Query()], caller: Staff, report: ReportOf, form: tabular.Wanted
) -> Response | CandidatePage:
    """Procedures that a body receives but does not offer online, most dossiers first, with what each
    lacks. JSON, CSV or XLSX."""
    limit = asked.limit if form is None else tabular.MOST
    rows, _, more = await report.candidates(asked, limit)
    items = [views.candidate(row, report.language) for row in rows]
    if form is not None:
        table = tables.candidates(items, report.language)
        return await report.table(table, form, "online-candidates", report.day(asked), more)
    return CandidatePage(items=items, **report.about_candidates(asked, more))


@router.get("/online-candidates/explain")
async def explain_online_candidates(
    asked: Annotated[CandidatesAsked, Query()], caller: Staff, report: ReportOf
) -> ExplainedCandidatePage:
    """The same rows, each with the channels of which its number is made."""
    rows, received, more = await report.candidates(asked, asked.limit)
    items = views.explained_candidates(rows, received, report.language)
    return ExplainedCandidatePage(items=items, **report.about_candidates(asked, more))
