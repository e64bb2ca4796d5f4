"""Statements that are sent on, and open data: public sums."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from kit import page, tabular
from kit.auth import MaybeCaller
from kit.db import Session
from kit.tabular import Form
from services.dossier.figures import sheets
from services.dossier.office import Desk
from services.dossier.routes.screen import Tongue
from services.dossier.statements import compose, forms, open_data, printed, render
from services.dossier.statements.compose import Asker
from services.dossier.statements.paper import Paper
from services.dossier.statements.schemas import (
    Monthly,
    MonthlyAsked,
    OneStop,
    OneStopAsked,
    OpenData,
    OpenDataAsked,
)

router = APIRouter(prefix="/v1/reports", tags=["statements"])
Printed = Annotated[Form | None, tabular.wanted("xlsx", "pdf")]
_PRINTED = tabular.described("xlsx", "pdf")


def _asker(caller: MaybeCaller, session: Session, desk: Desk, language: Tongue) -> Asker:
    return Asker(session, desk, caller, language, desk.clock.now())


Who = Annotated[Asker, Depends(_asker, scope="function")]


@router.get("/monthly", response_model=Monthly, responses=_PRINTED)
async def monthly_report(
    asker: Who, asked: Annotated[MonthlyAsked, Query()], form: Printed, response: Response
) -> Monthly | Response:
    """A month of a body by the bodies right below it: received, solved, pending; online share beside its
    target, paid online, supplements, processing time. JSON, XLSX or PDF."""
    found = await compose.of_month(asker, asked)
    if form is None:
        response.headers.update(tabular.VARY)
        return found
    paper = forms.of_monthly(found, asker.office.settings.province, asker.language)
    return await _print(paper, form, f"monthly-{found.period}", synthetic=found.synthetic)


@router.get("/one-stop", response_model=OneStop, responses=_PRINTED)
async def one_stop_form(
    asker: Who, asked: Annotated[OneStopAsked, Query()], form: Printed, response: Response
) -> OneStop | Response:
    """What came in a quarter and what became of it, after form II.06 of Circular 01/2020/TT-VPCP, by field or
    by child body. JSON, XLSX or PDF."""
    found = await compose.of_one_stop(asker, asked)
    if form is None:
        response.headers.update(tabular.VARY)
        return found
    paper = forms.of_one_stop(found, asker.office.settings.province, asker.language)
    return await _print(paper, form, f"one-stop-{found.period}", synthetic=found.synthetic)


async def _print(paper: Paper, form: Form, name: str, *, synthetic: bool) -> Response:
    content = await (render.pdf(paper) if form == "pdf" else asyncio.to_thread(printed.xlsx, paper))
    return tabular.file(content, form, f"{name}{'-synthetic' * synthetic}")


@router.get("/open-data", response_model=OpenData, responses=tabular.DESCRIBED)
async def open_data_received(
    request: Request,
    asker: Who,
    asked: Annotated[OpenDataAsked, Query()],
    form: tabular.Wanted,
    response: Response,
) -> OpenData | Response:
    """Dossiers received by month, body, procedure and channel, without personal data; small counts are
    hidden. JSON in pages, CSV or XLSX in larger ones; the data dictionary comes along."""
    key = page.decode(asked.cursor, str, str, str, str)
    after = None if key is None else (page.day_of(key[0]), key[1], key[2], key[3])
    limit = asked.limit if form is None else tabular.MOST
    about, items, last = await compose.of_open_data(asker, asked, after, limit)
    more = None if last is None else page.encode(last)
    link = page.next_link(request, more)
    if form is not None:
        table = open_data.table(about, items, asker.language)
        return await sheets.answer(table, form, f"open-data-{about.first}-{about.last}", link)
    response.headers.update({**tabular.VARY, **link})
    return OpenData(items=list(items), next=more, dataset=about)
