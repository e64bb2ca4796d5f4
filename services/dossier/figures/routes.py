"""Figures about dossiers: public in sum, explained to the staff of the body."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kit import page, tabular
from kit.auth import MaybeCaller
from kit.db import Session
from services.dossier.figures import asking, sheets, tables
from services.dossier.figures.definitions import INDICATORS
from services.dossier.figures.explain import Question, explain
from services.dossier.figures.explained import Explained, ToExplain
from services.dossier.figures.indicator import Indicator
from services.dossier.figures.report import report
from services.dossier.figures.schemas import Report, Wanted
from services.dossier.office import Desk
from services.dossier.routes.screen import Tongue

router = APIRouter(prefix="/v1/reports", tags=["reports"])


def _serve(indicator: Indicator) -> None:
    """One path each, so that the API's description has them by name."""

    @router.get(f"/{indicator.id}/explain", name=f"{indicator.id}-explained", response_model=Explained)
    async def explained(
        request: Request,
        response: Response,
        caller: MaybeCaller,
        session: Session,
        desk: Desk,
        language: Tongue,
        wanted: Annotated[ToExplain, Query()],
    ) -> Explained:
        """Which facts a cell of the report counts and leaves out, and why: sums for everybody; the facts for
        the staff of the bodies concerned and of those above, and for auditors."""
        asked, as_of = await asking.asked(session, wanted, indicator.by, caller, desk.clock.now())
        found = await explain(session, Question(indicator, asked, as_of, wanted, caller), language)
        response.headers.update({**page.next_link(request, found.next), "Cache-Control": "no-store"})
        return found

    @router.get(
        f"/{indicator.id}",
        name=indicator.id,
        description=indicator.title["en"],
        response_model=Report,
        responses=tabular.DESCRIBED,
    )
    async def figures(
        caller: MaybeCaller,
        session: Session,
        desk: Desk,
        language: Tongue,
        wanted: Annotated[Wanted, Query()],
        form: tabular.Wanted,
        response: Response,
    ) -> Report | Response:
        asked, as_of = await asking.asked(session, wanted, indicator.by, caller, desk.clock.now())
        found = await report(session, indicator, asked, as_of, language)
        if form is not None:
            table = tables.table(found, float(desk.settings.default_target), language)
            return await sheets.answer(table, form, tables.filename(found))
        response.headers.update(tabular.VARY)
        return found


for _indicator in INDICATORS.values():
    _serve(_indicator)
