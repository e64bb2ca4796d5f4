"""The close of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import versions
from kit.auth import Caller
from kit.clock import VIETNAM
from services.payment.reconciliation import commands, queries
from services.payment.reconciliation.errors import DayNotOver, DifferencesOpen, StatementMissing
from services.payment.reconciliation.lines import Source
from services.payment.reconciliation.models import Difference, Reconciliation
from services.payment.reconciliation.totals import report, totals
from services.payment.till import Till

#: Open differences in one refusal.
_LISTED = 200


async def close(till: Till, caller: Caller, reconciliation_id: UUID, version: int) -> Reconciliation:
    """Compare a last time and freeze. A transaction of its own: where differences are open, what the
    comparison found is kept, and then refused. Raises ReconciliationMissing, ReconciliationClosed,
    VersionChanged, DayNotOver, StatementMissing, DifferencesOpen."""
    now = till.clock.now()
    async with till.database.transaction() as session:
        held = await commands.locked_open(session, reconciliation_id)
        versions.check(version, held.version)
        if held.day >= now.astimezone(VIETNAM).date() and not till.settings.reconciliation_closes_today:
            raise DayNotOver(day=held.day.isoformat())
        statements = await queries.statements(session, held.id)
        if Source.PROVIDER not in {statement.source for statement in statements}:
            raise StatementMissing()
        await commands.match_locked(session, held, now, caller)
        left = await queries.differences(session, held.id, still_open=True)
        if not left:
            await _freeze(session, held, now, caller)
    if left:
        raise _still_open(held, left)
    return held


async def _freeze(session: AsyncSession, held: Reconciliation, now: datetime, caller: Caller) -> None:
    held.totals, held.report = await totals(session, held), await report(session, held)
    held.closed_at, held.closed_by = now, caller.actor
    data = {"totals": held.totals, "differences": await queries.counts(session, held.id)}
    await commands.step(session, held, "reconciliation.closed", now, caller, data)


def _still_open(held: Reconciliation, left: Sequence[Difference]) -> DifferencesOpen:
    shown = [{"id": str(one.id), "kind": one.kind, "subject": one.subject} for one in left[:_LISTED]]
    return DifferencesOpen(
        open=len(left),
        kinds=dict(Counter(str(one.kind) for one in left)),
        differences=shown,
        headers={"ETag": versions.etag(held.version)},
    )
