"""Reports against targets, for everybody: `/v1/reports/attainment`, `league-table`, `shortest-way`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from kit import tabular
from kit.auth import Caller, MaybeCaller
from kit.clock import VIETNAM
from kit.db import Session
from kit.problem import Language
from services.dossier.errors import BodyMissing
from services.dossier.figures import queries as figures
from services.dossier.figures import sheets
from services.dossier.figures.schemas import WantedPeriod
from services.dossier.office import Desk, Office
from services.dossier.routes.screen import Tongue
from services.dossier.targets import queries, reports, tables, ways
from services.dossier.targets.answers import (
    Attainment,
    AttainmentAsked,
    Frame,
    League,
    LeagueAsked,
    Way,
    WayAsked,
)
from services.dossier.targets.scene import Scene

router = APIRouter(prefix="/v1/reports", tags=["reports"])


async def _scene(
    session: Session, desk: Office, language: Language, asked: WantedPeriod, caller: Caller | None
) -> Scene:
    """Of the asked body, the caller's or the province. Raises BodyMissing."""
    agency = asked.agency or (caller.agency if caller else None) or await figures.root(session)
    if agency is None:
        raise BodyMissing
    now = desk.clock.now()
    day = now.astimezone(VIETNAM).date()
    span = asked.span(day)
    return Scene(
        session=session,
        settings=desk.settings,
        language=language,
        agency=agency,
        bodies=await queries.bodies_below(session, agency),
        span=span,
        as_of=asked.moment(span, now),
        period=asked.period or (None if asked.first else str(day.year)),
    )


@router.get("/attainment", response_model=Attainment, responses=tabular.DESCRIBED)
async def attainment(
    caller: MaybeCaller,
    session: Session,
    desk: Desk,
    language: Tongue,
    asked: Annotated[AttainmentAsked, Query()],
    form: tabular.Wanted,
    response: Response,
) -> Attainment | Response:
    """The share of each body beside its target: how many dossiers it lacks, and where it will stand at the
    year's end. JSON, CSV or XLSX."""
    found = await reports.attainment(await _scene(session, desk, language, asked, caller), asked)
    if form is not None:
        return await sheets.answer(tables.attainment(found, language), form, _name("attainment", found))
    response.headers.update(tabular.VARY)
    return found


@router.get("/league-table", response_model=League, responses=tabular.DESCRIBED)
async def league_table(
    session: Session,
    desk: Desk,
    language: Tongue,
    asked: Annotated[LeagueAsked, Query()],
    form: tabular.Wanted,
    response: Response,
) -> League | Response:
    """Bodies of a kind by their share, and their score of the year. JSON, CSV or XLSX."""
    scene = await _scene(session, desk, language, asked, None)
    found = await reports.league_table(scene, asked)
    if form is not None:
        table = tables.league(found, scene.body.name, language)
        return await sheets.answer(table, form, _name(f"league-table-{found.of}", found))
    response.headers.update(tabular.VARY)
    return found


@router.get("/shortest-way", response_model=Way, responses=tabular.DESCRIBED)
async def shortest_way(
    caller: MaybeCaller,
    session: Session,
    desk: Desk,
    language: Tongue,
    asked: Annotated[WayAsked, Query()],
    form: tabular.Wanted,
    response: Response,
) -> Way | Response:
    """To the target of a body for the online share: the procedures, of it and of those below it, whose
    dossiers over the counter would close the gap. JSON, CSV or XLSX."""
    found = await ways.shortest_way(await _scene(session, desk, language, asked, caller), asked)
    if form is not None:
        return await sheets.answer(tables.way(found, language), form, _name("shortest-way", found))
    response.headers.update(tabular.VARY)
    return found


def _name(report: str, found: Frame) -> str:
    return f"{report}-{found.first}-{found.last}"
