"""What the routes of a dossier share: the answer that shows its whole screen."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from kit import versions
from kit.auth import Caller
from kit.db import Database, Session
from kit.problem import Language, language_of
from services.dossier import queries, views
from services.dossier.answers import DossierView
from services.dossier.commands import intake
from services.dossier.models import Dossier
from services.dossier.office import Office
from services.dossier.status import Status

Tongue = Annotated[Language, Depends(language_of)]


async def screen(
    session: Session, office: Office, caller: Caller, dossier: Dossier, response: Response, language: Language
) -> DossierView:
    versions.show(response, dossier.version)
    about = await queries.around(session, dossier)
    if dossier.status == Status.DRAFT:
        form = office.vault.open(dossier.form)
        about.lacking = await intake.incomplete(session, office, dossier, form, intake.given(about.documents))
    who = await queries.standing(session, caller, dossier)
    return views.screen(office, caller, dossier, about, who, language)


def the_database(request: Request) -> Database:
    """For what needs transactions of its own, beside the request's."""
    database: Database = request.app.state.database
    return database
