"""A closed dossier loses its personal data when its time is over. What stays is a tombstone: code, procedure,
bodies, dates and states, its chain of events, its figures, and the codes by which results are verified."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from services.dossier import queries as dossiers
from services.dossier.commands.step import Move, record
from services.dossier.drafts.models import Leftover
from services.dossier.models import Dossier
from services.dossier.office import Office
from services.dossier.privacy import queries
from services.dossier.privacy.models import RetentionRule
from services.dossier.privacy.schemas import NewRule

NOBODY = "purged"
#: Rows about a dossier in which people wrote about people; its steps and results stay, without words.
_GONE = ("supplement", "opinion", "remark", "paper_received", "check_tries", "notice")


async def decide(session: AsyncSession, office: Office, caller: Caller, key: str, new: NewRule) -> None:
    rule = RetentionRule(
        procedure=key,
        months=new.months,
        decision=new.decision,
        decided_by=caller.actor,
        decided_at=office.clock.now(),
    )
    await session.merge(rule)


async def due(session: AsyncSession, office: Office, limit: int) -> Sequence[Dossier]:
    return await queries.due(session, office.clock.now(), limit)


async def purge(session: AsyncSession, office: Office, caller: Caller, dossier: Dossier) -> None:
    """A locked one. Files go after the commit, by the housekeeping; of a result the SHA-256 stays."""
    documents = (await dossiers.around(session, dossier)).documents
    session.add_all(Leftover(storage_key=document.storage_key) for document in documents)
    applicant = office.vault.open(dossier.applicant)
    dossier.applicant = office.vault.seal({"kind": applicant.get("kind"), "name": "", "papers": []})
    dossier.form, dossier.found_by, dossier.owner = office.vault.seal({}), [], NOBODY
    dossier.facts = None
    dossier.purged_at = office.clock.now()
    await session.flush()
    for statement in (
        *(f"DELETE FROM {table} WHERE dossier_id = :id" for table in _GONE),
        "DELETE FROM document WHERE dossier_id = :id AND kind = 'paper'",
        "UPDATE document SET filename = '' WHERE dossier_id = :id",
        "UPDATE step SET note = '' WHERE dossier_id = :id",
        "UPDATE rating SET comment = NULL WHERE dossier_id = :id",
    ):
        await session.execute(text(statement), {"id": dossier.id})
    move = Move(at=dossier.purged_at)
    await record(session, office, caller, dossier, "dossier.purged", move, audience="internal")
