"""Blanks to fill in: editors upload them, everyone downloads them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Header, Path, Response, UploadFile, status
from pydantic import StringConstraints

from kit.db import Session
from kit.text import Text
from kit.versions import NotModified
from services.catalog.auth import Editor
from services.catalog.papers import commands, queries
from services.catalog.papers.models import MOST
from services.catalog.papers.schemas import TemplateView
from services.catalog.routes.editors import TheClock

#: Before the other routers of procedures: `templates` is no procedure's code.
router = APIRouter(prefix="/v1/procedures/templates", tags=["templates"])

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Why = Annotated[Text, StringConstraints(max_length=2000), Form(description="kept in the event log")]


@router.post("", status_code=status.HTTP_201_CREATED)
async def upload_template(
    caller: Editor,
    session: Session,
    clock: TheClock,
    file: Annotated[UploadFile, File(description="PDF, DOCX, DOC, XLSX or ODT, up to 5 MiB")],
    reason: Why = "",
) -> TemplateView:
    """Keep a file under its SHA-256, by which papers name it. The same file again: the same answer."""
    content = await file.read(MOST + 1)
    name = file.filename or ""
    return TemplateView.of(await commands.keep(session, clock, caller, content, name, reason))


@router.get("/{sha256}", response_class=Response)
async def get_template(
    sha256: Digest,
    session: Session,
    if_none_match: Annotated[str | None, Header(alias="If-None-Match", max_length=2000)] = None,
) -> Response:
    """The file, as an attachment. Its address is made of its content, so that it never changes."""
    headers = {"ETag": f'"{sha256}"', "Cache-Control": "public, max-age=31536000, immutable"}
    found = await queries.template(session, sha256)
    if if_none_match is not None and sha256 in if_none_match:
        raise NotModified(headers=headers)
    headers |= {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.filename)}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(found.content, media_type=found.media_type, headers=headers)
