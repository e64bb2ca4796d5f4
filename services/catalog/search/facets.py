"""How many procedures of each kind are found."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.models import Agency, Version
from services.catalog.search.queries import Wanted, conditions, matches
from services.catalog.search.ranking import Looked

_FACETS = ("field", "government_level", "online_level", "audience", "agency")
_TOP = 20


async def facets(
    session: AsyncSession, looked: Looked | None, wanted: Wanted, on: date
) -> dict[str, list[tuple[str, str, int]]]:
    """Value, label and count by each of _FACETS, most first. A facet is counted as if nothing were chosen
    from itself, so that its other values show what they would bring instead; of agencies, the first 20."""
    each = _values(_found(looked, wanted, on)).subquery("each")
    counts = (
        select(each.c.facet, each.c.value, func.min(each.c.label).label("label"), func.count().label("count"))
        .group_by(each.c.facet, each.c.value)
        .subquery("counts")
    )
    label = func.coalesce(col(Agency.name), counts.c.label)
    rows = await session.execute(
        select(counts.c.facet, counts.c.value, label, counts.c.count)
        .outerjoin(Agency, and_(counts.c.facet == "agency", col(Agency.code) == counts.c.value))
        .order_by(counts.c.count.desc(), label, counts.c.value)
    )
    counted: dict[str, list[tuple[str, str, int]]] = {name: [] for name in _FACETS}
    for facet, value, name, number in rows:
        counted[facet].append((value, name, number))
    return {**counted, "agency": counted["agency"][:_TOP]}


def _found(looked: Looked | None, wanted: Wanted, on: date) -> CTE:
    """What meets all that is wanted but the facets, and which of the chosen facets it misses: a procedure
    counts in a facet when it misses no other."""
    hits = matches(looked, on, all_at_once=True)
    all_of = conditions(wanted, hits, on)
    missed = [case((~all_of[name], name)) for name in _FACETS if name in all_of]
    misses = func.array_remove(cast(array(missed), ARRAY(Text)), None) if missed else cast([], ARRAY(Text))
    return (
        select(
            hits.online_level.label("online_level"),
            hits.agencies.label("agencies"),
            col(Version.field_code),
            col(Version.field_name),
            col(Version.government_levels),
            col(Version.audiences),
            misses.label("misses"),
        )
        .select_from(hits.rows)
        .where(hits.where, *(all_of[name] for name in all_of if name not in _FACETS))
        .cte("found")
    )


def _values(found: CTE) -> CompoundSelect[Any]:
    """Facet, value and label of everything found, a row for each."""

    def of(
        facet: str, by: SQLColumnExpression[Any], called: SQLColumnExpression[str] | None = None
    ) -> Select[Any]:
        value: SQLColumnExpression[str] = cast(by, Text)
        label = value if called is None else called
        counts = found.c.misses.op("<@")(cast([facet], ARRAY(Text)))
        row: tuple[Any, ...] = (
            literal(facet).label("facet"),
            value.label("value"),
            label.label("label"),
        )
        return select(*row).select_from(found).where(counts)

    return union_all(
        of("field", found.c.field_code, found.c.field_name),
        of("government_level", func.unnest(found.c.government_levels)),
        of("online_level", found.c.online_level),
        of("audience", func.unnest(found.c.audiences)),
        of("agency", func.unnest(found.c.agencies)),
    )
