"""Another body is asked for its opinion, sees the dossier, and answers; citizens see nothing of it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from services.dossier import queries
from services.dossier.commands.desk import open_to
from services.dossier.commands.step import step
from services.dossier.errors import AskedAlready, BodyMissing, NotAsked
from services.dossier.models import Dossier, Opinion
from services.dossier.office import Office
from services.dossier.schemas import OpinionAnswer, OpinionRequest
from services.dossier.status import Action


async def ask(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, asked: OpinionRequest
) -> None:
    """Raises BodyMissing, AskedAlready."""
    async with step(session, office, caller, dossier, Action.REQUEST_OPINION) as move:
        if not await queries.body_names(session, {asked.agency}):
            raise BodyMissing
        if await queries.open_opinion(session, dossier.id, asked.agency):
            raise AskedAlready
        await open_to(session, dossier, asked.agency, "opinion")
        session.add(
            Opinion(
                dossier_id=dossier.id,
                agency=asked.agency,
                question=asked.question,
                asked_by=caller.name,
                asked_at=move.at,
                due_on=asked.due_on,
            )
        )
        move.data = {"agency": asked.agency}


async def give(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, given: OpinionAnswer
) -> None:
    """Raises NotAsked."""
    async with step(session, office, caller, dossier, Action.GIVE_OPINION) as move:
        opinion = await queries.open_opinion(session, dossier.id, str(caller.agency))
        if opinion is None:
            raise NotAsked
        opinion.answer, opinion.given_by, opinion.given_at = given.answer, caller.name, move.at
        session.add(opinion)
        move.data = {"agency": caller.agency}
