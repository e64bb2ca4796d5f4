"""For everyone: where a dossier stands. No personal data."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from kit.db import Database, Session
from services.dossier import queries, views
from services.dossier.answers import Ref, TrackView
from services.dossier.office import Desk
from services.dossier.ratings import commands as ratings
from services.dossier.ratings.schemas import Digits
from services.dossier.routes.screen import Tongue, the_database
from services.dossier.status import LABEL, Status

router = APIRouter(prefix="/v1", tags=["public"])

#: Ours, or one that another system has printed, with strokes perhaps ("77/2020"): in a path they separate.
DossierCode = Annotated[str, Path(pattern=r"^[0-9A-Za-z.\-/]{5,60}$")]


@router.get("/track/{dossier_code:path}")
async def track_dossier(
    dossier_code: DossierCode,
    session: Session,
    language: Tongue,
    desk: Desk,
    database: Annotated[Database, Depends(the_database)],
    check: Annotated[Digits | None, Query(description="last four of the applicant's phone or paper")] = None,
) -> TrackView:
    """State and promised date by the code on the slip; more with `check`, five tries an hour (rule 12)."""
    more: dict[str, Any] = {}
    if check is not None:
        async with database.transaction() as before:
            found = await queries.tracked(before, dossier_code)
        # Only now does this request's own transaction take a connection: with two each, many at once would
        # wait for one another.
        await ratings.check(database, desk, found, check)
    dossier = await queries.tracked(session, dossier_code)
    if check is not None:
        about = await queries.around(session, dossier)
        steps = views.history(await queries.steps(session, dossier.id), language, own=True).items
        more = {"what_next": views.what_next(dossier, about, language), "steps": steps}
    names = await queries.body_names(session, {dossier.receiving_agency, dossier.resolving_agency})
    status = Status(dossier.status)
    receiving, resolving = dossier.receiving_agency, dossier.resolving_agency
    return TrackView(
        code=str(dossier.code),
        status=status,
        status_label=LABEL[status][language],
        procedure=views.frozen_ref(dossier),
        receiving=Ref(code=receiving, name=names.get(receiving, receiving)),
        resolving=Ref(code=resolving, name=names.get(resolving, resolving)),
        submitted_at=views.local(dossier.submitted_at),
        promised_at=views.local(dossier.promised_at),
        finished_at=views.local(dossier.finished_at),
        **more,
    )
