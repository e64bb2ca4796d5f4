"""What the offices decide: acceptance, refusal, processing, completion, hand-over."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.problem import FieldFault, InvalidInput
from services.dossier import queries
from services.dossier.commands.desk import Officer, enter_stage, put_on_desk
from services.dossier.commands.given import promise_of
from services.dossier.commands.step import step
from services.dossier.dates import first_promise
from services.dossier.errors import DocumentMissing, FeeUnsettled
from services.dossier.models import Dossier, Result
from services.dossier.office import Office
from services.dossier.schemas import Acceptance, HandedOver, Note, Outcome, Reason
from services.dossier.status import Action

_SIGNED = {"vi": "Tệp này đã là một kết quả đã ký.", "en": "This document is a signed result already."}
_DECIDED_AGAIN = "Hồ sơ được mở lại và quyết định lại."


async def accept(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, acceptance: Acceptance
) -> None:
    """Received: the promise is made and the dossier counts.
    Raises FeeUnsettled, PromiseNeeded, InvalidInput."""
    async with step(session, office, caller, dossier, Action.ACCEPT) as move:
        await receive(session, office, dossier, acceptance, move.at)
        move.note, move.due_at = acceptance.reason or "", dossier.promised_at


async def receive(
    session: AsyncSession, office: Office, dossier: Dossier, acceptance: Acceptance, at: datetime
) -> None:
    """What acceptance means for the row. Raises FeeUnsettled, PromiseNeeded, InvalidInput."""
    await _refuse_unsettled(session, dossier, "submission")
    calendar = await office.calendar(session, dossier.resolving_agency)
    dossier.given_promise = promise_of(calendar, dossier, acceptance, at)
    dossier.accepted_at = at
    dossier.promised_at = dossier.scored_at = first_promise(dossier, calendar)
    dossier.promise_reason = acceptance.reason
    dossier.holder_agency = dossier.resolving_agency


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
    """Signed: each result document gets the code by which anyone verifies it. What was issued before the
    dossier was reopened is replaced. Raises DocumentMissing, InvalidInput."""
    async with step(session, office, caller, dossier, Action.COMPLETE) as move:
        earlier = await queries.results(session, dossier.id)
        _refuse_signed(completion, earlier)
        signed = []
        for item in completion.documents:
            document = await queries.document(session, dossier.id, item.document)
            if document.kind != "result" or not document.counts:
                raise DocumentMissing
            signed.append(
                Result(
                    verification_code=verification_code(),
                    dossier_id=dossier.id,
                    document_id=document.id,
                    name=item.name,
                    result_code=item.result_code,
                    outcome=completion.outcome,
                    issued_at=move.at,
                )
            )
        session.add_all(signed)
        await session.flush()  # before what refers to them
        replaced = _replace(earlier, signed, move.at)
        session.add_all(replaced)
        dossier.finished_at, dossier.outcome = move.at, completion.outcome
        move.note, move.data = completion.note, {"outcome": completion.outcome}
        if replaced:
            move.data["replaces"] = [str(row.document_id) for row in replaced]


def _refuse_signed(completion: Outcome, earlier: list[Result]) -> None:
    """A document is one result: it has one code and one decision. Raises InvalidInput."""
    known = {row.document_id for row in earlier}
    faults = []
    for place, item in enumerate(completion.documents):
        if item.document in known:
            pointer = f"/documents/{place}/document"
            faults.append(FieldFault("document-signed-already", _SIGNED, pointer=pointer))
        known.add(item.document)
    if faults:
        raise InvalidInput(errors=faults)


def _replace(earlier: list[Result], signed: list[Result], at: datetime) -> list[Result]:
    """Those that stood until now: each is replaced by the new one of its kind, or by the first."""
    standing = [row for row in earlier if row.revoked_at is None]
    for row in standing:
        row.revoked_at, row.revoked_because = at, _DECIDED_AGAIN
        of_its_kind = [new for new in signed if row.result_code and new.result_code == row.result_code]
        instead = [*of_its_kind, *signed]
        row.replaced_by = instead[0].verification_code if instead else None
    return standing


async def hand_over(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, over: HandedOver
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
