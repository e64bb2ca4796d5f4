"""Supplements: everything at once, the clock stops, the citizen answers each item, the clock goes on."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM
from kit.problem import FieldFault, InvalidInput
from services.dossier import queries
from services.dossier.commands import clock
from services.dossier.commands.step import step
from services.dossier.errors import PaperUnknown, SupplementUnanswered
from services.dossier.models import Dossier, Supplement
from services.dossier.office import Office
from services.dossier.schemas import SupplementAnswers, SupplementRequest
from services.dossier.status import Action

_PAST = {"vi": "Hạn bổ sung phải sau hôm nay.", "en": "The due date must be after today."}
_UNANSWERED = {
    "vi": "Mục {item} chưa được bổ sung: {text}",
    "en": "Item {item} is not answered: {text}",
}


async def request(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, asked: SupplementRequest
) -> None:
    """Ask once; again only a leader may. Raises PaperUnknown, InvalidInput."""
    earlier = await queries.supplements(session, dossier.id)
    async with step(session, office, caller, dossier, Action.REQUEST_SUPPLEMENT) as move:
        papers = [str(paper["code"]) for paper in dossier.procedure["papers"]]
        for place, item in enumerate(asked.items):
            if item.paper is not None and item.paper not in papers:
                raise PaperUnknown.at(f"/items/{place}/paper", dossier.procedure["papers"])
        today = move.at.astimezone(VIETNAM).date()
        due_on = asked.due_on or today + timedelta(days=office.settings.supplement_days)
        if due_on <= today:
            raise InvalidInput(errors=[FieldFault("due-in-the-past", _PAST, pointer="/due_on")])
        session.add(
            Supplement(
                dossier_id=dossier.id,
                number=len(earlier) + 1,
                reason=asked.reason,
                items=[
                    {"item": number, **item.model_dump()} for number, item in enumerate(asked.items, start=1)
                ],
                requested_at=move.at,
                requested_by=caller.name,
                due_on=due_on,
            )
        )
        await clock.stop(session, dossier, "supplement", move.at)
        dossier.rounds = len(earlier) + 1
        dossier.waiting_until = datetime.combine(due_on + timedelta(days=1), time.min, VIETNAM)
        move.note = asked.reason
        move.data = {"round": len(earlier) + 1}


async def answer(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, given: SupplementAnswers
) -> None:
    """Each item answered: by a new document of its paper, or by a note. The promise moves by the pause.

    Raises SupplementUnanswered with every item that is open.
    """
    async with step(session, office, caller, dossier, Action.SUPPLEMENT) as move:
        pending = (await queries.supplements(session, dossier.id))[-1]
        documents = (await queries.around(session, dossier)).documents
        new = {d.paper_code for d in documents if d.counts and d.uploaded_at >= pending.requested_at}
        notes = {answer.item: answer.note for answer in given.answers}
        faults = [
            FieldFault(
                "supplement-item-open",
                _UNANSWERED,
                pointer=f"/items/{item['item'] - 1}",
                item=item["item"],
                text=item["text"],
            )
            for item in pending.items
            if item["item"] not in notes and (item["paper"] is None or item["paper"] not in new)
        ]
        if faults:
            raise SupplementUnanswered(errors=faults)
        pending.answers = [answer.model_dump() for answer in given.answers]
        pending.answered_at = move.at
        await clock.go_on(session, office, dossier, move.at)
        move.due_at = dossier.promised_at
        session.add(pending)
