"""Reads of decisions' lists, and of how they stand to what is offered. A line that names a level of
government is met as the cells of the provision figures count: where any body of that level offers it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.catalog.decisions.errors import DecisionMissing
from services.catalog.decisions.models import Decision, DecisionItem
from services.catalog.decisions.schemas import ComparisonAsked
from services.catalog.decisions.standing import compared, offers, resolved
from services.catalog.models import Agency, Version

#: In the order of `Meant`.
MEANT = ("number", "code", "said", "name", "ambiguous", "agency", "government_level", "online_level",
         "mandated")  # fmt: skip


async def newest(session: AsyncSession, slug: str) -> Decision | None:
    found: Decision | None = await session.scalar(
        select(Decision).where(col(Decision.slug) == slug).order_by(col(Decision.revision).desc()).limit(1)
    )
    return found


async def decision(session: AsyncSession, slug: str, revision: int | None = None) -> Decision:
    """The newest revision, or a given one. Raises DecisionMissing."""
    if revision is None:
        found = await newest(session, slug)
    else:
        query = select(Decision).where(col(Decision.slug) == slug, col(Decision.revision) == revision)
        found = await session.scalar(query)
    if found is None:
        raise DecisionMissing
    return found


async def size(session: AsyncSession, decision_id: UUID) -> int:
    """How many lines it has."""
    counted = await session.scalar(
        select(func.count()).select_from(DecisionItem).where(col(DecisionItem.decision_id) == decision_id)
    )
    return int(counted or 0)


def _is_newest() -> ColumnElement[bool]:
    later = aliased(Decision)
    return ~exists().where(
        col(later.slug) == col(Decision.slug), col(later.revision) > col(Decision.revision)
    )


async def decisions(
    session: AsyncSession, after: tuple[date, str] | None, limit: int
) -> Sequence[tuple[Decision, int]]:
    """The newest revisions with the number of their lines, by date, newest first; one more than `limit`."""
    lines = (
        select(func.count())
        .where(col(DecisionItem.decision_id) == col(Decision.id))
        .correlate(Decision)
        .scalar_subquery()
    )
    query = select(Decision, lines).where(_is_newest())
    if after is not None:
        before = tuple_(*map(literal, after))
        query = query.where(tuple_(col(Decision.signed_on), col(Decision.slug)) < before)
    query = query.order_by(col(Decision.signed_on).desc(), col(Decision.slug).desc()).limit(limit + 1)
    return [(row, count) for row, count in await session.execute(query)]


async def items(session: AsyncSession, decision_id: UUID, after: int, limit: int) -> Sequence[DecisionItem]:
    """Its lines as they stand there, after a number; one more than `limit`."""
    rows = await session.scalars(
        select(DecisionItem)
        .where(col(DecisionItem.decision_id) == decision_id, col(DecisionItem.number) > after)
        .order_by(col(DecisionItem.number))
        .limit(limit + 1)
    )
    return list(rows)


def in_force(on: date) -> ColumnElement[bool]:
    """The newest revisions of decisions that hold on a day."""
    return and_(
        _is_newest(),
        col(Decision.valid_from) <= on,
        or_(col(Decision.valid_to).is_(None), col(Decision.valid_to) > on),
    )


@dataclass(frozen=True)
class Line:
    """`number` is 0 for what is in no line. `said`: the code as the list has it, or ''."""

    state: str
    number: int
    code: str | None
    name: str | None
    said: str
    agency: str | None
    government_level: str | None
    online_level: int | None
    mandated: bool
    level: int | None
    bodies: int
    title: str | None
    agency_name: str | None

    @property
    def key(self) -> tuple[bool, int, str, str]:
        return self.number == 0, self.number, self.code or "", self.government_level or ""


async def comparison(
    session: AsyncSession,
    found: Decision,
    on: date,
    asked: ComparisonAsked,
    after: tuple[bool, int, str, str] | None,
    limit: int | None,
) -> Sequence[Line]:
    """The list's lines in their order, then what is in none; one more than `limit`."""
    rows = compared(on, found.id)
    query: Select[Any] = (
        select(*rows.c, col(Version.name), col(Agency.name))
        .select_from(rows)
        .outerjoin(Version, and_(col(Version.procedure_code) == rows.c.code, col(Version.valid).contains(on)))
        .outerjoin(Agency, col(Agency.code) == rows.c.agency)
    )
    if asked.state is not None:
        query = query.where(rows.c.state == asked.state)
    if asked.mandated is not None:
        query = query.where(rows.c.mandated == asked.mandated)
    key = (
        rows.c.number == 0,
        rows.c.number,
        func.coalesce(rows.c.code, ""),
        func.coalesce(rows.c.government_level, ""),
    )
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*map(literal, after)))
    query = query.order_by(*key)
    if limit is not None:
        query = query.limit(limit + 1)
    return [Line(*row) for row in await session.execute(query)]


async def counts(session: AsyncSession, found: Decision, on: date) -> list[tuple[str, bool, int]]:
    """How many of the comparison are in each state, mandated or not."""
    rows = compared(on, found.id)
    counted = await session.execute(
        select(rows.c.state, rows.c.mandated, func.count()).group_by(rows.c.state, rows.c.mandated)
    )
    return [(state, mandated, count) for state, mandated, count in counted]


async def of_the_names(session: AsyncSession, names: Sequence[str], on: date) -> list[tuple[str, str, str]]:
    """Folded name, code and name of procedures in force that have one of these folded names."""
    rows = await session.execute(
        select(col(Version.name_folded), col(Version.procedure_code), col(Version.name))
        .where(col(Version.name_folded).in_(names), col(Version.valid).contains(on))
        .order_by(col(Version.procedure_code))
    )
    return [(folded, code, name) for folded, code, name in rows]


@dataclass(frozen=True)
class Meant:
    """A line, and the procedure in force that it means."""

    number: int
    code: str | None
    said: str
    name: str | None
    ambiguous: bool
    agency: str | None
    government_level: str | None
    online_level: int
    mandated: bool


async def meant(
    session: AsyncSession, decision_id: UUID, on: date, after: int = 0, limit: int | None = None
) -> list[Meant]:
    """Its lines after a number, in their order; one more than `limit`."""
    lines = resolved(on, col(Decision.id) == decision_id)
    query = select(*(lines.c[name] for name in MEANT)).where(lines.c.number > after).order_by(lines.c.number)
    if limit is not None:
        query = query.limit(limit + 1)
    return [Meant(*row) for row in await session.execute(query)]


async def offering_now(
    session: AsyncSession, codes: Sequence[str], level: str, on: date
) -> dict[str, list[str]]:
    """Per procedure, the bodies of a level of government that offer it that day, however."""
    offered = offers(on)
    rows = await session.execute(
        select(offered.c.code, offered.c.agency)
        .where(offered.c.code.in_(codes), offered.c.government_level == level)
        .order_by(offered.c.code, offered.c.agency)
    )
    found: dict[str, list[str]] = {}
    for code, agency in rows:
        found.setdefault(code, []).append(agency)
    return found
