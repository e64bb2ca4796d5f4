"""Reads of receipts. What may be seen is what their payments' filter lets through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from services.payment import queries
from services.payment.models import Body, Payment
from services.payment.receipts.errors import ReceiptMissing
from services.payment.receipts.models import Receipt, ReceiptForm
from services.payment.receipts.status import ReceiptStatus

_LEASE = timedelta(seconds=60)
Of = tuple[Receipt, Payment]


@dataclass(frozen=True)
class Search:
    """What a list is narrowed to. `dossier`: its id or its code. `agency`: the body whose fee it is."""

    payment: UUID | None
    dossier: UUID | str | None
    agency: str | None
    series: str | None
    status: ReceiptStatus | None


def _with_payment() -> Select[Receipt, Payment]:
    return select(Receipt, Payment).join(Payment, col(Payment.id) == col(Receipt.payment_id))


async def _one(session: AsyncSession, query: Select[Receipt, Payment]) -> Of:
    row = (await session.execute(query)).first()
    if row is None:
        raise ReceiptMissing()
    return row[0], row[1]


async def receipt(session: AsyncSession, receipt_id: UUID, caller: Caller) -> Of:
    """Raises ReceiptMissing, also for what the caller may not see."""
    return await _one(session, _with_payment().where(col(Receipt.id) == receipt_id, queries.visible(caller)))


async def kept(session: AsyncSession, receipt_id: UUID, caller: Caller) -> Of:
    """One that concerns the caller's body or one below it, locked, as it stands. Raises ReceiptMissing."""
    if caller.agency is None:
        raise ReceiptMissing()
    theirs = queries.of_body(caller.agency, col(Payment.agency), col(Payment.resolving_agency))
    query = _with_payment().where(col(Receipt.id) == receipt_id, theirs)
    return await _one(session, query.with_for_update(of=Receipt).execution_options(populate_existing=True))


async def verified(session: AsyncSession, verification_code: str) -> Receipt:
    """Raises ReceiptMissing."""
    found: Receipt | None = await session.scalar(
        select(Receipt).where(col(Receipt.verification_code) == verification_code)
    )
    if found is None:
        raise ReceiptMissing()
    return found


async def beside(session: AsyncSession, receipt: Receipt) -> tuple[Receipt | None, Receipt | None]:
    """The one that it replaces, the one that replaces it."""
    former = await session.get(Receipt, receipt.replaces) if receipt.replaces else None
    return former, await session.get(Receipt, receipt.replaced_by) if receipt.replaced_by else None


async def receipts(
    session: AsyncSession, caller: Caller, search: Search, after: UUID | None, limit: int
) -> Sequence[Receipt]:
    """Newest first; one more than `limit`, so that the caller knows whether there is a next page."""
    query = select(Receipt).join(Payment, col(Payment.id) == col(Receipt.payment_id))
    query = query.where(queries.visible(caller))
    if search.payment is not None:
        query = query.where(col(Receipt.payment_id) == search.payment)
    if isinstance(search.dossier, UUID):
        query = query.where(col(Payment.dossier_id) == search.dossier)
    elif search.dossier is not None:
        query = query.where(col(Receipt.dossier_code) == search.dossier)
    if search.agency is not None:
        query = query.where(col(Receipt.agency) == search.agency)
    if search.series is not None:
        query = query.where(col(Receipt.series) == search.series)
    if search.status is not None:
        query = query.where(col(Receipt.status) == search.status)
    if after is not None:
        query = query.where(col(Receipt.id) < after)
    return (await session.scalars(query.order_by(col(Receipt.id).desc()).limit(limit + 1))).all()


async def forms(session: AsyncSession, agency: str) -> dict[str, ReceiptForm]:
    """kind → form of a body: its own, else that of the nearest above it, else everybody's."""
    distance = func.array_position(col(Body.ancestors), col(ReceiptForm.agency))
    query = (
        select(ReceiptForm)
        .outerjoin(Body, col(Body.code) == agency)
        .where(or_(col(ReceiptForm.agency).in_((agency, "")), distance.is_not(None)))
        .order_by(col(ReceiptForm.agency) != agency, distance.asc().nulls_last())
    )
    found: dict[str, ReceiptForm] = {}
    for form in await session.scalars(query):
        found.setdefault(form.kind, form)
    return found


async def form(session: AsyncSession, agency: str, kind: str) -> ReceiptForm | None:
    """A body's own."""
    return await session.get(ReceiptForm, (agency, kind))


async def claim(session: AsyncSession, now: datetime) -> Receipt | None:
    """One of which the issuer is to be told now, leased: nobody else tells it meanwhile."""
    chosen = (
        select(col(Receipt.id))
        .where(col(Receipt.next_try) <= now)
        .order_by(col(Receipt.next_try))
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed: Receipt | None = await session.scalar(
        update(Receipt)
        .where(col(Receipt.id) == chosen)
        .values(next_try=now + _LEASE, attempts=col(Receipt.attempts) + 1)
        .returning(Receipt)
    )
    return claimed


async def told(session: AsyncSession, receipt_id: UUID) -> Of:
    """Locked, as it stands now."""
    query = _with_payment().where(col(Receipt.id) == receipt_id).with_for_update(of=Receipt)
    return await _one(session, query.execution_options(populate_existing=True))
