"""Within the offices: who has the dossier, at which stage, what they note among themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller, Forbidden
from kit.clock import VIETNAM
from services.dossier import queries
from services.dossier.commands.step import Move, record, step
from services.dossier.deadline import add_minutes, opening
from services.dossier.errors import BodyMissing
from services.dossier.models import Access, Dossier, Remark
from services.dossier.office import Office
from services.dossier.schemas import Forwarding, PassingOn
from services.dossier.status import Action


@dataclass(frozen=True)
class Officer:
    sub: str
    name: str


def put_on_desk(dossier: Dossier, officer: Officer, at: datetime) -> None:
    dossier.assignee, dossier.assignee_name, dossier.assigned_at = officer.sub, officer.name, at


async def assign(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, officer: Officer, note: str
) -> None:
    """A leader gives it to anyone of the body; an officer takes it, or passes on what is theirs."""
    async with step(session, office, caller, dossier, Action.ASSIGN) as move:
        free = dossier.assignee is None and officer.sub == caller.sub
        if "leader" not in caller.roles and not free and dossier.assignee != caller.sub:
            raise Forbidden(roles="leader")
        put_on_desk(dossier, officer, move.at)
        move.note, move.data = note, {"assignee": officer.sub}


async def pass_on(
    session: AsyncSession,
    office: Office,
    caller: Caller,
    dossier: Dossier,
    officer: Officer | None,
    passing: PassingOn,
) -> None:
    """To the procedure's next stage, if it has stages, and to another officer, if one is named."""
    async with step(session, office, caller, dossier, Action.PASS_ON) as move:
        if officer is not None:
            put_on_desk(dossier, officer, move.at)
        if dossier.stage is not None:
            await enter_stage(session, office, dossier, dossier.stage + 1, move.at)
        move.note, move.due_at = passing.note, dossier.stage_due_at or dossier.promised_at
        move.data = {"stage": dossier.stage}


async def enter_stage(
    session: AsyncSession, office: Office, dossier: Dossier, number: int, at: datetime
) -> None:
    """Stage `number` of the procedure, or its last; due after its processing hours."""
    stages = dossier.procedure.get("stages") or []
    if not stages:
        return
    dossier.stage = min(number, len(stages) - 1)
    calendar = await office.calendar(session, dossier.holder_agency)
    start = opening(at.astimezone(VIETNAM), calendar)
    dossier.stage_due_at = add_minutes(start, stages[dossier.stage]["hours"] * 60, calendar)


async def forward(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, to: Forwarding
) -> None:
    """Another body works on it from now; the one that resolves answers for it as before.
    Raises BodyMissing."""
    async with step(session, office, caller, dossier, Action.FORWARD) as move:
        if not await queries.body_names(session, {to.agency}):
            raise BodyMissing
        dossier.holder_agency = to.agency
        dossier.assignee = dossier.assignee_name = dossier.assigned_at = None
        await open_to(session, dossier, to.agency, "forwarded")
        move.note, move.data = to.note, {"holder": to.agency}


async def open_to(session: AsyncSession, dossier: Dossier, agency: str, reason: str) -> None:
    """That body sees the dossier from now on."""
    if await session.get(Access, (dossier.id, agency)) is None:
        session.add(Access(dossier_id=dossier.id, agency=agency, reason=reason))


async def remark(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, words: str
) -> Remark:
    """A note that citizens never see; its words stay out of the event."""
    written = Remark(
        dossier_id=dossier.id,
        at=office.clock.now(),
        by=caller.sub,
        by_name=caller.name,
        agency=caller.agency,
        text=words,
    )
    session.add(written)
    move = Move(at=written.at)
    await record(session, office, caller, dossier, "dossier.remarked", move, audience="internal")
    return written
