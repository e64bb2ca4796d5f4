"""Reads of the event log and of the log of reads, newest first, for the bodies that an auditor sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.audit.models import EVENT, AccessLog
from services.dossier.models import Body
from services.dossier.queries import below


@dataclass(frozen=True)
class AuditFilter:
    """None means everything. `actor` as the log names it ("staff:…"), `subject` a dossier; from included,
    to not."""

    actor: str | None = None
    subject: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def clauses(self, actor: Any, subject: Any, at: Any, named: Any) -> list[ColumnElement[bool]]:
        """`named`: the subject, as that table keeps it."""
        found = []
        if self.actor is not None:
            found.append(actor == self.actor)
        if self.subject is not None:
            found.append(subject == named)
        if self.since is not None:
            found.append(at >= self.since)
        if self.until is not None:
            found.append(at < self.until)
        return found


async def writes(
    session: AsyncSession, agency: str, only: AuditFilter, after: int | None, limit: int
) -> list[RowMapping]:
    """One more than `limit`."""
    c = EVENT.c
    query = select(EVENT).where(
        _theirs(c.agency, agency), *only.clauses(c.actor, c.subject, c.time, str(only.subject))
    )
    if after is not None:
        query = query.where(c.id < after)
    return list((await session.execute(query.order_by(c.id.desc()).limit(limit + 1))).mappings())


async def reads(
    session: AsyncSession, agency: str, only: AuditFilter, after: UUID | None, limit: int
) -> list[AccessLog]:
    """One more than `limit`."""
    row = AccessLog
    narrowed = only.clauses(col(row.actor), col(row.dossier_id), col(row.at), only.subject)
    query = select(AccessLog).where(_theirs(col(row.agency), agency), *narrowed)
    if after is not None:
        query = query.where(col(row.id) < after)
    return list(await session.scalars(query.order_by(col(row.id).desc()).limit(limit + 1)))


def _theirs(column: Any, agency: str) -> ColumnElement[bool]:
    theirs = select(col(Body.code)).where(below(agency)).scalar_subquery()
    return or_(column == agency, column.in_(theirs))
