"""A result is taken back, visibly: whoever verifies its code sees it (rule 11)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller, Forbidden
from services.dossier import queries
from services.dossier.commands.step import Move, record
from services.dossier.errors import ResultMissing
from services.dossier.models import Result
from services.dossier.office import Office
from services.dossier.results.schemas import Revocation
from services.dossier.status import Who


async def revoke(
    session: AsyncSession, office: Office, caller: Caller, code: str, revocation: Revocation
) -> Result:
    """By a leader of a body that the dossier lies with; a second time changes nothing.
    Raises ResultMissing, Forbidden."""
    found = await queries.result(session, code)
    dossier = await queries.lock(session, found.dossier_id, caller)
    if Who.LEADER not in await queries.standing(session, caller, dossier):
        raise Forbidden(roles="leader")
    await session.refresh(found)
    if found.revoked_at is not None:
        return found
    if revocation.replaced_by is not None:
        other = await queries.result(session, revocation.replaced_by)
        if other.dossier_id != dossier.id or other.verification_code == code:
            raise ResultMissing
    move = Move(at=office.clock.now(), data={"result": str(found.document_id)})
    found.revoked_at, found.revoked_because = move.at, revocation.reason
    found.replaced_by = revocation.replaced_by
    session.add(found)
    await record(session, office, caller, dossier, "result.revoked", move)
    return found
