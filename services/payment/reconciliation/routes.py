"""`/v1/reconciliations`: a day of a provider, its statements, what differs, the close, the report."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status
from starlette.datastructures import UploadFile

from kit import events, page, versions
from kit.db import Session
from kit.problem import FieldFault, InvalidInput
from kit.versions import SeenVersion
from services.payment.auth import BookReader
from services.payment.reconciliation import closing, commands, queries, report, totals, views
from services.payment.reconciliation.errors import ReconciliationMissing, StatementTypeUnknown
from services.payment.reconciliation.kinds import Kind
from services.payment.reconciliation.lines import Source
from services.payment.reconciliation.models import Reconciliation
from services.payment.reconciliation.rights import Reader, Writer
from services.payment.reconciliation.schemas import Brief, DifferenceView, Done, ReconciliationView, Report
from services.payment.reconciliation.sheets import CSV, XLSX, Format
from services.payment.reconciliation.statements import read
from services.payment.routes.payments import Tongue
from services.payment.schemas import PaymentEvents
from services.payment.till import Desk, Till
from services.payment.views import events as shown_events

router = APIRouter(prefix="/v1/reconciliations", tags=["reconciliation"])

FORMS: dict[str, Format] = {XLSX: "xlsx", CSV: "csv", "application/csv": "csv"}
_FILE = {"type": "string", "format": "binary"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            XLSX: {"schema": _FILE},
            CSV: {"schema": {"type": "string"}},
            "multipart/form-data": {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}}
            },
        },
    }
}
_CURSOR = {"vi": "Con trỏ trang không hợp lệ.", "en": "The page cursor is not valid."}
_NO_FILE = {"vi": "Cần một tệp ở trường file.", "en": "One file in the field file is needed."}


async def _sent(request: Request, content_type: Annotated[str, Header()] = "") -> tuple[bytes, Format]:
    """The file as the body, or, when it is large (over 2 MiB), in a form's field `file`. Raises
    StatementTypeUnknown, InvalidInput, TooLarge."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        return await request.body(), _form(kind)
    async with request.form(max_files=1, max_fields=5) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidInput(errors=[FieldFault("missing", _NO_FILE, pointer="/file")])
        return await file.read(), _form((file.content_type or "").partition(";")[0].strip().lower())


def _form(kind: str) -> Format:
    if kind not in FORMS:
        raise StatementTypeUnknown(known=", ".join(FORMS))
    return FORMS[kind]


@router.post("", status_code=status.HTTP_201_CREATED)
async def open_reconciliation(
    caller: Writer,
    session: Session,
    desk: Desk,
    response: Response,
    day: date,
    provider: Annotated[str, Query(pattern=r"^[a-z0-9-]{1,40}$")],
) -> ReconciliationView:
    """The reconciliation of a provider's day in Vietnam: 201 when it is new, 200 when it was there."""
    new = await commands.open_day(session, desk, caller, provider, day)
    found = await queries.of_day(session, provider, day)
    if found is None:
        raise ReconciliationMissing()
    response.status_code = status.HTTP_201_CREATED if new else status.HTTP_200_OK
    response.headers["Location"] = f"/v1/reconciliations/{found.id}"
    return await _shown(session, found, response)


@router.get("")
async def list_reconciliations(
    request: Request,
    caller: BookReader,
    session: Session,
    response: Response,
    provider: Annotated[str | None, Query(pattern=r"^[a-z0-9-]{1,40}$")] = None,
    limit: page.Limit = 50,
    cursor: page.CursorText = None,
) -> page.Page[Brief]:
    """Latest day first. Open to all who may see the report of their own bodies."""
    rows = await queries.reconciliations(session, provider, _before(cursor), limit)
    more = page.encode([rows[limit - 1].day, rows[limit - 1].id]) if len(rows) > limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    return page.Page(items=[views.brief(row) for row in rows[:limit]], next=more)


def _before(cursor: str | None) -> tuple[date, UUID] | None:
    key = page.decode(cursor, str, str)
    if key is None:
        return None
    try:
        return date.fromisoformat(key[0]), UUID(key[1])
    except ValueError:
        raise InvalidInput(errors=[FieldFault("cursor", _CURSOR, parameter="cursor")]) from None


@router.get("/{reconciliation_id}")
async def get_reconciliation(
    reconciliation_id: UUID, caller: Reader, session: Session, response: Response
) -> ReconciliationView:
    """Sums of the three sides, and how many differences of each kind are open."""
    return await _shown(session, await queries.reconciliation(session, reconciliation_id), response)


async def _shown(session: Session, held: Reconciliation, response: Response) -> ReconciliationView:
    versions.show(response, held.version)
    return views.whole(
        held,
        await queries.statements(session, held.id),
        held.totals or await totals.totals(session, held),
        await queries.counts(session, held.id),
    )


@router.get("/{reconciliation_id}/events")
async def get_reconciliation_events(
    reconciliation_id: UUID, caller: Reader, session: Session, response: Response
) -> PaymentEvents:
    """Who did what, oldest first."""
    held = await queries.reconciliation(session, reconciliation_id)
    versions.show(response, held.version)
    return shown_events(await events.history(session, str(held.id)))


@router.put("/{reconciliation_id}/statements/{source}", openapi_extra=_BODY)
async def put_statement(
    reconciliation_id: UUID,
    source: Source,
    caller: Writer,
    sent: Annotated[tuple[bytes, Format], Depends(_sent)],
    session: Session,
    desk: Desk,
    response: Response,
) -> ReconciliationView:
    """The provider's or the bank's statement of the day, in place of the one before. The same again changes
    nothing; a row that cannot be read is a difference."""
    content, form = sent
    day = (await _day_of(desk, reconciliation_id)).day
    lines = await asyncio.to_thread(read, content, form, source, day)
    held = await commands.take_in(session, desk, caller, reconciliation_id, source, lines, form)
    return await _shown(session, held, response)


async def _day_of(desk: Till, reconciliation_id: UUID) -> Reconciliation:
    """Read apart: no transaction waits while the file is read."""
    async with desk.database.transaction() as session:
        return await queries.reconciliation(session, reconciliation_id)


@router.post("/{reconciliation_id}/match")
async def match_again(
    reconciliation_id: UUID, caller: Writer, session: Session, desk: Desk, response: Response
) -> ReconciliationView:
    """Compare again, after money was taken in, a refund ended, or another day's statement came."""
    held = await commands.match(session, desk, caller, reconciliation_id)
    return await _shown(session, held, response)


@router.get("/{reconciliation_id}/differences")
async def list_differences(
    request: Request,
    reconciliation_id: UUID,
    caller: Reader,
    session: Session,
    response: Response,
    language: Tongue,
    kind: Kind | None = None,
    still_open: Annotated[bool | None, Query(alias="open", description="without an action")] = None,
    limit: page.Limit = 50,
    cursor: page.CursorText = None,
) -> page.Page[DifferenceView]:
    """What the last comparison found, each with a proposal and the actions that its kind allows."""
    held = await queries.reconciliation(session, reconciliation_id)
    rows = await queries.differences(
        session,
        held.id,
        kind=kind,
        still_open=still_open,
        after=page.uuid_of(page.decode(cursor, str)),
        limit=limit,
    )
    more = page.encode([rows[limit - 1].id]) if len(rows) > limit else None
    response.headers.update(page.next_link(request, more))
    versions.show(response, held.version)
    return page.Page(items=[views.difference(row, language) for row in rows[:limit]], next=more)


@router.post("/{reconciliation_id}/differences/{difference_id}/action")
async def act_on_difference(
    reconciliation_id: UUID,
    difference_id: UUID,
    done: Done,
    caller: Writer,
    session: Session,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> DifferenceView:
    """What was done about it. The last one stands until the day is closed; all are in the events."""
    said = (done.action, done.note)
    held, row = await commands.act(session, desk, caller, reconciliation_id, difference_id, said)
    versions.show(response, held.version)
    return views.difference(row, language)


@router.post("/{reconciliation_id}/close")
async def close_reconciliation(
    reconciliation_id: UUID,
    caller: Writer,
    version: SeenVersion,
    desk: Desk,
    session: Session,
    response: Response,
) -> ReconciliationView:
    """Compare a last time, then freeze the day. 409 with the list while a difference has no action."""
    held = await closing.close(desk, caller, reconciliation_id, version)
    return await _shown(session, held, response)


@router.get(
    "/{reconciliation_id}/report",
    response_model=Report,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}, XLSX: {"schema": _FILE}}}},
)
async def get_report(
    reconciliation_id: UUID,
    caller: BookReader,
    session: Session,
    response: Response,
    accept: Annotated[str, Header()] = "*/*",
) -> Any:
    """Per body, by the ledger, phí and lệ phí apart; as JSON, CSV or XLSX by Accept. Staff see their body's
    rows and those below it, auditors all."""
    held = await queries.reconciliation(session, reconciliation_id)
    rows = held.report if held.report is not None else await totals.report(session, held)
    if "auditor" not in caller.roles:
        seen = await totals.bodies_below(session, caller.agency or "")
        rows = [row for row in rows if row["agency"] in seen]
    answer = views.report(held, rows)
    versions.show(response, held.version)
    form = next((FORMS[kind] for kind in _wanted(accept) if kind in (CSV, XLSX)), None)
    if form is None:
        return answer
    write = report.as_csv if form == "csv" else report.as_xlsx
    name = f"doi-soat-{held.provider}-{held.day}.{form}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "ETag": response.headers["ETag"],
        "Cache-Control": "no-store",
        "Vary": "Accept",
    }
    kind = "text/csv; charset=utf-8" if form == "csv" else XLSX
    return Response(await asyncio.to_thread(write, answer), media_type=kind, headers=headers)


def _wanted(accept: str) -> list[str]:
    """The kinds before the first that JSON answers, too."""
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    plain = next((i for i, kind in enumerate(kinds) if kind in ("application/json", "*/*")), len(kinds))
    return kinds[:plain]
