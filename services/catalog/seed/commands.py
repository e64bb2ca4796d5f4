"""The synthetic catalogue goes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col
from uuid_utils.compat import uuid7

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from services.catalog import queries
from services.catalog.commands.edit import described
from services.catalog.decisions import commands as decisions
from services.catalog.decisions import queries as lists
from services.catalog.decisions.reading import said
from services.catalog.models import Agency, Offering, Procedure, Version
from services.catalog.offerings.commands import day_after
from services.catalog.provision import commands as provision
from services.catalog.seed.made import (
    DECIDED,
    IN_FORCE,
    OVER,
    PILOT,
    SOURCE,
    STATED,
    Service,
    content,
    decision,
    listed,
    services,
)
from services.catalog.seed.queries import is_loaded, standing
from services.catalog.status import Source, VersionState

SEEDER = Caller(sub="seed-2020", kind="service", name="seed-2020", roles=frozenset({"service", "editor"}))


async def load(session: AsyncSession, clock: Clock) -> str | None:
    """Beside what stands in a catalogue that has places; what was done, in a line, or None where it is there
    already. A list of the decision that somebody has recorded stays as it is. Raises NotEmpty."""
    await queries.tree_alone(session)
    if await is_loaded(session):
        return None
    bodies = list(await session.scalars(select(Agency).order_by(col(Agency.code))))
    made = services([body.code for body in bodies if body.kind == "department"], await standing(session))
    await _procedures(session, made)
    committees: dict[str, list[str]] = {}
    for body in bodies:
        if body.kind == "peoples_committee":
            committees.setdefault(body.government_level, []).append(body.code)
    ends = {body.code: min(day_after(body.valid_to) or OVER, OVER) for body in bodies}
    offerings = [row for one in made for row in _offerings(one, committees, ends)]
    await session.execute(insert(_table(Offering)), offerings)
    await events.append_all(session, [_event(clock, one) for one in made])
    listing = decision(made)
    if await lists.newest(session, listing.slug) is None:
        await decisions.record(session, clock, SEEDER, said(listing))
    for figure in STATED:
        await provision.state(session, clock, SEEDER, figure)
    return f"{len(made)} thủ tục tổng hợp · {len(offerings)} nơi nhận"


def _table(model: type[SQLModel]) -> Table:
    """Rows go in as they are: thousands of objects would cost seconds."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


async def _procedures(session: AsyncSession, made: Sequence[Service]) -> None:
    await session.execute(
        insert(_table(Procedure)),
        [
            {
                "code": one.code,
                "version": 1,
                "source": Source.LOCAL,
                "abolished_from": OVER,
                "abolished_reason": "Dữ liệu tổng hợp của năm 2020",
            }
            for one in made
        ],
    )
    versions = []
    for one in made:
        said = content(one)
        versions.append(
            {
                "procedure_code": one.code,
                "number": 1,
                "state": VersionState.PUBLISHED,
                "content": said,
                "gaps": [] if one.online else ["no-form"],
                "valid": Range(IN_FORCE, OVER),
                "valid_from": IN_FORCE,
                "reason": SOURCE,
                **described(said),
            }
        )
    await session.execute(insert(_table(Version)), versions)


def _offerings(
    one: Service, committees: Mapping[str, Sequence[str]], ends: Mapping[str, date]
) -> Iterator[dict[str, Any]]:
    """The department's, or that of every People's Committee of the level."""
    for place, level in one.levels.items():
        for agency in [one.department or ""] if place == "province" else committees[place]:
            yield {
                "id": uuid7(),
                "agency": agency,
                "procedure_code": one.code,
                "online_level": level,
                "valid": Range(DECIDED if listed(one) else IN_FORCE, ends[agency]),
                "decision": "1588/QĐ-UBND" if listed(one) else None,
                "mandated": listed(one),
                "pay_online_from": PILOT if level > 3 else None,
                "pilot": level > 3,
            }


def _event(clock: Clock, one: Service) -> events.Event:
    return events.Event(
        subject=one.code,
        seq=1,
        type="procedure.published",
        time=clock.now(),
        actor=SEEDER.actor,
        agency=None,
        audience="internal",
        data={"code": one.code, "number": 1, "from": IN_FORCE.isoformat(), "reason": SOURCE},
    )
