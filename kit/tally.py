"""How many things somebody has, and the first few of them by name: for many at once, in one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CompoundSelect, Select, Text, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

#: Rows (whose, name, place).
Things = Select[Any, Any, Any] | CompoundSelect[Any, Any, Any]


async def tally(session: AsyncSession, things: Things, few: int) -> list[tuple[str, int, list[str]]]:
    """(whose, how many, the first few names), in the order of their places; what has no name is only counted,
    who has none is left out."""
    whose, name, place = (one := things.subquery("one")).c
    unnamed = case((name.is_(None), 1), else_=0)
    number = func.row_number().over(partition_by=whose, order_by=(unnamed, place))
    numbered = select(whose.label("whose"), name.label("name"), number.label("number")).select_from(one)
    each = numbered.subquery("each").c
    first = func.array_agg(aggregate_order_by(each.name, each.number), type_=ARRAY(Text))
    shown = first.filter(each.number <= few, each.name.is_not(None))
    rows = await session.execute(
        select(each.whose, func.count(), func.coalesce(shown, literal_column("'{}'::text[]")))
        .group_by(each.whose)
        .order_by(each.whose)
    )
    return [(key, int(count), list(names)) for key, count, names in rows]
