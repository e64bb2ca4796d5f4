"""Closing a month, and saying what has changed since."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from services.dossier.closings import differences, effect, queries, sealing
from services.dossier.closings.errors import MonthClosed, MonthNotOver, NothingToAmend
from services.dossier.closings.models import (
    CLOSED_BODY,
    CLOSED_FACT,
    CLOSED_LABEL,
    CLOSED_UNIT,
    FACT,
    Amendment,
    Closing,
)
from services.dossier.closings.months import as_counted, touches
from services.dossier.figures.book import LIVE
from services.dossier.office import Office

CLERK = Caller(sub="dossier", kind="service", name="dossier", roles=frozenset({"service"}))
_BESIDE = ((LIVE.bodies, CLOSED_BODY), (LIVE.labels, CLOSED_LABEL), (LIVE.units, CLOSED_UNIT))


async def close(
    session: AsyncSession, office: Office, caller: Caller, month: date, reason: str | None
) -> Closing:
    """From its first day. The facts are of one moment, as they are read by one statement; who changes them
    meanwhile waits for nothing. Raises MonthNotOver, MonthClosed."""
    closing = Closing(month=month, closed_at=office.clock.now(), closed_by=caller.actor, reason=reason)
    if closing.span.end() > closing.closed_at:
        raise MonthNotOver
    await _one_at_a_time(session)
    if (standing := await queries.of_month(session, month)) is not None:
        raise MonthClosed(closing=str(standing.id), period=f"{month:%Y-%m}")
    session.add(closing)
    await session.flush()
    fact = LIVE.facts.c
    counted = select(*as_counted(fact, closing.span).values()).where(touches(fact, closing.span))
    await _freeze(session, closing.id, 0, counted.order_by(fact.id))
    await _seal(session, caller, closing, 0, closing.closed_at)
    return closing


async def amend(
    session: AsyncSession, office: Office, caller: Caller, closing: Closing, reason: str | None
) -> Amendment:
    """What has changed since the closing, or the amendment before, and what that does to the figures. Raises
    NothingToAmend."""
    await _one_at_a_time(session)
    number = await queries.newest(session, closing.id) + 1
    pairs = differences.now(closing, number - 1)
    changed = select(*differences.new(pairs)).order_by(pairs.c.id)
    if not await _freeze(session, closing.id, number, changed):
        raise NothingToAmend
    sums = await differences.sums(session, differences.made(closing.id, number))
    made = Amendment(
        closing_id=closing.id,
        number=number,
        made_at=office.clock.now(),
        made_by=caller.actor,
        reason=reason,
        came=sums.came,
        changed=sums.changed,
        went=sums.went,
        figures=await effect.figures(session, closing, number),
    )
    session.add(made)
    await _seal(session, caller, closing, number, made.made_at)
    return made


async def _one_at_a_time(session: AsyncSession) -> None:
    """Until the transaction ends; so that two at once find what the first has written."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('closings'))"))


async def _freeze(session: AsyncSession, closing_id: UUID, number: int, facts: Select[Any]) -> int:
    """These states of facts, and the bodies, units and names that the closing does not have yet; how many
    facts."""
    columns = [literal(closing_id), literal(number), *facts.subquery("counted").c]
    names = ["closing_id", "number", *FACT]
    insert = CLOSED_FACT.insert().from_select(names, select(*columns)).returning(CLOSED_FACT.c.id).cte("w")
    written = await session.scalar(select(func.count()).select_from(insert))
    for live, frozen in _BESIDE:
        key = [column.name for column in live.primary_key]
        known = select(*(frozen.c[name] for name in key)).where(frozen.c.closing_id == closing_id)
        new = select(literal(closing_id), literal(number), *live.c)
        new = new.where(tuple_(*(live.c[name] for name in key)).not_in(known))
        await session.execute(frozen.insert().from_select(["closing_id", "number", *live.c.keys()], new))
    return int(written or 0)


async def _seal(session: AsyncSession, caller: Caller, closing: Closing, number: int, at: datetime) -> None:
    """The event last: what was sealed stands in the chain, too."""
    sealed = await sealing.seal(session, closing.id, number)
    event = events.Event(
        subject=str(closing.id),
        seq=number + 1,
        type="closing.amended" if number else "closing.made",
        time=at,
        actor=caller.actor,
        agency=caller.agency,
        audience="internal",
        data=sealing.told(closing, sealed),
    )
    await events.append(session, event)
