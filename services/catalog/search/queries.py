"""What is found, page by page, whatever it is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    exists,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from services.catalog.models import Offering, Procedure, Version
from services.catalog.search.ranking import Looked, constant, scored

_code = col(Version.procedure_code)
_LEVEL_2 = 2


@dataclass(frozen=True)
class Wanted:
    """What a search is narrowed to; None means everything."""

    field: str | None = None
    agency: str | None = None
    government_level: str | None = None
    online_level: int | None = None
    audience: str | None = None
    channel: str | None = None
    mandated: bool | None = None


@dataclass(frozen=True)
class Found:
    """`version`: without its content."""

    version: Version
    source: str
    score: int
    online_level: int
    mandated: bool
    offered_by: int
    fees: list[dict[str, Any]]
    processing_time: dict[str, Any] | None


@dataclass(frozen=True)
class Matches:
    """Versions in force that are found, with what is known of them; `where` holds for all."""

    rows: FromClause
    where: ColumnElement[bool]
    score: ColumnElement[int]
    online_level: ColumnElement[int]
    mandated: ColumnElement[bool]
    bodies: ColumnElement[int]
    agencies: ColumnElement[list[str]]


def _offered(on: date, *, all_at_once: bool) -> tuple[FromClause, ColumnElement[bool]]:
    """What bodies offer that day of a procedure, and how that joins."""
    offers = select(
        func.max(col(Offering.online_level)).label("level"),
        func.bool_or(col(Offering.mandated)).label("mandated"),
        func.count().label("bodies"),
        func.array_agg(col(Offering.agency)).label("agencies"),
    ).where(col(Offering.valid).contains(constant(on)))
    code = col(Offering.procedure_code)
    if not all_at_once:
        return offers.where(code == _code).lateral("offered"), true()
    offered = offers.add_columns(code).group_by(code).subquery("offered")
    return offered, offered.c.procedure_code == _code


def matches(looked: Looked | None, on: date, *, all_at_once: bool = False) -> Matches:
    """What the words find; without words, everything. `all_at_once`: what bodies offer is summed up for all
    procedures first, which is quicker when most of them are read, and slower when a page is."""
    offered, joins = _offered(on, all_at_once=all_at_once)
    level = func.coalesce(offered.c.level, _LEVEL_2)
    bodies = func.coalesce(offered.c.bodies, 0)
    score: ColumnElement[int] = literal(0, BigInteger)
    rows: FromClause = Version.metadata.tables["procedure_version"]
    where: ColumnElement[bool] = col(Version.valid).contains(constant(on))
    if looked is not None:
        words = scored(looked, on)
        rows = rows.join(words, literal_column("procedure_version.ctid") == words.c.place)
        # What is scored is in force; said again, it made the planner look each up by the day.
        where = true()
        # Of two names that say all, the shorter one says it: one of 100 words loses half its points.
        length = literal_column("length(ts_filter(procedure_version.search, '{a}'))", Integer)
        # Where words tell nothing apart: what is offered online, and by many, is asked for more often.
        score = words.c.points * 100 // (100 + length) + level * 200 + func.least(bodies, 199)
    mandated = func.coalesce(offered.c.mandated, False)
    return Matches(rows.outerjoin(offered, joins), where, score, level, mandated, bodies, offered.c.agencies)


def conditions(wanted: Wanted, found: Matches, on: date) -> dict[str, ColumnElement[bool]]:
    offers = exists().where(
        col(Offering.procedure_code) == _code,
        col(Offering.agency) == wanted.agency,
        col(Offering.valid).contains(constant(on)),
    )
    each = {
        "field": col(Version.field_code) == wanted.field,
        "agency": offers,
        "government_level": col(Version.government_levels).contains([wanted.government_level]),
        "online_level": found.online_level == wanted.online_level,
        "audience": col(Version.audiences).contains([wanted.audience]),
        "channel": col(Version.channels).contains([wanted.channel]),
        "mandated": found.mandated == wanted.mandated,
    }
    return {name: condition for name, condition in each.items() if getattr(wanted, name) is not None}


async def find(
    session: AsyncSession,
    looked: Looked | None,
    wanted: Wanted,
    on: date,
    after: tuple[int, str, str] | None,
    limit: int,
) -> list[Found]:
    """Best first, then by name; one more than `limit`, so that the caller knows of a next page."""
    found = matches(looked, on)
    query: Select[Any] = (
        select(
            Version,
            col(Procedure.source),
            found.score,
            found.online_level,
            found.mandated,
            found.bodies,
            col(Version.content)["fees"],
            col(Version.content)["processing_time"],
        )
        .select_from(found.rows)
        .join(Procedure, col(Procedure.code) == _code)
        .where(found.where, *conditions(wanted, found, on).values())
        .options(defer(Version.content))  # type: ignore[arg-type]
    )
    if after is not None:
        reached = tuple_(-found.score, col(Version.sort_key), _code)
        query = query.where(reached > tuple_(literal(-after[0]), literal(after[1]), literal(after[2])))
    order = () if looked is None else (-found.score,)
    query = query.order_by(*order, col(Version.sort_key), _code).limit(limit + 1)
    return [Found(*row) for row in await session.execute(query)]
