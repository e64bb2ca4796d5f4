"""Lists, search and counts over dossiers: what they are narrowed to, and how they are paged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, Uuid, and_, func, literal, not_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit import page
from kit.auth import Caller
from kit.clock import VIETNAM, Day, Moment
from kit.vault import Vault
from services.dossier import queries
from services.dossier.answers import Counts
from services.dossier.models import Dossier, Visibility
from services.dossier.status import CLOSED, Status

Row = Dossier | Visibility
_OPEN = sorted(set(Status) - CLOSED - {Status.DRAFT})


class DossierFilter(BaseModel):
    """What a list is narrowed to; None means everything. `q`: a code, or words of the applicant's name or
    an identity number, each whole, with or without accents. `overdue`: open and promised for a moment that is
    past, or not. Days are Vietnam's, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Status | None = None
    agency: str | None = None
    channel: str | None = None
    assignee: str | None = None
    code: str | None = None
    procedure: str | None = None
    overdue: bool | None = None
    due_before: Moment | None = None
    past_turn_at: Moment | None = None
    late_at: Moment | None = None
    submitted_from: Day | None = None
    submitted_to: Day | None = None
    q: str | None = Field(default=None, max_length=200)

    @property
    def by_day(self) -> bool:
        """Whether the list goes by the day of submission, newest first, rather than by age."""
        return self.submitted_from is not None or self.submitted_to is not None

    def of(self, row: type[Row]) -> list[ColumnElement[bool]]:
        """What both a dossier and its visibility can answer: an index of the one that is asked begins with
        it. Asked of both, PostgreSQL would take it for twice as rare."""
        found = [col(row.status) == self.status] if self.status is not None else []
        if self.procedure is not None:
            found.append(col(row.procedure_code) == self.procedure)
        if self.submitted_from is not None:
            found.append(col(row.submitted_at) >= _midnight(self.submitted_from))
        return [*found, *self.until(row)]

    def until(self, row: type[Row]) -> list[ColumnElement[bool]]:
        if self.submitted_to is None:
            return []
        return [col(row.submitted_at) < _midnight(self.submitted_to + timedelta(days=1))]

    def clauses(self, vault: Vault, now: datetime) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.q and (keys := vault.words(self.q)):
            codes = (col(Dossier.code), col(Dossier.external_code))
            found.append(
                or_(*(code == self.q.strip() for code in codes), col(Dossier.found_by).contains(keys))
            )
        if self.channel is not None:
            found.append(col(Dossier.channel) == self.channel)
        if self.assignee is not None:
            found.append(col(Dossier.assignee) == self.assignee)
        if self.code is not None:
            found.append(col(Dossier.code) == self.code)
        if self.past_turn_at is not None:
            found.append(col(Dossier.waiting_until) <= self.past_turn_at)
        found += [_open_and_due(moment) for moment in (self.due_before, self.late_at) if moment is not None]
        if self.overdue is not None:
            late = _open_and_due(now)
            found.append(late if self.overdue else or_(col(Dossier.promised_at).is_(None), not_(late)))
        return found

    def numbers(self, vault: Vault) -> set[int]:
        """Keyed hashes of the words of `q` that may be identity numbers."""
        words = (self.q or "").split()
        return {key for word in words if len(word) >= _SHORTEST and any(c.isdigit() for c in word)
                for key in vault.words(word)}  # fmt: skip


class DossierPage(DossierFilter, page.Asked):
    """As a list's address says it."""


#: Characters of an identity number.
_SHORTEST = 6


def _open_and_due(moment: datetime) -> ColumnElement[bool]:
    return and_(col(Dossier.promised_at) < moment, col(Dossier.status).not_in(CLOSED))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def page_of(
    caller: Caller, only: DossierFilter, vault: Vault, now: datetime, after: UUID | None, limit: int
) -> Select[Dossier]:
    """`after`: the last dossier of the page before."""
    row, right = queries.listed(caller, only.agency)
    key = col(row.id if issubclass(row, Dossier) else row.dossier_id)
    query = select(Dossier).where(right, *only.clauses(vault, now))
    if only.by_day:
        query = query.order_by(col(row.submitted_at).desc())
    if after is None:
        query = query.where(*only.of(row))
    elif only.by_day:  # an index is read from one end only: from the page before, not from the last day
        moment = select(col(Dossier.submitted_at)).where(col(Dossier.id) == after).scalar_subquery()
        behind = tuple_(col(row.submitted_at), key) < tuple_(moment, literal(after, Uuid))
        query = query.where(
            behind, *only.model_copy(update={"submitted_to": None}).of(row), *only.until(Dossier)
        )
    else:  # of both, or one of them would be read from its newest on
        query = query.where(key < after, col(Dossier.id) < after, *only.of(row))
    return query.order_by(key.desc()).limit(limit + 1)


async def dossiers(
    session: AsyncSession,
    caller: Caller,
    only: DossierFilter,
    vault: Vault,
    now: datetime,
    after: UUID | None,
    limit: int,
) -> Sequence[Dossier]:
    """Newest first, by the moment of submission where days are asked for; one more than `limit`, so that the
    caller knows whether there is a next page."""
    return (await session.scalars(page_of(caller, only, vault, now, after, limit))).all()


async def counts(
    session: AsyncSession,
    caller: Caller,
    only: DossierFilter,
    vault: Vault,
    now: datetime,
    soon: datetime,
) -> Counts:
    """One statement over what is open, grouped by status."""
    row, right = queries.listed(caller, only.agency)
    of = func.count().filter
    query = (
        select(
            col(Dossier.status),
            func.count(),
            of(col(Dossier.assignee) == caller.sub),
            of(col(Dossier.assignee).is_(None)),
            of(col(Dossier.promised_at) < now),
            of(col(Dossier.promised_at) >= now, col(Dossier.promised_at) <= soon),
            of(col(Dossier.status) == Status.SUBMITTED, col(Dossier.answer_due_at) < now),
            of(col(Dossier.waiting_until) <= now),
        )
        .where(right, col(row.status).in_(_OPEN), *only.of(row), *only.clauses(vault, now))
        .group_by(col(Dossier.status))
    )
    rows = (await session.execute(query)).all()
    sums = [sum(int(found[place]) for found in rows) for place in range(2, 8)]
    names = ("mine", "unassigned", "late", "due_soon", "unanswered", "past_turn")
    return Counts(
        by_status={str(found[0]): found[1] for found in rows}, **dict(zip(names, sums, strict=True))
    )
