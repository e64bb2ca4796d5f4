"""Which procedures a figure of provision counts, and which not and why: a statement each, of the same parts
as the counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, any_, case, func, literal, null, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.decisions.standing import covers, offers
from services.catalog.models import Agency, Offering, Version
from services.catalog.offerings.checks import ONLINE
from services.catalog.queries import exists_on


@dataclass(frozen=True)
class Figure:
    """One of `total`, `cell`, `agency`, `field`, `government_level`; `level`: of a cell."""

    kind: str
    key: str = ""
    level: int | None = None


class Row(NamedTuple):
    """`level`: the highest within the figure, offered by so many bodies. `reason`: why it is not counted."""

    code: str
    name: str
    field_code: str
    field_name: str
    level: int | None
    bodies: int
    reason: str | None


def _within(figure: Figure, agency: Any, government_level: Any) -> ColumnElement[bool]:
    if figure.kind == "agency":
        return and_(agency == figure.key)
    if figure.kind in ("cell", "government_level"):
        return and_(government_level == figure.key)
    return true()


def _rows(on: date, figure: Figure) -> Select[Any]:
    offered = offers(on)
    top = (
        select(offered.c.code, func.max(offered.c.level).label("level"), func.count().label("bodies"))
        .where(_within(figure, offered.c.agency, offered.c.government_level))
        .group_by(offered.c.code)
        .subquery("top")
    )
    ended = (
        select(col(Offering.procedure_code).label("code"))
        .distinct()
        .join(Agency, and_(col(Agency.code) == col(Offering.agency), ~exists_on(on)))
        .where(
            covers(col(Offering.valid), on),
            _within(figure, col(Offering.agency), col(Agency.government_level)),
        )
        .subquery("ended")
    )
    online = top.c.level >= ONLINE if figure.level is None else top.c.level == figure.level
    below = literal("below_online" if figure.level is None else "other_level")
    reason = case(
        (online, null()),
        (top.c.code.is_not(None), below),
        (ended.c.code.is_not(None), "body_ended"),
        else_="not_offered",
    )
    return (
        select(
            col(Version.procedure_code).label("code"),
            col(Version.name).label("name"),
            col(Version.field_code).label("field_code"),
            col(Version.field_name).label("field_name"),
            top.c.level,
            func.coalesce(top.c.bodies, 0).label("bodies"),
            reason.label("reason"),
        )
        .outerjoin(top, top.c.code == col(Version.procedure_code))
        .outerjoin(ended, ended.c.code == col(Version.procedure_code))
        .where(covers(col(Version.valid), on), _of_all(figure, top))
    )


def _of_all(figure: Figure, top: Any) -> ColumnElement[bool]:
    """The denominator."""
    if figure.kind == "agency":
        return and_(top.c.code.is_not(None))
    if figure.kind == "field":
        return and_(col(Version.field_code) == figure.key)
    if figure.kind == "government_level":
        return or_(top.c.code.is_not(None), literal(figure.key) == any_(col(Version.government_levels)))
    return true()


async def totals(session: AsyncSession, on: date, figure: Figure) -> tuple[int, int]:
    """How many are counted, and how many are not."""
    rows = _rows(on, figure).subquery("rows")
    counted = func.count().filter(rows.c.reason.is_(None))
    found = (await session.execute(select(counted, func.count() - counted).select_from(rows))).one()
    return found[0], found[1]


async def listed(
    session: AsyncSession, on: date, figure: Figure, after: str | None, limit: int, *, excluded: bool
) -> list[Row]:
    """By code; one more than `limit`."""
    rows = _rows(on, figure).subquery("rows")
    query = select(rows).where(rows.c.reason.is_not(None) if excluded else rows.c.reason.is_(None))
    if after is not None:
        query = query.where(rows.c.code > after)
    found = await session.execute(query.order_by(rows.c.code).limit(limit + 1))
    return [Row(*row) for row in found]
