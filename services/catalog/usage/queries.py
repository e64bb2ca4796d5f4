"""What is offered beside how many dossiers were received: the volumes come in with the statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, Integer, Text, and_, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog import queries
from services.catalog.clients.volumes import Volume
from services.catalog.models import Agency, Offering, Version
from services.catalog.offerings.checks import ONLINE
from services.catalog.usage.schemas import CandidatesAsked, UnusedAsked

Key = tuple[int, str, str]


class UnusedRow(NamedTuple):
    counted: int
    code: str
    name: str
    agency: str
    agency_name: str
    online_level: int
    since: date | None
    received: int
    online: int


class CandidateRow(NamedTuple):
    received: int
    code: str
    name: str
    agency: str
    agency_name: str
    online_level: int | None
    gaps: list[str]


def _received(volumes: Sequence[Volume]) -> Any:
    """As a table: procedure, resolving body, dossiers of all channels, and of these online."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for volume in volumes:
        both = sums[volume.procedure, volume.agency]
        both[0] += volume.count
        both[1] += volume.count if volume.channel == "online" else 0
    columns: list[tuple[list[Any], Any]] = [
        ([code for code, _ in sums], Text),
        ([agency for _, agency in sums], Text),
        ([both[0] for both in sums.values()], Integer),
        ([both[1] for both in sums.values()], Integer),
    ]
    return (
        func.unnest(*(literal(values, ARRAY(kind)) for values, kind in columns))
        .table_valued("code", "agency", "received", "online", name="volume")
        .render_derived()
    )


async def unused(
    session: AsyncSession, on: date, volumes: Sequence[Volume], asked: UnusedAsked, after: Key | None
) -> list[UnusedRow]:
    """What bodies offer online that day, fewest dossiers first; one more than the limit."""
    volume = _received(volumes)
    received, online = func.coalesce(volume.c.received, 0), func.coalesce(volume.c.online, 0)
    counted = online if asked.counted == "online" else received
    query = (
        select(
            counted,
            col(Version.procedure_code),
            col(Version.name),
            col(Agency.code),
            col(Agency.name),
            col(Offering.online_level),
            func.lower(col(Offering.valid)),
            received,
            online,
        )
        .select_from(Offering)
        .join(Agency, and_(col(Agency.code) == col(Offering.agency), queries.exists_on(on)))
        .join(
            Version,
            and_(
                col(Version.procedure_code) == col(Offering.procedure_code), col(Version.valid).contains(on)
            ),
        )
        .outerjoin(
            volume,
            and_(volume.c.code == col(Offering.procedure_code), volume.c.agency == col(Offering.agency)),
        )
        .where(
            col(Offering.valid).contains(on), col(Offering.online_level) >= ONLINE, counted <= asked.at_most
        )
    )
    if asked.agency is not None:
        query = query.where(col(Offering.agency) == asked.agency)
    if asked.online_level is not None:
        query = query.where(col(Offering.online_level) == asked.online_level)
    key = (counted, col(Version.procedure_code), col(Agency.code))
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*map(literal, after)))
    return [UnusedRow(*row) for row in await session.execute(query.order_by(*key).limit(asked.limit + 1))]


async def candidates(
    session: AsyncSession, on: date, volumes: Sequence[Volume], asked: CandidatesAsked, after: Key | None
) -> list[CandidateRow]:
    """What bodies received but do not offer online that day, most dossiers first; one more than the limit."""
    volume = _received(volumes)
    query = (
        select(
            volume.c.received,
            col(Version.procedure_code),
            col(Version.name),
            col(Agency.code),
            col(Agency.name),
            col(Offering.online_level),
            col(Version.gaps),
        )
        .select_from(volume)
        .join(Agency, and_(col(Agency.code) == volume.c.agency, queries.exists_on(on)))
        .join(Version, and_(col(Version.procedure_code) == volume.c.code, col(Version.valid).contains(on)))
        .outerjoin(
            Offering,
            and_(
                col(Offering.procedure_code) == volume.c.code,
                col(Offering.agency) == volume.c.agency,
                col(Offering.valid).contains(on),
            ),
        )
        .where(
            volume.c.received >= asked.at_least,
            or_(col(Offering.online_level).is_(None), col(Offering.online_level) < ONLINE),
        )
    )
    if asked.agency is not None:
        query = query.where(volume.c.agency == asked.agency)
    key = (-volume.c.received, col(Version.procedure_code), col(Agency.code))
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*map(literal, after)))
    return [CandidateRow(*row) for row in await session.execute(query.order_by(*key).limit(asked.limit + 1))]
