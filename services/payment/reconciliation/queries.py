"""Reads of reconciliations and their differences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.payment.models import Body
from services.payment.reconciliation.errors import DifferenceMissing, ReconciliationMissing
from services.payment.reconciliation.kinds import Kind
from services.payment.reconciliation.models import Difference, Reconciliation, Statement


async def is_top(session: AsyncSession, agency: str | None) -> bool:
    """Whether a body has none above it."""
    query = select(func.cardinality(col(Body.ancestors)) == 1).where(col(Body.code) == agency)
    return bool(await session.scalar(query))


async def reconciliation(
    session: AsyncSession, reconciliation_id: UUID, *, lock: bool = False
) -> Reconciliation:
    """Raises ReconciliationMissing."""
    query = select(Reconciliation).where(col(Reconciliation.id) == reconciliation_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(query)
    if found is None:
        raise ReconciliationMissing()
    return found


async def of_day(session: AsyncSession, provider: str, day: date) -> Reconciliation | None:
    return await session.scalar(
        select(Reconciliation).where(col(Reconciliation.provider) == provider, col(Reconciliation.day) == day)
    )


async def reconciliations(
    session: AsyncSession, provider: str | None, before: tuple[date, UUID] | None, limit: int
) -> Sequence[Reconciliation]:
    """Latest day first; one more than `limit`, so that the caller knows whether there is a next page."""
    key = (col(Reconciliation.day), col(Reconciliation.id))
    query = select(Reconciliation).order_by(key[0].desc(), key[1].desc()).limit(limit + 1)
    if provider is not None:
        query = query.where(col(Reconciliation.provider) == provider)
    if before is not None:
        query = query.where(tuple_(*key) < tuple_(literal(before[0]), literal(before[1])))
    return (await session.scalars(query)).all()


async def statements(session: AsyncSession, reconciliation_id: UUID) -> Sequence[Statement]:
    """Those that count."""
    return (await session.scalars(select(Statement).where(current(reconciliation_id)))).all()


def current(reconciliation_id: UUID) -> ColumnElement[bool]:
    return and_(col(Statement.reconciliation_id) == reconciliation_id, col(Statement.replaced_at).is_(None))


async def difference(session: AsyncSession, reconciliation_id: UUID, difference_id: UUID) -> Difference:
    """Raises DifferenceMissing."""
    found = await session.scalar(
        select(Difference).where(
            col(Difference.id) == difference_id, col(Difference.reconciliation_id) == reconciliation_id
        )
    )
    if found is None:
        raise DifferenceMissing()
    return found


async def differences(
    session: AsyncSession,
    reconciliation_id: UUID,
    *,
    kind: Kind | None = None,
    still_open: bool | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> Sequence[Difference]:
    """Those that the last comparison found, oldest first; one more than `limit`. `still_open`: without an
    action."""
    query = select(Difference).where(
        col(Difference.reconciliation_id) == reconciliation_id, col(Difference.cleared_at).is_(None)
    )
    if kind is not None:
        query = query.where(col(Difference.kind) == kind)
    if still_open is not None:
        query = query.where(col(Difference.action).is_(None) == still_open)
    if after is not None:
        query = query.where(col(Difference.id) > after)
    query = query.order_by(col(Difference.id))
    return (await session.scalars(query.limit(limit + 1) if limit is not None else query)).all()


async def all_differences(session: AsyncSession, reconciliation_id: UUID) -> Sequence[Any]:
    """What there is, also what was cleared: id, kind, subject, facts, cleared_at."""
    query = select(
        col(Difference.id),
        col(Difference.kind),
        col(Difference.subject),
        col(Difference.facts),
        col(Difference.cleared_at),
    ).where(col(Difference.reconciliation_id) == reconciliation_id)
    return (await session.execute(query)).all()


async def counts(session: AsyncSession, reconciliation_id: UUID) -> dict[str, dict[str, int]]:
    """kind → {found, open}."""
    query = (
        select(
            col(Difference.kind),
            func.count().label("found"),
            func.count().filter(col(Difference.action).is_(None)).label("open"),
        )
        .where(col(Difference.reconciliation_id) == reconciliation_id, col(Difference.cleared_at).is_(None))
        .group_by(col(Difference.kind))
    )
    rows = {row.kind: row for row in await session.execute(query)}
    return {kind: {"found": rows[kind].found, "open": rows[kind].open} for kind in Kind if kind in rows}
