"""What the routes of a dossier share: the answer that shows its whole screen."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from kit import versions
from kit.auth import Caller, Forbidden
from kit.db import Database, Session
from kit.problem import Language, language_of
from services.dossier import queries, views
from services.dossier.answers import DossierView
from services.dossier.auth import Leader
from services.dossier.commands import intake
from services.dossier.models import Dossier
from services.dossier.office import Office
from services.dossier.status import Status

Tongue = Annotated[Language, Depends(language_of)]


async def _provincial(caller: Leader, session: Session) -> Caller:
    if not await queries.leads_the_province(session, caller):
        raise Forbidden(roles="leader of the province")
    return caller


#: A leader of the province's committee: what holds for all is not a department's to say.
ProvinceLeader = Annotated[Caller, Depends(_provincial, scope="function")]


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
