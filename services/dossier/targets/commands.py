"""Targets are assigned from above, and measures are a body's own. Each change keeps what it made of the
target; its event is last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events, versions
from kit.auth import Caller
from kit.clock import Clock, today
from kit.problem import FieldFault, InvalidInput, VersionRequired
from services.dossier.models import Body
from services.dossier.targets import queries
from services.dossier.targets.errors import SIGNED_LATER, TOO_LATE, TargetOfOthers
from services.dossier.targets.models import Target, TargetVersion
from services.dossier.targets.queries import Key

Outcome = Literal["created", "updated", "unchanged"]
MEMBERS = ("value", "decision", "decided_on", "effective_from", "measures")


def may_assign(caller: Caller, body: Body) -> bool:
    """Leaders of the bodies above it; where there is none above, its own."""
    return caller.agency in body.ancestors[1:] or body.ancestors == [caller.agency]


def may_plan(caller: Caller, body: Body) -> bool:
    """Measures: its own leaders, and those above."""
    return caller.agency in body.ancestors


@dataclass(frozen=True)
class Change:
    """What a target becomes. `said`: some of `MEMBERS`, the measures as JSON has them."""

    key: Key
    said: Mapping[str, Any]

    def faults(self, now: date) -> Iterator[tuple[str, FieldFault]]:
        """With the member that each is of."""
        if self.said.get("decided_on", now) > now:
            yield "decided_on", FieldFault("signed-later", SIGNED_LATER)
        if self.said.get("effective_from", now).year > self.key.year and "effective_from" in self.said:
            yield "effective_from", FieldFault("effective-too-late", TOO_LATE, year=self.key.year)

    def differences(self, row: Target | None) -> dict[str, dict[str, Any]]:
        """By member, old and new as JSON has them; without the old row all are new."""
        old = content(row or Target(year=0, indicator="", agency=""))
        new = {**old, **{name: _plain(value) for name, value in self.said.items()}}
        return {name: {"old": old[name], "new": new[name]} for name in MEMBERS if old[name] != new[name]}


def content(row: Target) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in MEMBERS}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | list) else float(value)


async def put(
    session: AsyncSession, clock: Clock, caller: Caller, change: Change, seen: int | None
) -> tuple[Target, Outcome]:
    """`seen`: the version that the caller has, 0 for none; may be left out where nothing is recorded yet, and
    where nothing changes.

    Raises BodyMissing, TargetOfOthers, InvalidInput, VersionRequired, VersionChanged.
    """
    body = await queries.body(session, change.key.agency)
    allowed = may_plan if change.said.keys() == {"measures"} else may_assign
    if not allowed(caller, body):
        raise TargetOfOthers(agency=body.name)
    faults = list(change.faults(today(clock)))
    for member, fault in faults:
        fault.pointer = f"/{member}"
    if faults:
        raise InvalidInput(errors=[fault for _, fault in faults])
    row = (await queries.held(session, [change.key]))[change.key]
    if seen is not None:
        versions.check(seen, row.version)
    if row.version and not change.differences(row):
        return row, "unchanged"
    if row.version and seen is None:
        raise VersionRequired(headers={"ETag": versions.etag(row.version)})
    outcome: Outcome = "updated" if row.version else "created"
    await events.append(session, _made(session, clock, caller, row, change))
    return row, outcome


async def put_all(
    session: AsyncSession, clock: Clock, caller: Caller, changes: Sequence[Change]
) -> dict[Key, tuple[Outcome, dict[str, dict[str, Any]]]]:
    """Whatever stands there, and whoever changed it meanwhile; with what differed. The caller's rights, and
    the changes' faults, are looked at before."""
    rows = await queries.held(session, [change.key for change in changes])
    found = planned(changes, rows)
    moved = (change for change in changes if found[change.key][0] != "unchanged")
    log = [_made(session, clock, caller, rows[change.key], change) for change in moved]
    await events.append_all(session, log)
    return found


def planned(
    changes: Sequence[Change], rows: Mapping[Key, Target]
) -> dict[Key, tuple[Outcome, dict[str, dict[str, Any]]]]:
    """What would become of them."""
    found: dict[Key, tuple[Outcome, dict[str, dict[str, Any]]]] = {}
    for change in changes:
        row = rows.get(change.key)
        differences = change.differences(row)
        of_old: Outcome = "updated" if differences else "unchanged"
        found[change.key] = of_old if row is not None and row.version else "created", differences
    return found


def _made(session: AsyncSession, clock: Clock, caller: Caller, row: Target, change: Change) -> events.Event:
    """Of a held row: what it becomes, its history, and the event, which has the numbers and no free text."""
    differences, now = change.differences(row), clock.now()
    for name, value in change.said.items():
        setattr(row, name, value)
    row.version += 1
    key = change.key
    session.add(row)
    session.add(
        TargetVersion(**key._asdict(), version=row.version, content=content(row), by=caller.actor, at=now)
    )
    told = {name: both for name, both in differences.items() if name != "measures"}
    return events.Event(
        subject=f"target:{key.agency}/{key.indicator}/{key.year}",
        seq=row.version,
        type="target.assigned" if told else "target.planned",
        time=now,
        actor=caller.actor,
        agency=key.agency,
        audience="internal",
        data={**told, "measures": len(row.measures)},
    )
