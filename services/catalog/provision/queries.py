"""Counts of what is offered on a day: each a statement, however much there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, Select, Text, and_, cast, func, literal, select, tuple_, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.decisions.models import Decision
from services.catalog.decisions.queries import in_force
from services.catalog.decisions.standing import covers, offers, resolved, stated
from services.catalog.models import Agency, Version
from services.catalog.offerings.checks import ONLINE
from services.catalog.provision.models import StatedFigure


@dataclass(frozen=True)
class Cell:
    """How many procedures the bodies of a level of government offer, at best, at an online level."""

    government_level: str
    online_level: int
    count: int


class Counted(NamedTuple):
    """Of a body, field or level of government: `procedures` is the denominator."""

    key: str
    name: str
    procedures: int
    level_3: int
    level_4: int


async def in_force_count(session: AsyncSession, on: date) -> int:
    counted = await session.scalar(
        select(func.count()).select_from(Version).where(covers(col(Version.valid), on))
    )
    return int(counted or 0)


async def cells(session: AsyncSession, on: date) -> list[Cell]:
    """By level of government and online level; under '' by the highest anywhere, where each counts once."""
    offered = offers(on)
    each = _highest(offered, offered.c.government_level)
    anywhere = _highest(offered, literal(""))
    top = each.union_all(anywhere).subquery("top")
    rows = await session.execute(
        select(top.c.key, top.c.level, func.count())
        .group_by(top.c.key, top.c.level)
        .order_by(top.c.key, top.c.level)
    )
    return [Cell(*row) for row in rows]


def _highest(offered: CTE, key: Any) -> Select[Any]:
    """Per procedure and key, its highest online level."""
    query = select(offered.c.code, cast(key, Text).label("key"), func.max(offered.c.level).label("level"))
    return query.group_by(offered.c.code, "key")


def _online(level: Any) -> tuple[Any, Any]:
    """How many stand at level 3, and at level 4."""
    return func.count().filter(level == ONLINE), func.count().filter(level > ONLINE)


async def by_agency(session: AsyncSession, on: date) -> list[Counted]:
    """In the order of their codes; bodies that offer nothing have no figure."""
    offered = offers(on)
    rows = await session.execute(
        select(offered.c.agency, func.min(col(Agency.name)), func.count(), *_online(offered.c.level))
        .select_from(offered)
        .join(Agency, col(Agency.code) == offered.c.agency)
        .group_by(offered.c.agency)
        .order_by(offered.c.agency)
    )
    return [Counted(*row) for row in rows]


async def by_field(session: AsyncSession, on: date) -> list[Counted]:
    top = _highest(offers(on), literal("")).subquery("top")
    rows = await session.execute(
        select(
            col(Version.field_code), func.min(col(Version.field_name)), func.count(), *_online(top.c.level)
        )
        .select_from(Version)
        .outerjoin(top, top.c.code == col(Version.procedure_code))
        .where(covers(col(Version.valid), on))
        .group_by(col(Version.field_code))
        .order_by(col(Version.field_code))
    )
    return [Counted(*row) for row in rows]


async def by_government_level(session: AsyncSession, on: date) -> list[Counted]:
    """Of procedures that name the level, or that its bodies offer."""
    offered = offers(on)
    top = _highest(offered, offered.c.government_level).subquery("top")
    named = select(
        col(Version.procedure_code).label("code"),
        func.unnest(col(Version.government_levels)).label("key"),
    ).where(covers(col(Version.valid), on))
    all_ = union(named, select(top.c.code, top.c.key)).subquery("all_")
    rows = await session.execute(
        select(all_.c.key, literal(""), func.count(), *_online(top.c.level))
        .select_from(all_)
        .outerjoin(top, and_(top.c.code == all_.c.code, top.c.key == all_.c.key))
        .group_by(all_.c.key)
        .order_by(all_.c.key)
    )
    return [Counted(*row) for row in rows]


async def mandated(session: AsyncSession, on: date) -> dict[str, int]:
    """How many mandatory lines of the decisions in force are in each state."""
    lines = stated(resolved(on, in_force(on)), offers(on))
    rows = await session.execute(
        select(lines.c.state, func.count()).where(lines.c.mandated).group_by(lines.c.state)
    )
    return {row[0]: row[1] for row in rows}


class Missing(NamedTuple):
    """A mandatory line that is not offered as decided."""

    slug: str
    decision: str
    number: int
    state: str
    code: str | None
    said: str
    name: str | None
    agency: str | None
    agency_name: str | None
    government_level: str | None
    online_level: int
    level: int | None


async def missing(
    session: AsyncSession,
    on: date,
    state: str | None,
    agency: str | None,
    after: tuple[str, int] | None,
    limit: int,
) -> Sequence[Missing]:
    """By decision and line; one more than `limit`."""
    lines = stated(resolved(on, in_force(on)), offers(on))
    query = (
        select(
            col(Decision.slug),
            col(Decision.number),
            lines.c.number,
            lines.c.state,
            lines.c.code,
            lines.c.said,
            func.coalesce(col(Version.name), lines.c.name),
            lines.c.agency,
            col(Agency.name),
            lines.c.government_level,
            lines.c.online_level,
            lines.c.level,
        )
        .select_from(lines)
        .join(Decision, col(Decision.id) == lines.c.decision_id)
        .outerjoin(Version, and_(col(Version.procedure_code) == lines.c.code, covers(col(Version.valid), on)))
        .outerjoin(Agency, col(Agency.code) == lines.c.agency)
        .where(lines.c.mandated, lines.c.state != "as_decided")
    )
    if state is not None:
        query = query.where(lines.c.state == state)
    if agency is not None:
        query = query.where(lines.c.agency == agency)
    if after is not None:
        query = query.where(
            tuple_(col(Decision.slug), lines.c.number) > tuple_(literal(after[0]), literal(after[1]))
        )
    query = query.order_by(col(Decision.slug), lines.c.number).limit(limit + 1)
    return [Missing(*row) for row in await session.execute(query)]


async def nearest_stated(session: AsyncSession, indicator: str, on: date) -> list[StatedFigure]:
    """Of each dimension and unit, the figure whose source is nearest to the day in time."""
    rows = await session.scalars(
        select(StatedFigure)
        .where(col(StatedFigure.indicator) == indicator)
        .ext(distinct_on(col(StatedFigure.dimension), col(StatedFigure.unit)))
        .order_by(
            col(StatedFigure.dimension),
            col(StatedFigure.unit),
            func.abs(col(StatedFigure.source_date) - on),
            col(StatedFigure.source_date).desc(),
        )
    )
    return list(rows)


async def stated_figure(session: AsyncSession, key: tuple[str, str, str, date]) -> StatedFigure | None:
    """Indicator, dimension, unit and day of the source; locked."""
    indicator, dimension, unit, day = key
    found: StatedFigure | None = await session.scalar(
        select(StatedFigure)
        .where(
            col(StatedFigure.indicator) == indicator,
            col(StatedFigure.dimension) == dimension,
            col(StatedFigure.unit) == unit,
            col(StatedFigure.source_date) == day,
        )
        .with_for_update()
    )
    return found


async def stated_figures(
    session: AsyncSession, indicator: str, after: tuple[str, str, date] | None, limit: int
) -> list[StatedFigure]:
    """By dimension, unit and day; one more than `limit`."""
    key = (col(StatedFigure.dimension), col(StatedFigure.unit), col(StatedFigure.source_date))
    query = select(StatedFigure).where(col(StatedFigure.indicator) == indicator)
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*map(literal, after)))
    return list(await session.scalars(query.order_by(*key).limit(limit + 1)))
