"""`/v1/results`: anyone verifies a result by its code; a leader takes one back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from kit.db import Session
from services.dossier import queries, views
from services.dossier.answers import Ref, ResultCheck
from services.dossier.auth import Leader
from services.dossier.office import Desk
from services.dossier.results import commands
from services.dossier.results.schemas import VERIFICATION_CODE, Revocation

router = APIRouter(prefix="/v1/results", tags=["results"])
Code = Annotated[str, Path(pattern=VERIFICATION_CODE)]


@router.get("/{verification_code}")
async def verify_result(verification_code: Code, session: Session) -> ResultCheck:
    """Whether a result is genuine and in force, and the SHA-256 that its file must have (rule 11)."""
    result, document, dossier, body = await queries.verified_result(session, verification_code)
    return ResultCheck(
        verification_code=result.verification_code,
        valid=result.revoked_at is None,
        revoked_at=views.local(result.revoked_at),
        replaced_by=result.replaced_by,
        name=result.name,
        outcome=str(result.outcome or dossier.outcome),
        procedure=views.frozen_ref(dossier),
        issued_by=Ref(code=dossier.resolving_agency, name=body),
        issued_at=result.issued_at,
        dossier_code=str(dossier.code),
        sha256=document.sha256,
    )


@router.post("/{verification_code}/revoke")
async def revoke_result(
    verification_code: Code, revocation: Revocation, caller: Leader, session: Session, desk: Desk
) -> ResultCheck:
    """Take a result back, or say by which other one of the dossier it is replaced."""
    await commands.revoke(session, desk, caller, verification_code, revocation)
    return await verify_result(verification_code, session)
