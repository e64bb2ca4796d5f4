"""The facts of a cell: how many there are of each reason, and one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Subquery, Text, cast, false, func, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from services.dossier.figures.book import LIVE
from services.dossier.figures.queries import OF_BODY, Asked, key_of, keys_of_bodies, within
from services.dossier.figures.reasons import Reason
from services.dossier.figures.sorting import SORTS


@dataclass(frozen=True)
class Cell:
    """A row of a report (`key`; null: its total), and the reasons that explain one of its columns."""

    asked: Asked
    as_of: datetime
    key: str | None
    reasons: tuple[Reason, ...]


class Sum(NamedTuple):
    """`facts` with this reason, of which the caller may see `shown`; they are so many dossiers (`quantity`),
    with so many supplement requests (`rounds`)."""

    facts: int
    shown: int
    quantity: int
    rounds: int


def visible(fact: Any, caller: Caller | None) -> ColumnElement[bool]:
    """To the staff of the receiving and the resolving body, and of those above them; to auditors."""
    roles = caller.roles if caller is not None else frozenset[str]()
    if "auditor" in roles:
        return true()
    if caller is None or caller.agency is None or roles.isdisjoint(("officer", "leader")):
        return false()
    theirs = LIVE.below(caller.agency)
    return or_(fact.receiving_agency.in_(theirs), fact.resolving_agency.in_(theirs))


async def _facts(session: AsyncSession, cell: Cell) -> tuple[Subquery, ColumnElement[bool]]:
    """With the `day` and `reason` of each; and which of them are the cell's."""
    fact, asked = cell.asked.book.facts.c, cell.asked
    found = SORTS[cell.reasons](fact, asked, cell.as_of)
    of_period = (
        select(
            *fact,
            found.day.label("day"),
            found.month.label("month"),
            found.reason().label("reason"),
        )
        .where(found.within, within(fact[asked.by], asked))
        .subquery("of_period")
    )
    if cell.key is None:
        return of_period, true()
    if asked.group_by in OF_BODY:
        known = await keys_of_bodies(session, asked)
        return of_period, of_period.c[asked.by].in_([body for body, key in known.items() if key == cell.key])
    return of_period, cast(await key_of(session, of_period, asked), Text) == cell.key


async def sums(session: AsyncSession, cell: Cell, caller: Caller | None) -> dict[str, Sum]:
    """By the reason's code."""
    facts, here = await _facts(session, cell)
    fact = facts.c
    rows = await session.execute(
        select(
            fact.reason,
            func.count(),
            func.count().filter(visible(fact, caller)),
            func.sum(fact.quantity),
            func.sum(fact.rounds),
        )
        .where(here)
        .group_by(fact.reason)
    )
    return {row[0]: Sum(*map(int, row[1:])) for row in rows}


async def listed(
    session: AsyncSession,
    cell: Cell,
    caller: Caller | None,
    codes: Sequence[str],
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Those with one of the reasons `codes` that the caller may see, by day and id; one more than `limit`."""
    facts, here = await _facts(session, cell)
    fact = facts.c
    query = select(facts).where(here, fact.reason.in_(codes), visible(fact, caller))
    if after is not None:
        query = query.where(tuple_(fact.day, fact.id) > after)
    return (await session.execute(query.order_by(fact.day, fact.id).limit(limit + 1))).mappings().all()
