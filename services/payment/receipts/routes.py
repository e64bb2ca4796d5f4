"""`/v1/receipts`: read and printed, verified by anybody, cancelled and replaced by the body's staff."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import Field, StringConstraints

from kit import page, versions
from kit.auth import Caller, Forbidden, require
from kit.db import Session
from kit.versions import SeenVersion
from services.payment import queries as payments
from services.payment.auth import Leader, Reader
from services.payment.receipts import commands, forms, queries, views
from services.payment.receipts.commands import Cancelling
from services.payment.receipts.models import Receipt
from services.payment.receipts.render import pdf
from services.payment.receipts.schemas import (
    VERIFICATION_CODE,
    Cancellation,
    FormView,
    NewForm,
    ReceiptCheck,
    ReceiptDetail,
    ReceiptView,
)
from services.payment.receipts.status import Kind, ReceiptStatus
from services.payment.routes.payments import Tongue
from services.payment.till import Desk

router = APIRouter(prefix="/v1/receipts", tags=["receipts"])
#: Who may cancel a receipt of their body.
Keeper = Annotated[Caller, Depends(require("leader", "cashier"))]
AgencyCode = Annotated[str, Path(pattern=r"^[0-9A-Z.]{3,35}$")]
Code = Annotated[str, Path(pattern=VERIFICATION_CODE)]
Word = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,60}$")]
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


class PdfResponse(Response):
    media_type = "application/pdf"


async def _search(
    payment: UUID | None = None,
    dossier: Annotated[
        UUID | Word | None, Field(union_mode="left_to_right"), Query(description="its id or code")
    ] = None,
    agency: Annotated[Word | None, Query(description="the body whose fee it is")] = None,
    series: Word | None = None,
    status: ReceiptStatus | None = None,
) -> queries.Search:
    return queries.Search(payment, dossier, agency, series, status)


@router.get("")
async def list_receipts(
    request: Request,
    caller: Reader,
    session: Session,
    desk: Desk,
    response: Response,
    language: Tongue,
    search: Annotated[queries.Search, Depends(_search)],
    limit: page.Limit = 50,
    cursor: page.CursorText = None,
) -> page.Page[ReceiptView]:
    """Newest first."""
    after = page.uuid_of(page.decode(cursor, str))
    rows = await queries.receipts(session, caller, search, after, limit)
    more = page.encode([rows[limit - 1].id]) if len(rows) > limit else None
    response.headers.update(page.next_link(request, more))
    response.headers["Cache-Control"] = "no-store"
    url = desk.settings.public_url
    return page.Page(items=[views.receipt(row, url, language) for row in rows[:limit]], next=more)


@router.get("/verify/{verification_code}")
async def verify_receipt(
    verification_code: Code, session: Session, response: Response, language: Tongue
) -> ReceiptCheck:
    """Whether a receipt is genuine and stands. For whoever has its code: without any person in it."""
    found = await queries.verified(session, verification_code)
    response.headers["Cache-Control"] = "no-store"
    return views.check(found, language)


@router.put("/forms/{agency}/{kind}")
async def put_receipt_form(
    agency: AgencyCode, kind: Kind, new: NewForm, caller: Leader, session: Session, desk: Desk
) -> FormView:
    """The form code and letters of a body, and of those below it that have none of their own. By a leader of
    the body or of one above it."""
    if not await payments.concerns(session, caller, agency):
        raise Forbidden(roles="leader")
    form = await forms.put(session, caller, agency, kind, new, desk.clock.now())
    return FormView(**form.model_dump())


@router.get("/{receipt_id}", response_model=ReceiptDetail, responses=_PDF)
async def get_receipt(
    receipt_id: UUID,
    caller: Reader,
    session: Session,
    desk: Desk,
    response: Response,
    language: Tongue,
    accept: Annotated[str, Header(max_length=1000)] = "*/*",
) -> ReceiptDetail | PdfResponse:
    """JSON; with `Accept: application/pdf` as it is printed."""
    receipt, _ = await queries.receipt(session, receipt_id, caller)
    response.headers["Vary"] = "Accept"
    versions.show(response, receipt.version)
    if "application/pdf" not in accept.lower():
        return _detail(receipt, desk, language)
    former, next_ = await queries.beside(session, receipt)
    data = views.printed(receipt, _payer_name(receipt, desk), former, next_)
    printed = PdfResponse(await pdf(data, views.link(receipt, desk.settings.public_url)))
    printed.headers.update(response.headers)
    name = f"{receipt.series}-{views.number(receipt)}.pdf"
    printed.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return printed


@router.post("/{receipt_id}/cancel")
async def cancel_receipt(
    receipt_id: UUID,
    cancellation: Cancellation,
    caller: Keeper,
    version: SeenVersion,
    session: Session,
    desk: Desk,
    response: Response,
    language: Tongue,
) -> ReceiptDetail:
    """The receipt stays visible, with the reason; `replace` issues the next number in its place, found under
    `replaced_by`."""
    wish = Cancelling(cancellation.reason, cancellation.replace, cancellation.payer_name)
    receipt, _ = await commands.cancel(session, desk, caller, receipt_id, version, wish)
    versions.show(response, receipt.version)
    return _detail(receipt, desk, language)


def _detail(receipt: Receipt, desk: Desk, language: Tongue) -> ReceiptDetail:
    shown = views.receipt(receipt, desk.settings.public_url, language)
    return ReceiptDetail(**shown.model_dump(), payer_name=_payer_name(receipt, desk))


def _payer_name(receipt: Receipt, desk: Desk) -> str:
    facts = desk.vault.open(receipt.payer_facts) if receipt.payer_facts else {}
    return str(facts.get("name", ""))
