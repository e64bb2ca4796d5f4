"""Documents come in: papers from the owner, results from the desk."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from kit.auth import Caller
from kit.problem import Problem
from services.dossier import queries
from services.dossier.commands.step import Move, record
from services.dossier.errors import (
    DocumentMissing,
    DocumentsClosed,
    DocumentTypeRefused,
    FeeUnsettled,
    PaperUnknown,
)
from services.dossier.facts import stands_in
from services.dossier.models import Document, Dossier, FeeDue
from services.dossier.office import Office
from services.dossier.sentence import BEFORE_THE_RESULT
from services.dossier.status import Status, Who
from services.dossier.storage import Stored

_RESULT_TYPES = ["application/pdf"]


def limit(office: Office, dossier: Dossier, paper: str | None) -> int:
    """Bytes that a document of this paper may have. Raises PaperUnknown."""
    most = office.settings.max_document_bytes
    return min(most, int(_paper(dossier, paper).get("max_bytes") or most)) if paper else most


def _paper(dossier: Dossier, code: str) -> dict[str, Any]:
    papers: list[dict[str, Any]] = dossier.procedure["papers"]
    for paper in papers:
        if paper["code"] == code:
            return paper
    raise PaperUnknown.at("/paper", papers)


#: While the desk may still put papers to what came over the counter or by post.
_SCANNED = (Status.SUBMITTED, Status.ACCEPTED, Status.IN_PROGRESS, Status.SUPPLEMENT_REQUESTED)


async def refuse_closed(session: AsyncSession, caller: Caller, dossier: Dossier, paper: str | None) -> None:
    """The owner adds papers to a draft or a requested supplement; officers and leaders of a body that the
    dossier lies with add results in progress, and scans of the papers that came on paper (rule 5).

    Raises DocumentsClosed.
    """
    who, status = await queries.standing(session, caller, dossier), Status(dossier.status)
    if paper is not None and Who.OWNER in who and status in (Status.DRAFT, Status.SUPPLEMENT_REQUESTED):
        return
    if who & {Who.OFFICER, Who.LEADER}:
        if paper is None and status is Status.IN_PROGRESS:
            return
        if paper is not None and dossier.channel != "online" and status in _SCANNED:
            return
    raise DocumentsClosed


def withheld(caller: Caller, dossier: Dossier, document: Document, fees: list[FeeDue]) -> Problem | None:
    """Why the owner does not get a result yet: it is not signed, or a fee is not settled."""
    if document.kind != "result" or dossier.owner != caller.sub:
        return None
    if dossier.status not in (Status.COMPLETED, Status.RETURNED):
        return DocumentMissing()
    for fee in fees:
        if fee.settled_at is None and fee.purpose in BEFORE_THE_RESULT:
            return FeeUnsettled(amount=fee.amount, purpose=fee.purpose)
    return None


async def add(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, stored: Stored, names: Names
) -> Document:
    """Raises DocumentsClosed, PaperUnknown, DocumentTypeRefused, DocumentMissing for what is replaced."""
    await refuse_closed(session, caller, dossier, names.paper)
    accepted = [str(t) for t in _types(dossier, names)]
    if stored.media_type not in accepted:
        raise DocumentTypeRefused(found=stored.media_type, accepted=", ".join(accepted))
    move = Move(at=office.clock.now())
    document = Document(
        id=names.id,
        dossier_id=dossier.id,
        kind="paper" if names.paper else "result",
        paper_code=names.paper,
        filename=names.filename,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        storage_key=stored.key,
        uploaded_by=caller.actor,
        uploaded_at=move.at,
        scan="waiting" if office.settings.clamd else "off",
        scan_next_try=move.at if office.settings.clamd else None,
    )
    session.add(document)
    if names.replaces is not None:
        older = await queries.document(session, dossier.id, names.replaces)
        if older.paper_code != names.paper or older.superseded_by is not None:
            raise DocumentMissing
        older.superseded_by = document.id
    move.data = {"document": str(document.id), "paper": names.paper}
    await record(session, office, caller, dossier, "dossier.document-added", move, audience="internal")
    return document


def _types(dossier: Dossier, names: Names) -> list[Any]:
    if names.paper is None:
        return list(_RESULT_TYPES)
    paper = _paper(dossier, names.paper)
    types = list(paper.get("types") or ["application/pdf", "image/jpeg", "image/png"])
    return [*types, *_RESULT_TYPES] if names.result and stands_in(paper, *names.result) else types


class Names:
    """What an upload is called: its paper (None for a result), a cleaned file name, and the document of the
    same paper whose newer version it is. `result`: of an earlier result that is given again, its dossier's
    procedure and its code."""

    def __init__(self, paper: str | None, filename: str | None, replaces: UUID | None = None) -> None:
        self.id: UUID = uuid7()
        self.replaces = replaces
        self.result: tuple[str, str | None] | None = None
        self.paper = paper
        self.filename = clean_filename(filename or "")


def clean_filename(name: str) -> str:
    """The last part of a path, NFC, without control characters, at most 150 characters."""
    name = unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name)
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    stem, dot, ending = name.strip(" .").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    return f"{stem[:150]}{dot}{ending[:10]}" or "tep"
