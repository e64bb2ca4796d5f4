"""Letters as PDF: the receipt slip, refusal, supplement request, apology, confirmation of the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response

from kit import versions
from kit.auth import Caller
from kit.db import Session
from kit.problem import NotFound, Problem
from services.dossier import queries
from services.dossier.audit.commands import read_by
from services.dossier.auth import Reader
from services.dossier.letters import contents
from services.dossier.letters.render import Kind, pdf
from services.dossier.office import Desk, Office

router = APIRouter(prefix="/v1/dossiers/{dossier_id}", tags=["letters"])
Seen = Annotated[str | None, Header(alias="If-None-Match", max_length=64)]

_CONTENTS: dict[Kind, Callable[[contents.File], dict[str, Any] | None]] = {
    "slip": contents.slip,
    "refusal": contents.refusal,
    "supplement": contents.supplement,
    "apology": contents.apology,
    "result": contents.result,
}


class NotReceived(Problem):
    status, code = 409, "not-received"
    title = {"vi": "Hồ sơ chưa được tiếp nhận", "en": "The dossier is not received yet"}


class LetterMissing(NotFound):
    code = "letter-not-found"
    title = {"vi": "Hồ sơ không có văn bản này", "en": "The dossier has no such letter"}


class PdfResponse(Response):
    media_type = "application/pdf"


@router.get("/receipt", response_class=PdfResponse)
async def receipt(
    dossier_id: UUID, caller: Reader, session: Session, desk: Desk, if_none_match: Seen = None
) -> PdfResponse:
    """The slip: code, QR for tracking, papers received with originals and copies, promised date, fees."""
    return await _letter("slip", dossier_id, caller, session, desk, if_none_match, NotReceived())


@router.get("/letters/{kind}", response_class=PdfResponse)
async def letter(
    kind: Kind, dossier_id: UUID, caller: Reader, session: Session, desk: Desk, if_none_match: Seen = None
) -> PdfResponse:
    """A letter that was issued in this dossier, the latest of its kind."""
    return await _letter(kind, dossier_id, caller, session, desk, if_none_match, LetterMissing())


async def _letter(
    kind: Kind,
    dossier_id: UUID,
    caller: Caller,
    session: Session,
    desk: Office,
    if_none_match: str | None,
    otherwise: Problem,
) -> PdfResponse:
    dossier = await queries.dossier(session, dossier_id, caller)
    tag = versions.etag(dossier.version)
    if if_none_match == tag:
        raise versions.NotModified(headers={"ETag": tag})
    file = contents.File(
        office=desk,
        dossier=dossier,
        about=await queries.around(session, dossier),
        steps=await queries.steps(session, dossier.id),
    )
    data = _CONTENTS[kind](file)
    if data is None:
        raise otherwise
    read_by(session, desk, caller, dossier, kind)
    name = f"{kind}-{dossier.code}.pdf"
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return PdfResponse(await pdf(kind, data, contents.link(file)), headers=headers)
