"""The sums of a day: ours by the ledger, the statements' own, and the report per body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Label, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.payment.ledger.models import Account, Movement
from services.payment.models import Body, Payment
from services.payment.queries import below
from services.payment.reconciliation.lines import LineKind
from services.payment.reconciliation.models import Reconciliation, Statement, StatementRow
from services.payment.reconciliation.queries import current


async def totals(session: AsyncSession, held: Reconciliation) -> dict[str, Any]:
    """{ours, provider, bank}, amounts in đồng; a source is None until its statement is there."""
    ours = (await session.execute(select(*_columns()).where(*_of(held)))).mappings().one()
    said: dict[str, Any] = {"ours": _with_net(ours), "provider": None, "bank": None}
    for row in await session.execute(_by_source(held)):
        said[row.source] = {
            "payments": row.payments,
            "captured": int(row.captured),
            "refunds": row.refunds,
            "refunded": int(row.refunded),
            "net": int(row.captured - row.refunded),
        }
    return said


async def report(session: AsyncSession, held: Reconciliation) -> list[dict[str, Any]]:
    """A row for each body with a movement that day, by code: the ledger, phí and lệ phí apart."""
    query = (
        select(col(Movement.agency), func.max(col(Body.name)).label("name"), *_columns())
        .outerjoin(Body, col(Body.code) == col(Movement.agency))
        .where(*_of(held))
        .group_by(col(Movement.agency))
        .order_by(col(Movement.agency))
    )
    return [
        {"agency": row["agency"], "name": row["name"] or row["agency"], **_with_net(row)}
        for row in (await session.execute(query)).mappings()
    ]


async def bodies_below(session: AsyncSession, agency: str) -> set[str]:
    """This body and those below it."""
    return {agency, *await session.scalars(select(col(Body.code)).where(below(agency)))}


def _of(held: Reconciliation) -> tuple[ColumnElement[bool], ...]:
    return col(Movement.provider) == held.provider, col(Movement.day) == held.day


def _columns() -> tuple[Label[int], ...]:
    kind, credit, debit = col(Movement.kind), col(Movement.credit), col(Movement.debit)

    def total(*conditions: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.coalesce(func.sum(col(Movement.amount)).filter(*conditions), 0)

    return (
        func.count(col(Movement.payment_id).distinct()).filter(kind == "capture").label("payments"),
        total(kind == "capture").label("captured"),
        total(credit == Account.FEE).label("fee"),
        total(credit == Account.CHARGE).label("charge"),
        total(kind == "overpayment").label("overpaid"),
        total(kind == "refund").label("refunded"),
        total(debit == Account.FEE).label("fee_refunded"),
        total(debit == Account.CHARGE).label("charge_refunded"),
    )


def _with_net(row: Mapping[Any, Any]) -> dict[str, int]:
    """PostgreSQL sums bigints into numerics."""
    plain = {column.name: int(row[column.name]) for column in _columns()}
    return {**plain, "net": plain["captured"] + plain["overpaid"] - plain["refunded"]}


def _by_source(held: Reconciliation) -> Any:
    """Of a bank only what names a payment of this provider, or one that nobody knows. A statement without
    such rows is there, too, with zeros."""
    amount, kind = col(StatementRow.amount), col(StatementRow.kind)
    ours = or_(col(Payment.id).is_(None), col(Payment.provider) == held.provider)
    counted = (col(StatementRow.fault).is_(None), col(StatementRow.reference) != "", ours)
    paid, back = (*counted, kind == LineKind.PAY), (*counted, kind == LineKind.REFUND)
    return (
        select(
            col(Statement.source),
            func.count(col(StatementRow.number)).filter(*paid).label("payments"),
            func.coalesce(func.sum(amount).filter(*paid), 0).label("captured"),
            func.count(col(StatementRow.number)).filter(*back).label("refunds"),
            func.coalesce(func.sum(amount).filter(*back), 0).label("refunded"),
        )
        .outerjoin(StatementRow, col(StatementRow.statement_id) == col(Statement.id))
        .outerjoin(Payment, col(Payment.reference) == col(StatementRow.reference))
        .where(current(held.id))
        .group_by(col(Statement.source))
    )
