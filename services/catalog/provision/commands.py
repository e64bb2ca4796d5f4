"""A figure that a source states is entered, put right, or withdrawn."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events, versions
from kit.auth import Caller
from kit.clock import Clock, today
from kit.problem import FieldFault, InvalidInput, VersionRequired
from services.catalog.content import Level
from services.catalog.identifiers import canonical
from services.catalog.provision import queries
from services.catalog.provision.definition import INDICATOR
from services.catalog.provision.errors import day_to_come, unknown
from services.catalog.provision.models import StatedFigure
from services.catalog.provision.schemas import StatedAsked


async def enter(
    session: AsyncSession, clock: Clock, caller: Caller, said: StatedAsked, seen: int | None
) -> StatedFigure:
    """`seen`: the version of the figure that is put right; the same again needs none. Raises InvalidInput,
    VersionRequired, VersionChanged."""
    said = await _checked(session, clock, said)
    found = await queries.stated_figure(session, (INDICATOR, said.dimension, said.unit, said.source_date))
    if found is not None and not _same(found, said):
        if seen is None:
            raise VersionRequired
        versions.check(seen, found.version)
    elif found is None and seen is not None:
        versions.check(seen, 0)
    return await state(session, clock, caller, said)


async def _checked(session: AsyncSession, clock: Clock, said: StatedAsked) -> StatedAsked:
    """With the body in the notation in which it is kept. Raises InvalidInput."""
    kind, _, key = said.dimension.partition(":")
    faults: list[FieldFault] = []
    if kind == "agency":
        key = canonical(key)
        faults += [] if await queries.has_body(session, key) else [unknown(kind, key)]
    elif kind == "field":
        faults += [] if await queries.has_field(session, key) else [unknown(kind, key)]
    elif kind in ("cell", "government_level"):
        level = key.partition(":")[0]
        faults += [] if level in get_args(Level) else [unknown("government_level", level)]
    if said.source_date > today(clock):
        faults.append(day_to_come(today(clock)))
    if faults:
        raise InvalidInput(errors=faults)
    return said.model_copy(update={"dimension": f"{kind}:{key}" if key else kind})


def _same(found: StatedFigure, said: StatedAsked) -> bool:
    return (found.value, found.source, found.note) == (_value(said), said.source, said.note)


def _value(said: StatedAsked) -> Decimal:
    return round(Decimal(str(said.value)), 2)


async def withdraw(
    session: AsyncSession, clock: Clock, caller: Caller, figure_id: UUID, seen: int, reason: str
) -> None:
    """It stays in the event log, whole. Raises StatedFigureMissing, VersionChanged."""
    figure = await queries.stated_figure_by_id(session, figure_id, for_update=True)
    versions.check(seen, figure.version)
    await session.delete(figure)
    await session.flush()
    data = {"value": str(figure.value), "source": figure.source, "note": figure.note, "reason": reason}
    figure.version += 1
    await _tell(session, clock, caller, figure, "stated-figure.withdrawn", data)


async def state(session: AsyncSession, clock: Clock, caller: Caller, said: StatedAsked) -> StatedFigure:
    """The figure of this dimension, unit and day of the source; the same again changes nothing. Two at
    once: one is busy."""
    found = await queries.stated_figure(session, (INDICATOR, said.dimension, said.unit, said.source_date))
    value = _value(said)
    if found is not None and _same(found, said):
        return found
    before = None if found is None else str(found.value)
    changes: dict[str, Any] = {
        "value": value,
        "source": said.source,
        "note": said.note,
        "reason": said.reason,
        "entered_by": caller.actor,
        "entered_at": clock.now(),
    }
    if found is None:
        key: dict[str, Any] = {
            "dimension": said.dimension,
            "unit": said.unit,
            "source_date": said.source_date,
        }
        figure = StatedFigure(indicator=INDICATOR, version=1, **key, **changes)
    else:
        figure = found
        for name, new in changes.items():
            setattr(figure, name, new)
        figure.version += 1
    session.add(figure)
    await session.flush()
    data = {"value": str(value), "before": before, "reason": said.reason}
    await _tell(session, clock, caller, figure, "stated-figure.entered", data)
    return figure


async def _tell(
    session: AsyncSession, clock: Clock, caller: Caller, figure: StatedFigure, kind: str, data: dict[str, Any]
) -> None:
    await events.append(
        session,
        events.Event(
            subject=f"stated-figure:{figure.id}",
            seq=figure.version,
            type=kind,
            time=clock.now(),
            actor=caller.actor,
            agency=caller.agency,
            audience="internal",
            data={
                "indicator": figure.indicator,
                "dimension": figure.dimension,
                "unit": figure.unit,
                "source_date": figure.source_date.isoformat(),
                **data,
            },
        ),
    )
