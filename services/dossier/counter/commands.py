"""Counter and post: an officer takes a dossier in, in one step with its acceptance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller, Forbidden
from kit.clock import VIETNAM
from kit.problem import FieldFault, InvalidInput
from services.dossier.clients.catalog import ProcedureOfTheDay
from services.dossier.commands import decide, intake
from services.dossier.commands.step import Move, record
from services.dossier.errors import PaperUnknown
from services.dossier.models import Dossier, PaperReceived
from services.dossier.office import Office
from services.dossier.owners import queries as owners
from services.dossier.schemas import Acceptance, Applicant, NewDossier
from services.dossier.status import TRANSITIONS, Action, Status

_REQUIRED = {"vi": "Mục này là bắt buộc.", "en": "This is required."}
_IDLE = {"vi": "Chỉ dùng khi tiếp nhận ngay (accept).", "en": "Only with accept."}


@dataclass(frozen=True)
class TakenIn:
    """What an officer has to say beside the dossier itself."""

    channel: Literal["counter", "post"]
    applicant: Applicant


async def read(office: Office, caller: Caller, new: NewDossier) -> tuple[ProcedureOfTheDay, TakenIn]:
    """The procedure that day; at the counter it need not be offered online.

    Raises InvalidInput for what is missing, ProcedureUnknown, FactsUnknown, Forbidden for a body that the
    caller's body does not receive for.
    """
    missing = [FieldFault("missing", _REQUIRED, pointer=f"/{name}") for name in ("channel", "applicant")
               if getattr(new, name) is None]  # fmt: skip
    if new.acceptance is not None and not new.accept:
        missing.append(FieldFault("acceptance-without-accept", _IDLE, pointer="/acceptance"))
    if missing or new.channel is None or new.applicant is None:
        raise InvalidInput(errors=missing)
    found = await intake.of_today(office, new.procedure, new.agency, new.facts, new.channel)
    if caller.agency not in (new.agency, *found.receiving_offices):
        raise Forbidden(roles="officer")
    return found, TakenIn(new.channel, new.applicant)


async def take_in(
    session: AsyncSession,
    office: Office,
    caller: Caller,
    new: NewDossier,
    taken: TakenIn,
    procedure: ProcedureOfTheDay,
) -> Dossier:
    """A submitted dossier, or with `accept` an accepted one. Raises NotSubmittable with everything that is
    wrong, PaperUnknown, FeeUnsettled, PromiseNeeded."""
    known = [str(paper["code"]) for paper in procedure.papers]
    for place, paper in enumerate(new.papers):
        if paper.paper not in known:
            raise PaperUnknown.at(f"/papers/{place}/paper", procedure.papers)
    dossier = await _row(session, office, caller, new, taken, procedure)
    given = {paper.paper for paper in new.papers if paper.originals + paper.copies}
    await intake.refuse_incomplete(session, office, dossier, new.form, given)
    await intake.give_code(session, office, dossier, dossier.created_at)
    session.add(dossier)
    await session.flush()
    owed = intake.owe_fees(session, dossier)
    session.add_all(
        PaperReceived(dossier_id=dossier.id, paper_code=p.paper, originals=p.originals, copies=p.copies)
        for p in {p.paper: p for p in new.papers}.values()
    )
    move = Move(at=dossier.created_at, owed=owed, data={"channel": taken.channel})
    event = TRANSITIONS[Action.SUBMIT].event
    async with events.held(session):  # the acceptance makes it count, for which others may have to be waited
        await record(session, office, caller, dossier, event, move, action=Action.SUBMIT)
        if new.accept:
            await _accept(session, office, caller, dossier, new.acceptance or Acceptance())
    return dossier


async def _accept(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, acceptance: Acceptance
) -> None:
    """What is wrong with the acceptance is said where it stood in the call."""
    try:
        await decide.accept(session, office, caller, dossier, acceptance)
    except InvalidInput as problem:
        for fault in problem.errors:
            fault.pointer = f"/acceptance{fault.pointer or ''}"
        raise


async def _row(
    session: AsyncSession,
    office: Office,
    caller: Caller,
    new: NewDossier,
    taken: TakenIn,
    procedure: ProcedureOfTheDay,
) -> Dossier:
    applicant: dict[str, Any] = {"tech_id": None, **taken.applicant.model_dump()}
    if new.on_behalf is not None:
        applicant["on_behalf"] = new.on_behalf.model_dump(exclude_none=True)
    frozen = intake.frozen(procedure, new.agency, mandated=False)
    key = owners.paper_owner(office.vault, applicant)
    return Dossier(
        **{**frozen, "receiving_agency": caller.agency, "holder_agency": caller.agency},
        status=Status.SUBMITTED,
        version=0,
        channel=taken.channel,
        owner=(await owners.accounts_of(session, [key])).get(key, key),
        form=office.vault.seal(new.form),
        facts=intake.sealed_facts(office, procedure, new.facts),
        applicant=office.vault.seal(applicant),
        found_by=intake.found_by(office, applicant),
        created_at=(now := office.clock.now().astimezone(VIETNAM)),
        saved_at=now,
    )
