"""Within the offices: who has the dossier, at which stage, what they note among themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller, Forbidden
from kit.problem import FieldFault, InvalidInput
from services.dossier import queries
from services.dossier.commands.clock import recount
from services.dossier.commands.step import Move, record, step
from services.dossier.errors import BodyMissing
from services.dossier.guards import stage
from services.dossier.models import Access, Dossier, Remark
from services.dossier.office import Office
from services.dossier.schemas import Forwarding, Passing
from services.dossier.status import Action

_TO_WHOM = {
    "vi": "Không còn bước sau: cần ghi người nhận.",
    "en": "There is no next stage: say to whom.",
}
_NO_LEADER = {
    "vi": "Bước “{stage}” do lãnh đạo thực hiện.",
    "en": "The stage “{stage}” is a leader's.",
}


@dataclass(frozen=True)
class Officer:
    """`roles` empty: not known."""

    sub: str
    name: str
    roles: frozenset[str] = frozenset()


def put_on_desk(dossier: Dossier, officer: Officer, at: datetime) -> None:
    dossier.assignee, dossier.assignee_name, dossier.assigned_at = officer.sub, officer.name, at


def take_off_desk(dossier: Dossier) -> None:
    dossier.assignee = dossier.assignee_name = dossier.assigned_at = None


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
    passing: Passing,
) -> None:
    """To the procedure's next stage, if there is one, and to another officer, if one is named; where the
    stages end, somebody must be. Raises InvalidInput."""
    async with step(session, office, caller, dossier, Action.PASS_ON) as move:
        following = stage(dossier, 1)
        if officer is None and not following:
            raise InvalidInput(errors=[FieldFault("missing", _TO_WHOM, pointer="/assignee")])
        if following:
            await enter_stage(session, office, dossier, (dossier.stage or 0) + 1, move.at)
        if officer is not None:
            _refuse_role(officer, stage(dossier))
            put_on_desk(dossier, officer, move.at)
        elif following.get("role") == "leader":
            # Whoever has it now may not act on it: any leader takes it.
            take_off_desk(dossier)
        move.note, move.due_at = passing.note, dossier.stage_due_at or dossier.promised_at
        move.data = {"stage": dossier.stage}


def _refuse_role(officer: Officer, at: dict[str, object]) -> None:
    """Raises InvalidInput for who may not act at that stage. Of whom a system tells we know no role."""
    if at.get("role") == "leader" and officer.roles and "leader" not in officer.roles:
        name = str(at["name"])
        raise InvalidInput(
            errors=[FieldFault("stage-of-leader", _NO_LEADER, pointer="/assignee", stage=name)]
        )


async def enter_stage(
    session: AsyncSession, office: Office, dossier: Dossier, number: int, at: datetime
) -> None:
    """Stage `number` of the procedure, if it has any; due after its processing hours."""
    if not dossier.procedure.get("stages"):
        return
    dossier.stage, dossier.stage_entered_at = number, at
    await recount(session, office, dossier)


async def forward(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, to: Forwarding
) -> None:
    """Another body works on it from now; the one that resolves answers for it as before.
    Raises BodyMissing."""
    async with step(session, office, caller, dossier, Action.FORWARD) as move:
        if not await queries.body_names(session, {to.agency}):
            raise BodyMissing
        dossier.holder_agency = to.agency
        take_off_desk(dossier)
        await recount(session, office, dossier)  # a stage is due by the hours of its holder
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
