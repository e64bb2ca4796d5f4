"""What the offices decide: acceptance, refusal, processing, completion, hand-over."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM
from kit.problem import FieldFault
from services.dossier import queries
from services.dossier.calendar import Calendar
from services.dossier.commands.clock import term_of
from services.dossier.commands.desk import Officer, enter_stage, put_on_desk
from services.dossier.commands.intake import intake_fact
from services.dossier.commands.step import step
from services.dossier.deadline import promise
from services.dossier.errors import DocumentMissing, FeeUnsettled, PromiseNeeded
from services.dossier.models import Dossier, Result
from services.dossier.office import Office
from services.dossier.schemas import Acceptance, HandOver, Note, Outcome, Reason
from services.dossier.status import Action

_REQUIRED = {"vi": "Mục này là bắt buộc.", "en": "This is required."}
_PAST = {"vi": "Ngày hẹn phải sau hôm nay.", "en": "The promised day must be after today."}


async def accept(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, acceptance: Acceptance
) -> None:
    """Received: the promise is made and the dossier counts. Raises FeeUnsettled, PromiseNeeded."""
    async with step(session, office, caller, dossier, Action.ACCEPT) as move:
        await receive(session, office, dossier, acceptance, move.at)
        move.note, move.due_at = acceptance.reason or "", dossier.promised_at


async def receive(
    session: AsyncSession, office: Office, dossier: Dossier, acceptance: Acceptance, at: datetime
) -> None:
    """What acceptance means for the row and the figures. Raises FeeUnsettled, PromiseNeeded."""
    await _refuse_unsettled(session, dossier, "submission")
    dossier.accepted_at = at
    calendar = await office.calendar(session, dossier.resolving_agency)
    dossier.promised_at = dossier.scored_at = _promised(calendar, dossier, acceptance, at)
    dossier.promise_reason = acceptance.reason
    dossier.holder_agency = dossier.resolving_agency
    session.add(intake_fact(dossier))


def _promised(calendar: Calendar, dossier: Dossier, acceptance: Acceptance, now: datetime) -> datetime:
    term = term_of(dossier)
    if term is not None:
        return promise(now, term, calendar).promised_at
    faults = []
    if acceptance.promised_on is None:
        faults.append(FieldFault("missing", _REQUIRED, pointer="/promised_on"))
    elif acceptance.promised_on <= now.astimezone(VIETNAM).date():
        faults.append(FieldFault("promise-in-the-past", _PAST, pointer="/promised_on"))
    if not acceptance.reason:
        faults.append(FieldFault("missing", _REQUIRED, pointer="/reason"))
    if faults or acceptance.promised_on is None:
        raise PromiseNeeded(errors=faults)
    return calendar.closing(acceptance.promised_on)


async def refuse(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, reason: Reason
) -> None:
    async with step(session, office, caller, dossier, Action.REFUSE) as move:
        move.note = reason.reason
        dossier.finished_at = move.at


async def start(session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, note: Note) -> None:
    """The caller takes the dossier on their desk, at the procedure's first stage if it has any."""
    async with step(session, office, caller, dossier, Action.START) as move:
        move.note = note.note
        put_on_desk(dossier, Officer(caller.sub, caller.name), move.at)
        dossier.holder_agency = caller.agency or dossier.holder_agency
        await enter_stage(session, office, dossier, 0, move.at)
        move.due_at = dossier.stage_due_at or dossier.promised_at


async def complete(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, completion: Outcome
) -> None:
    """Signed: each result document gets the code by which anyone verifies it. Raises DocumentMissing."""
    async with step(session, office, caller, dossier, Action.COMPLETE) as move:
        for item in completion.documents:
            document = await queries.document(session, dossier.id, item.document)
            if document.kind != "result":
                raise DocumentMissing
            session.add(
                Result(
                    verification_code=verification_code(),
                    dossier_id=dossier.id,
                    document_id=document.id,
                    name=item.name,
                    result_code=item.result_code,
                    issued_at=move.at,
                )
            )
        dossier.finished_at, dossier.outcome = move.at, completion.outcome
        move.note, move.data = completion.note, {"outcome": completion.outcome}


async def hand_over(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, over: HandOver
) -> None:
    """The result reached the citizen. Raises FeeUnsettled for fees due at return."""
    async with step(session, office, caller, dossier, Action.RETURN) as move:
        await _refuse_unsettled(session, dossier, "acceptance", "return")
        dossier.returned_at, dossier.return_method = move.at, over.method
        move.note = " ".join(part for part in (over.tracking_number, over.note) if part)


async def _refuse_unsettled(session: AsyncSession, dossier: Dossier, *purposes: str) -> None:
    for purpose in purposes:
        if due := await queries.unsettled(session, dossier.id, purpose):
            raise FeeUnsettled(amount=due.amount, purpose=purpose)


def verification_code() -> str:
    """100 random bits in base 32: "K7QX-…" in five groups of four (rule 11 asks for 80)."""
    raw = base64.b32encode(secrets.token_bytes(13)).decode()[:20]
    return "-".join(raw[i : i + 4] for i in range(0, 20, 4))
