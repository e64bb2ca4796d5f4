"""`/v1/procedures/imports` and `/v1/procedures/exports`: of editors, each their own."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from typing import Annotated, Any, BinaryIO
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile

from kit import page
from kit.db import Database, Session
from kit.idempotency import MaybeIdempotent, fingerprint
from kit.problem import FieldFault, InvalidInput, Language
from kit.tabular import CSV, XLSX
from kit.text import Line
from services.catalog.auth import Editor
from services.catalog.parameters import TheClock, Tongue
from services.catalog.transfer import commands, queries, views
from services.catalog.transfer.errors import NotFinished
from services.catalog.transfer.flat import Choices
from services.catalog.transfer.models import Transfer
from services.catalog.transfer.rows import JSONL, Format, Upload, format_of
from services.catalog.transfer.schemas import ExportView, ImportOptions, ImportView, NewExport
from services.catalog.transfer.status import Kind, Part, State
from services.catalog.transfer.template import template

#: An export of everything, with its forms, can be sent again.
LARGEST = 128 * 1024 * 1024
router = APIRouter(prefix="/v1/procedures", tags=["imports and exports"])

_TYPES = {"jsonl": JSONL, "csv": "text/csv; charset=utf-8", "xlsx": XLSX}
_FILE = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": ["file"], "properties": {"file": _FILE}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            **{kind: {"schema": _FILE} for kind in (JSONL, CSV, XLSX)},
            "multipart/form-data": {"schema": _FORM},
        },
    }
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": _FILE} for kind in (JSONL, CSV, XLSX)}}
}
_NO_FILE = {"vi": "Cần một tệp ở trường file.", "en": "One file in the field file is needed."}
_NO_REASON = {
    "vi": "Cần nêu lý do: được ghi vào nhật ký của từng thủ tục.",
    "en": "A reason is needed: it goes into the log of each procedure.",
}


async def _sent(
    request: Request, content_type: Annotated[str, Header()] = ""
) -> AsyncIterator[tuple[BinaryIO, str, str]]:
    """The file, its name and type: the body, or the field `file` of a form. Raises TooLarge, InvalidInput."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=5) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise InvalidInput(errors=[FieldFault("missing", _NO_FILE, pointer="/file")])
            said = (file.content_type or "").partition(";")[0].strip().lower()
            yield file.file, (file.filename or "")[-200:], said
        return
    with tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as whole:
        async for piece in request.stream():
            await asyncio.to_thread(whole.write, piece)
        yield whole, "", kind  # type: ignore[misc]


def _why(
    reason: Annotated[Line, Query(max_length=500, description="kept in the event log")] = "",
    dry_run: Annotated[bool, Query(description="tell what would be done, and do nothing")] = False,
    publish: Annotated[bool, Query(description="publish from today, too")] = False,
) -> tuple[str, bool, bool]:
    """Raises InvalidInput without a reason for what is done."""
    if not reason and not dry_run:
        raise InvalidInput(errors=[FieldFault("missing", _NO_REASON, parameter="reason")])
    return reason, dry_run, publish


@router.post("/imports", status_code=status.HTTP_202_ACCEPTED, openapi_extra=_BODY)
async def start_import(
    request: Request,
    caller: Editor,
    why: Annotated[tuple[str, bool, bool], Depends(_why)],
    sent: Annotated[tuple[BinaryIO, str, str], Depends(_sent, scope="function")],
    session: Session,
    clock: TheClock,
    language: Tongue,
    response: Response,
    idempotent: MaybeIdempotent,
) -> ImportView:
    """JSON Lines (a whole content a line), CSV or XLSX (a procedure a row, see the template), told apart by
    what is in them, up to 128 MiB. A file that cannot be read is refused here; what is wrong with rows is in
    the report. The same file again changes nothing."""
    file, name, kind = sent
    form, sha256 = await asyncio.to_thread(_looked_at, file, name, kind, language)
    reason, dry_run, publish = why
    options = ImportOptions(name=name, dry_run=dry_run, publish=publish, reason=reason, language=language)

    async def again(id_: str) -> ImportView:
        response.headers["Location"] = f"/v1/procedures/imports/{id_}"
        return views.imported(await queries.transfer(session, Kind.IMPORT, caller.actor, UUID(id_)))

    async def create() -> tuple[str, ImportView]:
        job = await commands.start_import(session, clock, caller, file, form, options)
        return str(job.id), await again(str(job.id))

    return await idempotent.once(fingerprint("import", sha256, *why, name), create, again)


def _looked_at(file: BinaryIO, name: str, kind: str, language: Language) -> tuple[Format, str]:
    """With its SHA-256."""
    form = format_of(file, name, kind)
    Upload(file, form, language)
    file.seek(0)
    return form, hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


@router.get("/imports")
async def list_imports(
    request: Request,
    caller: Editor,
    session: Session,
    response: Response,
    asked: Annotated[page.Asked, Query()],
) -> page.Page[ImportView]:
    """The caller's own, newest first."""
    rows, more = await _listed(request, response, session, Kind.IMPORT, caller.actor, asked)
    return page.Page(items=[views.imported(row) for row in rows], next=more)


@router.get("/imports/template.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
async def get_import_template(request: Request, caller: Editor, session: Session) -> Response:
    """The workbook to fill in: headings, lists to choose from, an example row that is passed over."""
    choices: Choices = request.app.state.choices
    content = await asyncio.to_thread(template, choices, await queries.field_names(session))
    headers = {
        "Content-Disposition": 'attachment; filename="mau-nhap-thu-tuc.xlsx"',
        "Cache-Control": "no-cache",
    }
    return Response(content, media_type=XLSX, headers=headers)


@router.get("/imports/{import_id}")
async def get_import(import_id: UUID, caller: Editor, session: Session, response: Response) -> ImportView:
    """How far it is, and what became of its rows so far."""
    response.headers["Cache-Control"] = "no-store"
    return views.imported(await queries.transfer(session, Kind.IMPORT, caller.actor, import_id))


@router.get("/imports/{import_id}/report", response_class=Response, responses=_FILES)
async def get_import_report(request: Request, import_id: UUID, caller: Editor, session: Session) -> Response:
    """In the format of the upload: its rows with what became of each, wrong cells marked. 409 before.
    Of an import that was cancelled or failed it says which rows were done by then."""
    job = await queries.transfer(session, Kind.IMPORT, caller.actor, import_id)
    return await _result(request, session, job, "bao-cao-nhap")


@router.post("/imports/{import_id}/cancel")
async def cancel_import(import_id: UUID, caller: Editor, session: Session, clock: TheClock) -> ImportView:
    """No further rows; what was imported before stays, and the report says what. 409 when it has ended."""
    job = await queries.locked(session, Kind.IMPORT, caller.actor, import_id)
    await commands.cancel(session, clock, job)
    return views.imported(job)


@router.post("/exports", status_code=status.HTTP_202_ACCEPTED)
async def start_export(
    wanted: NewExport,
    caller: Editor,
    session: Session,
    clock: TheClock,
    response: Response,
    idempotent: MaybeIdempotent,
) -> ExportView:
    """What is in force that day (default today), narrowed as the search is. JSON Lines holds everything; CSV
    and XLSX what their columns can say. The file can be imported again."""

    async def again(id_: str) -> ExportView:
        response.headers["Location"] = f"/v1/procedures/exports/{id_}"
        return views.exported(await queries.transfer(session, Kind.EXPORT, caller.actor, UUID(id_)))

    async def create() -> tuple[str, ExportView]:
        job = await commands.start_export(session, clock, caller, wanted)
        return str(job.id), await again(str(job.id))

    return await idempotent.once(fingerprint("export", wanted), create, again)


@router.get("/exports")
async def list_exports(
    request: Request,
    caller: Editor,
    session: Session,
    response: Response,
    asked: Annotated[page.Asked, Query()],
) -> page.Page[ExportView]:
    """The caller's own, newest first."""
    rows, more = await _listed(request, response, session, Kind.EXPORT, caller.actor, asked)
    return page.Page(items=[views.exported(row) for row in rows], next=more)


@router.get("/exports/{export_id}")
async def get_export(export_id: UUID, caller: Editor, session: Session, response: Response) -> ExportView:
    response.headers["Cache-Control"] = "no-store"
    return views.exported(await queries.transfer(session, Kind.EXPORT, caller.actor, export_id))


@router.get("/exports/{export_id}/content", response_class=Response, responses=_FILES)
async def get_export_content(request: Request, export_id: UUID, caller: Editor, session: Session) -> Response:
    """409 before the end."""
    job = await queries.transfer(session, Kind.EXPORT, caller.actor, export_id)
    return await _result(request, session, job, "thu-tuc")


@router.post("/exports/{export_id}/cancel")
async def cancel_export(export_id: UUID, caller: Editor, session: Session, clock: TheClock) -> ExportView:
    job = await queries.locked(session, Kind.EXPORT, caller.actor, export_id)
    await commands.cancel(session, clock, job)
    return views.exported(job)


async def _listed(
    request: Request, response: Response, session: Session, kind: Kind, actor: str, asked: page.Asked
) -> tuple[list[Transfer], str | None]:
    before = page.uuid_of(page.decode(asked.cursor, str))
    rows = await queries.transfers(session, kind, actor, before, asked.limit)
    more = page.encode([rows[asked.limit - 1].id]) if len(rows) > asked.limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return rows[: asked.limit], more


async def _result(request: Request, session: Session, job: Transfer, name: str) -> Response:
    """Streamed from its chunks. Raises NotFinished."""
    size = await queries.size(session, job.id, Part.RESULT)
    if job.state != State.DONE and not size:
        raise NotFinished(state=job.state)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{job.id}.{job.format}"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
    }
    chunks = _chunks(request.app.state.database, job.id)
    return StreamingResponse(chunks, media_type=_TYPES[job.format], headers=headers)


async def _chunks(database: Database, id_: UUID) -> AsyncIterator[bytes]:
    """After the request's own transaction, each chunk in one of its own."""
    number = 0
    while True:
        async with database.transaction() as session:
            content = await queries.chunk(session, id_, Part.RESULT, number)
        if content is None:
            return
        yield content
        number += 1
