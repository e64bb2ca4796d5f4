"""What a comparison reads: a fixed number of statements, however many rows there are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, exists, func, literal, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.clock import VIETNAM
from services.payment.ledger.models import Account
from services.payment.models import PayeeAccount, Payment
from services.payment.reconciliation.lines import Line, LineKind, Source, account_key
from services.payment.reconciliation.matching import Ours, Returned, Sides, civil
from services.payment.reconciliation.models import Reconciliation, Statement, StatementRow
from services.payment.reconciliation.queries import current, statements
from services.payment.refunds.models import Refund
from services.payment.refunds.status import ABROAD
from services.payment.status import Status


def _during(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(0), VIETNAM)
    return start, datetime.combine(day + timedelta(days=1), time(0), VIETNAM)


async def sides(session: AsyncSession, held: Reconciliation) -> Sides:
    """All that a comparison needs, in six statements."""
    sources = {statement.id: Source(statement.source) for statement in await statements(session, held.id)}
    lines: dict[Source, list[Line]] = {source: [] for source in sources.values()}
    async for row in _many(session, _rows(held.id)):
        lines[sources[row.statement_id]].append(_line(row))
    payments = [_ours(row) async for row in _many(session, _payments(held))]
    refunds = [_returned(row) for row in await session.execute(_refunds(held))]
    accounts = await session.execute(_accounts(held))
    return Sides(
        provider=held.provider,
        day=held.day,
        payments=payments,
        refunds=refunds,
        lines=lines,
        elsewhere=await _elsewhere(session, held, payments, refunds),
        bodies={account_key(row.number): row.agency for row in accounts},
    )


async def _many(session: AsyncSession, query: Select[Any]) -> AsyncIterator[Any]:
    """Piece by piece: other requests go on between."""
    found = await session.stream(query.execution_options(yield_per=1000))
    async for piece in found.partitions():
        for row in piece:
            yield row


def _rows(reconciliation_id: UUID) -> Select[Any]:
    table = StatementRow.__table__  # type: ignore[attr-defined]
    return (
        select(*table.c)
        .join(Statement, col(Statement.id) == table.c.statement_id)
        .where(current(reconciliation_id))
        .order_by(table.c.statement_id, table.c.number)
    )


def _line(row: Any) -> Line:
    return Line(
        number=row.number,
        kind=LineKind(row.kind),
        reference=row.reference,
        transaction=row.transaction,
        amount=row.amount,
        at=row.at,
        account=row.account,
        fee=row.fee,
        charge=row.charge,
        fault=row.fault,
        raw=row.raw,
    )


def _named(reconciliation_id: UUID) -> Select[Any]:
    """The references in its rows."""
    return (
        select(col(StatementRow.reference))
        .join(Statement, col(Statement.id) == col(StatementRow.statement_id))
        .where(current(reconciliation_id), col(StatementRow.reference) != "")
    )


def _payments(held: Reconciliation) -> Select[Any]:
    """Those of the day, and those that a row names."""
    start, end = _during(held.day)
    other = aliased(Payment)
    found = union(
        select(col(Payment.id)).where(
            col(Payment.provider) == held.provider,
            col(Payment.settled_at) >= start,
            col(Payment.settled_at) < end,
        ),
        select(col(Payment.id)).where(col(Payment.reference).in_(_named(held.id))),
    )
    sibling = exists().where(
        col(other.dossier_id) == col(Payment.dossier_id),
        col(other.purpose) == col(Payment.purpose),
        col(other.id) != col(Payment.id),
        col(other.status) == Status.SUCCEEDED,
    )
    return select(
        *(
            getattr(Payment, name)
            for name in ("id", "reference", "provider", "status", "provider_transaction", "amount")
        ),
        *(getattr(Payment, name) for name in ("lines", "overpaid", "settled_at", "credited_at")),
        col(Payment.payee)["number"].astext.label("account"),
        sibling.label("sibling"),
    ).where(col(Payment.id).in_(found))


def _ours(row: Any) -> Ours:
    sums = dict.fromkeys(Account, 0)
    for line in row.lines:
        sums[Account(line["kind"])] += line["amount"]
    paid = row.status == Status.SUCCEEDED
    return Ours(
        id=row.id,
        reference=row.reference,
        provider=row.provider,
        status=row.status,
        transaction=row.provider_transaction or "",
        amount=row.amount,
        day=civil(row.settled_at) if paid else None,
        fee=sums[Account.FEE],
        charge=sums[Account.CHARGE],
        account=row.account or "",
        sibling=row.sibling,
        overpaid=row.overpaid,
        credited=row.credited_at is not None,
    )


def _refunds(held: Reconciliation) -> Select[Any]:
    """Those of the day, those that a row names by their own or their payment's reference, and those of which
    the provider has not said how they ended."""
    start, end = _during(held.day)
    named, ids = _named(held.id), select(col(Refund.id))
    found = union(
        ids.where(col(Refund.settled_at) >= start, col(Refund.settled_at) < end),
        ids.where(col(Refund.status).in_(ABROAD), col(Refund.created_at) < end),
        ids.where(col(Refund.reference).in_(named)),
        ids.join(Payment, col(Payment.id) == col(Refund.payment_id)).where(col(Payment.reference).in_(named)),
    )
    return (
        select(
            col(Refund.id),
            col(Refund.payment_id),
            col(Payment.reference).label("payment"),
            *(
                getattr(Refund, name)
                for name in ("reference", "status", "by_provider", "provider_transaction", "amount")
            ),
            col(Refund.settled_at),
            col(Refund.created_at),
        )
        .join(Payment, col(Payment.id) == col(Refund.payment_id))
        .where(col(Payment.provider) == held.provider, col(Refund.id).in_(found))
        .order_by(col(Refund.id))
    )


def _returned(row: Any) -> Returned:
    return Returned(
        id=row.id,
        payment_id=row.payment_id,
        payment=row.payment,
        reference=row.reference,
        status=row.status,
        abroad=row.status in ABROAD,
        by_provider=row.by_provider,
        transaction=row.provider_transaction or "",
        amount=row.amount,
        day=civil(row.settled_at) if row.settled_at else None,
        asked=civil(row.created_at),
    )


def _accounts(held: Reconciliation) -> Select[str, str]:
    return select(col(PayeeAccount.number), col(PayeeAccount.agency)).where(
        col(PayeeAccount.valid).contains(held.day)
    )


async def _elsewhere(
    session: AsyncSession, held: Reconciliation, payments: Iterable[Ours], refunds: Iterable[Returned]
) -> dict[tuple[Source, LineKind, str], date]:
    """Where statements of the provider's other days name what we have on this day."""
    names = {payment.reference for payment in payments if payment.day == held.day}
    back = [refund for refund in refunds if refund.day == held.day]
    names |= {name for refund in back for name in (refund.reference, refund.payment)}
    query = (
        select(
            col(Statement.source),
            col(StatementRow.kind),
            col(StatementRow.reference),
            func.min(col(Reconciliation.day)).label("day"),
        )
        .join(Statement, col(Statement.id) == col(StatementRow.statement_id))
        .join(Reconciliation, col(Reconciliation.id) == col(Statement.reconciliation_id))
        .where(
            col(Reconciliation.provider) == held.provider,
            col(Reconciliation.id) != held.id,
            col(Statement.replaced_at).is_(None),
            col(StatementRow.reference) == func.any(literal(sorted(names), ARRAY(Text))),
        )
        .group_by(col(Statement.source), col(StatementRow.kind), col(StatementRow.reference))
    )
    rows = await session.execute(query)
    return {(Source(row.source), LineKind(row.kind), row.reference): row.day for row in rows}
