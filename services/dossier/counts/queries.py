"""Reads of daily counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, RowMapping, func, literal_column, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier import queries as dossiers
from services.dossier.counts.models import IntakeCount
from services.dossier.figures.models import IntakeFact
from services.dossier.models import Body

#: Receiving body, day, procedure, channel: what a line is of.
Key = tuple[str, date, str, str]
#: Where a page begins: day, receiving body, procedure, channel.
Place = tuple[date, str, str, str]
_line, _fact = IntakeCount.metadata.tables["intake_count"], IntakeFact.metadata.tables["intake_fact"]
_KEY = (
    col(IntakeCount.agency),
    col(IntakeCount.day),
    col(IntakeCount.procedure_code),
    col(IntakeCount.channel),
)


class Frozen(NamedTuple):
    """What the catalogue said of a procedure on a day."""

    field_code: str
    online_level: int


async def lines(session: AsyncSession, keys: Collection[Key]) -> dict[Key, IntakeCount]:
    """As they are now, those that were voided, too."""
    query = select(IntakeCount).where(tuple_(*_KEY).in_(keys)).execution_options(populate_existing=True)
    return {
        (row.agency, row.day, row.procedure_code, row.channel): row for row in await session.scalars(query)
    }


async def frozen(session: AsyncSession, keys: Collection[Key]) -> dict[tuple[str, date, str], Frozen]:
    """By receiving body, day and procedure: of lines that stand, whatever their channel."""
    key = _KEY[:3]
    query = select(*key, col(IntakeCount.field_code), col(IntakeCount.online_level)).where(
        tuple_(*key).in_({key[:3] for key in keys}), col(IntakeCount.voided_at).is_(None)
    )
    return {(row[0], row[1], row[2]): Frozen(row[3], row[4]) for row in await session.execute(query)}


async def bodies_of(session: AsyncSession, batch_id: UUID) -> Sequence[str]:
    """Whose lines the batch said last."""
    query = select(col(IntakeCount.agency)).where(col(IntakeCount.batch_id) == batch_id).distinct()
    return (await session.scalars(query)).all()


async def within(session: AsyncSession, agency: str, own: str) -> bool:
    """Whether the body exists and is `own` or below it."""
    query = select(col(Body.code)).where(col(Body.code) == agency, dossiers.below(own))
    return await session.scalar(query) is not None


async def page(
    session: AsyncSession, agency: str, first: date, last: date, after: Place | None, limit: int
) -> Sequence[RowMapping]:
    """Lines of a body and of those below it, by day, body, procedure and channel; one more than `limit`; with
    `replaced`, and how many `dossiers` on paper count. Each body's lines are one range of the index, so that
    a page costs the same whatever others send."""
    line = _line.c
    order = (line.day, line.agency, line.procedure_code, line.channel)
    of_body = select(*line).where(line.agency == col(Body.code), line.day.between(first, last))
    if after is not None:
        of_body = of_body.where(line.day >= after[0], tuple_(*order) > after)
    each = of_body.order_by(*order).limit(limit + 1).lateral("each")
    paged = (
        select(*each.c)
        .select_from(Body)
        .join(each, true())
        .where(dossiers.below(agency))
        .order_by(*(each.c[column.name] for column in order))
        .limit(limit + 1)
        .subquery("paged")
    )
    own, paper = _fact.alias("own").c, _fact.alias("paper").c
    standing = select(func.count()).where(
        func.taken_in_by(paper.code, paper.receiving_agency) == paged.c.agency,
        paper.procedure_code == paged.c.procedure_code,
        paper.received_on == paged.c.day,
        literal_column("paper.origin <> 'count' AND paper.channel <> 'online' AND paper.counts", Boolean),
    )
    replaced = select(own.replaced).where(own.id == paged.c.id)
    rows = await session.execute(
        select(
            *paged.c,
            replaced.scalar_subquery().label("replaced"),
            standing.scalar_subquery().label("dossiers"),
        ).order_by(*(paged.c[column.name] for column in order))
    )
    return rows.mappings().all()
