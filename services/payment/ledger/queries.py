"""The books, added up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, false, func, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from services.payment.ledger.models import Account, Movement
from services.payment.models import Body, PayeeAccount
from services.payment.queries import of_body


def visible(caller: Caller) -> ColumnElement[bool]:
    """Movements of the caller's body and of those below it; auditors all."""
    if "auditor" in caller.roles:
        return true()
    return of_body(caller.agency, col(Movement.agency)) if caller.agency else false()


async def balances(
    session: AsyncSession, caller: Caller, first: date, last: date, agency: str | None, provider: str | None
) -> Sequence[Any]:
    """Per body, provider and day: (agency, name, provider, day, captured, overpaid, refunded, fee, charge,
    owed), in đồng; fee, charge and owed net of what went back."""
    query = (
        select(
            col(Movement.agency),
            func.coalesce(func.max(col(Body.name)), col(Movement.agency)),
            col(Movement.provider),
            col(Movement.day),
            *(_sum(kind) for kind in ("capture", "overpayment", "refund")),
            *(_net(account) for account in (Account.FEE, Account.CHARGE, Account.OWED)),
        )
        .outerjoin(Body, col(Body.code) == col(Movement.agency))
        .where(visible(caller), col(Movement.day) >= first, col(Movement.day) <= last)
        .group_by(col(Movement.agency), col(Movement.provider), col(Movement.day))
        .order_by(col(Movement.day), col(Movement.agency), col(Movement.provider))
    )
    if agency is not None:
        query = query.where(of_body(agency, col(Movement.agency)))
    if provider is not None:
        query = query.where(col(Movement.provider) == provider)
    return (await session.execute(query)).all()


def _sum(kind: str) -> ColumnElement[int]:
    return func.coalesce(func.sum(col(Movement.amount)).filter(col(Movement.kind) == kind), 0)


def _net(account: Account) -> ColumnElement[int]:
    signed = case(
        (col(Movement.credit) == account, col(Movement.amount)),
        (col(Movement.debit) == account, -col(Movement.amount)),
        else_=0,
    )
    return func.coalesce(func.sum(signed), 0)


#: Payments and refunds whose movements are not exactly what they say, each with what is wrong. Captured −
#: refunded = ledger, always: the answer is empty.
_IMBALANCE = text("""
SELECT p.id, 'payment' AS what, CASE WHEN p.status = 'succeeded' THEN p.amount ELSE 0 END AS said,
       coalesce(sum(m.amount), 0) AS booked
FROM payment p LEFT JOIN ledger_movement m ON m.payment_id = p.id AND m.kind = 'capture'
GROUP BY p.id HAVING coalesce(sum(m.amount), 0) <> CASE WHEN p.status = 'succeeded' THEN p.amount ELSE 0 END
UNION ALL
SELECT p.id, 'overpaid', cardinality(p.overpaid) * p.amount, coalesce(sum(m.amount), 0)
FROM payment p LEFT JOIN ledger_movement m ON m.payment_id = p.id AND m.kind = 'overpayment'
GROUP BY p.id HAVING coalesce(sum(m.amount), 0) <> cardinality(p.overpaid) * p.amount
UNION ALL
SELECT r.id, 'refund', CASE WHEN r.status = 'succeeded' THEN r.amount ELSE 0 END, coalesce(sum(m.amount), 0)
FROM refund r LEFT JOIN ledger_movement m ON m.refund_id = r.id
GROUP BY r.id HAVING coalesce(sum(m.amount), 0) <> CASE WHEN r.status = 'succeeded' THEN r.amount ELSE 0 END
ORDER BY 1 LIMIT 100
""")


async def imbalances(session: AsyncSession) -> list[tuple[UUID, str, int, int]]:
    """(id, payment | overpaid | refund, what it says, what is booked), in đồng; at most 100."""
    return [(row[0], row[1], int(row[2]), int(row[3])) for row in await session.execute(_IMBALANCE)]


async def accounts(session: AsyncSession, agency: str) -> Sequence[PayeeAccount]:
    """All of a body, oldest first."""
    query = select(PayeeAccount).where(col(PayeeAccount.agency) == agency).order_by(col(PayeeAccount.valid))
    return (await session.scalars(query)).all()
