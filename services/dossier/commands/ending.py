"""A dossier ends before its result, or is opened again: withdrawn, stopped, reopened; and the apology."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM
from kit.problem import FieldFault, InvalidInput
from services.dossier import queries
from services.dossier.calendar import Calendar
from services.dossier.commands import clock
from services.dossier.commands.decide import receive
from services.dossier.commands.given import day_off, not_wanted
from services.dossier.commands.step import step
from services.dossier.models import Dossier
from services.dossier.office import Office
from services.dossier.schemas import Acceptance, Extension, Note, Reason, Reopening
from services.dossier.status import Action

_NOT_LATER = {"vi": "Ngày hẹn mới phải sau ngày hẹn cũ.", "en": "The new date must be after the old one."}


async def withdraw(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, note: Note
) -> None:
    async with step(session, office, caller, dossier, Action.WITHDRAW) as move:
        move.note = note.note
        await _end(session, dossier, move.at)


async def stop(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, reason: Reason
) -> None:
    async with step(session, office, caller, dossier, Action.STOP) as move:
        move.note = reason.reason
        await _end(session, dossier, move.at)


async def _end(session: AsyncSession, dossier: Dossier, at: datetime) -> None:
    dossier.finished_at = at
    await close(session, dossier, at)


async def close(session: AsyncSession, dossier: Dossier, at: datetime) -> None:
    """What was awaited of the citizen is awaited no longer."""
    await clock.end(session, dossier, at)
    for supplement in await queries.supplements(session, dossier.id):
        if supplement.answered_at is None and supplement.closed_at is None:
            supplement.closed_at = at
            session.add(supplement)


async def reopen(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, reopening: Reopening
) -> None:
    """In progress again. The time that it was closed does not count; one that was refused is received
    now, with its fees. Raises FeeUnsettled, PromiseNeeded, InvalidInput."""
    async with step(session, office, caller, dossier, Action.REOPEN) as move:
        move.note = reopening.reason
        if dossier.accepted_at is None:
            acceptance = Acceptance(promised_on=reopening.promised_on, reason=reopening.reason)
            await receive(session, office, dossier, acceptance, move.at)
        elif faults := not_wanted(reopening.promised_on):
            raise InvalidInput(errors=faults)
        elif dossier.finished_at is not None:
            await clock.closed(session, office, dossier, dossier.finished_at, move.at)
        dossier.finished_at = dossier.outcome = dossier.returned_at = dossier.return_method = None
        move.due_at = dossier.promised_at


async def extend(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, extension: Extension
) -> None:
    """The apology, once and before the promised time; on-time is scored by the old promise (rule 8).
    Raises InvalidInput."""
    async with step(session, office, caller, dossier, Action.EXTEND) as move:
        calendar = await office.calendar(session, dossier.resolving_agency)
        dossier.extended_to = _new_promise(calendar, dossier, extension.promised_on)
        dossier.promised_at, dossier.extended_at = dossier.extended_to, move.at
        move.note, move.due_at = extension.reason, dossier.promised_at


def _new_promise(calendar: Calendar, dossier: Dossier, on: date) -> datetime:
    old, faults = dossier.promised_at, day_off(calendar, on)
    if old is not None and on <= old.astimezone(VIETNAM).date():
        faults.append(FieldFault("promise-not-later", _NOT_LATER, pointer="/promised_on"))
    if faults:
        raise InvalidInput(errors=faults)
    return calendar.closing(on)
