"""Every read of targets, and of the counts that they are held against."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by, array_agg, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.errors import BodyMissing
from services.dossier.figures.queries import Asked, Counts, receptions, within
from services.dossier.models import Body
from services.dossier.queries import below
from services.dossier.targets.models import Target, TargetVersion
from services.dossier.targets.shortest import Pair


class Key(NamedTuple):
    """What a target is of, in the order of the table's own key."""

    year: int
    indicator: str
    agency: str


_KEY = (col(Target.year), col(Target.indicator), col(Target.agency))


def key_of(row: Target) -> Key:
    return Key(row.year, row.indicator, row.agency)


async def body(session: AsyncSession, code: str) -> Body:
    """Raises BodyMissing."""
    found = await session.get(Body, code)
    if found is None:
        raise BodyMissing
    return found


async def bodies(session: AsyncSession) -> dict[str, Body]:
    return {row.code: row for row in await session.scalars(select(Body))}


async def bodies_below(session: AsyncSession, agency: str) -> list[Body]:
    """The body and all below it, by code. Raises BodyMissing."""
    found = list(await session.scalars(select(Body).where(below(agency)).order_by(col(Body.code))))
    if all(row.code != agency for row in found):
        raise BodyMissing
    return found


async def recorded(
    session: AsyncSession, asked: Mapping[str, object], after: tuple[int, str, str] | None, limit: int
) -> list[tuple[Target, str]]:
    """With the bodies' names, by year, indicator and body. One more than `limit` where there is more."""
    query = select(Target, func.coalesce(col(Body.name), col(Target.agency)))
    query = query.outerjoin(Body, col(Body.code) == col(Target.agency)).where(
        *(getattr(Target, name) == value for name, value in asked.items() if value is not None)
    )
    if after is not None:
        query = query.where(tuple_(*_KEY) > after)
    rows = await session.execute(query.order_by(*_KEY).limit(limit + 1))
    return [(row[0], row[1]) for row in rows]


async def of_year(session: AsyncSession, year: int) -> dict[str, dict[str, Target]]:
    """By indicator, then by body."""
    found: dict[str, dict[str, Target]] = {}
    for row in await session.scalars(select(Target).where(col(Target.year) == year)):
        found.setdefault(row.indicator, {})[row.agency] = row
    return found


async def known(session: AsyncSession, keys: Collection[Key], *, lock: bool = False) -> dict[Key, Target]:
    """Those that are recorded; locked in the order of their keys."""
    query = select(Target).where(tuple_(*_KEY).in_(list(keys))).order_by(*_KEY)
    rows = await session.scalars(query.with_for_update() if lock else query)
    return {key_of(row): row for row in rows}


async def held(session: AsyncSession, keys: Iterable[Key]) -> dict[Key, Target]:
    """All of them, locked; those that were not recorded are there now, at version 0. Whoever else would
    write one of them waits, also for one that was not there."""
    ordered = sorted(set(keys))
    blank = [{**key._asdict(), "version": 0, "measures": []} for key in ordered]
    for start in range(0, len(blank), 1000):
        await session.execute(insert(Target).values(blank[start : start + 1000]).on_conflict_do_nothing())
    return await known(session, ordered, lock=True)


async def versions(session: AsyncSession, key: Key) -> Sequence[TargetVersion]:
    """Oldest first."""
    query = select(TargetVersion).where(
        col(TargetVersion.year) == key.year,
        col(TargetVersion.indicator) == key.indicator,
        col(TargetVersion.agency) == key.agency,
    )
    return (await session.scalars(query.order_by(col(TargetVersion.version)))).all()


async def months(session: AsyncSession, asked: Asked) -> list[tuple[date, str, Counts]]:
    """What each body received in each month that has anything: received, online, fee_dossiers, fee_online.
    `asked.span`: whole months, so that only sums are read."""
    counted = receptions(asked).c
    online = and_(counted.online_level >= 3, counted.channel == "online")
    sums = {
        "received": func.sum(counted.received),
        "online": func.coalesce(func.sum(counted.received).filter(online), 0),
        "fee_dossiers": func.sum(counted.fee_dossiers),
        "fee_online": func.sum(counted.fee_online),
    }
    keys = (counted.month, counted.receiving_agency)
    query = select(*keys, *(value.label(name) for name, value in sums.items()))
    rows = await session.execute(query.where(within(counted.receiving_agency, asked)).group_by(*keys))
    return [
        (row.month, row.receiving_agency, {name: int(getattr(row, name)) for name in sums}) for row in rows
    ]


async def pairs(session: AsyncSession, asked: Asked) -> list[Pair]:
    """Procedures at bodies of which something came over the counter or by post. Their level is that of the
    last month in which anything came, the higher one where they were raised within it."""
    counted = receptions(asked).c
    keys = (counted.receiving_agency, counted.procedure_code, counted.month, counted.online_level)
    otherwise = func.coalesce(func.sum(counted.received).filter(counted.channel != "online"), 0)
    by_level = (
        select(*keys, otherwise.label("otherwise"))
        .where(within(counted.receiving_agency, asked))
        .group_by(*keys)
        .having(func.sum(counted.received) > 0)
        .subquery("by_level")
        .c
    )
    latest = aggregate_order_by(by_level.online_level, by_level.month.desc(), by_level.online_level.desc())
    total = func.sum(by_level.otherwise)
    pair = (by_level.receiving_agency, by_level.procedure_code)
    level = array_agg(latest)[1]  # type: ignore[no-untyped-call]
    rows = await session.execute(select(*pair, level, total).group_by(*pair).having(total > 0))
    return [Pair(agency, procedure, level, int(number)) for agency, procedure, level, number in rows]
