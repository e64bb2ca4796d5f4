"""How what is in force on a day answers a query.

A version's column `search` holds the words of its name (weight A), code and field (weight C). What is asked
for is a handful of tsqueries, each answered by the column's GIN index; every answer earns its version points,
the more the fewer versions give it. A version has the points of its words, of words side by side, and of the
body that is named in the query and offers it. They are whole numbers, so that the order is the same on every
page. Plain SQL: it is the hottest statement of the catalogue, and building it anew took longer than running.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    Float,
    Integer,
    Text,
    TextClause,
    bindparam,
    literal_column,
    text,
)
from sqlalchemy.types import NullType, TypeEngine

from services.catalog.search.words import MOST, Asked


@dataclass(frozen=True)
class Looked:
    """What a search looks for; `bodies`: the codes of those that are named in it."""

    asked: list[Asked]
    bodies: list[str]

    @property
    def notions(self) -> list[str]:
        """The terms of its single notions, without those of neighbours and codes."""
        return [each.term for each in self.asked if each.number < MOST]


#: - A word of code or field (C) is worth 0.3 of one of the name (A). ts_rank gives 0.6079 for one word of
#:   class A, and more when it is repeated, which says nothing here.
#: - To be offered by a body that is named is worth 1.5 words.
#: - What has less than half the points of the best is no answer any more.
_SCORED = """
WITH asked AS (
  SELECT no, term, share
  FROM unnest(:numbers, CAST(:terms AS tsquery[]), :shares) AS each (no, term, share)
), hit AS (
  SELECT version.ctid AS place, asked.no,
    10000 * asked.share * least(1, ts_rank('{0, 0.3, 0, 1}', version.search, asked.term) / 0.6079) AS points
  FROM asked JOIN procedure_version AS version ON version.search @@ asked.term AND version.valid @> :day
  UNION ALL
  SELECT DISTINCT version.ctid, -1, 15000
  FROM offering CROSS JOIN LATERAL (
    SELECT ctid FROM procedure_version AS version
    WHERE version.procedure_code = offering.procedure_code AND version.valid @> :day LIMIT 1
  ) AS version
  WHERE offering.agency = ANY (:bodies) AND offering.valid @> :day
), rare AS (
  SELECT no, 1 / (1 + ln(count(*))) AS weight FROM hit GROUP BY no
), total AS (
  SELECT place, CAST(sum(CAST(points * weight AS bigint)) AS bigint) AS points
  FROM hit JOIN rare USING (no) GROUP BY place
), best AS (
  SELECT max(points) AS points FROM total
)
SELECT total.place, total.points * 1000000 / best.points AS points
FROM total JOIN best ON total.points * 2 >= best.points
"""


def constant(on: date) -> ColumnElement[date]:
    """A day as a constant of the statement. As a parameter, of which the planner knows nothing, it passes for
    rare, and the index by days is read instead of the one by words: 1 s in place of 50 ms."""
    return literal_column(f"DATE '{on.isoformat()}'", Date)


@lru_cache(maxsize=8)
def dated(sql: str, on: date, **arrays: type[TypeEngine[Any]]) -> TextClause:
    """The statement of a day (`:day`); its other parameters are arrays of these types."""
    binds = (bindparam(name, type_=ARRAY(kind)) for name, kind in arrays.items())
    return text(sql.replace(":day", str(constant(on)))).bindparams(*binds)


def scored(looked: Looked, on: date) -> CTE:
    """The places of the versions that are answer enough, and their points: the best has a million.

    A place is good for the statement in which it stands, and needs no index: of the two that could find a
    version, the planner took the slow one.
    """
    statement = dated(_SCORED, on, numbers=Integer, terms=Text, shares=Float, bodies=Text).bindparams(
        numbers=[each.number for each in looked.asked],
        terms=[each.term for each in looked.asked],
        shares=[each.share for each in looked.asked],
        bodies=looked.bodies,
    )
    return statement.columns(place=NullType, points=BigInteger).cte("scored")
