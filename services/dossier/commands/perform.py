"""Every action that a caller can ask for: what it takes, what is read before its transaction, what it does.

The routes, the bulk calls and the `input_schema` beside each button come from here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.text import Incoming
from services.dossier import schemas
from services.dossier.commands import decide, demand, desk, ending, intake, opinion, supplement
from services.dossier.errors import OfficerUnknown
from services.dossier.models import Dossier
from services.dossier.office import Office
from services.dossier.status import Action

Do = Callable[[AsyncSession, Office, Caller, Dossier, Any], Awaitable[None]]
#: Reads over HTTP, outside any transaction; its result goes to the command instead of the input.
Prepare = Callable[[Office, Caller, Dossier, Any], Awaitable[Any]]


@dataclass(frozen=True)
class Performance:
    takes: type[Incoming]
    do: Do
    prepare: Prepare | None = None


async def _read_procedure(office: Office, caller: Caller, dossier: Dossier, _: schemas.Nothing) -> Any:
    said = intake.said(office, dossier)
    return await intake.read(office, caller, dossier.procedure_code, dossier.resolving_agency, said)


async def _officer(office: Office, caller: Caller, dossier: Dossier, sub: str | None) -> desk.Officer:
    """One of the bodies that the dossier lies with. Raises OfficerUnknown."""
    if sub is None or sub == caller.sub:
        return desk.Officer(caller.sub, caller.name, caller.roles)
    for agency in dict.fromkeys((caller.agency, dossier.holder_agency, dossier.resolving_agency)):
        for colleague in await office.accounts.officers(agency) if agency else []:
            if colleague.sub == sub:
                return desk.Officer(colleague.sub, colleague.name, frozenset(colleague.roles))
    raise OfficerUnknown


async def _assignee(office: Office, caller: Caller, dossier: Dossier, given: schemas.Assignment) -> Any:
    return await _officer(office, caller, dossier, given.assignee), given.note


async def _assign(session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, to: Any) -> None:
    officer, note = to
    await desk.assign(session, office, caller, dossier, officer, note)


async def _next(office: Office, caller: Caller, dossier: Dossier, given: schemas.PassingOn) -> Any:
    return await _officer(office, caller, dossier, given.assignee) if given.assignee else None, given


async def _pass_on(session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, to: Any) -> None:
    officer, passing = to
    await desk.pass_on(session, office, caller, dossier, officer, passing)


PERFORMANCES: Mapping[Action, Performance] = {
    Action.SUBMIT: Performance(schemas.Nothing, intake.submit, _read_procedure),
    Action.ACCEPT: Performance(schemas.Acceptance, decide.accept),
    Action.REFUSE: Performance(schemas.Reason, decide.refuse),
    Action.ASSIGN: Performance(schemas.Assignment, _assign, _assignee),
    Action.START: Performance(schemas.Note, decide.start),
    Action.PASS_ON: Performance(schemas.PassingOn, _pass_on, _next),
    Action.FORWARD: Performance(schemas.Forwarding, desk.forward),
    Action.REQUEST_OPINION: Performance(schemas.OpinionRequest, opinion.ask),
    Action.GIVE_OPINION: Performance(schemas.OpinionAnswer, opinion.give),
    Action.REQUEST_SUPPLEMENT: Performance(schemas.SupplementRequest, supplement.request),
    Action.SUPPLEMENT: Performance(schemas.SupplementAnswers, supplement.answer),
    Action.REQUIRE_PAYMENT: Performance(schemas.PaymentDemand, demand.require),
    Action.EXTEND: Performance(schemas.Extension, ending.extend),
    Action.COMPLETE: Performance(schemas.Completion, decide.complete),
    Action.RETURN: Performance(schemas.HandOver, decide.hand_over),
    Action.WITHDRAW: Performance(schemas.Note, ending.withdraw),
    Action.STOP: Performance(schemas.Reason, ending.stop),
    Action.REOPEN: Performance(schemas.Reopening, ending.reopen),
}
INPUT_SCHEMAS = {action: known.takes.model_json_schema() for action, known in PERFORMANCES.items()}
