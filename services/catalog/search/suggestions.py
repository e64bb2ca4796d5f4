"""Reads for somebody who is still typing: names, and the fields and bodies that are called so."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, cast, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.models import Agency, Version
from services.catalog.queries import exists_on
from services.catalog.search.queries import matches
from services.catalog.search.ranking import Looked, constant


async def procedures(session: AsyncSession, looked: Looked, on: date, limit: int) -> list[tuple[str, str]]:
    """Code and name, best first."""
    found = matches(looked, on)
    rows = await session.execute(
        select(col(Version.procedure_code), col(Version.name))
        .select_from(found.rows)
        .where(found.where)
        .order_by(-found.score, col(Version.sort_key), col(Version.procedure_code))
        .limit(limit)
    )
    return [(code, name) for code, name in rows]


async def fields(session: AsyncSession, looked: Looked, on: date, limit: int) -> list[tuple[str, str, int]]:
    """Code, name and how many procedures, of fields in whose names all the words are, shortest first."""
    each = (
        select(col(Version.field_code).label("code"), col(Version.field_name).label("name"))
        .add_columns(func.count().label("count"))
        .where(col(Version.valid).contains(constant(on)))
        .group_by(col(Version.field_code), col(Version.field_name))
        .subquery()
    )
    rows = await session.execute(
        select(each.c.code, func.min(each.c.name), func.sum(each.c.count))
        .where(_says(each.c.name, looked))
        .group_by(each.c.code)
        .order_by(func.length(func.min(each.c.name)), each.c.code)
        .limit(limit)
    )
    return [(code, name, int(count)) for code, name, count in rows]


async def agencies(session: AsyncSession, looked: Looked, on: date, limit: int) -> list[tuple[str, str]]:
    """Code and name of bodies of that day in whose names all the words are, shortest first."""
    rows = await session.execute(
        select(col(Agency.code), col(Agency.name))
        .where(exists_on(on), _says(col(Agency.name), looked))
        .order_by(func.length(col(Agency.name)), col(Agency.sort_key), col(Agency.code))
        .limit(limit)
    )
    return [(code, name) for code, name in rows]


def _says(name: SQLColumnExpression[str], looked: Looked) -> ColumnElement[bool]:
    terms = " & ".join(looked.notions)
    says: ColumnElement[bool] = func.to_tsvector("simple", func.plain_words(name)).op("@@")(
        cast(literal(terms), TSQUERY)
    )
    return says
