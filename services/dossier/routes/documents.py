"""Documents over HTTP: streamed in and out, never rendered inline."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile, status
from fastapi.responses import StreamingResponse

from kit.auth import Caller, MaybeCaller, TokenMissing
from kit.db import Database, Session
from kit.idempotency import MaybeIdempotent, fingerprint
from services.dossier import photos, queries, views
from services.dossier.answers import DocumentView, LinkView
from services.dossier.audit.commands import read_by
from services.dossier.auth import CitizenOrOfficer, Reader
from services.dossier.commands import documents
from services.dossier.errors import (
    DocumentInfected,
    DocumentTypeRefused,
    DossierPurged,
    LinkInvalid,
    ScanPending,
)
from services.dossier.links import Link, open_link, seal_link
from services.dossier.models import Document, Dossier
from services.dossier.office import Desk
from services.dossier.storage import media_type

router = APIRouter(prefix="/v1/dossiers/{dossier_id}/documents", tags=["documents"])

_LINK_LIFE = timedelta(minutes=5)


@router.post("", status_code=status.HTTP_201_CREATED)
async def upload_document(
    request: Request,
    dossier_id: UUID,
    caller: CitizenOrOfficer,
    session: Session,
    once: MaybeIdempotent,
    desk: Desk,
    file: Annotated[
        list[UploadFile],
        File(max_length=photos.MOST_PAGES, description="PDF, JPEG, PNG, HEIC, or several photos"),
    ],
    paper: Annotated[str | None, Form(max_length=60, description="the paper's code; none: a result")] = None,
    replaces: Annotated[UUID | None, Form(description="the document whose newer version this is")] = None,
) -> DocumentView:
    """Add a document. The owner names its paper; the desk's result documents have none. Several photos, or
    one in HEIC, become one PDF."""
    database: Database = request.app.state.database
    async with database.transaction() as before:
        # Refuse before the content is kept; the same is asked again under the lock.
        dossier = await queries.dossier(before, dossier_id, caller)
        await documents.refuse_closed(before, caller, dossier, paper)
        most = documents.limit(desk, dossier, paper)
    one = await _one(file)
    try:
        stored = await desk.storage.put(one, most)
    finally:
        await one.close()
    names = documents.Names(paper, one.filename, replaces)

    async def create() -> tuple[str, Document]:
        locked = await queries.lock(session, dossier_id, caller)
        document = await documents.add(session, desk, caller, locked, stored, names)
        return str(document.id), document

    async def again(document_id: str) -> Document:
        return await queries.document(session, dossier_id, UUID(document_id))

    of = fingerprint(str(dossier_id), paper, names.filename, stored.sha256, str(replaces))
    return views.document(await once.once(of, create, again))


async def _one(files: list[UploadFile]) -> UploadFile:
    """The upload itself, or the photos as one PDF. Raises DocumentTypeRefused, PhotosRefused."""
    kinds = []
    for file in files:
        kinds.append(media_type(await file.read(8192)))
        await file.seek(0)
    if len(files) == 1 and kinds[0] not in ("image/heic", "image/heif"):
        return files[0]
    if odd := [kind for kind in kinds if kind not in photos.TYPES]:
        raise DocumentTypeRefused(found=odd[0], accepted=", ".join(sorted(photos.TYPES)))
    return await photos.as_pdf(files)


@router.get("/{document_id}/content", response_class=StreamingResponse)
async def document_content(
    request: Request,
    dossier_id: UUID,
    document_id: UUID,
    caller: MaybeCaller,
    desk: Desk,
    link: Annotated[str | None, Query(max_length=500)] = None,
) -> StreamingResponse:
    """The file, as an attachment; for its readers, or for whoever holds a link that has not expired."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        if link is not None:
            if open_link(desk, link) != Link(dossier_id, document_id):
                raise LinkInvalid
            document = await queries.document(session, dossier_id, document_id)
            dossier = await queries.by_id(session, dossier_id)
        elif caller is None:
            raise TokenMissing
        else:
            dossier = await queries.dossier(session, dossier_id, caller)
            document = await queries.document(session, dossier_id, document_id)
            await _refuse_withheld(session, caller, dossier, document)
            read_by(session, desk, caller, dossier, "document")
    if dossier.purged_at is not None:
        raise DossierPurged
    if document.scan == "waiting":
        raise ScanPending
    if document.scan == "infected":
        raise DocumentInfected
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.filename)}",
        "Content-Length": str(document.size),
        "Cache-Control": "no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "ETag": f'"{document.sha256}"',
    }
    return StreamingResponse(
        desk.storage.read(document.storage_key), media_type=document.media_type, headers=headers
    )


async def _refuse_withheld(session: Session, caller: Caller, dossier: Dossier, document: Document) -> None:
    if problem := documents.withheld(caller, dossier, document, await queries.fees(session, dossier.id)):
        raise problem


@router.post("/{document_id}/link", status_code=status.HTTP_201_CREATED)
async def create_link(
    dossier_id: UUID, document_id: UUID, caller: Reader, session: Session, desk: Desk
) -> LinkView:
    """An address that opens this file without a token, for five minutes."""
    dossier = await queries.dossier(session, dossier_id, caller)
    document = await queries.document(session, dossier_id, document_id)
    await _refuse_withheld(session, caller, dossier, document)
    read_by(session, desk, caller, dossier, "link")
    expires = desk.clock.now() + _LINK_LIFE
    return LinkView(href=seal_link(desk, Link(dossier_id, document_id), expires), expires_at=expires)
