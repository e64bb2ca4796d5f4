"""How a closed month differs from the facts of today, and an amendment from what stood before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Subquery,
    case,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from services.dossier.closings.models import CLOSED_FACT, FACT, Closing
from services.dossier.closings.months import COMPARED, as_counted, touches
from services.dossier.closings.queries import standing
from services.dossier.figures.book import LIVE

KINDS = ("came", "changed", "went")
_BODIES = ("receiving_agency", "resolving_agency")


def now(closing: Closing, number: int) -> Subquery:
    """What the month counts otherwise now than amendment `number` said (0: than the closing did). Of facts
    that have gone to another month, their day of reception is the new one."""
    fact, span, old = LIVE.facts.c, closing.span, standing(closing.id, number)
    here, counted = func.coalesce(touches(fact, span), false()), as_counted(fact, span)
    elsewhere = counted | {"received_on": fact.received_on, "counts": false()}
    staying = select(*counted.values()).where(touches(fact, span))
    leaving = select(*(column.label(name) for name, column in elsewhere.items())).where(
        fact.id.in_(select(old.c.id).where(old.c.counts)), ~here
    )
    return _pairs(old, union_all(staying, leaving).subquery("now"))


def made(closing_id: UUID, number: int) -> Subquery:
    """What amendment `number` said."""
    fact = CLOSED_FACT.c
    new = select(*(fact[name] for name in FACT)).where(fact.closing_id == closing_id, fact.number == number)
    return _pairs(standing(closing_id, number - 1), new.subquery("new"))


def _pairs(old: FromClause, new: FromClause) -> Subquery:
    """`id`, `kind` and each column of a fact as `old_…` and `new_…`. What counted neither before nor after is
    no change of the month."""
    counted, counts = func.coalesce(old.c.counts, false()), new.c.counts
    kind = case((~counted, "came"), (~counts, "went"), else_="changed")
    differ = tuple_(*_of(old)).is_distinct_from(tuple_(*_of(new)))
    return (
        select(
            new.c.id,
            kind.label("kind"),
            *(old.c[name].label(f"old_{name}") for name in FACT),
            *(new.c[name].label(f"new_{name}") for name in FACT),
        )
        .select_from(new.outerjoin(old, old.c.id == new.c.id))
        .where(or_(counted, counts), or_(counted != counts, differ))
        .subquery("pair")
    )


def _of(table: FromClause) -> list[ColumnElement[Any]]:
    return [table.c[name] for name in COMPARED]


def new(pairs: Subquery) -> list[ColumnElement[Any]]:
    """The columns of a fact as they are now."""
    return [pairs.c[f"new_{name}"] for name in FACT]


class Sums(NamedTuple):
    came: int
    changed: int
    went: int
    hidden: int


def seen_by(pairs: Subquery, caller: Caller | None) -> ColumnElement[bool]:
    """Single facts are for auditors, and for the staff of a body that they concern, or of one above it."""
    if caller is None or not caller.roles & {"officer", "leader", "auditor"}:
        return false()
    if "auditor" in caller.roles:
        return true()
    ours = LIVE.below(str(caller.agency))
    return or_(*(pairs.c[f"{age}_{name}"].in_(ours) for age in ("old", "new") for name in _BODIES))


async def sums(session: AsyncSession, pairs: Subquery, seen: ColumnElement[bool] = true()) -> Sums:
    """How many of each kind, and how many of all are not `seen`."""
    hidden = func.count().filter(~func.coalesce(seen, false()))
    of_kind = (func.count().filter(pairs.c.kind == kind) for kind in KINDS)
    found = (await session.execute(select(*of_kind, hidden).select_from(pairs))).one()
    return Sums._make(found)


async def page(
    session: AsyncSession, pairs: Subquery, seen: ColumnElement[bool], after: UUID | None, limit: int
) -> Sequence[Mapping[str, Any]]:
    """Those that are `seen`, by the facts' ids."""
    query = select(pairs).where(seen).order_by(pairs.c.id).limit(limit)
    if after is not None:
        query = query.where(pairs.c.id > after)
    return [dict(row) for row in (await session.execute(query)).mappings()]
