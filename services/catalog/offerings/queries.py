"""Reads of who offers what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.models import Agency, Offering, Version
from services.catalog.offerings.models import OfferingChange
from services.catalog.offerings.schemas import OffersAsked

Pair = tuple[str, str]


def beyond(day: date) -> ColumnElement[bool]:
    """Offered on that day or later."""
    return or_(func.upper_inf(col(Offering.valid)), func.upper(col(Offering.valid)) > day)


async def bodies(session: AsyncSession, codes: Collection[str]) -> dict[str, Agency]:
    rows = await session.scalars(select(Agency).where(col(Agency.code).in_(codes)))
    return {row.code: row for row in rows}


async def committees(session: AsyncSession, level: str, on: date) -> list[Agency]:
    """The People's Committees of a level of government that day: they take what all of a level take."""
    rows = await session.scalars(
        select(Agency)
        .where(
            col(Agency.kind) == "peoples_committee",
            col(Agency.government_level) == level,
            col(Agency.valid_from) <= on,
            or_(col(Agency.valid_to).is_(None), col(Agency.valid_to) >= on),
        )
        .order_by(col(Agency.code))
    )
    return list(rows)


async def versions_from(session: AsyncSession, codes: Collection[str], day: date) -> dict[str, list[Version]]:
    """Per procedure, the versions in force on that day or later, oldest first."""
    rows = await session.scalars(
        select(Version)
        .where(
            col(Version.procedure_code).in_(codes),
            ~func.isempty(col(Version.valid)),
            or_(func.upper_inf(col(Version.valid)), func.upper(col(Version.valid)) > day),
        )
        .order_by(col(Version.procedure_code), func.lower(col(Version.valid)))
    )
    found = defaultdict(list)
    for row in rows:
        found[row.procedure_code].append(row)
    return found


async def offerings_of(
    session: AsyncSession, codes: Collection[str], agencies: Collection[str]
) -> dict[Pair, list[Offering]]:
    """By procedure and body, of all days, oldest first."""
    rows = await session.scalars(
        select(Offering)
        .where(col(Offering.procedure_code).in_(codes), col(Offering.agency).in_(agencies))
        .order_by(func.lower(col(Offering.valid)))
    )
    found = defaultdict(list)
    for row in rows:
        found[row.procedure_code, row.agency].append(row)
    return found


async def changes(session: AsyncSession, code: str, agency: str) -> list[OfferingChange]:
    """All that was decided about one offering, newest first."""
    rows = await session.scalars(
        select(OfferingChange)
        .where(col(OfferingChange.procedure_code) == code, col(OfferingChange.agency) == agency)
        .order_by(col(OfferingChange.id).desc())
        .limit(1000)
    )
    return list(rows)


async def offered_by(
    session: AsyncSession, agency: str, on: date, asked: OffersAsked, after: tuple[str, str] | None
) -> Sequence[tuple[Offering, Version]]:
    """What a body offers that day, in the order of the alphabet; one more than the limit."""
    query = (
        select(Offering, Version)
        .join(
            Version,
            and_(
                col(Version.procedure_code) == col(Offering.procedure_code), col(Version.valid).contains(on)
            ),
        )
        .where(col(Offering.agency) == agency, col(Offering.valid).contains(on))
    )
    if asked.online_level is not None:
        query = query.where(col(Offering.online_level) == asked.online_level)
    if asked.mandated is not None:
        query = query.where(col(Offering.mandated) == asked.mandated)
    if after is not None:
        key = tuple_(col(Version.sort_key), col(Version.procedure_code))
        query = query.where(key > tuple_(*map(literal, after)))
    query = query.order_by(col(Version.sort_key), col(Version.procedure_code)).limit(asked.limit + 1)
    return [(offering, version) for offering, version in await session.execute(query)]
