"""What bodies hold here, and what of it a successor takes over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

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


def _account_on(agency: str, day: date) -> Select[PayeeAccount]:
    return select(PayeeAccount).where(
        col(PayeeAccount.agency) == agency, _beyond(day), func.lower(col(PayeeAccount.valid)) < day
    )


def _beyond(day: date) -> ColumnElement[bool]:
    valid = col(PayeeAccount.valid)
    return or_(func.upper_inf(valid), func.upper(valid) > day)


async def account_of(session: AsyncSession, agency: str, day: date) -> PayeeAccount | None:
    """The body's own that was set before that day and would still stand on it."""
    return await session.scalar(_account_on(agency, day).with_for_update())


async def has_account(session: AsyncSession, agency: str, day: date) -> bool:
    """Whether the body has one of its own on that day or from a later one on."""
    query = select(col(PayeeAccount.id)).where(col(PayeeAccount.agency) == agency, _beyond(day))
    return (await session.scalar(query.limit(1))) is not None


async def holdings(
    session: AsyncSession, bodies: Mapping[str, date], today: date
) -> list[tuple[str, str, int, list[str]]]:
    """(body, what, how many, the first by name); `bodies`: old body → the day from which it is no more."""
    found = []
    for old, day in bodies.items():
        for what, query in _of(old, day, today):
            count = await session.scalar(select(func.count()).select_from(query.subquery()))
            if count:
                first = await session.scalars(query.limit(FIRST))
                found.append((old, what, int(count), list(first)))
    return found


def _of(old: str, day: date, today: date) -> list[tuple[str, Select[str]]]:
    accounts = _account_on(old, day).with_only_columns(col(PayeeAccount.number))
    forms = select(col(ReceiptForm.form_code) + " " + col(ReceiptForm.letters))
    series = select(col(ReceiptSeries.form_code) + " " + col(ReceiptSeries.series))
    shifts = select(col(CashShift.cashier_name))
    payments = select(col(Payment.reference))
    refunds = select(cast(col(Refund.id), String)).join(Payment, col(Payment.id) == col(Refund.payment_id))
    return [
        ("payee-accounts", accounts.order_by(col(PayeeAccount.number))),
        ("receipt-forms", forms.where(col(ReceiptForm.agency) == old).order_by(col(ReceiptForm.form_code))),
        (
            "receipt-series",
            series.where(col(ReceiptSeries.agency) == old, col(ReceiptSeries.year) == today.year).order_by(
                col(ReceiptSeries.form_code), col(ReceiptSeries.series)
            ),
        ),
        (
            "cash-shifts",
            shifts.where(col(CashShift.agency) == old, col(CashShift.closed_at).is_(None)).order_by(
                col(CashShift.opened_at)
            ),
        ),
        (
            "payments",
            payments.where(col(Payment.resolving_agency) == old, col(Payment.status).in_(OPEN)).order_by(
                col(Payment.id)
            ),
        ),
        (
            "refunds",
            refunds.where(col(Payment.resolving_agency) == old, col(Refund.status).not_in(ENDED)).order_by(
                col(Refund.id)
            ),
        ),
    ]


async def done(session: AsyncSession) -> Sequence[SuccessionWork]:
    return (await session.scalars(select(SuccessionWork).order_by(col(SuccessionWork.old)))).all()
