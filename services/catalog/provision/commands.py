"""A figure that a source states is entered, or put right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from services.catalog.provision import queries
from services.catalog.provision.definition import INDICATOR
from services.catalog.provision.models import StatedFigure
from services.catalog.provision.schemas import StatedAsked


async def state(session: AsyncSession, clock: Clock, caller: Caller, said: StatedAsked) -> StatedFigure:
    """The figure of this dimension, unit and day of the source; the same again changes nothing. Two at
    once: one is busy."""
    found = await queries.stated_figure(session, (INDICATOR, said.dimension, said.unit, said.source_date))
    value = round(Decimal(str(said.value)), 2)
    if found is not None and (found.value, found.source, found.note) == (value, said.source, said.note):
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
    await events.append(
        session,
        events.Event(
            subject=f"stated-figure:{figure.id}",
            seq=figure.version,
            type="stated-figure.entered",
            time=clock.now(),
            actor=caller.actor,
            agency=caller.agency,
            audience="internal",
            data={
                "indicator": INDICATOR,
                "dimension": said.dimension,
                "unit": said.unit,
                "source_date": said.source_date.isoformat(),
                "value": str(value),
                "before": before,
                "reason": said.reason,
            },
        ),
    )
    return figure
