"""Every read of the catalogue but search, which has a room of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.errors import AgencyMissing, ProcedureMissing, VersionMissing
from services.catalog.models import Agency, Offering, Procedure, Unit, Version
from services.catalog.status import VersionState


async def procedure_or_none(session: AsyncSession, code: str) -> Procedure | None:
    return await session.get(Procedure, code)


async def procedure(session: AsyncSession, code: str) -> Procedure:
    """Raises ProcedureMissing."""
    found = await procedure_or_none(session, code)
    if found is None:
        raise ProcedureMissing
    return found


async def lock(session: AsyncSession, code: str) -> Procedure:
    """Its row locked until the transaction ends. Raises ProcedureMissing."""
    return (await lock_all(session, [code])).get(code) or _missing()


def _missing() -> Procedure:
    raise ProcedureMissing


async def lock_all(session: AsyncSession, codes: Sequence[str]) -> dict[str, Procedure]:
    """Those that exist, locked in the order of their codes."""
    rows = await session.scalars(
        select(Procedure)
        .where(col(Procedure.code).in_(codes))
        .order_by(col(Procedure.code))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.code: row for row in rows}


async def in_force(session: AsyncSession, code: str, on: date) -> Version | None:
    found: Version | None = await session.scalar(
        select(Version).where(col(Version.procedure_code) == code, col(Version.valid).contains(on))
    )
    return found


async def in_force_of(session: AsyncSession, codes: Sequence[str], on: date) -> list[Version]:
    rows = await session.scalars(
        select(Version).where(col(Version.procedure_code).in_(codes), col(Version.valid).contains(on))
    )
    return list(rows)


async def draft(session: AsyncSession, code: str) -> Version | None:
    found: Version | None = await session.scalar(
        select(Version).where(col(Version.procedure_code) == code, col(Version.state) == VersionState.DRAFT)
    )
    return found


async def latest(session: AsyncSession, code: str) -> Version:
    """The newest version, whatever its state. Raises VersionMissing."""
    found: Version | None = await session.scalar(
        select(Version)
        .where(col(Version.procedure_code) == code)
        .order_by(col(Version.number).desc())
        .limit(1)
    )
    if found is None:
        raise VersionMissing
    return found


async def latest_numbers(session: AsyncSession, codes: Sequence[str]) -> dict[str, int]:
    rows = await session.execute(
        select(col(Version.procedure_code), func.max(col(Version.number)))
        .where(col(Version.procedure_code).in_(codes))
        .group_by(col(Version.procedure_code))
    )
    return dict(rows.all())


async def versions(session: AsyncSession, code: str) -> list[Version]:
    rows = await session.scalars(
        select(Version).where(col(Version.procedure_code) == code).order_by(col(Version.number).desc())
    )
    return list(rows)


async def published(session: AsyncSession, code: str) -> list[Version]:
    """Those that were ever published, oldest first."""
    rows = await session.scalars(
        select(Version)
        .where(col(Version.procedure_code) == code, col(Version.state) == VersionState.PUBLISHED)
        .order_by(col(Version.number))
    )
    return list(rows)


async def drafts(session: AsyncSession, after: tuple[str, str] | None, limit: int) -> list[Version]:
    """In the order of the alphabet; one more than `limit`."""
    query = select(Version).where(col(Version.state) == VersionState.DRAFT)
    if after is not None:
        query = query.where(
            tuple_(col(Version.sort_key), col(Version.procedure_code)) > tuple_(*map(literal, after))
        )
    query = query.order_by(col(Version.sort_key), col(Version.procedure_code)).limit(limit + 1)
    return list(await session.scalars(query))


async def numbered(session: AsyncSession, code: str, number: int) -> Version:
    """Raises VersionMissing; a draft is not shown."""
    found = await session.get(Version, (code, number))
    if found is None or found.state == VersionState.DRAFT:
        raise VersionMissing
    return found


async def highest_level(session: AsyncSession, code: str, on: date) -> int:
    """The highest level at which anybody offers it that day; 2 where nobody does."""
    level = await session.scalar(
        select(func.max(col(Offering.online_level))).where(
            col(Offering.procedure_code) == code, col(Offering.valid).contains(on)
        )
    )
    return int(level or 2)


async def highest_promised(session: AsyncSession, code: str, start: date) -> int:
    """The highest level at which anybody offers it on that day or later; 2 where nobody does."""
    level = await session.scalar(
        select(func.max(col(Offering.online_level))).where(
            col(Offering.procedure_code) == code,
            or_(func.upper_inf(col(Offering.valid)), func.upper(col(Offering.valid)) > start),
        )
    )
    return int(level or 2)


async def offered_by(
    session: AsyncSession, code: str, on: date, unit: str | None = None
) -> list[tuple[Offering, Agency]]:
    """Who offers it that day, highest level first; with `unit`, bodies of that unit."""
    query = (
        select(Offering, Agency)
        .join(Agency, col(Agency.code) == col(Offering.agency))
        .where(col(Offering.procedure_code) == code, col(Offering.valid).contains(on), exists_on(on))
        .order_by(col(Offering.online_level).desc(), col(Agency.sort_key), col(Agency.code))
    )
    if unit is not None:
        query = query.where(col(Agency.unit_code) == unit)
    rows = await session.execute(query)
    return [(offering, agency) for offering, agency in rows]


async def receiving_offices(session: AsyncSession, on: date) -> list[Agency]:
    """The one-stop offices that receive for others that day."""
    rows = await session.scalars(
        select(Agency)
        .where(func.cardinality(col(Agency.receives_for)) > 0, exists_on(on))
        .order_by(col(Agency.code))
    )
    return list(rows)


def exists_on(on: date) -> ColumnElement[bool]:
    return _valid(Agency, on)


def _valid(table: Any, on: date) -> ColumnElement[bool]:
    found: ColumnElement[bool] = (col(table.valid_from) <= on) & or_(
        col(table.valid_to).is_(None), col(table.valid_to) >= on
    )
    return found


async def agencies(session: AsyncSession, on: date | None) -> list[Agency]:
    """All bodies of a day, or of all days, in the order of the tree's codes."""
    query = select(Agency).order_by(col(Agency.code))
    if on is not None:
        query = query.where(exists_on(on))
    return list(await session.scalars(query))


async def agency(session: AsyncSession, code: str) -> Agency:
    """Raises AgencyMissing."""
    found = await session.get(Agency, code)
    if found is None:
        raise AgencyMissing
    return found


async def units(session: AsyncSession, on: date, parent: str | None) -> list[Unit]:
    query = select(Unit).where(_valid(Unit, on)).order_by(col(Unit.sort_key), col(Unit.code))
    if parent is not None:
        query = query.where(col(Unit.parent_code) == parent)
    return list(await session.scalars(query))


async def fields(session: AsyncSession, on: date) -> list[tuple[str, str, int]]:
    """Code, name and how many procedures, of fields with anything in force that day."""
    rows = await session.execute(
        select(col(Version.field_code), func.min(col(Version.field_name)), func.count())
        .where(col(Version.valid).contains(on))
        .group_by(col(Version.field_code))
        .order_by(func.min(col(Version.field_name)))
    )
    return [(code, name, count) for code, name, count in rows]
