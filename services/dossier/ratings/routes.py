"""Rating, by the owner or by the code on the slip."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, status

from kit.clock import VIETNAM
from kit.db import Database, Session
from services.dossier import queries
from services.dossier.auth import Citizen
from services.dossier.office import Desk
from services.dossier.ratings import commands
from services.dossier.ratings.models import Rating
from services.dossier.ratings.schemas import NewRating, RatingView, SlipRating
from services.dossier.routes.public import DossierCode
from services.dossier.routes.screen import the_database

router = APIRouter(prefix="/v1", tags=["rating"])


def _view(rating: Rating) -> RatingView:
    return RatingView(points=rating.points, at=rating.at.astimezone(VIETNAM))


@router.post("/dossiers/{dossier_id}/rating", status_code=status.HTTP_201_CREATED)
async def rate(
    dossier_id: UUID, given: NewRating, caller: Citizen, session: Session, desk: Desk
) -> RatingView:
    """Once, after the result was returned (rule 14)."""
    dossier = await queries.lock(session, dossier_id, caller)
    return _view(await commands.rate(session, desk, caller, dossier, given))


@router.post("/track/{dossier_code:path}/rating", status_code=status.HTTP_201_CREATED)
async def rate_by_slip(
    dossier_code: DossierCode,
    given: SlipRating,
    session: Session,
    desk: Desk,
    database: Annotated[Database, Depends(the_database)],
) -> RatingView:
    """By whoever has the slip and knows the last four digits."""
    async with database.transaction() as before:
        found = await queries.tracked(before, dossier_code)
    await commands.check(database, desk, found, given.check)
    dossier = await queries.lock(session, found.id, commands.SLIP)
    return _view(await commands.rate(session, desk, commands.SLIP, dossier, given))
