"""What is found, in pages and in counts, whatever it is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from services.catalog.models import Agency, Offering, Procedure, Version
from services.catalog.search.ranking import Looked, constant, scored

_code = col(Version.procedure_code)
_LEVEL_2 = 2
_FACETS = ("field", "government_level", "online_level", "audience", "agency")
_TOP = 20


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


def matches(looked: Looked | None, on: date, *, all_at_once: bool = False) -> Matches:
    """What the words find; without words, everything. `all_at_once`: what bodies offer is summed up for all
    procedures first, which is quicker when most of them are read, and slower when a page is."""
    offers = select(
        func.max(col(Offering.online_level)).label("level"),
        func.bool_or(col(Offering.mandated)).label("mandated"),
        func.count().label("bodies"),
    ).where(col(Offering.valid).contains(constant(on)))
    offered: FromClause
    fits: ColumnElement[bool] = true()
    if all_at_once:
        each = offers.add_columns(col(Offering.procedure_code)).group_by(col(Offering.procedure_code))
        offered = each.subquery("offered")
        fits = offered.c.procedure_code == _code
    else:
        offered = offers.where(col(Offering.procedure_code) == _code).lateral("offered")
    level = func.coalesce(offered.c.level, _LEVEL_2)
    bodies = func.coalesce(offered.c.bodies, 0)
    score: ColumnElement[int] = literal(0, BigInteger)
    rows: FromClause = Version.metadata.tables["procedure_version"]
    where: ColumnElement[bool] = col(Version.valid).contains(constant(on))
    if looked is not None:
        words = scored(looked, on)
        rows = rows.join(words, literal_column("procedure_version.ctid") == words.c.place)
        where = (
            true()
        )  # What is scored is in force; saying so again made the planner look that up by the day.
        # Of two names that say all, the shorter one says it: one of 100 words loses half its points.
        length = literal_column("length(ts_filter(procedure_version.search, '{a}'))", Integer)
        # Where words tell nothing apart: what is offered online, and by many, is asked for more often.
        score = words.c.points * 100 // (100 + length) + level * 200 + func.least(bodies, 199)
    return Matches(
        rows.outerjoin(offered, fits),
        where,
        score,
        level,
        func.coalesce(offered.c.mandated, False),
        bodies,
    )


def _conditions(wanted: Wanted, found: Matches, on: date) -> dict[str, ColumnElement[bool]]:
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
        .where(found.where, *_conditions(wanted, found, on).values())
        .options(defer(Version.content))  # type: ignore[arg-type]
    )
    if after is not None:
        reached = tuple_(-found.score, col(Version.sort_key), _code)
        query = query.where(reached > tuple_(literal(-after[0]), literal(after[1]), literal(after[2])))
    order = () if looked is None else (-found.score,)
    query = query.order_by(*order, col(Version.sort_key), _code).limit(limit + 1)
    return [Found(*row) for row in await session.execute(query)]


async def facets(
    session: AsyncSession, looked: Looked | None, wanted: Wanted, on: date
) -> dict[str, list[tuple[str, str, int]]]:
    """Value, label and count by each of _FACETS, most first. A facet is counted as if nothing were chosen
    from itself, so that its other values show what they would bring instead; of agencies, the first 20."""
    hits = matches(looked, on, all_at_once=True)
    conditions = _conditions(wanted, hits, on)
    # Which of the chosen facets a procedure misses: it counts in a facet that is the only one.
    missed = [case((~conditions[name], name)) for name in _FACETS if name in conditions]
    misses = func.array_remove(cast(array(missed), ARRAY(Text)), None) if missed else cast([], ARRAY(Text))
    found = (
        select(
            _code.label("code"),
            hits.online_level.label("online_level"),
            col(Version.field_code),
            col(Version.field_name),
            col(Version.government_levels),
            col(Version.audiences),
            misses.label("misses"),
        )
        .select_from(hits.rows)
        .where(hits.where, *(conditions[name] for name in conditions if name not in _FACETS))
        .cte("found")
    )
    each = _values(found, on).subquery("each")
    count = func.count().label("count")
    rows = await session.execute(
        select(each.c.facet, each.c.value, func.min(each.c.label), count)
        .group_by(each.c.facet, each.c.value)
        .order_by(count.desc(), func.min(each.c.label), each.c.value)
    )
    counted: dict[str, list[tuple[str, str, int]]] = {name: [] for name in _FACETS}
    for facet, value, label, number in rows:
        counted[facet].append((value, label, number))
    return {**counted, "agency": counted["agency"][:_TOP]}


def _values(found: CTE, on: date) -> CompoundSelect[Any]:
    """Facet, value and label of everything found, a row for each."""

    def of(
        facet: str, by: SQLColumnExpression[Any], called: SQLColumnExpression[str] | None = None
    ) -> Select[Any]:
        value: SQLColumnExpression[str] = cast(by, Text)
        label = value if called is None else called
        counts = found.c.misses.op("<@")(cast([facet], ARRAY(Text)))
        row: tuple[Any, Any, Any] = (
            literal(facet).label("facet"),
            value.label("value"),
            label.label("label"),
        )
        return select(*row).select_from(found).where(counts)

    offers = and_(col(Offering.procedure_code) == found.c.code, col(Offering.valid).contains(constant(on)))
    return union_all(
        of("field", found.c.field_code, found.c.field_name),
        of("government_level", func.unnest(found.c.government_levels)),
        of("online_level", found.c.online_level),
        of("audience", func.unnest(found.c.audiences)),
        of("agency", col(Agency.code), col(Agency.name))
        .join(Offering, offers)
        .join(Agency, col(Agency.code) == col(Offering.agency)),
    )
