"""Search over what is published: by words of name, code or field, with or without accents, best first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from kit.text import fold
from services.catalog.models import Offering, Procedure, Version

_code = col(Version.procedure_code)
#: Below this likeness a name is not a slip of the query any more.
_LIKE_ENOUGH = 0.6


@dataclass(frozen=True)
class Wanted:
    """What a search is narrowed to; None means everything."""

    q: str | None = None
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


def _offered(on: date) -> Subquery:
    """Per procedure, what bodies offer that day."""
    return (
        select(
            col(Offering.procedure_code).label("code"),
            func.max(col(Offering.online_level)).label("level"),
            func.bool_or(col(Offering.mandated)).label("mandated"),
            func.count().label("bodies"),
        )
        .where(col(Offering.valid).contains(on))
        .group_by(col(Offering.procedure_code))
        .subquery("offered")
    )


def _score(words: str) -> ColumnElement[int]:
    """Code, then the beginning of the name, then the phrase within it, then likeness."""
    name, compact = col(Version.name_folded), words.replace(".", "")
    whole = case(
        (name.startswith(words, autoescape=True), 300), (name.contains(words, autoescape=True), 200), else_=0
    )
    code = case(
        (or_(words == _code, func.replace(_code, ".", "") == compact), 1000),
        else_=0,
    )
    like = cast(func.word_similarity(words, name) * 100, Integer)
    short = cast(100 / (1 + func.length(name) / 40), Integer)
    return code + whole + like + short


def _matches(words: str) -> ColumnElement[bool]:
    each = [col(Version.search_text).contains(word, autoescape=True) for word in words.split()]
    return or_(and_(*each), func.word_similarity(words, col(Version.name_folded)) >= _LIKE_ENOUGH)


def _narrowed(query: Select[Any], wanted: Wanted, offered: Subquery, on: date) -> Select[Any]:
    query = query.where(col(Version.valid).contains(on))
    if words := fold(wanted.q or ""):
        query = query.where(_matches(words))
    if wanted.field is not None:
        query = query.where(col(Version.field_code) == wanted.field)
    for column, value in (
        (col(Version.government_levels), wanted.government_level),
        (col(Version.audiences), wanted.audience),
        (col(Version.channels), wanted.channel),
    ):
        if value is not None:
            query = query.where(column.contains([value]))
    if wanted.agency is not None:
        offers = exists().where(
            col(Offering.procedure_code) == _code,
            col(Offering.agency) == wanted.agency,
            col(Offering.valid).contains(on),
        )
        query = query.where(offers)
    if wanted.online_level is not None:
        query = query.where(func.coalesce(offered.c.level, 2) == wanted.online_level)
    if wanted.mandated is not None:
        query = query.where(func.coalesce(offered.c.mandated, False) == wanted.mandated)
    return query


async def search(
    session: AsyncSession, wanted: Wanted, on: date, after: tuple[int, str, str] | None, limit: int
) -> list[Found]:
    """Best first, then by name; one more than `limit`, so that the caller knows of a next page."""
    offered = _offered(on)
    words = fold(wanted.q or "")
    score = _score(words) if words else literal(0)
    query: Select[Any] = (
        select(
            Version,
            col(Procedure.source),
            score.label("score"),
            func.coalesce(offered.c.level, 2),
            func.coalesce(offered.c.mandated, False),
            func.coalesce(offered.c.bodies, 0),
            col(Version.content)["fees"],
            col(Version.content)["processing_time"],
        )
        .join(Procedure, col(Procedure.code) == _code)
        .outerjoin(offered, offered.c.code == _code)
        .options(defer(Version.content))  # type: ignore[arg-type]
    )
    query = _narrowed(query, wanted, offered, on)
    if after is not None:
        reached = tuple_(-score, col(Version.sort_key), _code)
        query = query.where(reached > tuple_(literal(-after[0]), literal(after[1]), literal(after[2])))
    query = query.order_by((-score), col(Version.sort_key), _code).limit(limit + 1)
    return [Found(*row) for row in await session.execute(query)]


async def facets(session: AsyncSession, wanted: Wanted, on: date) -> dict[str, list[tuple[str, str, int]]]:
    """Counts by field, level of government and online level, of everything that the search finds."""
    offered = _offered(on)
    level = func.unnest(col(Version.government_levels)).label("value")
    keys: dict[str, tuple[Any, Any]] = {
        "field": (col(Version.field_code), func.min(col(Version.field_name))),
        "government_level": (level, literal("")),
        "online_level": (func.coalesce(offered.c.level, 2), literal("")),
    }
    counted = {}
    for name, (key, label) in keys.items():
        query: Select[Any] = (
            select(key.label("key"), label, func.count())
            .select_from(Version)
            .outerjoin(offered, offered.c.code == _code)
        )
        query = _narrowed(query, wanted, offered, on).group_by("key").order_by(func.count().desc(), "key")
        rows = await session.execute(query)
        counted[name] = [(str(value), str(words or value), int(count)) for value, words, count in rows]
    return counted
