"""Every read of the tree: bodies and units of all days, successions, what bodies offer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.bodies.errors import UnitMissing
from services.catalog.bodies.identifiers import notations
from services.catalog.bodies.models import Reorganisation, Succession
from services.catalog.bodies.plan import Known
from services.catalog.bodies.tree import Heir, Node, Tree
from services.catalog.errors import AgencyMissing
from services.catalog.models import Agency, Offering, Unit

#: The subject of the tree's events; its neighbours copy the tree whole.
TREE = "agencies"
_LOCK = 7_305_031


async def alone(session: AsyncSession) -> None:
    """Until this transaction ends, nobody else changes the tree."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def version(session: AsyncSession) -> int:
    """The seq of the tree's last event."""
    found = await session.scalar(
        text("SELECT max(seq) FROM event WHERE subject = :subject"), {"subject": TREE}
    )
    return int(found or 0)


@dataclass
class Places:
    """The tree as it stands, whole: a few hundred rows."""

    agencies: dict[str, Agency]
    units: dict[str, Unit]
    successions: Sequence[Succession]
    bodies: Tree
    areas: Tree

    def known(self) -> Known:
        names = {("agency", row.code): row.name for row in self.agencies.values()}
        return Known(
            trees={"agency": self.bodies, "unit": self.areas},
            heirs={"agency": set(map(heir, self.successions)), "unit": set(self.areas.heirs.values())},
            names=names | {("unit", row.code): row.name for row in self.units.values()},
        )


async def places(session: AsyncSession) -> Places:
    agencies = {row.code: row for row in await session.scalars(select(Agency).order_by(col(Agency.code)))}
    units = {row.code: row for row in await session.scalars(select(Unit).order_by(col(Unit.code)))}
    found = (await session.scalars(select(Succession).order_by(col(Succession.old)))).all()
    return Places(
        agencies,
        units,
        found,
        Tree.of(map(body_node, agencies.values()), map(heir, found)),
        Tree.of(map(unit_node, units.values()), unit_heirs(units.values())),
    )


def body_node(row: Agency) -> Node:
    return Node(row.code, row.parent_code, row.valid_from, row.valid_to, row.unit_code)


def unit_node(row: Unit) -> Node:
    return Node(row.code, row.parent_code, row.valid_from, row.valid_to)


def heir(row: Succession) -> Heir:
    return Heir(row.old, row.new, row.starts, row.main)


def unit_heirs(rows: Collection[Unit]) -> list[Heir]:
    return [
        Heir(row.code, row.successor_code, row.valid_to + timedelta(days=1))
        for row in rows
        if row.successor_code is not None and row.valid_to is not None
    ]


async def agency(session: AsyncSession, code: str) -> Agency:
    """By its code in either notation. Raises AgencyMissing."""
    found: Agency | None = await session.scalar(
        select(Agency).where(col(Agency.code).in_(notations(code))).order_by(col(Agency.code)).limit(1)
    )
    if found is None:
        raise AgencyMissing
    return found


async def unit(session: AsyncSession, code: str) -> Unit:
    """Raises UnitMissing."""
    found = await session.get(Unit, code)
    if found is None:
        raise UnitMissing
    return found


async def reorganisation(session: AsyncSession, digest: str) -> Reorganisation | None:
    return await session.get(Reorganisation, digest)


async def to_tell(session: AsyncSession, on: date, *, lock: bool = False) -> Sequence[Succession]:
    """Successions whose day has come, and of which the neighbours were not told."""
    query = select(Succession).where(col(Succession.told_at).is_(None), col(Succession.starts) <= on)
    return (await session.scalars(query.with_for_update() if lock else query)).all()


async def offerings_beyond(session: AsyncSession, agencies: Collection[str], day: date) -> list[Offering]:
    """What these bodies offer on that day or later, by procedure and oldest first."""
    query = select(Offering).where(
        col(Offering.agency).in_(agencies),
        or_(func.upper_inf(col(Offering.valid)), func.upper(col(Offering.valid)) > day),
    )
    order = col(Offering.procedure_code), col(Offering.online_level).desc(), func.lower(col(Offering.valid))
    return list(await session.scalars(query.order_by(*order)))
