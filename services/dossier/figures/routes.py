"""Figures about dossiers: public in sum, explained to the staff of the body."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from kit.auth import MaybeCaller
from kit.clock import VIETNAM
from kit.db import Session
from services.dossier.errors import BodyMissing
from services.dossier.figures import queries
from services.dossier.figures.book import LIVE
from services.dossier.figures.definitions import INDICATORS, Indicator
from services.dossier.figures.queries import Asked
from services.dossier.figures.report import report
from services.dossier.figures.schemas import Report, Wanted
from services.dossier.office import Desk
from services.dossier.routes.screen import Tongue

router = APIRouter(prefix="/v1/reports", tags=["reports"])


def _serve(indicator: Indicator) -> None:
    """One path each, so that the API's description has them by name."""

    @router.get(f"/{indicator.id}", name=indicator.id, description=indicator.title["en"])
    async def figures(
        caller: MaybeCaller,
        session: Session,
        desk: Desk,
        language: Tongue,
        wanted: Annotated[Wanted, Query()],
    ) -> Report:
        now = desk.clock.now()
        agency = wanted.agency or (caller.agency if caller else None) or await queries.root(session)
        known = agency and await queries.names(session, LIVE, "agency", [agency])
        if not agency or not known:
            raise BodyMissing
        span = wanted.span(now.astimezone(VIETNAM).date())
        asked = Asked(agency, wanted.scope, span, indicator.by, wanted.group_by)
        return await report(session, indicator, asked, wanted.moment(span, now), language)


for _indicator in INDICATORS.values():
    _serve(_indicator)
