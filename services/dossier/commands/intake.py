"""Drafts and submission: what the catalogue says that day is frozen, the code is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import forms
from kit.auth import Caller, Forbidden
from kit.clock import VIETNAM, civil_date
from kit.problem import FieldFault
from services.dossier import queries
from services.dossier.clients.catalog import ProcedureOfTheDay
from services.dossier.clients.gateway import Account
from services.dossier.commands.numbers import next_code
from services.dossier.commands.step import Move, append, check, record, step
from services.dossier.deadline import Term, promise
from services.dossier.errors import ActionNotPossible, FormMissing, NotOffered, NotSubmittable
from services.dossier.models import Dossier, FeeDue
from services.dossier.office import Office
from services.dossier.schemas import ChangedDossier, Contact, NewDossier, OnBehalf
from services.dossier.status import LABEL, Action, Status

OFFICERS_OWN = {"channel", "applicant", "papers", "accept", "acceptance"}
_PAPER_MISSING = {"vi": "Thiếu giấy tờ: {name}.", "en": "A paper is missing: {name}."}


@dataclass(frozen=True)
class Intake:
    """What is read over HTTP before the transaction: the procedure that day, and whose account."""

    procedure: ProcedureOfTheDay
    account: Account


async def read(office: Office, caller: Caller, procedure: str, agency: str) -> Intake:
    """Raises ProcedureUnknown, NotOffered, FormMissing, AccountUnknown, NeighbourDown."""
    found = await office.catalog.procedure(procedure, agency, civil_date(office.clock.now()))
    if found.offering is None or found.offering.online_level < 3:
        online = [by for by in found.offered_by if by.online_level >= 3]
        raise NotOffered(
            agency=agency,
            procedure=procedure,
            where=", ".join(f"{by.name} ({by.agency})" for by in online[:10]) or "–",
            offered_by=[by.model_dump() for by in online[:50]],
        )
    if found.form_schema is None:
        raise FormMissing
    return Intake(found, await office.accounts.account(caller.sub))


async def read_own(office: Office, caller: Caller, new: NewDossier) -> Intake:
    """As `read`, for a citizen's new dossier. Raises Forbidden for what only an officer may say."""
    if new.model_fields_set & OFFICERS_OWN:
        raise Forbidden(roles="officer")
    return await read(office, caller, new.procedure, new.agency)


async def draft(
    session: AsyncSession, office: Office, caller: Caller, new: NewDossier, intake: Intake
) -> Dossier:
    """A new dossier of the caller's, as a draft or, with `submit`, submitted at once.

    Raises NotSubmittable.
    """
    applicant = _applicant(intake.account, new.contact, new.on_behalf)
    dossier = Dossier(
        status=Status.DRAFT,
        channel="online",
        owner=caller.sub,
        verified=caller.verified,
        form=office.vault.seal(new.form),
        applicant=office.vault.seal(applicant),
        found_by=found_by(office, applicant),
        created_at=office.clock.now(),
        saved_at=office.clock.now(),
        **frozen(intake.procedure, new.agency, mandated=new.on_behalf is not None),
    )
    if new.submit:
        refuse_incomplete(dossier, new.form, set())
        dossier.version = 0
    session.add(dossier)
    await session.flush()
    if new.submit:
        await _submit(session, office, caller, dossier)
    else:
        move = Move(at=office.clock.now())
        await append(session, caller, dossier, "dossier.drafted", move, "internal")
    return dossier


async def change(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, changed: ChangedDossier
) -> None:
    """Replace the form or the contact of a draft. Raises ActionNotPossible for anything else."""
    if dossier.status != Status.DRAFT:
        label = LABEL[Status(dossier.status)]["vi"]
        raise ActionNotPossible(dossier_status=dossier.status, status_label=label, possible="–")
    if changed.form is not None:
        dossier.form = office.vault.seal(changed.form)
    if changed.contact is not None:
        applicant = office.vault.open(dossier.applicant)
        applicant.update(changed.contact.model_dump(exclude_none=True))
        dossier.applicant = office.vault.seal(applicant)
    move = Move(at=office.clock.now())
    dossier.saved_at, dossier.reminded_at = move.at, None
    await record(session, office, caller, dossier, "dossier.changed", move, audience="internal")


async def submit(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, intake: Intake
) -> None:
    """Submit a locked draft by today's version of the procedure. Raises NotSubmittable."""
    check(dossier, await queries.standing(session, caller, dossier), Action.SUBMIT, office.clock.now())
    mandated = "on_behalf" in office.vault.open(dossier.applicant)
    today = frozen(intake.procedure, dossier.resolving_agency, mandated=mandated)
    for name, value in today.items():
        setattr(dossier, name, value)
    documents = (await queries.around(session, dossier)).documents
    papers = {document.paper_code or "" for document in documents if document.counts}
    refuse_incomplete(dossier, office.vault.open(dossier.form), papers)
    await _submit(session, office, caller, dossier)


async def _submit(session: AsyncSession, office: Office, caller: Caller, dossier: Dossier) -> None:
    async with step(session, office, caller, dossier, Action.SUBMIT) as move:
        await give_code(session, office, dossier, move.at)
        move.owed = owe_fees(session, dossier)


async def give_code(session: AsyncSession, office: Office, dossier: Dossier, at: datetime) -> None:
    """The code of that day, and until when the first answer is due."""
    dossier.submitted_at = at
    calendar = await office.calendar(session, dossier.receiving_agency)
    dossier.answer_due_at = promise(at, Term(1, "working_days"), calendar).promised_at
    dossier.code = await next_code(session, dossier.receiving_agency, at.astimezone(VIETNAM).date())


def owe_fees(session: AsyncSession, dossier: Dossier) -> int:
    """The fees of the frozen lines; returns what is due now, in đồng."""
    due = amounts(dossier.procedure["fees"])
    for purpose, amount in due.items():
        session.add(FeeDue(dossier_id=dossier.id, purpose=purpose, amount=amount))
    return due.get("submission", 0)


def amounts(fees: list[dict[str, Any]]) -> dict[str, int]:
    """What is due for each purpose, in đồng. Lines of unknown amount are not zero: they are not here."""
    due: dict[str, int] = {}
    for line in fees:
        if line.get("amount"):
            due[line["due_at"]] = due.get(line["due_at"], 0) + line["amount"]
    return due


def refuse_incomplete(dossier: Dossier, form: dict[str, Any], papers: set[str]) -> None:
    """Raises NotSubmittable with everything that is wrong at once (rule 5)."""
    if found := incomplete(dossier, form, papers):
        raise NotSubmittable(errors=found)


def incomplete(dossier: Dossier, form: dict[str, Any], papers: set[str]) -> list[FieldFault]:
    """The form's errors and the papers that are missing, each with its pointer. Where the procedure has no
    electronic form, which is possible at the counter, any data will do."""
    schema = dossier.procedure["form_schema"]
    found = forms.faults(schema, form, "/form") if schema is not None else []
    found += [
        FieldFault("paper-missing", _PAPER_MISSING, pointer=f"/papers/{paper['code']}", name=paper["name"])
        for paper in dossier.procedure["papers"]
        if paper.get("required") and paper["code"] not in papers
    ]
    return found


def _applicant(account: Account, contact: Contact | None, on_behalf: OnBehalf | None) -> dict[str, Any]:
    applicant = account.model_dump(exclude={"sub"})
    if contact is not None:
        applicant.update(contact.model_dump(exclude_none=True))
    if on_behalf is not None:
        applicant["on_behalf"] = on_behalf.model_dump(exclude_none=True)
    return applicant


def found_by(office: Office, applicant: dict[str, Any]) -> list[int]:
    """Under what staff find the dossier (rule 16): words of the names, identity numbers, as keyed hashes."""
    behalf = applicant.get("on_behalf", {})
    numbers = [paper["number"] for paper in applicant["papers"]]
    texts = [applicant["name"], behalf.get("name", ""), behalf.get("paper_number", ""), *numbers]
    return sorted({key for text in texts for key in office.vault.words(text)})


#: What somebody shows who acts for another: a parent, a company's representative.
MANDATE = {
    "code": "MANDATE",
    "name": "Giấy ủy quyền, hoặc giấy tờ chứng minh quan hệ",
    "required": True,
    "types": ["application/pdf", "image/jpeg", "image/png"],
    "max_bytes": None,
}


def frozen(procedure: ProcedureOfTheDay, agency: str, *, mandated: bool) -> dict[str, Any]:
    """What the catalogue says today, and whose desk it goes to (rules 1 and 4). A body that does not offer
    the procedure online has level 2 for it."""
    receiving = procedure.receiving_offices[0] if procedure.receiving_offices else agency
    content = procedure.model_dump(mode="json", exclude={"offered_by", "receiving_offices"})
    if mandated:
        content["papers"] = [*content["papers"], MANDATE]
    return {
        "procedure_code": procedure.code,
        "procedure": content,
        "online_level": procedure.offering.online_level if procedure.offering else 2,
        "receiving_agency": receiving,
        "resolving_agency": agency,
        "holder_agency": receiving,
    }
