"""Staff who read personal data leave a trace (rule 16)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from services.dossier.audit.models import AccessLog
from services.dossier.models import Dossier
from services.dossier.office import Office


def read_by(session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, what: str) -> None:
    """`what`: screen, history, deadline, notes, notices, document, link, which letter, or search: found by an
    identity number, which is not kept. What citizens read is their own; what an action shows is in the event
    of that action."""
    if caller.kind == "staff":
        row = AccessLog(
            at=office.clock.now(),
            actor=caller.actor,
            agency=caller.agency,
            dossier_id=dossier.id,
            what=what,
        )
        session.add(row)
