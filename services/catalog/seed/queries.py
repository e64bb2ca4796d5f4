"""What the synthetic catalogue is filled up from, and what there is of it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.models import Offering, Procedure, Version
from services.catalog.provision import queries as provision
from services.catalog.seed.made import OFFLINE, PREFIX, REPORTED, SHARES, Standing


async def standing(session: AsyncSession) -> Standing:
    found = await provision.cells(session, REPORTED)
    of_bodies = {row.key: row for row in await provision.by_agency(session, REPORTED)}
    return Standing(
        in_force=await provision.in_force_count(session, REPORTED),
        cells={(cell.government_level, cell.online_level): cell.count for cell in found},
        online=sum(cell.count for cell in found if not cell.government_level and cell.online_level > OFFLINE),
        shares={
            code: (of_bodies[code].level_3 + of_bodies[code].level_4, of_bodies[code].procedures)
            for code in SHARES
            if code in of_bodies
        },
    )


async def is_loaded(session: AsyncSession) -> bool:
    found = await session.scalar(
        select(col(Procedure.code)).where(col(Procedure.code).startswith(PREFIX)).limit(1)
    )
    return found is not None


class Offered(NamedTuple):
    """One of the procedures as a body offers it. `fee` in đồng, 0 for none; `days`: working days."""

    agency: str
    procedure: str
    name: str
    field: str
    field_name: str
    online_level: int
    since: date
    days: int
    fee: int


async def offered(session: AsyncSession) -> list[Offered]:
    """By body and procedure, all that this has made."""
    content = col(Version.content)
    rows = await session.execute(
        select(
            col(Offering.agency),
            col(Offering.procedure_code),
            col(Version.name),
            col(Version.field_code),
            col(Version.field_name),
            col(Offering.online_level),
            func.lower(col(Offering.valid)),
            content["processing_time"]["amount"].as_integer(),
            func.coalesce(content["fees"][0]["amount"].as_integer(), 0),
        )
        .join(Version, col(Version.procedure_code) == col(Offering.procedure_code))
        .where(col(Offering.procedure_code).startswith(PREFIX), col(Version.number) == 1)
        .order_by(col(Offering.agency), col(Offering.procedure_code))
    )
    return [Offered(*row) for row in rows]
