"""`POST /v1/dossiers/{id}/actions/{action}`: one route per action that a caller can ask for, made from the
table of transitions (who) and that of performances (what it takes)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from kit.auth import Caller
from kit.db import Database, Session
from kit.versions import SeenVersion
from services.dossier import queries
from services.dossier.answers import DossierView
from services.dossier.auth import Citizen, CitizenOrOfficer, Officer
from services.dossier.commands.perform import PERFORMANCES, Performance
from services.dossier.commands.step import seen
from services.dossier.office import Desk, Office
from services.dossier.routes.screen import Tongue, screen, the_database
from services.dossier.status import TRANSITIONS, Action, Who

router = APIRouter(prefix="/v1/dossiers/{dossier_id}/actions", tags=["dossiers"])
Storehouse = Annotated[Database, Depends(the_database)]


def route(action: Action, performance: Performance) -> None:
    """Declare the route of one action."""

    async def act(
        dossier_id: UUID,
        given: Any,
        caller: Caller,
        database: Storehouse,
        session: Session,
        desk: Desk,
        version: SeenVersion,
        response: Response,
        language: Tongue,
    ) -> DossierView:
        work = await prepared(performance, database, desk, caller, dossier_id, given)
        dossier = await queries.lock(session, dossier_id, caller)
        seen(dossier, version)
        await performance.do(session, desk, caller, dossier, work)
        return await screen(session, desk, caller, dossier, response, language)

    # FastAPI reads rights and bodies from annotations; those of this action are known here only.
    act.__annotations__ |= {"given": performance.takes, "caller": right(TRANSITIONS[action].who)}
    router.add_api_route(
        f"/{action}",
        act,
        methods=["POST"],
        name=action.value,
        summary=TRANSITIONS[action].label["en"],
    )


def right(who: frozenset[Who]) -> Any:
    """Who may ask for an action at all; the command then looks at what they are to the dossier."""
    if Who.OWNER not in who:
        return Officer
    return CitizenOrOfficer if Who.OFFICER in who else Citizen


async def prepared(
    performance: Performance,
    database: Database,
    desk: Office,
    caller: Caller,
    dossier_id: UUID,
    given: Any,
) -> Any:
    """What the command works with: the input, or what was read over HTTP for it, outside a transaction."""
    if performance.prepare is None:
        return given
    async with database.transaction() as session:
        dossier = await queries.dossier(session, dossier_id, caller)
    return await performance.prepare(desk, caller, dossier, given)


for known, doing in PERFORMANCES.items():
    route(known, doing)
