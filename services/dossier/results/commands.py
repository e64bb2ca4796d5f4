"""A result is taken back, visibly: whoever verifies its code sees it (rule 11)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller, Forbidden
from kit.problem import FieldFault, InvalidInput
from services.dossier import queries
from services.dossier.commands.step import Move, record
from services.dossier.errors import ResultMissing
from services.dossier.models import Result
from services.dossier.office import Office
from services.dossier.results.schemas import Revocation
from services.dossier.status import Who

_REVOKED = {"vi": "Kết quả thay thế cũng đã bị thu hồi.", "en": "That result was revoked, too."}


async def revoke(
    session: AsyncSession, office: Office, caller: Caller, code: str, revocation: Revocation
) -> Result:
    """By a leader of a body that the dossier lies with; a second time changes nothing. What stands instead is
    in force itself, so that replacements never lead in a circle. Raises ResultMissing, Forbidden,
    InvalidInput."""
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
        await session.refresh(other)
        if other.revoked_at is not None:
            raise InvalidInput(errors=[FieldFault("replacement-revoked", _REVOKED, pointer="/replaced_by")])
    move = Move(at=office.clock.now(), data={"result": str(found.document_id)})
    found.revoked_at, found.revoked_because = move.at, revocation.reason
    found.replaced_by = revocation.replaced_by
    session.add(found)
    await record(session, office, caller, dossier, "result.revoked", move)
    return found
