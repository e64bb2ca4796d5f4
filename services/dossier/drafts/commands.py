"""Drafts: what was given before is given again; what nobody saves is cleared away, after a warning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from kit.auth import Caller
from services.dossier import queries
from services.dossier.clients.catalog import ProcedureOfTheDay
from services.dossier.clients.gateway import Account
from services.dossier.commands.documents import Names, add
from services.dossier.commands.step import Move, append, record
from services.dossier.drafts import queries as drafts
from services.dossier.drafts.models import Leftover
from services.dossier.drafts.schemas import KnownDocument, KnownResult, Prefill
from services.dossier.facts import stands_in
from services.dossier.models import Document, Dossier, Result
from services.dossier.office import Office
from services.dossier.storage import Stored

CLERK = Caller(sub="dossier", kind="service", name="dossier", roles=frozenset({"service"}))


async def prefill(
    session: AsyncSession, office: Office, caller: Caller, procedure: ProcedureOfTheDay, account: Account
) -> Prefill:
    """Values by the form's own names: from the account, then from the latest dossier that has them."""
    wanted = set((procedure.form_schema or {}).get("properties", {}))
    form, sources = dict[str, Any](), dict[str, str]()
    for source, values in [("account", _claims(account))] + [
        (str(dossier.code), office.vault.open(dossier.form))
        for dossier in await drafts.earlier(session, caller.sub)
        if dossier.code
    ]:
        for name in wanted & values.keys() - form.keys():
            form[name], sources[name] = values[name], source
    papers = [str(paper["code"]) for paper in procedure.papers]
    known = [
        KnownDocument(
            paper=str(document.paper_code),
            document=document.id,
            dossier_code=dossier.code,
            filename=document.filename,
            sha256=document.sha256,
        )
        for document, dossier in await drafts.given_before(session, caller.sub, papers)
    ]
    had = [_result(procedure, *found) for found in await drafts.results(session, caller.sub)]
    return Prefill(form=form, sources=sources, documents=known, results=had)


def _result(
    procedure: ProcedureOfTheDay, result: Result, document: Document, dossier: Dossier
) -> KnownResult:
    return KnownResult(
        document=document.id,
        name=result.name,
        result_code=result.result_code,
        verification_code=result.verification_code,
        dossier_code=str(dossier.code),
        issued_at=result.issued_at,
        filename=document.filename,
        sha256=document.sha256,
        papers=[
            str(paper["code"])
            for paper in procedure.papers
            if stands_in(paper, dossier.procedure_code, result.result_code)
        ],
    )


def _claims(account: Account) -> dict[str, Any]:
    papers = {paper.type: paper.number for paper in account.papers}
    claims = {"full_name": account.name, "phone": account.phone, "email": account.email, **papers}
    return {name: value for name, value in claims.items() if value}


async def reuse(
    session: AsyncSession,
    office: Office,
    caller: Caller,
    dossier: Dossier,
    source: Document,
    stored: Stored,
    paper: str,
) -> Document:
    """A copy of a paper or a result of the caller's own. A result that the paper names as standing in for it
    is taken whatever types of upload it asks for. Raises what `add` raises."""
    names = Names(paper, source.filename)
    names.result = await drafts.result_of(session, source.id)
    document = await add(session, office, caller, dossier, stored, names)
    document.reused_from = source.id
    return document


async def copied(office: Office, source: Document) -> Stored:
    """The file once more in the store, under a key of its own."""
    key = f"{source.sha256[:2]}/{uuid7()}"
    await office.storage.copy(source.storage_key, key)
    return Stored(key, source.size, source.sha256, source.media_type)


async def warn(session: AsyncSession, office: Office) -> bool:
    """Tell the owner of one draft that it is about to go. False when there is none."""
    settings, now = office.settings, office.clock.now()
    unsaved = timedelta(days=settings.draft_days - settings.draft_notice_days)
    draft = await drafts.unsaved_since(session, now - unsaved)
    if draft is None:
        return False
    draft.reminded_at = now
    move = Move(at=now, due_at=draft.saved_at + timedelta(days=settings.draft_days))
    await record(session, office, CLERK, draft, "dossier.draft-expiring", move, audience="internal")
    return True


async def purge(session: AsyncSession, office: Office) -> bool:
    """Delete one draft that nobody saved, its files later. False when there is none."""
    settings, now = office.settings, office.clock.now()
    unsaved, told = timedelta(days=settings.draft_days), timedelta(days=settings.draft_notice_days)
    draft = await drafts.unsaved_since(session, now - unsaved, warned_by=now - told)
    if draft is None:
        return False
    documents = (await queries.around(session, draft)).documents
    session.add_all(Leftover(storage_key=document.storage_key) for document in documents)
    draft.version += 1
    await session.delete(draft)
    await session.flush()
    await append(session, CLERK, draft, "dossier.draft-purged", Move(at=now), "internal")
    return True


async def remind(session: AsyncSession, office: Office) -> bool:
    """Remind one applicant that a supplement or a payment is due soon. False when there is none."""
    now = office.clock.now()
    dossier = await drafts.turn_ending(session, now + timedelta(days=office.settings.reminder_days))
    if dossier is None:
        return False
    dossier.reminded_at = now
    fees = await queries.fees(session, dossier.id)
    owed = sum(fee.amount for fee in fees if fee.lines and fee.settled_at is None)
    move = Move(at=now, due_at=dossier.waiting_until, owed=owed)
    await record(session, office, CLERK, dossier, "dossier.reminded", move, audience="internal")
    return True
