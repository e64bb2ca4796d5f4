"""What bodies hold here, and what of it a successor takes over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Date, String, and_, cast, column, func, or_, select, values
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.tally import Things, tally
from services.payment.counter.models import CashShift
from services.payment.models import PayeeAccount, Payment
from services.payment.receipts.models import ReceiptForm, ReceiptSeries
from services.payment.refunds.models import Refund
from services.payment.refunds.status import ENDED
from services.payment.status import OPEN
from services.payment.successors.models import SuccessionWork

FIRST = 5
#: Taken over one by one, so that none is left; all else follows by right, or stays where it was.
MOVES = frozenset({"payee-accounts"})


async def claim(session: AsyncSession) -> SuccessionWork | None:
    """One that is not done, its row locked."""
    query = select(SuccessionWork).where(col(SuccessionWork.done_at).is_(None))
    query = query.order_by(col(SuccessionWork.old)).limit(1)
    return await session.scalar(query.with_for_update(skip_locked=True))


async def waiting(session: AsyncSession) -> bool:
    query = select(col(SuccessionWork.old)).where(col(SuccessionWork.done_at).is_(None))
    return (await session.scalar(query.limit(1))) is not None


def _account_on(agency: str | ColumnElement[str], day: date | ColumnElement[date]) -> ColumnElement[bool]:
    own = col(PayeeAccount.agency) == agency
    return and_(own, _beyond(day), func.lower(col(PayeeAccount.valid)) < day)


def _beyond(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    valid = col(PayeeAccount.valid)
    return or_(func.upper_inf(valid), func.upper(valid) > day)


async def account_of(session: AsyncSession, agency: str, day: date) -> PayeeAccount | None:
    """The body's own that was set before that day and would still stand on it."""
    query = select(PayeeAccount).where(_account_on(agency, day))
    return await session.scalar(query.with_for_update())


async def has_account(session: AsyncSession, agency: str, day: date) -> bool:
    """Whether the body has one of its own on that day or from a later one on."""
    query = select(col(PayeeAccount.id)).where(col(PayeeAccount.agency) == agency, _beyond(day))
    return (await session.scalar(query.limit(1))) is not None


async def holdings(
    session: AsyncSession, bodies: Mapping[str, date], today: date
) -> list[tuple[str, str, int, list[str]]]:
    """(body, what, how many, the first by name); `bodies`: old body → the day from which it is no more."""
    found = []
    for what, query in (
        ("payee-accounts", _held_accounts(bodies)),
        ("receipt-forms", _held_forms(bodies)),
        ("receipt-series", _held_series(bodies, today.year)),
        ("cash-shifts", _held_shifts(bodies)),
        ("payments", _held_payments(bodies)),
        ("refunds", _held_refunds(bodies)),
    ):
        found += [(body, what, count, first) for body, count, first in await tally(session, query, FIRST)]
    return found


def _held_accounts(bodies: Mapping[str, date]) -> Things:
    pairs = values(column("old", String), column("day", Date), name="pair")
    pair = pairs.data(list(bodies.items()) or [("", date.max)]).c
    number = col(PayeeAccount.number)
    return select(pair.old, number, number).where(_account_on(pair.old, pair.day))


def _held_forms(bodies: Collection[str]) -> Things:
    row, name = ReceiptForm, col(ReceiptForm.form_code) + " " + col(ReceiptForm.letters)
    return select(col(row.agency), name, name).where(col(row.agency).in_(bodies))


def _held_series(bodies: Collection[str], year: int) -> Things:
    row, name = ReceiptSeries, col(ReceiptSeries.form_code) + " " + col(ReceiptSeries.series)
    return select(col(row.agency), name, name).where(col(row.agency).in_(bodies), col(row.year) == year)


def _held_shifts(bodies: Collection[str]) -> Things:
    row = CashShift
    query = select(col(row.agency), col(row.cashier_name), col(row.opened_at))
    return query.where(col(row.agency).in_(bodies), col(row.closed_at).is_(None))


def _held_payments(bodies: Collection[str]) -> Things:
    row, body = Payment, col(Payment.resolving_agency)
    return select(body, col(row.reference), col(row.id)).where(body.in_(bodies), col(row.status).in_(OPEN))


def _held_refunds(bodies: Collection[str]) -> Things:
    row, body = Refund, col(Payment.resolving_agency)
    query = select(body, cast(col(row.id), String), col(row.id))
    query = query.join(Payment, col(Payment.id) == col(row.payment_id))
    return query.where(body.in_(bodies), col(row.status).not_in(ENDED))


async def done(session: AsyncSession) -> Sequence[SuccessionWork]:
    return (await session.scalars(select(SuccessionWork).order_by(col(SuccessionWork.old)))).all()
