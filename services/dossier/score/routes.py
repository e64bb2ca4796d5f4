"""The score of QĐ 766: public, like the sums that it is made of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from kit import tabular
from kit.auth import MaybeCaller
from kit.db import Database
from services.dossier.figures import sheets
from services.dossier.office import Desk
from services.dossier.routes.screen import Tongue, the_database
from services.dossier.score.report import report
from services.dossier.score.schemas import Score, ScoreAsked
from services.dossier.score.tables import table

router = APIRouter(prefix="/v1/reports", tags=["reports"])


@router.get("/score-766", response_model=Score, responses=tabular.DESCRIBED)
async def score_766(
    caller: MaybeCaller,
    database: Annotated[Database, Depends(the_database)],
    desk: Desk,
    language: Tongue,
    wanted: Annotated[ScoreAsked, Query()],
    form: tabular.Wanted,
    response: Response,
) -> Score | Response:
    """Groups and indicators with their points, and what cannot be computed, each with the reason. JSON, CSV
    or XLSX."""
    score = await report(database, desk, caller, wanted, language)
    if form is not None:
        return await sheets.answer(table(score, language), form, f"score-766-{score.period}")
    response.headers.update(tabular.VARY)
    return score
