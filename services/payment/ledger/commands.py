"""What is written into the books, in the transaction of what it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import VIETNAM
from services.payment.ledger.models import Account, Movement
from services.payment.models import Payment


def capture(session: AsyncSession, payment: Payment, at: datetime) -> None:
    """A payment succeeded: line by line, its provider holds the money, its body has earned it."""
    for line in payment.lines:
        _move(session, payment, at, "capture", line["amount"], str(payment.provider_transaction), line)


def overpaid(session: AsyncSession, payment: Payment, transaction: str, amount: int, at: datetime) -> None:
    """Money for a fee that was settled: held, and owed to the payer."""
    _move(session, payment, at, "overpayment", amount, transaction, None)


def refund(
    session: AsyncSession,
    payment: Payment,
    refund_id: UUID,
    lines: Iterable[Mapping[str, Any]],
    transaction: str,
    at: datetime,
) -> None:
    """Money went back: `lines` of {code, kind, amount}; a line without a code gives back what is owed."""
    for line in lines:
        of = line if line.get("code") else None
        _move(session, payment, at, "refund", line["amount"], transaction, of, refund_id)


def _move(
    session: AsyncSession,
    payment: Payment,
    at: datetime,
    kind: str,
    amount: int,
    transaction: str,
    line: Mapping[str, Any] | None,
    refund_id: UUID | None = None,
) -> None:
    other = Account(line["kind"]) if line else Account.OWED
    debit, credit = (other, Account.HELD) if kind == "refund" else (Account.HELD, other)
    session.add(
        Movement(
            at=at,
            day=at.astimezone(VIETNAM).date(),
            kind=kind,
            agency=payment.resolving_agency,
            provider=payment.provider,
            debit=debit,
            credit=credit,
            amount=amount,
            payment_id=payment.id,
            refund_id=refund_id,
            transaction=transaction,
            line=line["code"] if line else "",
        )
    )
