"""Drafts and submission: what the catalogue says that day is frozen, the code is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import forms
from kit.auth import Caller, Forbidden
from kit.clock import VIETNAM, civil_date
from kit.problem import FieldFault
from services.dossier import facts, queries
from services.dossier.clients.catalog import ProcedureOfTheDay
from services.dossier.clients.gateway import Account
from services.dossier.commands.numbers import next_code
from services.dossier.commands.step import Move, append, check, record, step
from services.dossier.deadline import Term, promise
from services.dossier.errors import ActionNotPossible, FormMissing, NotOffered, NotSubmittable
from services.dossier.facts import Facts
from services.dossier.models import Document, Dossier, FeeDue
from services.dossier.office import Office
from services.dossier.places import checking as places
from services.dossier.schemas import ChangedDossier, Contact, NewDossier, OnBehalf
from services.dossier.status import LABEL, Action, Status

OFFICERS_OWN = {"channel", "applicant", "papers", "accept", "acceptance"}
_PAPER_MISSING = {"vi": "Thiếu giấy tờ: {name}.", "en": "A paper is missing: {name}."}


@dataclass(frozen=True)
class Intake:
    """What is read over HTTP before the transaction: the procedure that day, and whose account."""

    procedure: ProcedureOfTheDay
    account: Account


async def read(
    office: Office, caller: Caller, procedure: str, agency: str, said: Facts | None = None
) -> Intake:
    """What a citizen would submit online. Raises ProcedureUnknown, FactsUnknown, NotOffered, FormMissing,
    AccountUnknown, NeighbourDown."""
    found = await of_today(office, procedure, agency, said, "online")
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


async def of_today(
    office: Office, procedure: str, agency: str, said: Facts | None, channel: str
) -> ProcedureOfTheDay:
    """The procedure as it stands today. Raises ProcedureUnknown, FactsUnknown, NeighbourDown."""
    today = civil_date(office.clock.now())
    return await office.catalog.procedure(procedure, agency, today, facts.asked(said, channel))


async def read_own(office: Office, caller: Caller, new: NewDossier) -> Intake:
    """As `read`, for a citizen's new dossier. Raises Forbidden for what only an officer may say."""
    if new.model_fields_set & OFFICERS_OWN:
        raise Forbidden(roles="officer")
    return await read(office, caller, new.procedure, new.agency, new.facts)


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
        facts=sealed_facts(office, intake.procedure, new.facts),
        applicant=office.vault.seal(applicant),
        found_by=found_by(office, applicant),
        created_at=office.clock.now(),
        saved_at=office.clock.now(),
        **frozen(intake.procedure, new.agency, mandated=new.on_behalf is not None),
    )
    if new.submit:
        await refuse_incomplete(session, office, dossier, new.form, set())
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
    session: AsyncSession,
    office: Office,
    caller: Caller,
    dossier: Dossier,
    changed: ChangedDossier,
    procedure: ProcedureOfTheDay | None,
) -> None:
    """Replace the form, the contact or the facts of a draft; with facts, `procedure` is what the catalogue
    says of them today. Raises ActionNotPossible for anything else."""
    if dossier.status != Status.DRAFT:
        label = LABEL[Status(dossier.status)]["vi"]
        raise ActionNotPossible(dossier_status=dossier.status, status_label=label, possible="–")
    if changed.form is not None:
        dossier.form = office.vault.seal(changed.form)
    if changed.contact is not None:
        applicant = office.vault.open(dossier.applicant)
        applicant.update(changed.contact.model_dump(exclude_none=True))
        dossier.applicant = office.vault.seal(applicant)
    if procedure is not None:
        _freeze(office, dossier, procedure, changed.facts)
    move = Move(at=office.clock.now())
    dossier.saved_at, dossier.reminded_at = move.at, None
    await record(session, office, caller, dossier, "dossier.changed", move, audience="internal")


async def submit(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, intake: Intake
) -> None:
    """Submit a locked draft by today's version of the procedure. Raises NotSubmittable."""
    check(dossier, await queries.standing(session, caller, dossier), Action.SUBMIT, office.clock.now())
    _freeze(office, dossier, intake.procedure, said(office, dossier))
    papers = given((await queries.around(session, dossier)).documents)
    await refuse_incomplete(session, office, dossier, office.vault.open(dossier.form), papers)
    await _submit(session, office, caller, dossier)


def _freeze(office: Office, dossier: Dossier, procedure: ProcedureOfTheDay, said: Facts | None) -> None:
    """What the catalogue says today replaces what it said when the draft was begun."""
    mandated = "on_behalf" in office.vault.open(dossier.applicant)
    for name, value in frozen(procedure, dossier.resolving_agency, mandated=mandated).items():
        setattr(dossier, name, value)
    dossier.facts = sealed_facts(office, procedure, said)


def sealed_facts(office: Office, procedure: ProcedureOfTheDay, said: Facts | None) -> bytes:
    """The facts, and how each fee came about."""
    kept = facts.kept(said, procedure.cases, procedure.exemptions, procedure.fees)
    return office.vault.seal(kept)


def said(office: Office, dossier: Dossier) -> Facts | None:
    """The facts that were said of a dossier so far."""
    return facts.said(office.vault.open(dossier.facts)) if dossier.facts is not None else None


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


def given(documents: Sequence[Document]) -> set[str]:
    """Codes of the papers that were uploaded."""
    return {document.paper_code or "" for document in documents if document.counts}


async def refuse_incomplete(
    session: AsyncSession, office: Office, dossier: Dossier, form: dict[str, Any], papers: set[str]
) -> None:
    """Raises NotSubmittable with everything that is wrong at once (rule 5); where the case was not said, with
    the `cases` that there are."""
    if found := await incomplete(session, office, dossier, form, papers):
        choices = {"cases": dossier.procedure["cases"]} if facts.missing(dossier.procedure) else {}
        raise NotSubmittable(errors=found, **choices)


async def incomplete(
    session: AsyncSession, office: Office, dossier: Dossier, form: dict[str, Any], papers: set[str]
) -> list[FieldFault]:
    """The form's errors, its addresses as of today, and the papers that are missing, each with its pointer.
    Where the procedure has no electronic form, which is possible at the counter, any data will do."""
    found: list[FieldFault] = []
    if (schema := dossier.procedure["form_schema"]) is not None:
        today = office.clock.now().astimezone(VIETNAM).date()
        found = forms.faults(schema, form, "/form") + await places.faults(session, schema, form, today)
    found += [
        FieldFault("paper-missing", _PAPER_MISSING, pointer=f"/papers/{paper['code']}", name=paper["name"])
        for paper in facts.asked_for(dossier.procedure)
        if paper["code"] not in papers
    ]
    return found + facts.missing(dossier.procedure)


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
    content = procedure.model_dump(mode="json", exclude={"offered_by", "receiving_offices", "exemptions"})
    # Why a fee is what it is may name an exemption: that is sealed with the facts.
    content["fees"] = [{k: v for k, v in line.items() if k != "explanation"} for line in procedure.fees]
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
